package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"xmpprig/results"
)

// Options say how surely, and about what. The zero value takes the defaults.
type Options struct {
	Paired  bool     // base[i] and head[i] ran one after the other
	Alpha   float64  // with which probability all gated metrics together may err; 0: DefaultAlpha
	Floor   float64  // the smallest difference that matters, as a share; 0: DefaultFloor
	Metrics []string // that have a say, wholly or by their beginning; none: the usual ones
	Force   bool     // compare what does not compare, with warnings

	outermost int // as of the function of that name, where many comparisons are of as many runs; 0: not known
}

// Defaults of Options.
const (
	DefaultAlpha = 0.04 // half of it on the side of regressions
	DefaultFloor = 0.03
)

// Bounds on the runs of a side: with fewer nothing is said, and more take memory by their square.
const (
	least = 4
	most  = 1000
)

func (o Options) filled() Options {
	o.Alpha, o.Floor = cmp.Or(o.Alpha, DefaultAlpha), cmp.Or(o.Floor, DefaultFloor)
	return o
}

// Runs compares two sides of at least one run each. Sides are named by the caller. The error is a *RefusedError where the runs do
// not compare and o does not force it, or a *MetricError.
func Runs(base, head []*results.Run, o Options) (*results.Comparison, error) {
	o = o.filled()
	c := &results.Comparison{Paired: o.Paired, Alpha: o.Alpha, Metrics: []results.Compared{}}
	if len(base) == 0 || len(head) == 0 || o.Paired && len(base) != len(head) {
		return nil, &RefusedError{[]string{fmt.Sprintf("there are %d runs of the base and %d of the head", len(base), len(head))}}
	}
	if n := max(len(base), len(head)); n > most {
		return nil, &RefusedError{[]string{fmt.Sprintf("there are %d runs on a side, and %d are the most", n, most)}}
	}
	against := append(differences(base, head), mixed("base", base)...)
	against = append(against, mixed("head", head)...)
	if o.Paired {
		against = append(against, mispaired(base, head)...)
	}
	if len(against) > 0 {
		if !o.Force {
			return nil, &RefusedError{against}
		}
		c.Warnings = against
	}
	c.Base.Server, c.Head.Server = serverOf(base[0]), serverOf(head[0])
	all, err := chosen(metricsOf(slices.Concat(base, head)), o.Metrics)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		c.Metrics = append(c.Metrics, m.compare(values(m, base), values(m, head), o))
	}
	decide(c, o)
	lacking(c, base, head, o)
	c.Shift = shift(base, head)
	return c, nil
}

func serverOf(r *results.Run) string {
	t := r.Target
	s := strings.TrimSpace(cmp.Or(t.Software, t.Driver) + " " + t.Version)
	return strings.Join(slices.DeleteFunc([]string{s, t.Address, t.Transport, t.TLS, loginOf(t), t.Mechanism, t.Elsewhere, strings.Join(t.Faults, " ")}, func(s string) bool { return s == "" }), ", ")
}

// loginOf is by which protocol sessions logged in; empty for that of RFC 6120.
func loginOf(t results.Target) string {
	if t.Login == "SASL" {
		return ""
	}
	return t.Login
}

func values(m metric, runs []*results.Run) []float64 {
	all := make([]float64, len(runs))
	for i, r := range runs {
		all[i], _ = m.of(r)
	}
	return all
}

// compare estimates and tests one metric; what it says is decided with the others.
func (m metric) compare(base, head []float64, o Options) results.Compared {
	c := results.Compared{
		Metric: m.name, Unit: m.unit, Higher: m.higher, Gated: m.gated, Difference: m.share, Base: base, Head: head,
		BaseMedian: median(base), HeadMedian: median(head), Delta: cliff(base, head), Floor: o.Floor, P: 1, Adjusted: 1,
	}
	scale := math.Log
	if m.share {
		scale = func(v float64) float64 { return v }
		c.Floor = m.least
	}
	b, h := scaled(base, scale), scaled(head, scale)
	k := o.outermost
	if k == 0 {
		k = outermost(len(b), len(h), o)
	}
	var e estimate
	if o.Paired {
		diffs := subtracted(h, b)
		e, c.P = within(diffs, k), signedRanks(diffs)
	} else {
		e, c.P = between(b, h, k), mannWhitney(b, h)
	}
	c.Effect, c.Low, c.High = e.at, e.low, e.high
	if !m.share {
		c.Effect, c.Low, c.High = math.Expm1(e.at), math.Expm1(e.low), math.Expm1(e.high)
		c.Floor = max(c.Floor, m.least/max(c.BaseMedian, 1)) // a share of next to nothing does not matter
	}
	return c
}

func scaled(values []float64, by func(float64) float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = by(v)
	}
	return all
}

func subtracted(a, b []float64) []float64 {
	all := make([]float64, len(a))
	for i := range a {
		all[i] = a[i] - b[i]
	}
	return all
}

