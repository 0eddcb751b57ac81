package mutate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// Bounds of what is written otherwise, so that it does not come to another limit of the server than it did.
const (
	maxRespelled = 4096  // bytes of one text
	maxPieces    = 16384 // writes of one variant
)

// Respell returns a variant of p that must be answered as p is, and says how it differs: what the attacking side sends behind
// the mark is written in pieces, or, where it is well-formed, in another spelling that means the same. It is false where
// nothing is sent. Operations and their order stay.
func Respell(r *rand.Rand, p *program.Program) (*program.Program, string, bool) {
	all := spoken(p)
	if len(all) == 0 || p.Check() != nil {
		return nil, "", false
	}
	for range 8 {
		d := &draft{r: r, p: child(r, Spelling, p)}
		d.p.Settings = p.Settings // it is played where p is
		var how []string
		if !chance(r, 4) {
			how = d.respellSome(all)
		}
		if len(how) == 0 || chance(r, 4) {
			how = append(how, d.pieces(all))
		}
		if !slices.Equal(d.p.Ops, p.Ops) && d.p.Check() == nil {
			return d.p, strings.Join(how, ", "), true
		}
	}
	return nil, "", false
}

// respellSome writes texts that are well-formed otherwise, in a few places, or in many, as what goes wrong in one place only is
// seldom met else; half of the time in one way only.
func (d *draft) respellSome(all []int) (how []string) {
	ways := spellings()
	if chance(d.r, 2) {
		i := d.r.IntN(len(ways))
		ways = ways[i : i+1]
	}
	for _, i := range all {
		op := &d.p.Ops[i]
		if size(op.Arg) > maxRespelled || !wellFormed(op.Arg, phases(d.p.Ops[:i])[op.Actor]) {
			continue
		}
		for range one(d.r, []int{1, 2, 3, 12, 36}) {
			s := one(d.r, ways)
			doc := parse(op.Arg)
			if !s.do(d, doc) {
				continue
			}
			op.Arg = doc.print()
			if !slices.Contains(how, s.told) {
				how = append(how, s.told)
			}
		}
	}
	return how
}

// pieces writes every text so many bytes at a time.
func (d *draft) pieces(all []int) string {
	total := 0
	for _, i := range all {
		total += size(d.p.Ops[i].Arg)
	}
	by := max(one(d.r, []int{1, 1, 2, 3, 5, 7, 16, 64}), total/maxPieces)
	for _, i := range all {
		d.p.Ops[i].By = by
	}
	if by == 1 {
		return "pieces of 1 byte"
	}
	return fmt.Sprintf("pieces of %d bytes", by)
}

// spoken are the indexes of what the attacker and the accomplice send behind the mark: what the authority says is answered elsewhere.
func spoken(p *program.Program) []int {
	return slices.DeleteFunc(sends(p), func(i int) bool { return p.Ops[i].Actor == program.Authority })
}

// content is the namespace of the stanzas that the attacking side sends.
func content(p *program.Program) string {
	if slices.ContainsFunc(p.Ops, func(op program.Op) bool { return op.Verb == program.DialS2S || op.Verb == program.Federate }) {
		return wire.NSServer
	}
	return wire.NSClient
}

// contentOf is the namespace of a stream that a text can be on: streams between servers declare the prefix of dialback.
func contentOf(text string) string {
	if strings.Contains(text, "db:") {
		return wire.NSServer
	}
	return wire.NSClient
}

// wellFormed tells whether a text consists of whole elements, and nothing that a server may read in more than one way.
func wellFormed(template string, ph phase) bool {
	text, err := sample(template)
	if err != nil {
		return false
	}
	var s wire.Scanner
	if ph >= streaming {
		text = string(wire.AppendHeader(nil, wire.StreamHeader{To: "example.org", Version: "1.0", Namespace: contentOf(text)})) + text
	}
	for data := []byte(text); ; {
		e, n, err := s.Next(data)
		if err != nil {
			return false
		}
		if data = data[n:]; e.Kind == wire.None {
			return s.Pending() == 0
		}
	}
}
