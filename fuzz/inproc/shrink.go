package inproc

import (
	"hash/fnv"

	"xmpprig/fuzz/program"
	"xmpprig/fuzz/shrink"
)

// The bound keeps one input from taking long: each question to the predicate is a whole program.
const (
	maxShrunk = 2 << 10 // bytes of a program
	maxAsked  = 200     // questions
)

// FuzzShrink shrinks any program by a predicate that its text decides. What comes of it still shows what was asked for, can be parsed, and
// is no larger; every program that the predicate is asked about can be parsed, too.
func FuzzShrink(data []byte) int {
	if len(data) > maxShrunk {
		return -1
	}
	p, err := program.Parse("input", data)
	if err != nil {
		return 0
	}
	asked := 0
	small := shrink.Smallest(p, func(q *program.Program) bool {
		asked++
		require(q.Check() == nil, "a cut cannot be parsed")
		return asked <= maxAsked && kept(q)
	})
	require(small == p || kept(small), "what was shrunk does not show it any more")
	require(len(small.Ops) <= len(p.Ops) && len(small.String()) <= len(p.String()), "a cut is larger than what it was cut from")
	return score(small != p)
}

// kept is some half of all programs, always the same.
func kept(p *program.Program) bool {
	h := fnv.New32a()
	h.Write([]byte(p.String()))
	return h.Sum32()%2 == 0
}
