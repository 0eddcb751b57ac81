package mutate

import (
	"regexp"

	"xmpprig/fuzz/program"
)

var (
	// called are the names that a text may call where its program learns them, or needs them set.
	called = regexp.MustCompile(`^(attacker|witness|bystander|accomplice|authority|setting)\.[a-z-]*[a-z]$`)
	// holes are those of a text that have such a name and what may be added to it, up to what comes behind.
	holes = regexp.MustCompile(`\{((?:attacker|witness|bystander|accomplice|authority|setting)\.[a-z-]*[a-z])(?:[+-][0-9]+)?(\}| bytes:|\*)`)
)

// number puts a number in place of each name that the program neither learns nor needs set before it is called: what is spliced in from
// another program may have learned it there.
func number(p *program.Program) {
	known := map[string]bool{}
	for _, s := range p.Settings {
		known["setting."+string(s)] = true
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if l, ok := op.Lesson(); ok {
			known[string(op.Actor)+"."+l.Name] = true
			continue
		}
		if op.Verb.HasText() || op.Verb == program.Freeze {
			op.Arg = numbered(op.Arg, known)
		}
	}
}

func numbered(template string, known map[string]bool) string {
	return holes.ReplaceAllStringFunc(template, func(hole string) string {
		m := holes.FindStringSubmatch(hole)
		if known[m[1]] || program.Knowable(m[1]) {
			return hole
		}
		if m[2] == "}" {
			return "1000"
		}
		return "{1000" + m[2]
	})
}
