package main

import (
	"fmt"

	"xmpprig/results"
	"xmpprig/results/compare"
)

// forewarned has more tell, after the first pair, if so many pairs as are asked for cannot show anything: a user should not wait for that.
func (r *running) forewarned(n int, say func(string, ...any), more func(*pairs) bool) func(*pairs) bool {
	told := false
	return func(p *pairs) bool {
		if !told && len(p.base) == 1 {
			told = true
			o := r.several.options(true)
			if c, err := r.compare(p, r.several.interleave[0], o); err == nil { // else the end will tell
				if text := tooFew(c, n, o); text != "" {
					say("%s", text)
				}
			}
		}
		return more(p)
	}
}

// tooFew says that n pairs are not enough for the metrics that differ in the first; empty where they are.
func tooFew(c *results.Comparison, n int, o compare.Options) string {
	tested := 0
	for _, m := range c.Metrics {
		if m.Gated && len(m.Base) > 0 && len(m.Head) > 0 && m.Base[0] != m.Head[0] {
			tested++
		}
	}
	if needed := compare.Fewest(tested, o); tested > 0 && n < needed {
		return fmt.Sprintf("warning: %d pairs will show nothing of %d metrics, it takes %d: give --repeat %d, or --metric for fewer metrics", n, tested, needed, needed)
	}
	return ""
}
