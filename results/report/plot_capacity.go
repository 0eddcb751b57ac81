package report

import (
	"image/color"
	"math"
	"slices"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// CapacityPlots draws the pictures of a search: throughput and p99 over load, what was used, and the fitted law.
func CapacityPlots(c *results.Capacity) []Plot {
	plots := []Plot{overLoadPlot(c), resourcesPlot(c)}
	if c.USL != nil && len(c.USL.Curve) > 1 {
		plots = append(plots, uslPlot(c))
	}
	for i := range plots {
		plots[i].figure.title = plots[i].Title
		if c.Answer.Limited {
			plots[i].figure.mark = "GENERATOR-LIMITED"
		}
	}
	return plots
}

// classColor is the colour of a class of trials.
func classColor(class string) color.Color {
	switch class {
	case results.TrialPassed:
		return green()
	case results.TrialMissed:
		return red()
	case results.TrialLimited:
		return grey()
	}
	return purple()
}

func classLegend(c *results.Capacity) (all []entry) {
	seen := map[string]bool{}
	for _, t := range c.Trials {
		seen[t.Class] = true
	}
	for _, class := range []string{results.TrialPassed, results.TrialMissed, results.TrialLimited, results.TrialFailed} {
		if seen[class] {
			all = append(all, entry{label: class, style: stroke(classColor(class), 2), block: true})
		}
	}
	return all
}

// spot is a trial on a plot: a disc, or a ring where it confirmed.
type spot struct {
	x, y float64
	fill color.Color
	ring bool
}

// Plot implements [plot.Plotter].
func (s spot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := vg.Point{X: x(s.x), Y: y(s.y)}
	if !c.Contains(at) {
		return
	}
	style := draw.GlyphStyle{Color: s.fill, Radius: 3.6, Shape: draw.CircleGlyph{}}
	if s.ring {
		style.Radius, style.Shape = 5.5, draw.RingGlyph{}
	}
	c.DrawGlyph(style, at)
}

// loadReach is the axis of loads: up to the highest that was tried, but not far beyond the border.
func loadReach(c *results.Capacity) float64 {
	top := 0.0
	for _, t := range c.Trials {
		top = max(top, finite(t.Load))
	}
	if border := finite(c.Answer.Missed); border > 0 {
		top = min(top, 2.2*border)
	}
	return max(1, top*1.04)
}

func finite(v float64) float64 {
	if math.IsNaN(v) || v < 0 || v > 1e12 {
		return 0
	}
	return v
}

func overLoadPlot(c *results.Capacity) Plot {
	p := Plot{Name: "capacity", Title: "Throughput and 99th percentile over load", Caption: "Each disc is a trial, coloured by its class; rings are the longer trials that confirm. The band " +
		"lies between the highest load that passed and the lowest that did not. The line through throughput is what was asked for."}
	x := loadReach(c)
	through := panel{title: "achieved a second", height: 190, xMax: x, x: countTicks{}, y: countTicks{}}
	late := panel{title: "99th percentile of response times (log scale)", height: 170, xMax: x, x: countTicks{}, y: latencyTicks{3.4}}
	lo, hi := math.Inf(1), 1.0
	most := 1.0
	var pts []plot.Plotter
	for _, t := range byLoad(c.Trials) {
		if t.Load > x || t.LengthNS == 0 {
			continue
		}
		most = max(most, finite(t.Achieved), finite(t.Offered))
		pts = append(pts, spot{t.Load, finite(t.Achieved), classColor(t.Class), t.Kind == results.TrialConfirm})
		if ns := float64(t.P99NS); ns > 0 {
			lo, hi = min(lo, ns), max(hi, ns)
			late.marks = append(late.marks, spot{t.Load, logLatency(t.P99NS), classColor(t.Class), t.Kind == results.TrialConfirm})
		}
	}
	through.yMax = niceTop(most*1.05, 1)
	band := borderBand(c, x)
	through.marks = append(append(band, trace{asked(c, x), stroke(muted(), 1, 4, 3)}), pts...)
	if late.marks == nil {
		late.empty, late.y, late.yMax = "no trial had enough answers", plot.ConstantTicks(nil), 1
	} else {
		late.yMin, late.yMax = latencyRange(lo*.9, hi*1.1)
		late.marks = append(band, late.marks...)
		if k := c.Knee; k != nil {
			late.marks = append(late.marks, upright{k.Load, stroke(purple(), 1.2, 5, 3)}, note{k.Load + x*.008, late.yMax - (late.yMax-late.yMin)*.1, "knee", small(purple())})
		}
	}
	p.figure = figure{legend: classLegend(c), panels: []panel{through, late}, xName: "load, " + loadUnit(c)}
	return p
}

func loadUnit(c *results.Capacity) string {
	switch c.Vary {
	case "sessions", "rooms":
		return c.Vary
	case "login":
		return "logins a second"
	}
	return "arrivals a second"
}

// asked is the line of what came due.
func asked(c *results.Capacity, x float64) []plotter.XY {
	var pts []plotter.XY
	for _, t := range byLoad(c.Trials) {
		if t.Load <= x && t.LengthNS > 0 {
			pts = append(pts, plotter.XY{X: t.Load, Y: finite(t.Offered)})
		}
	}
	return pts
}

func borderBand(c *results.Capacity, x float64) []plot.Plotter {
	lo, hi := finite(c.Answer.Load), finite(c.Answer.Missed)
	if lo == 0 {
		return nil
	}
	if hi <= lo || hi > x {
		return []plot.Plotter{upright{lo, stroke(green(), 1.2)}}
	}
	return []plot.Plotter{shade{lo, hi, rgb(0xFDF0D0)}, upright{lo, stroke(green(), 1)}, upright{hi, stroke(red(), 1)}}
}

func resourcesPlot(c *results.Capacity) Plot {
	p := Plot{Name: "resources", Title: "What server and rig used over load", Caption: "CPUs in use over the measured time of each trial, out of those that the machine has (dashed); they share them where both run on it. " +
		"Memory is the server's peak of resident memory."}
	x := loadReach(c)
	cpu := panel{title: "CPUs", height: 150, xMax: x, x: countTicks{}, y: countTicks{}}
	mem := panel{title: "server memory", height: 110, xMax: x, x: countTicks{}, y: sizeTicks{}}
	var server, thread, rig, memory []plotter.XY
	most, bytes := float64(max(1, c.Environment.CPUs)), 1.0
	for _, t := range byLoad(c.Trials) {
		if t.Load > x || t.LengthNS == 0 {
			continue
		}
		rig = append(rig, plotter.XY{X: t.Load, Y: finite(t.RigCPUs)})
		most = max(most, finite(t.RigCPUs), finite(t.ServerCPU))
		if t.Observed {
			server = append(server, plotter.XY{X: t.Load, Y: finite(t.ServerCPU)})
			thread = append(thread, plotter.XY{X: t.Load, Y: finite(t.Thread)})
			memory = append(memory, plotter.XY{X: t.Load, Y: float64(t.ServerMem)})
			bytes = max(bytes, float64(t.ServerMem))
		}
	}
	cpu.yMax, mem.yMax = most*1.12, niceTop(bytes*1.05, 1<<20)
	cpu.marks = []plot.Plotter{trace{rig, stroke(orange(), 1.8, 5, 2)}, trace{server, stroke(blue(), 2)}}
	legend := []entry{{label: "server", style: stroke(blue(), 2)}, {label: "rig", style: stroke(orange(), 1.8, 5, 2)}}
	if slices.ContainsFunc(thread, func(p plotter.XY) bool { return p.Y > 0 }) {
		thin := stroke(purple(), 1.2, 3, 2)
		cpu.marks, legend = append(cpu.marks, trace{thread, thin}), append(legend, entry{label: "busiest thread of the server", style: thin})
	}
	if c.Environment.CPUs > 0 {
		cpu.marks = append(cpu.marks, limit{float64(c.Environment.CPUs), "all of them"})
	}
	mem.marks = []plot.Plotter{trace{memory, stroke(blue(), 2)}}
	if server == nil {
		mem.empty = "the server could not be seen"
	}
	p.figure = figure{legend: legend, panels: []panel{cpu, mem}, xName: "load, " + loadUnit(c)}
	return p
}

// uslPlot shows the fitted law over concurrency, with its band.
func uslPlot(c *results.Capacity) Plot {
	u := c.USL
	p := Plot{Name: "usl", Title: "Universal Scalability Law", Caption: "Throughput over how much is under way at a time, both on log scales, with the 95 % band of the fit by resampling. It ends at twice what was measured."}
	var x, low, high []float64
	var fit []plotter.XY
	top, bottom := 0.0, math.Inf(1)
	for _, q := range u.Curve[:min(500, len(u.Curve))] {
		if !(q.N > 0) || !(q.X > 0) || !(q.Low > 0) || !(q.High > 0) {
			continue
		}
		x, low, high = append(x, math.Log10(q.N)), append(low, math.Log10(q.Low)), append(high, math.Log10(q.High))
		fit = append(fit, plotter.XY{X: math.Log10(q.N), Y: math.Log10(q.X)})
		top, bottom = max(top, q.High), min(bottom, q.Low)
	}
	pl := panel{title: "achieved a second", height: 210, x: decadeTicks{}, y: decadeTicks{}}
	if len(x) < 2 {
		pl.empty, pl.xMax, pl.yMax = "no curve", 1, 1
		p.figure = figure{panels: []panel{pl}}
		return p
	}
	pl.marks = []plot.Plotter{area{x, low, high, rgb(0xD9E6F4)}, trace{fit, stroke(blue(), 1.8)}}
	for _, t := range c.Trials {
		n := finite(t.Achieved) * finite(t.MeanNS) / 1e9
		if c.Vary == "sessions" || c.Vary == "rooms" {
			n = float64(t.Sessions)
		}
		if n > 0 && t.Achieved > 0 {
			pl.marks = append(pl.marks, spot{math.Log10(n), math.Log10(t.Achieved), classColor(t.Class), t.Kind == results.TrialConfirm})
			top, bottom = max(top, t.Achieved), min(bottom, t.Achieved)
		}
	}
	pl.xMin, pl.xMax = x[0]-.05, x[len(x)-1]
	pl.yMin, pl.yMax = math.Log10(bottom)-.05, math.Log10(top)+.05
	p.figure = figure{legend: classLegend(c), panels: []panel{pl}, xName: "under way at a time"}
	return p
}

// decadeTicks are those of a log axis: 1, 2 and 5 of each decade.
type decadeTicks struct{}

// Ticks implements [plot.Ticker].
func (decadeTicks) Ticks(lo, hi float64) (all []plot.Tick) {
	for d := math.Floor(lo); d <= hi && len(all) < 40; d++ {
		for _, m := range []float64{1, 2, 5} {
			if v := d + math.Log10(m); v >= lo && v <= hi {
				all = append(all, plot.Tick{Value: v, Label: plain4(m * math.Pow(10, d))})
			}
		}
	}
	return all
}
