package shrink

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"xmpprig/fuzz/program"
)

// span is a part of a text.
type span struct{ from, to int }

// without are the programs that have one of the parts of a text less, in the order given.
func without(p *program.Program, parts func(text string) []span) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for i, op := range p.Ops {
			if !op.Verb.HasText() {
				continue
			}
			for _, s := range parts(op.Arg) {
				less := op
				if less.Arg = op.Arg[:s.from] + op.Arg[s.to:]; !yield(replaced(p, i, less)) {
					return
				}
			}
		}
	}
}

// elements leaves elements out, the longest first, and then the tags around the content of some.
func elements(p *program.Program) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for q := range without(p, elementSpans) {
			if !yield(q) {
				return
			}
		}
		for q := range unwrappings(p) {
			if !yield(q) {
				return
			}
		}
	}
}

var tag = regexp.MustCompile(`<(/?)([A-Za-z_][\w.:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>`)

// pair is an element whose tags were found.
type pair struct{ open, closed span }

// pairs finds the elements of a text that may be no XML at all.
func pairs(text string) (all []pair) {
	type opened struct {
		name string
		tag  span
	}
	var stack []opened
	for _, m := range tag.FindAllStringSubmatchIndex(text, -1) {
		name, at := text[m[4]:m[5]], span{m[0], m[1]}
		switch {
		case m[9] > m[8]:
			all = append(all, pair{at, span{at.to, at.to}})
		case m[3] > m[2]:
			n := len(stack) - 1
			for n >= 0 && stack[n].name != name {
				n--
			}
			if n >= 0 {
				all = append(all, pair{stack[n].tag, at})
				stack = stack[:n]
			}
		default:
			stack = append(stack, opened{name, at})
		}
	}
	return all
}

func elementSpans(text string) (all []span) {
	for _, e := range pairs(text) {
		all = append(all, span{e.open.from, e.closed.to})
	}
	longestFirst(all)
	return all
}

func longestFirst(all []span) {
	slices.SortStableFunc(all, func(a, b span) int { return (b.to - b.from) - (a.to - a.from) })
}

// unwrappings leaves the tags of one element away.
func unwrappings(p *program.Program) iter.Seq[*program.Program] {
	return func(yield func(*program.Program) bool) {
		for i, op := range p.Ops {
			if !op.Verb.HasText() {
				continue
			}
			for _, e := range pairs(op.Arg) {
				less := op
				less.Arg = op.Arg[:e.open.from] + op.Arg[e.open.to:e.closed.from] + op.Arg[e.closed.to:]
				if !yield(replaced(p, i, less)) {
					return
				}
			}
		}
	}
}

var attribute = regexp.MustCompile(`\s+[A-Za-z_][\w.:-]*\s*=\s*("[^"]*"|'[^']*')`)

// attributes leaves attributes out.
func attributes(p *program.Program) iter.Seq[*program.Program] {
	return without(p, func(text string) (all []span) {
		for _, m := range attribute.FindAllStringIndex(text, -1) {
			all = append(all, span{m[0], m[1]})
		}
		longestFirst(all)
		return all
	})
}

// pieces leaves bytes out, in ever smaller pieces. A placeholder is one piece.
func pieces(p *program.Program) iter.Seq[*program.Program] { return without(p, pieceSpans) }

func pieceSpans(text string) (all []span) {
	marks := atoms(text)
	for size := len(marks) / 2; size > 0; size /= 2 {
		for at := 0; at+size < len(marks); at += size {
			all = append(all, span{marks[at], marks[at+size]})
		}
	}
	return all
}

// atoms are the places where a text may be cut.
func atoms(text string) (marks []int) {
	for i := 0; i < len(text); {
		marks = append(marks, i)
		switch {
		case strings.HasPrefix(text[i:], "{{"), strings.HasPrefix(text[i:], "}}"):
			i += 2
		case text[i] == '{':
			i += braces(text[i:])
		default:
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
		}
	}
	return append(marks, len(text))
}

// braces is the length of the placeholder that text begins with.
func braces(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}
