package oracle

import (
	"strings"

	"xmpprig/fuzz/program"
)

// Skeleton is what was answered, without what differs from run to run: per actor the kinds of what it saw after the mark, runs of
// the same folded.
func Skeleton(t program.Transcript) string {
	var all []string
	for _, a := range program.Actors() {
		last := ""
		var one []string
		for _, s := range Look(t, a) {
			if word := s.String(); word != last {
				one = append(one, word)
				last = word
			}
		}
		if len(one) > 0 {
			all = append(all, string(a)+" "+strings.Join(one, ", "))
		}
	}
	return strings.Join(all, " ; ")
}

// Edge is one transition that a program showed: from a state, by a class of input, to an answer. A campaign that sees one for the
// first time has learned something.
func Edge(p *program.Program, t program.Transcript) string {
	c := &Case{Program: p, Transcript: t}
	c.talks = listen(t)
	return p.State + " | " + c.input() + " | " + Skeleton(t)
}

// Differs compares the skeletons of the answers to two spellings of the same; the transcript is of the second.
func Differs(how, plain, respelled string, t program.Transcript) (Finding, bool) {
	if plain == respelled {
		return Finding{}, false
	}
	c := &Case{Transcript: t, talks: listen(t)}
	return Finding{Oracle: Metamorphic, Row: "O-103", Level: program.Must, State: c.state(), Input: c.input(),
		Title: "another spelling has another answer: " + way(how), Detail: how + ": answered by [" + respelled + "] instead of [" + plain + "]",
		Ought: "the same answer: both are the same XML", Clause: "XML 1.0"}, true
}

// way says in what way something is spelled, if it is one, and not how small pieces are.
func way(how string) string {
	switch {
	case strings.Contains(how, ", "):
		return "several ways at once"
	case strings.HasPrefix(how, "pieces of "):
		return "pieces"
	}
	return how
}
