package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// timeTicks marks a linear axis of seconds: "20 s", "5 min", "1.5 h".
type timeTicks struct{}

// Ticks implements [plot.Ticker].
func (timeTicks) Ticks(lo, hi float64) []plot.Tick {
	steps := []float64{.1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400}
	step := max(86400, niceStep((hi-lo)/86400, 10)*86400)
	for _, s := range steps {
		if (hi-lo)/s <= 10 {
			step = s
			break
		}
	}
	unit, name := 1.0, " s"
	switch {
	case hi > 3*86400 && step >= 43200:
		unit, name = 86400, " d"
	case hi > 3*3600 && step >= 900:
		unit, name = 3600, " h"
	case hi > 120 && step >= 15:
		unit, name = 60, " min"
	}
	return evenTicks(lo, hi, step, func(v float64) string { return trimmed(v/unit) + name })
}

// evenTicks marks the multiples of step.
func evenTicks(lo, hi, step float64, label func(float64) string) []plot.Tick {
	var ticks []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: label(i * step)})
	}
	return ticks
}

// trimmed writes v with at most two decimals and thousands separators.
func trimmed(v float64) string {
	v = math.Round(v*100) / 100
	if v == math.Trunc(v) {
		return count(int64(v))
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// niceStep is the step of 1, 2 or 5 times a power of ten that gives at most n
// steps over the range.
func niceStep(width float64, n int) float64 {
	if width <= 0 || math.IsInf(width, 0) || math.IsNaN(width) {
		return 1
	}
	raw := width / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// mostSteps is how many steps a vertical axis has at most.
const mostSteps = 6

// countTicks marks a linear axis of counts; Unit follows every number.
type countTicks struct{ Unit string }

// Ticks implements [plot.Ticker].
func (t countTicks) Ticks(lo, hi float64) []plot.Tick {
	return evenTicks(lo, hi, niceStep(hi-lo, mostSteps), func(v float64) string { return trimmed(v) + t.Unit })
}

// groundTick marks the ground alone, where a panel is too low for more.
type groundTick struct{ Unit string }

// Ticks implements [plot.Ticker].
func (t groundTick) Ticks(_, _ float64) []plot.Tick {
	return []plot.Tick{{Value: 0, Label: "0" + t.Unit}}
}

// shareTicks marks a linear axis of parts of one as percent.
type shareTicks struct{}

// Ticks implements [plot.Ticker].
func (shareTicks) Ticks(lo, hi float64) []plot.Tick {
	return evenTicks(lo, hi, niceStep(hi-lo, mostSteps), func(v float64) string { return trimmed(v*100) + " %" })
}

// sizeTicks marks a linear axis of bytes at round numbers of a binary unit.
type sizeTicks struct{}

// Ticks implements [plot.Ticker].
func (sizeTicks) Ticks(lo, hi float64) []plot.Tick {
	unit, name := sizeUnit(hi)
	return evenTicks(lo, hi, niceStep((hi-lo)/unit, mostSteps)*unit, func(v float64) string { return trimmed(v/unit) + name })
}

func sizeUnit(v float64) (float64, string) {
	unit, name := 1.0, " B"
	for _, next := range []string{" KiB", " MiB", " GiB", " TiB"} {
		if v < unit*1024 {
			break
		}
		unit, name = unit*1024, next
	}
	return unit, name
}

// latencyTicks marks an axis of log10(nanoseconds): every 1, 2 and 5 where
// the axis spans at most fine powers of ten, else every power of ten.
type latencyTicks struct{ fine float64 }

// Ticks implements [plot.Ticker].
func (t latencyTicks) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Floor(lo); decade <= hi; decade++ {
		for m := 1.0; m < 10; m++ {
			v := decade + math.Log10(m)
			if v < lo-1e-9 || v > hi+1e-9 {
				continue
			}
			label := ""
			if m == 1 || (m == 2 || m == 5) && hi-lo <= t.fine {
				label = roundLatency(m * math.Pow(10, decade))
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: label})
		}
	}
	return ticks
}

// roundLatency writes a round number of nanoseconds with no decimals that say
// nothing: "1 ms".
func roundLatency(ns float64) string {
	unit, name := 1.0, " ns"
	for _, next := range []string{" µs", " ms", " s"} {
		if ns < unit*1000*(1-1e-9) {
			break
		}
		unit, name = unit*1000, next
	}
	return trimmed(ns/unit) + name
}

// percentileTicks marks an axis of −log10(1−p): 0 %, 50 %, 90 %, 99 %…
type percentileTicks struct{}

// Ticks implements [plot.Ticker].
func (percentileTicks) Ticks(lo, hi float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0 %"}, {Value: percentileX(.5), Label: "50 %"}}
	for nines := 1; float64(nines) <= hi+1e-9; nines++ {
		p := 100 - math.Pow(10, float64(2-nines))
		ticks = append(ticks, plot.Tick{Value: float64(nines), Label: strconv.FormatFloat(p, 'f', max(0, nines-2), 64) + " %"})
	}
	return ticks
}

// percentileX is where the quantile p, 0 ≤ p < 1, lies on that axis.
func percentileX(p float64) float64 { return -math.Log10(1 - p) }

// niceTop is an end for a linear axis that starts at 0: the data's largest
// value with a little room, on a whole step.
func niceTop(v, unit float64) float64 {
	if v <= 0 {
		return unit
	}
	step := niceStep(v*1.04/unit, mostSteps) * unit
	return math.Ceil(v*1.04/step) * step
}

// latencyRange gives the ends of an axis of log10(nanoseconds) for values
// from lo to hi: the next 1, 2 or 5 outside, at least one power of ten apart.
func latencyRange(lo, hi float64) (float64, float64) {
	lo, hi = math.Log10(max(lo, 1)), math.Log10(max(hi, 1))
	from, to := outer(lo, -1), outer(hi, 1)
	for to-from < 1-1e-9 {
		to = outer(to+.01, 1)
		if to-from < 1-1e-9 && from > 0 {
			from = outer(from-.01, -1)
		}
	}
	return max(from, 0), to
}

// outer is the next 1, 2 or 5 of a decade at or beyond v in a direction.
func outer(v float64, direction int) float64 {
	decade := math.Floor(v)
	marks := []float64{0, math.Log10(2), math.Log10(5), 1}
	if direction < 0 {
		for i := len(marks) - 1; i > 0; i-- {
			if decade+marks[i] <= v+1e-9 {
				return decade + marks[i]
			}
		}
		return decade
	}
	for _, m := range marks {
		if decade+m >= v-1e-9 {
			return decade + m
		}
	}
	return decade + 1
}
