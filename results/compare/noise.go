package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"xmpprig/results"
)

// What is simulated: so many comparisons of so many runs a side.
const (
	simulated = 400
	power     = 0.9
)

func sizes() []int { return []int{5, 7, 10, 15, 20, 30, 40} }

// Noise says what differences between two sides so many runs find, from at least four runs of one and the same thing, or pairs of
// them. Comparisons are simulated with runs that differ as these did, and decided as Runs decides. wanted is the effect for which
// the runs needed are sought; 0: 5 %. The errors are as of Runs.
func Noise(runs []*results.Run, wanted float64, o Options) (*results.Noise, error) {
	o = o.filled()
	if wanted == 0 {
		wanted = 0.05
	}
	if len(runs) < least || o.Paired && len(runs) < 2*least {
		return nil, &RefusedError{[]string{fmt.Sprintf("%d runs are too few to tell how much they differ", len(runs))}}
	}
	if n := len(runs); n > 2*most {
		return nil, &RefusedError{[]string{fmt.Sprintf("there are %d runs, and %d are the most", n, 2*most)}}
	}
	if against := append(differences(runs, nil), mixed("runs", runs)...); len(against) > 0 && !o.Force {
		return nil, &RefusedError{against}
	}
	all, err := chosen(metricsOf(runs), o.Metrics)
	if err != nil {
		return nil, err
	}
	n := &results.Noise{Paired: o.Paired, Alpha: o.Alpha, Power: power, Wanted: wanted, Metrics: []results.Noisy{}}
	n.Runs.Server = serverOf(runs[0])
	tested := slices.DeleteFunc(all, func(m metric) bool { return !m.gated || m.share || same(values(m, runs)) })
	for _, m := range tested {
		n.Metrics = append(n.Metrics, m.noise(values(m, runs), len(tested), wanted, o))
	}
	return n, nil
}

func same(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return v != values[0] })
}

// noise looks at one metric, of so many that are tested. In pairs the runs come base, head, base, head.
func (m metric) noise(values []float64, tested int, wanted float64, o Options) results.Noisy {
	logs := scaled(values, math.Log)
	errors := subtracted(logs, slices.Repeat([]float64{median(logs)}, len(logs)))
	n := results.Noisy{Metric: m.name, Unit: m.unit, N: len(values), Median: median(values)}
	if o.Paired {
		errors = nil
		for i := 0; i+1 < len(logs); i += 2 {
			errors = append(errors, logs[i+1]-logs[i])
		}
		n.Differs = signedRanks(errors) < o.Alpha/float64(tested)
	}
	n.SD = spread(errors)
	k := float64(len(errors))
	n.SDHigh = n.SD * math.Sqrt((k-1)/distuv.ChiSquared{K: k - 1}.Quantile(0.2))
	s := simulation{metric: m, errors: errors, stretch: n.SDHigh / max(n.SD, 1e-9), centre: n.Median, tested: tested, o: o}
	for _, size := range sizes() {
		n.Seen = append(n.Seen, results.Detectable{Runs: size, Effect: s.smallest(size)})
		if n.Needed == 0 && s.found(size, wanted) >= power {
			n.Needed = size
		}
	}
	return n
}

// Sensitivity fills in what changes the runs of c would have found, judged by how much they differ among themselves.
func Sensitivity(c *results.Comparison, o Options) {
	o = o.filled()
	tested := 0
	for _, m := range c.Metrics {
		if m.Gated && varies(m) && len(m.Base) > 0 && len(m.Head) > 0 {
			tested++
		}
	}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		if n := min(len(m.Base), len(m.Head)); m.Gated && !m.Difference && varies(*m) && n >= least && n <= sizes()[len(sizes())-1] {
			s := simulation{metric: metric{name: m.Metric, unit: m.Unit}, errors: residuals(m, o.Paired), stretch: 1, centre: m.BaseMedian, tested: tested, o: o}
			if m.Floor > o.Floor { // raised, because less is nobody's concern
				s.metric.least = m.Floor * max(m.BaseMedian, 1)
			}
			m.Sees = s.smallest(n)
		}
	}
}

// residuals are how far the runs are from their side or, in pairs, the differences from theirs.
func residuals(m *results.Compared, paired bool) []float64 {
	b, h := scaled(m.Base, math.Log), scaled(m.Head, math.Log)
	if paired {
		diffs := subtracted(h, b)
		return subtracted(diffs, slices.Repeat([]float64{median(diffs)}, len(diffs)))
	}
	return slices.Concat(subtracted(b, slices.Repeat([]float64{median(b)}, len(b))), subtracted(h, slices.Repeat([]float64{median(h)}, len(h))))
}

// spread is the standard deviation around zero in pairs, which have no order, and around the mean else; both are of errors.
func spread(errors []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, e := range errors {
		mean += e / float64(len(errors))
	}
	for _, e := range errors {
		sum += (e - mean) * (e - mean)
	}
	return math.Sqrt(sum / float64(len(errors)-1))
}

// simulation makes comparisons out of errors that were seen, stretched to what they may be.
type simulation struct {
	metric  metric
	errors  []float64
	stretch float64
	centre  float64
	tested  int
	o       Options
}

// smallest is the smallest effect that size runs find; 0: none up to 50 %.
func (s simulation) smallest(size int) float64 {
	for _, e := range []float64{.01, .015, .02, .03, .04, .05, .06, .08, .1, .12, .15, .2, .25, .3, .4, .5} {
		if s.found(size, e) >= power {
			return e
		}
	}
	return 0
}

// found is in which share of the comparisons an effect is found.
func (s simulation) found(size int, effect float64) float64 {
	if size < Fewest(s.tested, s.o) {
		return 0
	}
	s.o.outermost = outermost(size, size, s.o)
	r := rand.New(rand.NewPCG(uint64(size), math.Float64bits(effect)))
	hits := 0
	for i := range simulated {
		if left := simulated - i; hits+left < int(power*simulated) {
			break
		}
		base, head := make([]float64, size), make([]float64, size)
		for j := range size {
			a, b := s.draw(r), s.draw(r)
			if s.o.Paired { // the error is of the pair
				a = 0
			}
			base[j], head[j] = s.centre*math.Exp(a), s.centre*math.Exp(b)*(1+effect)
		}
		if s.decides(base, head) {
			hits++
		}
	}
	return float64(hits) / simulated
}

// draw is an error that was seen, on either side, and blurred a little: the next one will be none of these.
func (s simulation) draw(r *rand.Rand) float64 {
	e := s.errors[r.IntN(len(s.errors))]
	if r.IntN(2) == 0 {
		e = -e
	}
	return s.stretch * (e + r.NormFloat64()*s.blur())
}

// blur is a fifth of a standard deviation; of the bulk, by the median absolute deviation, where few errors stand far out: comparisons pass
// over those, and blurred by them all others would do so, too.
func (s simulation) blur() float64 {
	at, far := median(s.errors), make([]float64, len(s.errors))
	for i, e := range s.errors {
		far[i] = math.Abs(e - at)
	}
	return min(spread(s.errors), 1.4826*median(far)) / 5
}

// decides reports whether a comparison finds the head worse, with the other metrics showing nothing.
func (s simulation) decides(base, head []float64) bool {
	m := s.metric
	m.higher = false
	c := m.compare(base, head, s.o)
	c.Gated = true
	c.Adjusted = min(1, c.P*float64(s.tested))
	judge(&c, s.tested, s.o)
	return c.Verdict == results.Regression
}
