package shrink

import (
	"iter"
	"slices"

	"xmpprig/fuzz/program"
)

// Smallest returns the smallest program it finds for which same still holds; p itself where there is none. It never returns a program
// with more operations or longer texts, and asks only about programs whose text can be parsed.
func Smallest(p *program.Program, same func(*program.Program) bool) *program.Program {
	for shrunk := true; shrunk; {
		shrunk = false
		for _, cuts := range []func(*program.Program) iter.Seq[*program.Program]{actors, operations, numbers, elements, attributes, pieces} {
			if q, ok := exhaust(p, cuts, same); ok {
				p, shrunk = q, true
			}
		}
	}
	return p
}

// exhaust takes cuts of one kind until none is left that keeps what is to be shown.
func exhaust(p *program.Program, cuts func(*program.Program) iter.Seq[*program.Program], same func(*program.Program) bool) (*program.Program, bool) {
	shrunk := false
	for again := true; again; {
		again = false
		for q := range cuts(p) {
			if q.Check() == nil && smaller(q, p) && same(q) {
				p, shrunk, again = q, true, true
				break
			}
		}
	}
	return p, shrunk
}

// smaller makes sure that every cut takes something away, so that there is an end.
func smaller(q, p *program.Program) bool { return weight(q) < weight(p) }

// weight is how much a program is and does.
func weight(p *program.Program) (n int) {
	for _, op := range p.Ops {
		n += 8 + len(op.Arg) + len(op.Attrs) + op.Times + int(op.For.Milliseconds())
		if op.By > 0 {
			n++
		}
		for _, c := range counts(op.Arg) {
			n += c.n
		}
	}
	return n
}

// with is p with other operations.
func with(p *program.Program, ops []program.Op) *program.Program {
	q := *p
	q.Ops = ops
	return &q
}

// replaced is p with one operation in place of another.
func replaced(p *program.Program, at int, op program.Op) *program.Program {
	ops := slices.Clone(p.Ops)
	ops[at] = op
	return with(p, ops)
}

// actors leaves one actor out.
func actors(p *program.Program) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for _, a := range program.Actors() {
			ops := slices.DeleteFunc(slices.Clone(p.Ops), func(o program.Op) bool { return o.Actor == a })
			if len(ops) < len(p.Ops) && !yield(with(p, ops)) {
				return
			}
		}
	}
}

// operations leaves runs of operations out, the longest first, and the repeat around some.
func operations(p *program.Program) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for size := len(p.Ops) / 2; size > 0; size /= 2 {
			for at := 0; at+size <= len(p.Ops); at++ {
				run := p.Ops[at : at+size]
				if slices.ContainsFunc(run, func(o program.Op) bool { return o.Verb == program.Mark }) {
					continue
				}
				if !yield(with(p, slices.Delete(slices.Clone(p.Ops), at, at+size))) {
					return
				}
			}
		}
		if q, ok := unwrapped(p); ok {
			yield(q)
		}
	}
}

// unwrapped is p without its first repeat and the end of that.
func unwrapped(p *program.Program) (*program.Program, bool) {
	from := slices.IndexFunc(p.Ops, func(o program.Op) bool { return o.Verb == program.Repeat })
	if from < 0 {
		return nil, false
	}
	to := from + slices.IndexFunc(p.Ops[from:], func(o program.Op) bool { return o.Verb == program.End })
	if to < from {
		return nil, false
	}
	return with(p, slices.Concat(p.Ops[:from], p.Ops[from+1:to], p.Ops[to+1:])), true
}
