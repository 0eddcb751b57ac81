package mutate

import (
	"slices"
	"time"

	"xmpprig/fuzz/program"
)

// repeatSend sends one thing many times in as many pieces.
func (d *draft) repeatSend() bool {
	all := d.sends()
	if len(all) == 0 || d.repeats() {
		return false
	}
	i := one(d.r, all)
	d.insert(i+1, program.Op{Verb: program.End})
	d.insert(i, program.Op{Verb: program.Repeat, Times: one(d.r, []int{10, 50, 100, 200, 500})})
	return true
}

// churn comes and goes, mostly as the accomplice, so that the attacker's stream can be looked at.
func (d *draft) churn() bool {
	if d.repeats() {
		return false
	}
	actor := program.Accomplice
	if does(d.p.Ops, actor) {
		actor = program.Attacker
	}
	way := steps(actor)[:one(d.r, []int{1, 1, 2, 2, 3, 7})]
	if len(way) == 7 {
		way = []program.Op{{Actor: actor, Verb: program.Login}}
	}
	if text := d.send(); text != nil && chance(d.r, 3) && size(text.Arg) < 4096 {
		way = append(way, send(actor, text.Arg))
	}
	ops := []program.Op{{Verb: program.Repeat, Times: one(d.r, []int{10, 50, 100, 200, 500})}}
	ops = append(append(ops, way...), program.Op{Actor: actor, Verb: one(d.r, []program.Verb{program.Reset, program.Close})}, program.Op{Verb: program.End})
	d.insert(d.place(), ops...)
	return true
}

// failedLogins authenticates wrongly again and again (RFC 6120 §6.4.5).
func (d *draft) failedLogins() bool {
	if d.p.State != "secured" || d.repeats() {
		return false
	}
	d.insert(d.place(), program.Op{Verb: program.Repeat, Times: one(d.r, []int{3, 5, 10, 20})},
		send(program.Attacker, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{b64:\x00{attacker.local}\x00wrong}</auth>"),
		program.Op{Verb: program.End})
	return true
}

// slowWrite sends a text in so many pieces with freezes between that it takes up to 2 s.
func (d *draft) slowWrite() bool {
	all := d.sends()
	if len(all) == 0 {
		return false
	}
	i := one(d.r, all)
	op := d.p.Ops[i]
	places := cuts(op.Arg)
	n := min(2+d.r.IntN(19), len(places)-1)
	if n < 2 {
		return false
	}
	pause := time.Duration(one(d.r, []int{2, 5, 20})) * time.Millisecond
	var parts []program.Op
	for k := range n {
		part := op
		part.Arg = op.Arg[places[k*(len(places)-1)/n]:places[(k+1)*(len(places)-1)/n]]
		part.By = one(d.r, []int{0, 1})
		parts = append(parts, part, program.Op{Actor: op.Actor, Verb: program.Freeze, For: pause})
	}
	d.p.Ops = slices.Replace(d.p.Ops, i, i+1, parts...)
	return true
}
