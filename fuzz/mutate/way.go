package mutate

import (
	"slices"

	"xmpprig/fuzz/program"
)

// earlier does the same before the attacker has come as far.
func (d *draft) earlier() bool {
	if d.repeats() && slices.ContainsFunc(d.p.Preamble(), isRepeat) {
		return false
	}
	way := apart(d.p.Preamble(), program.Attacker)
	var own []int
	for i, op := range way {
		if op.Actor == program.Attacker {
			own = append(own, i)
		}
	}
	if len(own) < 2 {
		return false
	}
	keep := 1 + d.r.IntN(len(own)-1)
	for i := len(own) - 1; i >= keep; i-- {
		way = slices.Delete(way, own[i], own[i]+1)
	}
	d.p.Ops = append(way, d.p.Ops[d.mark():]...)
	d.p.State = stateOf(way)
	return true
}

// sameResource has the accomplice bind the attacker's resource.
func (d *draft) sameResource() bool {
	if does(d.p.Ops, program.Accomplice) || phases(d.p.Preamble())[program.Attacker] != bound {
		return false
	}
	way := steps(program.Accomplice)
	d.insert(d.mark(), way[:len(way)-1]...)
	at := d.place()
	d.insert(at, send(program.Accomplice, "<iq type='set' id='same'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{attacker.resource}</resource></bind></iq>"),
		program.Op{Actor: program.Accomplice, Verb: program.Await, Arg: program.AwaitElement})
	return true
}

// directTLS comes by direct TLS, as a limit may hold for one transport only.
func (d *draft) directTLS() bool {
	way := apart(d.p.Preamble(), program.Attacker)
	dial := slices.IndexFunc(way, func(op program.Op) bool { return op.Actor == program.Attacker && op.Verb == program.Dial })
	if dial < 0 {
		return false
	}
	way[dial].Verb = program.DialTLS
	for i := dial + 1; i < len(way); i++ {
		if way[i].Actor == program.Attacker && way[i].Verb == program.StartTLS {
			way = slices.Delete(way, i, i+1)
			if h := slices.IndexFunc(way[dial:i], func(op program.Op) bool { return op.Actor == program.Attacker && op.Verb == program.Open }); h >= 0 {
				way = slices.Delete(way, dial+h, dial+h+1) // there is one header where there were two
			}
			break
		}
	}
	d.p.Ops = append(way, d.p.Ops[d.mark():]...)
	return true
}

// company has one more actor there, whose addresses can be used then.
func (d *draft) company() bool {
	var missing []program.Actor
	for _, a := range []program.Actor{program.Witness, program.Bystander, program.Accomplice} {
		if !does(d.p.Ops, a) {
			missing = append(missing, a)
		}
	}
	if len(missing) == 0 {
		return false
	}
	a := one(d.r, missing)
	d.insert(d.mark(), program.Op{Actor: a, Verb: program.Login})
	d.insert(d.mark()+1, send(program.Attacker, "<message id='greeting' to='{"+string(a)+".jid}'><body>x</body></message>"))
	return true
}
