package shrink

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"time"

	"xmpprig/fuzz/program"
)

// count is a ladder {N*…} in a text, or a size {N bytes:…}.
type count struct{ from, to, n int }

var ladder = regexp.MustCompile(`\{([0-9]+)(?:\*| bytes:)`)

// counts finds the ladders of a text.
func counts(text string) (all []count) {
	for _, m := range ladder.FindAllStringSubmatchIndex(text, -1) {
		if n, err := strconv.Atoi(text[m[2]:m[3]]); err == nil {
			all = append(all, count{m[2], m[3], n})
		}
	}
	return all
}

// fewer are the numbers to try below n: one, the half, and what comes nearer and nearer to n.
func fewer(n int) (all []int) {
	if n <= 1 {
		return nil
	}
	all = []int{1}
	for part := n / 2; part > 0; part /= 2 {
		if m := n - part; m > 1 && m < n && (part*16 >= n || part == 1 && n <= 64) {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// numbers makes repeats, ladders, pieces and freezes less.
func numbers(p *program.Program) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for i, op := range p.Ops {
			for smaller := range lesser(op) {
				if !yield(replaced(p, i, smaller)) {
					return
				}
			}
		}
	}
}

// lesser are the operations that do the same with one number less.
func lesser(op program.Op) iter.Seq[program.Op] {
	return func(yield func(program.Op) bool) {
		for _, n := range fewer(op.Times) {
			less := op
			less.Times = n
			if !yield(less) {
				return
			}
		}
		for _, n := range fewer(int(op.For.Milliseconds())) {
			less := op
			less.For = time.Duration(n) * time.Millisecond
			if !yield(less) {
				return
			}
		}
		if op.By > 0 {
			less := op
			if less.By = 0; !yield(less) {
				return
			}
		}
		for _, c := range counts(op.Arg) {
			for _, n := range fewer(c.n) {
				less := op
				if less.Arg = op.Arg[:c.from] + strconv.Itoa(n) + op.Arg[c.to:]; !yield(less) {
					return
				}
			}
		}
	}
}

// Scaled is p with its ladders and repeats divided by a number; ok is false where there are none to divide. Their costs side by side
// tell whether they grow in proportion.
func Scaled(p *program.Program, by int) (scaled *program.Program, ok bool) {
	q := with(p, slices.Clone(p.Ops))
	for i := range q.Ops {
		op := &q.Ops[i]
		if op.Times >= 2*by {
			op.Times /= by
			ok = true
		}
		for _, c := range slices.Backward(counts(op.Arg)) {
			if c.n >= 64*by {
				op.Arg = op.Arg[:c.from] + strconv.Itoa(c.n/by) + op.Arg[c.to:]
				ok = true
			}
		}
	}
	return q, ok && q.Check() == nil
}
