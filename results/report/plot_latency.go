package report

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
)

// latencyPlot shows percentiles of the headline step over time.
func (v *view) latencyPlot() Plot {
	p := Plot{Name: "latency", Title: "Response time over the run"}
	if !v.some {
		p.figure = v.overTime(nil, noSamples("response time", 230))
		return p
	}
	intervals := intervalsOf(v.Record, v.head.Name, v.head.Response.Kind)
	width := windowWidth(intervals, v.end)
	all := windows(intervals, width, v.Run.Phases)
	p.Title += ": " + line(v.head.Name, 40)
	p.Caption = fmt.Sprintf("Response time (answered − due) in %s; the intervals' histograms are merged, nothing is averaged. "+
		"A percentile is drawn only where at least ten samples lie beyond it. The scale is logarithmic.", v.over(width))
	if len(all) == 0 {
		p.figure = v.overTime(nil, noSamples("response time (log scale)", 230))
		return p
	}
	legend := []entry{
		{label: "p50", style: stroke(blue(), 2)}, {label: "p90", style: stroke(sky(), 1.6)},
		{label: "p99", style: stroke(red(), 1.6)}, {label: "max", style: stroke(grey(), .9, 2, 2)},
	}
	pick := []func(window) float64{func(w window) float64 { return w.p50 }, func(w window) float64 { return w.p90 },
		func(w window) float64 { return w.p99 }, func(w window) float64 { return w.max }}
	pl := panel{title: "response time (log scale)", height: 230, y: latencyTicks{3.4}}
	lo, hi := math.Inf(1), 0.0
	for i := len(pick) - 1; i >= 0; i-- {
		pts := along(all, width.Seconds(), pick[i])
		least, most := extent(pts)
		if most == 0 {
			p.Caption += fmt.Sprintf(" %s is left out: nowhere do enough samples lie beyond it.", legend[i].label)
			legend = slices.Delete(legend, i, i+1)
			continue
		}
		pl.marks = append(pl.marks, trace{pts, legend[i].style})
		lo, hi = min(lo, least), max(hi, most)
	}
	pl.yMin, pl.yMax = latencyRange(lo*.9, hi*1.1)
	p.figure = v.overTime(legend, pl)
	return p
}

// extent is the least and the most, in nanoseconds, of a line in log10(ns);
// both zero where it has no point.
func extent(pts []plotter.XY) (least, most float64) {
	for _, pt := range pts {
		if v := math.Pow(10, pt.Y); !math.IsNaN(v) {
			if most == 0 || v < least {
				least = v
			}
			most = max(most, v)
		}
	}
	return least, most
}

func noSamples(title string, height float64) panel {
	const enough = 70
	lo, hi := latencyRange(1e5, 1e9)
	return panel{title: title, height: min(height, enough), yMin: lo, yMax: hi, y: latencyTicks{3.4}, empty: "no samples"}
}

// along is one figure of every window over time, in log10(ns), with a gap
// where a stretch has no answers.
func along(all []window, width float64, pick func(window) float64) []plotter.XY {
	var pts []plotter.XY
	for i, w := range all {
		if i > 0 && w.from-all[i-1].to > width*1.01 {
			pts = append(pts, plotter.XY{X: w.from, Y: math.NaN()})
		}
		pts = append(pts, plotter.XY{X: w.middle(), Y: math.Log10(max(1, pick(w)))})
	}
	return pts
}
