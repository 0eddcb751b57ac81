package trend

import (
	"math"
	"slices"
)

// Options says what counts as a step. The zero value of each field means its default.
type Options struct {
	MinEffect float64 // the smallest step that is told, as a part of the level before it; default DefaultMinEffect
	Alpha     float64 // the chance that a history of one metric without a step shows one; default DefaultAlpha
	Last      int     // of Of: a step with so many records from it to the newest, or fewer, is a recent one; default DefaultLast
	Metrics   []string
}

// Defaults of Options.
const (
	DefaultMinEffect = .03
	DefaultAlpha     = .01
	DefaultLast      = 10
)

// Fewest is how many values it takes to look for a step.
const Fewest = 10

// Penalties on a cut, as multiples of the logarithm of the number of figures and of the noise: with the strong one only plain steps
// are cut, to see the noise between them; with the weak one whatever may be a step. Then noise and steps are found in turn.
const (
	strong = 6
	weak   = 2
	rounds = 4
)

// shortest is how many values a segment has at least.
const shortest = 3

func (o Options) filled() Options {
	if o.MinEffect <= 0 {
		o.MinEffect = DefaultMinEffect
	}
	if o.Alpha <= 0 {
		o.Alpha = DefaultAlpha
	}
	if o.Last <= 0 {
		o.Last = DefaultLast
	}
	return o
}

// Step is a place where a list of figures went to another level.
type Step struct {
	At        int     // index of the first figure of the new level
	Effect    float64 // the new level ÷ the old one − 1
	Low, High float64 // its 95 % confidence interval
	P         float64 // chance of such a step anywhere between its neighbours where there is none
}

// Found is what Find says of a list of figures.
type Found struct {
	Steps  []Step
	Levels []float64 // between the steps: geometric means, with outliers drawn in
	Noise  float64   // standard deviation of a figure about its level, as a part of it
	Memory float64   // correlation of one deviation with the next, 0…0.7
}

// Find looks for steps in figures, which must be above zero. Fewer than Fewest have none.
func Find(values []float64, o Options) Found {
	h := &history{Options: o.filled(), logs: logarithms(values)}
	h.y = drawnIn(h.logs, h.MinEffect)
	if len(values) >= Fewest {
		h.cuts = candidates(h.y, strong)
		h.measure()
		for range rounds {
			before := slices.Clone(h.cuts)
			h.drawIn()
			h.cuts = candidates(h.y, weak)
			h.settle()
			h.measure()
			if slices.Equal(before, h.cuts) {
				break
			}
		}
	}
	return h.found()
}

// history is one list of figures while it is judged.
type history struct {
	Options
	logs   []float64 // as they are
	y      []float64 // with outliers drawn in
	cuts   []int     // indices of the first figures of new levels
	noise  float64   // standard deviation within segments
	memory float64
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return logs
}

// drawIn draws outliers in anew, now that it is known about which level they lie: bursts of them are wider than what drawnIn looks at.
func (h *history) drawIn() {
	bound := max(edge*spread(h.logs), 1.2*h.MinEffect)
	for i := range len(h.cuts) + 1 {
		from, to := h.segment(i)
		level := median(h.logs[from:to])
		for k := from; k < to; k++ {
			h.y[k] = min(max(h.logs[k], level-bound), level+bound)
		}
	}
}

// settle merges the weakest candidate until all that are left hold, before the noise that was measured with fewer cuts: candidates
// follow the noise, and make it look smaller than it is.
func (h *history) settle() {
	for {
		weakest, worst := -1, 0.0
		for i := range h.cuts {
			if p := h.doubt(i); p > worst {
				weakest, worst = i, p
			}
		}
		if weakest < 0 || worst <= h.Alpha {
			return
		}
		h.cuts = slices.Delete(h.cuts, weakest, weakest+1)
		h.place()
	}
}

// doubt is the chance that a cut is none; 1 where it is too small to be told.
func (h *history) doubt(i int) float64 {
	from, at, to := h.around(i)
	effect, middle := mean(h.y[at:to])-mean(h.y[from:at]), median(h.logs[at:to])-median(h.logs[from:at])
	if !h.large(effect) || !h.large(middle) || effect*middle < 0 {
		return 1
	}
	return h.chance(from, at, to)
}

