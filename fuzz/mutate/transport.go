package mutate

import (
	"slices"
	"time"

	"xmpprig/fuzz/program"
)

func transportOperations() []operation {
	return []operation{
		{"byte-at-a-time", func(d *draft) bool { return d.by(1) }},
		{"pieces", func(d *draft) bool { return d.by(one(d.r, []int{2, 3, 4, 5, 7, 8, 16, 31, 64, 127, 512, 1024, 1460})) }},
		{"split", func(d *draft) bool { return d.split(0) }},
		{"split-and-freeze", func(d *draft) bool { return d.split(d.pause()) }},
		{"split-often", (*draft).splitOften},
		{"coalesce", (*draft).coalesce},
		{"slow-reader", (*draft).slowReader},
		{"keepalives", (*draft).keepalives},
		{"half-close", (*draft).halfClose},
		{"other-transport", (*draft).otherTransport},
		{"odd-frame", (*draft).oddFrame},
		{"odd-request", (*draft).oddRequest},
	}
}

func (d *draft) by(n int) bool {
	op := d.send()
	if op == nil || op.By == n {
		return false
	}
	op.By = n
	return true
}

// split cuts what is sent in two, with a freeze between the parts where pause is not 0.
func (d *draft) split(pause time.Duration) bool {
	all := d.sends()
	if len(all) == 0 {
		return false
	}
	i := one(d.r, all)
	op := d.p.Ops[i]
	places := cuts(op.Arg)
	if len(places) < 3 {
		return false
	}
	at := places[1+d.r.IntN(len(places)-2)]
	first, second := op, op
	first.Arg, second.Arg = op.Arg[:at], op.Arg[at:]
	parts := []program.Op{first}
	if pause > 0 {
		parts = append(parts, program.Op{Actor: op.Actor, Verb: program.Freeze, For: pause})
	}
	d.p.Ops = slices.Replace(d.p.Ops, i, i+1, append(parts, second)...)
	return true
}

func (d *draft) splitOften() bool {
	done := false
	for range 2 + d.r.IntN(6) {
		done = d.split(0) || done
	}
	return done
}

// coalesce writes at once what an actor sends in two operations, and does not wait between them.
func (d *draft) coalesce() bool {
	all := d.sends()
	var pairs []int
	for k := 1; k < len(all); k++ {
		a, b := all[k-1], all[k]
		between := slices.ContainsFunc(d.p.Ops[a+1:b], func(op program.Op) bool {
			return !waits(op) && op.Verb != program.Freeze
		})
		if !between && d.p.Ops[a].Actor == d.p.Ops[b].Actor {
			pairs = append(pairs, k)
		}
	}
	if len(pairs) == 0 {
		return false
	}
	k := one(d.r, pairs)
	a, b := all[k-1], all[k]
	d.p.Ops[a].Arg += d.p.Ops[b].Arg
	d.p.Ops = slices.Delete(d.p.Ops, a+1, b+1)
	return true
}

// slowReader sends so much that answers pile up, and does not read them for a while (CVE-2008-1728).
func (d *draft) slowReader() bool {
	all := d.sends()
	if len(all) == 0 {
		return false
	}
	i := one(d.r, all)
	actor := d.p.Ops[i].Actor
	if !chance(d.r, 3) && phases(d.p.Ops[:i])[actor] == bound {
		d.insert(i+1, send(actor, times(one(d.r, []int{16, 64, 256, 1024}), "<iq type='get' id='pile' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")))
		i++
	}
	d.insert(i+1, program.Op{Actor: actor, Verb: program.Freeze, For: d.pause()})
	return true
}

// keepalives puts white space between operations (RFC 6120 §4.6.1).
func (d *draft) keepalives() bool {
	for range 1 + d.r.IntN(4) {
		d.insert(d.place(), send(program.Attacker, one(d.r, []string{" ", "\n", "\t", "\r\n", "  \n", "{64* }"})))
	}
	return true
}

// halfClose ends the attacker's direction behind what is sent, and reads on.
func (d *draft) halfClose() bool {
	all := d.sends()
	if len(all) == 0 {
		return false
	}
	i := all[len(all)-1]
	d.insert(i+1, program.Op{Actor: d.p.Ops[i].Actor, Verb: program.HalfClose})
	return true
}