// decide adjusts the p values of the gated metrics and gives all their verdicts, and the whole its own.
func decide(c *results.Comparison, o Options) {
	var ps []float64
	var at []int
	for i, m := range c.Metrics {
		if m.Gated && varies(m) {
			ps, at = append(ps, m.P), append(at, i)
		}
	}
	for i, p := range holm(ps) {
		c.Metrics[at[i]].Adjusted = p
	}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		if !m.Gated {
			m.Adjusted = m.P
		}
		judge(m, len(ps), o)
	}
	c.Verdict = verdict(c.Metrics)
}

// varies reports whether a metric is not one and the same in all runs.
func varies(m results.Compared) bool {
	return !same(slices.Concat(m.Base, m.Head))
}

// judge gives the verdict on one metric, beside so many that are tested.
func judge(m *results.Compared, tested int, o Options) {
	n := min(len(m.Base), len(m.Head))
	if !m.Gated {
		tested = 1
	}
	worse := m.Effect > 0 != m.Higher && m.Effect != 0
	beyond := min(math.Abs(m.Low), math.Abs(m.High)) // the end that is nearer to no difference
	if m.Low <= 0 && m.High >= 0 {
		beyond = 0
	}
	within := max(math.Abs(m.Low), math.Abs(m.High))
	switch {
	case n < least:
		m.Verdict, m.Reason = results.Insufficient, fmt.Sprintf("%d runs a side; it takes %d", n, least)
	case !varies(*m):
		m.Verdict, m.Reason = results.Same, "it is the same in all runs"
	case m.Adjusted < o.Alpha && math.Abs(m.Effect) >= m.Floor && beyond > m.Floor/2 && worse:
		m.Verdict, m.Reason = results.Regression, "worse by "+amount(m, math.Abs(m.Effect))
	case m.Adjusted < o.Alpha && math.Abs(m.Effect) >= m.Floor && beyond > m.Floor/2:
		m.Verdict, m.Reason = results.Improvement, "better by "+amount(m, math.Abs(m.Effect))
	case within <= m.Floor && m.Difference && math.Abs(mean(m.Head)-mean(m.Base)) > m.Floor:
		m.Verdict, m.Reason = results.Undecided, fmt.Sprintf("most runs are alike, but some stand out: on average it is %s and %s", amount(m, mean(m.Base)), amount(m, mean(m.Head)))
	case within <= m.Floor && possible(len(m.Base), len(m.Head), 1, o): // else even the whole range is no interval of this probability
		m.Verdict, m.Reason = results.Same, "no difference larger than "+amount(m, within)
	case !possible(len(m.Base), len(m.Head), tested, o):
		m.Verdict, m.Reason = results.Insufficient, fmt.Sprintf("with %d runs a side nothing can be shown of one of %d metrics; it takes %d", n, tested, Fewest(tested, o))
	default:
		m.Verdict, m.Reason = results.Undecided, fmt.Sprintf("it may be %s, and up to %s would not matter", ranged(m), amount(m, m.Floor))
	}
}

// Fewest is with how many runs a side a difference can be significant at all, where so many metrics are tested.
func Fewest(tested int, o Options) int {
	o = o.filled()
	for n := least; n <= mostExact; n++ {
		if possible(n, n, tested, o) {
			return n
		}
	}
	return mostExact
}

// possible reports whether so many runs of the base and of the head can show anything: in how many orders they can come decides.
func possible(base, head, tested int, o Options) bool {
	orders := math.Pow(2, float64(base))
	if !o.Paired {
		orders = 1
		for i := 1; i <= base; i++ {
			orders = orders * float64(head+i) / float64(i)
		}
	}
	return 2/orders*float64(max(tested, 1)) < o.Alpha
}

// amount writes a share or, where shares are subtracted, points.
func amount(m *results.Compared, v float64) string {
	if m.Difference {
		return fmt.Sprintf("%.3g points", v)
	}
	return fmt.Sprintf("%.3g %%", 100*v)
}

func ranged(m *results.Compared) string {
	if m.Difference {
		return fmt.Sprintf("%+.3g to %+.3g points", m.Low, m.High)
	}
	return fmt.Sprintf("%+.3g to %+.3g %%", 100*m.Low, 100*m.High)
}

// verdict is what the gated metrics say together: the worst of them, where nothing known is better than something unknown.
func verdict(metrics []results.Compared) results.Outcome {
	for _, v := range []struct {
		word string
		exit results.ExitCode
	}{
		{results.Regression, results.ExitRegression}, {results.Insufficient, results.ExitInconclusive}, {results.Undecided, results.ExitInconclusive},
		{results.Improvement, results.ExitPass}, {results.Same, results.ExitPass},
	} {
		var reasons []string
		for _, m := range metrics {
			if m.Gated && m.Verdict == v.word {
				reasons = append(reasons, m.Metric+": "+m.Reason)
			}
		}
		if len(reasons) > 0 {
			return results.Outcome{Status: v.word, ExitCode: v.exit, Reasons: reasons}
		}
	}
	return results.Outcome{Status: results.Undecided, ExitCode: results.ExitInconclusive, Reasons: []string{"no metric has a say"}}
}