// large says whether a difference of logarithms is as large as a step has to be.
func (h *history) large(effect float64) bool {
	return math.Abs(math.Expm1(effect)) >= h.MinEffect-1e-9
}

// chance is that of a step like this one at any of the places where it could be.
func (h *history) chance(from, at, to int) float64 {
	places := float64(to - from - 2*shortest + 1)
	t := math.Abs(mean(h.y[at:to])-mean(h.y[from:at])) / h.deviation(from, at, to)
	return min(1, places*tail(t, h.freedom()))
}

// deviation is the standard error of the difference of the means before and behind a cut. Runs that do not agree with one another, as a
// burst of other work on the machine leaves them, are no level: their own spread counts where it is larger than the noise.
func (h *history) deviation(from, at, to int) float64 {
	a, b := max(h.noise, scatter(h.logs[from:at])), max(h.noise, scatter(h.logs[at:to]))
	return math.Sqrt((1 + h.memory) / (1 - h.memory) * (a*a/float64(at-from) + b*b/float64(to-at)))
}

// freedom is how many degrees of freedom the noise was estimated with.
func (h *history) freedom() float64 {
	return max(2, float64(len(h.y)-len(h.cuts)-1)*(1-h.memory)/(1+h.memory))
}

// around is where the segments before and behind a cut begin and end.
func (h *history) around(i int) (from, at, to int) {
	from, to = 0, len(h.y)
	if i > 0 {
		from = h.cuts[i-1]
	}
	if i+1 < len(h.cuts) {
		to = h.cuts[i+1]
	}
	return from, h.cuts[i], to
}

// place moves each cut to where, between its neighbours, the segments differ most.
func (h *history) place() {
	for i := range h.cuts {
		from, _, to := h.around(i)
		best := 0.0
		for at := from + shortest; at <= to-shortest; at++ {
			m, n := float64(at-from), float64(to-at)
			d := mean(h.y[from:at]) - mean(h.y[at:to])
			if gain := d * d * m * n / (m + n); gain > best {
				h.cuts[i], best = at, gain
			}
		}
	}
}

// leastNoise keeps figures that never differ from being divided by: one part in ten thousand.
const leastNoise = 1e-4

// measure estimates noise and memory from what the segments leave over.
func (h *history) measure() {
	var sum, product float64
	for i := range len(h.cuts) + 1 {
		from, to := h.segment(i)
		level := mean(h.y[from:to])
		for k := from; k < to; k++ {
			d := h.y[k] - level
			sum += d * d
			if k > from {
				product += d * (h.y[k-1] - level)
			}
		}
	}
	n, segments := float64(len(h.y)), float64(len(h.cuts)+1)
	h.noise, h.memory = leastNoise, 0
	if n > segments {
		h.noise = max(leastNoise, math.Sqrt(sum/(n-segments)))
	}
	if h.noise > leastNoise {
		r := product / sum
		h.memory = min(.7, max(0, r+(1+3*r)*segments/n)) // which a mean taken from the same figures makes look smaller
	}
}

// segment is where the i-th segment begins and ends.
func (h *history) segment(i int) (from, to int) {
	to = len(h.y)
	if i > 0 {
		from = h.cuts[i-1]
	}
	if i < len(h.cuts) {
		to = h.cuts[i]
	}
	return from, to
}

func (h *history) found() Found {
	if len(h.y) == 0 {
		return Found{}
	}
	h.drawIn()
	h.measure()
	f := Found{Noise: math.Expm1(h.noise), Memory: h.memory}
	for i := range len(h.cuts) + 1 {
		from, to := h.segment(i)
		f.Levels = append(f.Levels, math.Exp(mean(h.y[from:to])))
	}
	for i := range h.cuts {
		from, at, to := h.around(i)
		effect := mean(h.y[at:to]) - mean(h.y[from:at])
		half := quantile(.05, h.freedom()) * h.deviation(from, at, to)
		f.Steps = append(f.Steps, Step{At: at, Effect: math.Expm1(effect), Low: math.Expm1(effect - half), High: math.Expm1(effect + half), P: h.chance(from, at, to)})
	}
	return f
}
