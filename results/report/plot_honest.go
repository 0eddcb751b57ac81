package report

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"time"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// honestWindow is some seconds of honest users: of each figure the worst.
type honestWindow struct {
	at            float64 // middle, seconds
	p50, p99, max float64 // ns; NaN where there were too few answers
	attacks       float64 // programs a second
	failed        float64 // errors a second
}

// mostHonest is how many points the lines of honest users have at most: twenty minutes keep their seconds.
const mostHonest = 1500

func honestWidth(end time.Duration) time.Duration {
	for _, w := range widths {
		if end/w <= mostHonest {
			return w
		}
	}
	return end
}

// honestWindows gathers seconds into windows of a width. Percentiles cannot be merged, so a window has the worst of its seconds.
func honestWindows(honest []results.Honest, width time.Duration) []honestWindow {
	bySlot := map[int]*honestWindow{}
	for _, h := range honest {
		slot := int(math.Floor(moment(h.Seconds).Seconds()/width.Seconds() + 1e-3)) // a clock that ticks a little early
		w := bySlot[slot]
		if w == nil {
			w = &honestWindow{at: (float64(slot) + .5) * width.Seconds(), p50: math.NaN(), p99: math.NaN(), max: math.NaN()}
			bySlot[slot] = w
		}
		w.attacks += max(0, float64(h.Attacks)) / width.Seconds()
		w.failed += max(0, float64(h.Failed)) / width.Seconds()
		if results.Enough(h.Count, 50) {
			w.p50 = worse(w.p50, h.P50)
		}
		if results.Enough(h.Count, 99) {
			w.p99 = worse(w.p99, h.P99)
		}
		if h.Count > 0 {
			w.max = worse(w.max, h.Max)
		}
	}
	var all []honestWindow
	for _, w := range bySlot {
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b honestWindow) int { return cmp.Compare(a.at, b.at) })
	return all
}

func worse(than float64, ns int64) float64 {
	if math.IsNaN(than) {
		return float64(ns)
	}
	return max(than, float64(ns))
}

// honestPlot shows how the honest users fared while the server was attacked.
func (v *campaignView) honestPlot() Plot {
	early := *v // than the campaign itself
	for _, h := range v.Honest {
		early.from = min(early.from, moment(h.Seconds).Seconds())
	}
	width := honestWidth(seconds(v.end - early.from))
	all := honestWindows(v.Honest, width)
	over := "each second"
	if width > time.Second {
		over = "the worst second in " + span(width)
	}
	legend := []entry{
		{label: "p50", style: stroke(blue(), 1.6)}, {label: "p99", style: stroke(red(), 1.3)}, {label: "max", style: stroke(grey(), .8, 2, 2)},
		{label: "programs are played", style: stroke(attackShade(), 1), block: true},
	}
	latencies, legend := honestLatency(all, legend)
	latencies.marks = append(attackShades(all, width), latencies.marks...)
	attacks, failed := honestLine(all, func(w honestWindow) float64 { return w.attacks }), honestLine(all, func(w honestWindow) float64 { return w.failed })
	density := linear("hostile programs a second", 80, highest(attacks), 1, countTicks{"/s"}, under(attacks, rgb(0xF2B456)), trace{attacks, stroke(orange(), .9)})
	errors := linear("errors of honest users a second", 60, highest(failed), 1, countTicks{"/s"}, under(failed, rgb(0xDF8A62)), trace{failed, stroke(red(), .9)})
	if highest(failed) == 0 {
		errors.height, errors.marks, errors.empty, errors.y = 34, nil, "none", groundTick{"/s"}
	}
	return Plot{Name: "honest", Title: "Honest users while the server is attacked: " + seenLine(cmp.Or(v.Under, "response time"), 40),
		figure: early.overTime(legend, latencies, density, errors),
		Caption: "Response time (answered − due) of honest users, " + over + ", against the programs that were played at that time. " +
			"The scale is logarithmic. A p50 is drawn where a second had 20 answers, a p99 where it had 1,000. A gap is a second without answers."}
}

func honestLine(all []honestWindow, pick func(honestWindow) float64) []plotter.XY {
	var pts []plotter.XY
	for _, w := range all {
		pts = append(pts, plotter.XY{X: w.at, Y: pick(w)})
	}
	return pts
}

// honestLatency draws the lines that have points, and leaves the others out of the legend.
func honestLatency(all []honestWindow, legend []entry) (panel, []entry) {
	p := panel{title: "response time (log scale)", height: 210, y: latencyTicks{3.4}}
	pick := []func(honestWindow) float64{func(w honestWindow) float64 { return w.p50 }, func(w honestWindow) float64 { return w.p99 },
		func(w honestWindow) float64 { return w.max }}
	lo, hi := math.Inf(1), 0.0
	for i := len(pick) - 1; i >= 0; i-- {
		pts := honestLine(all, func(w honestWindow) float64 { return math.Log10(max(1, pick[i](w))) })
		least, most := extent(pts)
		if most == 0 {
			legend = slices.Delete(legend, i, i+1)
			continue
		}
		p.marks = append(p.marks, trace{pts, legend[i].style})
		lo, hi = min(lo, least), max(hi, most)
	}
	if hi == 0 {
		none := noSamples(p.title, p.height)
		return none, legend
	}
	p.yMin, p.yMax = latencyRange(lo*.9, hi*1.1)
	return p, legend
}

// attackShade lets the grid be seen.
func attackShade() color.Color { return color.NRGBA{R: 0xE0, G: 0x8A, B: 0, A: 0x2C} }

// attackShades fills the stretches in which programs were played.
func attackShades(all []honestWindow, width time.Duration) []plot.Plotter {
	var marks []plot.Plotter
	var open *shade
	half := width.Seconds() / 2
	for _, w := range all {
		switch {
		case w.attacks == 0:
			open = nil
		case open != nil && w.at-half <= open.x1+half:
			open.x1 = w.at + half
		default:
			open = &shade{w.at - half, w.at + half, attackShade()}
			marks = append(marks, open)
		}
	}
	return marks
}
