package compare

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/results"
)

// lacking tells of metrics that would have a say and are not in all runs. What one side always has and the other never, such as the
// times of answers that did not come, leaves the comparison without a verdict; what is missing here and there is only left out, and so
// is the part of a login that one side does without by its flags.
func lacking(c *results.Comparison, base, head []*results.Run, o Options) {
	known := map[string]bool{}
	for _, m := range c.Metrics {
		known[m.Metric] = true
	}
	for _, side := range [][]*results.Run{base, head} {
		all := slices.DeleteFunc(candidates(side), func(m metric) bool { return m.cost })
		if len(o.Metrics) > 0 { // whatever is not there was refused
			all = named(all, o.Metrics)
		}
		for _, m := range all {
			if m.gated && !known[m.name] {
				known[m.name] = true
				m.lacks(c, base, head)
			}
		}
	}
	c.Verdict = verdict(c.Metrics)
}

func (m metric) lacks(c *results.Comparison, base, head []*results.Run) {
	b, h := m.present(base), m.present(head)
	whole := len(b) == len(base) && len(h) == 0 || len(b) == 0 && len(h) == len(head)
	if !whole {
		if n := len(base) + len(head) - len(b) - len(h); n < len(base)+len(head) {
			c.Left = append(c.Left, fmt.Sprintf("%s: %d of %d runs have none", m.name, n, len(base)+len(head)))
		}
		return
	}
	which := "head"
	if len(b) == 0 {
		which = "base"
	}
	if strings.HasPrefix(m.name, "login.") && logsInOtherwise(base[0].Target, head[0].Target) {
		c.Left = append(c.Left, fmt.Sprintf("%s: the %s logs in without that", m.name, which))
		return
	}
	c.Metrics = append(c.Metrics, results.Compared{Metric: m.name, Unit: m.unit, Higher: m.higher, Gated: true, Difference: m.share,
		Base: b, Head: h, BaseMedian: median(b), HeadMedian: median(h), P: 1, Adjusted: 1,
		Verdict: results.Insufficient, Reason: "no run of the " + which + " has any"})
}

// logsInOtherwise says that two sides take other steps to log in, because they were told to.
func logsInOtherwise(a, b results.Target) bool {
	return a.TLS != b.TLS || a.TLSResume != b.TLSResume || a.Login != b.Login || a.Mechanism != b.Mechanism || a.Transport != b.Transport
}

func (m metric) present(runs []*results.Run) []float64 {
	all := []float64{}
	for _, r := range runs {
		if v, ok := m.of(r); ok {
			all = append(all, v)
		}
	}
	return all
}
