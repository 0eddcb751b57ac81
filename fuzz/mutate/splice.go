package mutate

import (
	"slices"

	"xmpprig/fuzz/program"
)

func spliceOperations() []operation {
	return []operation{
		{"splice", (*draft).splice},
		{"append", (*draft).appendOther},
		{"interleave", (*draft).interleave},
		{"out-of-order", (*draft).outOfOrder},
	}
}

// other draws a program of the pool for which ok holds.
func (d *draft) other(ok func(*program.Program) bool) *program.Program {
	if len(d.m.Pool) == 0 {
		return nil
	}
	from := d.r.IntN(len(d.m.Pool))
	for i := range d.m.Pool {
		if q := d.m.Pool[(from+i)%len(d.m.Pool)]; len(q.Judged()) > 0 && len(q.Ops) <= program.MaxOps && ok(q) {
			return q
		}
	}
	return nil
}

func (d *draft) alike(q *program.Program) bool { return q.State == d.p.State }

// splice puts another program's judged part behind this one's way to the same state.
func (d *draft) splice() bool {
	q := d.other(d.alike)
	if q == nil {
		return false
	}
	d.accompany(q)
	d.p.Ops = append(d.p.Ops[:d.mark()+1:d.mark()+1], q.Judged()...)
	return true
}

// outOfOrder does what is for one state in another.
func (d *draft) outOfOrder() bool {
	q := d.other(func(q *program.Program) bool { return q.State != d.p.State })
	if q == nil {
		return false
	}
	d.accompany(q)
	if chance(d.r, 2) { // this one's judged part where the other leads
		d.p.State = q.State
		d.p.Ops = slices.Concat(d.mixed(q.Preamble()), d.p.Ops[d.mark():])
		return true
	}
	d.p.Ops = append(d.p.Ops[:d.mark()+1:d.mark()+1], q.Judged()...)
	return true
}

// mixed is another way for the attacker, with all the others that are there.
func (d *draft) mixed(way []program.Op) []program.Op {
	var all []program.Op
	for _, op := range d.p.Preamble() {
		if op.Actor != program.Attacker && op.Actor != "" {
			all = append(all, op)
		}
	}
	for _, op := range way {
		if op.Actor == program.Attacker {
			all = append(all, op)
		}
	}
	return all
}

// appendOther does what another program does afterwards or before.
func (d *draft) appendOther() bool {
	q := d.other(d.alike)
	if q == nil || len(d.p.Ops)+len(q.Judged()) > program.MaxOps {
		return false
	}
	d.accompany(q)
	if chance(d.r, 2) {
		d.p.Ops = append(d.p.Ops, q.Judged()...)
	} else {
		d.insert(d.mark()+1, q.Judged()...)
	}
	return true
}

// interleave does what two programs do, now a step of one and now of the other, with one connection or with two.
func (d *draft) interleave() bool {
	q := d.other(d.alike)
	if q == nil || d.repeats() || slices.ContainsFunc(q.Judged(), isRepeat) {
		return false
	}
	d.accompany(q)
	theirs := slices.Clone(q.Judged())
	if d.p.State == "bound" && !does(d.p.Ops, program.Accomplice) && chance(d.r, 2) {
		d.insert(d.mark(), program.Op{Actor: program.Accomplice, Verb: program.Login})
		for i := range theirs {
			if theirs[i].Actor == program.Attacker {
				theirs[i].Actor = program.Accomplice
			}
		}
	}
	mine, merged := slices.Clone(d.p.Judged()), d.p.Ops[:d.mark()+1:d.mark()+1]
	for len(mine)+len(theirs) > 0 {
		if d.r.IntN(len(mine)+len(theirs)) < len(mine) {
			merged, mine = append(merged, mine[0]), mine[1:]
		} else {
			merged, theirs = append(merged, theirs[0]), theirs[1:]
		}
	}
	d.p.Ops = merged
	return true
}

func isRepeat(op program.Op) bool { return op.Verb == program.Repeat }

func (d *draft) repeats() bool { return slices.ContainsFunc(d.p.Ops, isRepeat) }

// accompany has the witness and the others there whom another program has.
func (d *draft) accompany(q *program.Program) {
	for _, a := range program.Actors() {
		if a == program.Attacker || does(d.p.Preamble(), a) {
			continue
		}
		for _, op := range q.Preamble() {
			if op.Actor == a {
				d.insert(d.mark(), op)
			}
		}
	}
}
