package oracle

import (
	"slices"

	"xmpprig/fuzz/program"
)

// trunksOf is the case as far as streams between servers go; empty where there are none.
func trunksOf(p *program.Program, t program.Transcript) *Case {
	c := &Case{Program: p, Transcript: t}
	if p.BetweenServers() {
		c.Domain, _ = c.known("domain")
		c.talks = listen(t)
	}
	return c
}

// betrayed is what a server did between servers that no line of any program can excuse; empty if it did nothing of that.
func (c *court) betrayed() string {
	if found := append(federated(c.trunks), besieged(c.trunks)...); len(found) > 0 {
		return found[0].Title + ": " + found[0].Detail
	}
	return ""
}

// heard reports whether the authority saw what a line says, among other things; a line that does not name it says nothing of it.
func (c *court) heard(l program.Line, want []program.Sight) bool {
	seen := c.seen[program.Authority]
	named := slices.ContainsFunc(l.Seen, func(s program.Sight) bool { return s.Actor == program.Authority })
	if named && len(want) == 0 {
		return len(seen) == 0
	}
	for _, s := range seen {
		if len(want) > 0 && c.is(s, want[0]) {
			want = want[1:]
		}
	}
	return len(want) == 0
}
