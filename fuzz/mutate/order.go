package mutate

import (
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/program"
)

func orderOperations() []operation {
	return []operation{
		{"drop", (*draft).dropOp},
		{"duplicate", (*draft).duplicateOp},
		{"swap", (*draft).swapOps},
		{"negotiate", (*draft).negotiate},
		{"spell-out", (*draft).spellOut},
		{"insert", (*draft).insertSend},
		{"repeat", (*draft).repeatOps},
		{"cut", (*draft).cutConnection},
		{"freeze", (*draft).freezeOp},
		{"cross-wire", (*draft).crossWire},
		{"earlier", (*draft).earlier},
		{"same-resource", (*draft).sameResource},
		{"direct-tls", (*draft).directTLS},
		{"company", (*draft).company},
		{"other-actor", (*draft).otherActor},
		{"again", (*draft).again},
		{"dialback", (*draft).dialback},
	}
}

// place draws an index behind the mark where an operation may be put. It is before the waits at the end, if there is
// something before them.
func (d *draft) place() int {
	last := len(d.p.Ops)
	for last > d.mark()+1 && waits(d.p.Ops[last-1]) {
		last--
	}
	return d.mark() + 1 + d.r.IntN(last-d.mark())
}

// acting are the indexes of judged operations that do something.
func (d *draft) acting() []int {
	var all []int
	for i := d.mark() + 1; i < len(d.p.Ops); i++ {
		if op := d.p.Ops[i]; op.Actor != "" && !waits(op) {
			all = append(all, i)
		}
	}
	return all
}

func (d *draft) dropOp() bool {
	all := d.acting()
	if len(all) < 2 {
		return false
	}
	i := one(d.r, all)
	d.p.Ops = slices.Delete(d.p.Ops, i, i+1)
	return true
}

func (d *draft) duplicateOp() bool {
	all := d.acting()
	if len(all) == 0 {
		return false
	}
	op := d.p.Ops[one(d.r, all)]
	at := d.place()
	for range one(d.r, []int{1, 1, 2, 3, 7}) {
		d.insert(at, op)
	}
	return true
}

// swapOps changes the places of two operations of actors; waits may be among them.
func (d *draft) swapOps() bool {
	var all []int
	for i := d.mark() + 1; i < len(d.p.Ops); i++ {
		if d.p.Ops[i].Actor != "" {
			all = append(all, i)
		}
	}
	if len(all) < 2 {
		return false
	}
	i, j := one(d.r, all), one(d.r, all)
	d.p.Ops[i], d.p.Ops[j] = d.p.Ops[j], d.p.Ops[i]
	return true
}

// repeatOps does a few operations again and again. Waits that may time out are not among what is repeated often.
func (d *draft) repeatOps() bool {
	all := d.acting()
	if len(all) == 0 || d.repeats() {
		return false
	}
	from := one(d.r, all)
	to := min(from+1+d.r.IntN(3), len(d.p.Ops))
	n := one(d.r, []int{2, 3, 5, 10, 20, 50})
	for i := from; i < to; i++ {
		if waits(d.p.Ops[i]) && n > 3 {
			to = i
		}
	}
	d.insert(to, program.Op{Verb: program.End})
	d.insert(from, program.Op{Verb: program.Repeat, Times: n})
	return true
}

// cutConnection ends the connection in the middle.
func (d *draft) cutConnection() bool {
	who := one(d.r, []program.Actor{program.Attacker, program.Attacker, program.Attacker, program.Accomplice})
	op := program.Op{Actor: who, Verb: one(d.r, []program.Verb{program.Close, program.Reset, program.HalfClose})}
	at := d.mark() + 1 + d.r.IntN(len(d.p.Ops)-d.mark())
	if all := d.sends(); len(all) > 0 && chance(d.r, 2) { // in the middle of what is sent
		i := one(d.r, all)
		text := d.p.Ops[i].Arg
		d.p.Ops[i].Arg = text[:one(d.r, cuts(text))]
		at = i + 1
	}
	d.insert(at, op)
	return does(d.p.Preamble(), who)
}

func (d *draft) freezeOp() bool {
	d.insert(d.place(), program.Op{Actor: program.Attacker, Verb: program.Freeze, For: d.pause()})
	return true
}

func (d *draft) pause() time.Duration {
	return time.Duration(one(d.r, []int{1, 1, 1, 5, 5, 20, 20, 50, 200})) * time.Millisecond
}

// crossWire has one actor's where another's stood.
func (d *draft) crossWire() bool {
	op := d.send()
	if op == nil {
		return false
	}
	var all []string
	for _, a := range accounts() {
		for _, p := range []string{"jid", "bare", "local", "resource", "stream", "previous"} {
			all = append(all, "{"+string(a)+"."+p+"}")
		}
	}
	all = append(all, "{domain}")
	if d.p.BetweenServers() {
		all = append(all, "{attacker.domain}", "{accomplice.domain}")
	}
	var there []string
	for _, s := range all {
		if strings.Contains(op.Arg, s) {
			there = append(there, s)
		}
	}
	if len(there) == 0 {
		return false
	}
	n := -1
	if chance(d.r, 2) {
		n = 1
	}
	op.Arg = strings.Replace(op.Arg, one(d.r, there), one(d.r, all), n)
	return isTemplate(op.Arg)
}

// otherActor has an operation done by another actor of the attacking side.
func (d *draft) otherActor() bool {
	all := d.acting()
	if len(all) == 0 {
		return false
	}
	op := &d.p.Ops[one(d.r, all)]
	if op.Actor == program.Authority {
		return false
	}
	if op.Actor != program.Attacker {
		op.Actor = program.Attacker
		return true
	}
	if !does(d.p.Preamble(), program.Accomplice) {
		op.Actor = program.Accomplice
		d.insert(d.mark(), program.Op{Actor: program.Accomplice, Verb: program.Login})
		return true
	}
	op.Actor = program.Accomplice
	return true
}

// again leaves, comes back, and does everything once more.
func (d *draft) again() bool {
	way, judged := d.p.Preamble(), d.p.Judged()
	if len(d.acting()) == 0 {
		return false
	}
	var more []program.Op
	if chance(d.r, 2) {
		more = append(more, program.Op{Actor: program.Attacker, Verb: one(d.r, []program.Verb{program.Reset, program.Close})})
	}
	for _, op := range way {
		if op.Actor == program.Attacker && !waits(op) {
			more = append(more, op)
		}
	}
	d.p.Ops = append(d.p.Ops, append(more, judged...)...)
	return true
}
