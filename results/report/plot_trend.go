package report

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"xmpprig/results"
)

// Bounds of the pictures of a trend; the data has all.
const (
	mostTrendPlots  = 20
	mostTrendPanels = 12
)

func trendPlotName(i int) string {
	if i == 0 {
		return "trend"
	}
	return fmt.Sprintf("trend-%d", i+1)
}

// TrendPlots draws each history that is long enough: a panel for each metric, over the records.
func TrendPlots(t *results.Trend) (all []Plot) {
	for i := range t.Histories {
		h := &t.Histories[i]
		if drawn := withValues(h.Metrics); len(all) < mostTrendPlots && len(h.Records) > 1 && len(drawn) > 0 {
			all = append(all, historyPlot(h, drawn, trendPlotName(i), historyTitle(t, i)))
		}
	}
	return all
}

func withValues(all []results.TrendMetric) []results.TrendMetric {
	return slices.DeleteFunc(slices.Clone(all), func(m results.TrendMetric) bool {
		return !slices.ContainsFunc(m.Values, func(v *float64) bool { return v != nil })
	})
}

func historyPlot(h *results.History, metrics []results.TrendMetric, name, title string) Plot {
	p := Plot{Name: name, Title: "Trend: " + title, Caption: "Each dot is a run, in the order in which they were started; the lines are the levels between steps, with the size " +
		"of each step and where it is. The vertical axes do not begin at zero."}
	shown := metrics[:min(mostTrendPanels, len(metrics))]
	if rest := len(metrics) - len(shown); rest > 0 {
		p.Caption += fmt.Sprintf(" %s not drawn.", plural(int64(rest), "further metric"))
	}
	p.figure = figure{title: p.Title, xName: "runs, by the time of their start", legend: []entry{
		{label: "run", style: stroke(sky(), 3)}, {label: "level", style: stroke(blue(), 1.8)},
		{label: "step for the worse", style: stroke(red(), 1.2, 5, 3)}, {label: "for the better", style: stroke(green(), 1.2, 2, 2)},
	}}
	for i := range shown {
		p.figure.panels = append(p.figure.panels, metricPanel(h, &shown[i]))
	}
	return p
}

func metricPanel(h *results.History, m *results.TrendMetric) panel {
	unit, name := unitFor(m)
	pl := panel{title: line(m.Name, 80), height: 105, x: recordTicks{h.Records}, xMin: -.75, xMax: float64(len(h.Records)) - .25, y: countTicks{name}}
	var runs dots
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range m.Values {
		if v != nil {
			lo, hi = min(lo, *v/unit), max(hi, *v/unit)
			runs.points = append(runs.points, plotter.XY{X: float64(i), Y: *v / unit})
		}
	}
	room := max((hi-lo)*.12, hi*.01, 1e-9)
	pl.yMin, pl.yMax = lo-room, hi+room*2 // the names of steps stand at the top
	pl.marks = append([]plot.Plotter{runs}, levels(m, unit)...)
	for _, c := range m.Changes {
		pl.marks = append(pl.marks, stepMark{c, pl.yMax})
	}
	return pl
}

// levels are the lines between the steps.
func levels(m *results.TrendMetric, unit float64) (all []plot.Plotter) {
	for _, s := range m.Segments {
		all = append(all, trace{xys(float64(s.From)-.4, s.Level/unit, float64(s.To)-.6, s.Level/unit), stroke(blue(), 1.8)})
	}
	return all
}

// unitFor is what the axis of a metric counts in, and how that is written.
func unitFor(m *results.TrendMetric) (float64, string) {
	most := 0.0
	for _, v := range m.Values {
		if v != nil {
			most = max(most, *v)
		}
	}
	switch m.Unit {
	case "B":
		return sizeUnit(most)
	case "ns":
		unit, name := 1.0, " ns"
		for _, next := range []string{" µs", " ms", " s"} {
			if most < unit*1000 {
				break
			}
			unit, name = unit*1000, next
		}
		return unit, name
	case "/s":
		return 1, "/s"
	case "":
		return 1, ""
	}
	return 1, " " + line(m.Unit, 8)
}

// dots are runs.
type dots struct{ points []plotter.XY }

// Plot implements [plot.Plotter].
func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, pt := range d.points {
		dot(c, vg.Point{X: x(pt.X), Y: y(pt.Y)}, stroke(sky(), 2.2))
	}
}

// stepMark is a line before the first run of a new level, with the size of the step.
type stepMark struct {
	results.Change
	top float64
}

// Plot implements [plot.Plotter].
func (s stepMark) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	style, text := stroke(green(), 1.2, 2, 2), small(green())
	if s.Regression {
		style, text = stroke(red(), 1.2, 5, 3), small(red())
	}
	at := x(float64(s.At) - .5)
	c.StrokeLine2(style, at, c.Min.Y, at, c.Max.Y)
	label := signedPercent(s.Effect)
	left := at + 4
	if left+text.Width(label) > c.Max.X {
		left = at - 4 - text.Width(label)
	}
	c.FillText(text, vg.Point{X: left, Y: c.Max.Y - 11}, label)
}

// recordTicks marks some of the records of a history by their commits, or else by their dates.
type recordTicks struct{ records []results.TrendRecord }

// Ticks implements [plot.Ticker].
func (t recordTicks) Ticks(_, _ float64) (ticks []plot.Tick) {
	const most = 9
	step := max(1, (len(t.records)+most-1)/most)
	for i := 0; i < len(t.records); i += step {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: tickName(t.records[i])})
	}
	return ticks
}

func tickName(r results.TrendRecord) string {
	if commit := []rune(line(r.Labels["commit"], 200)); len(commit) > 0 {
		return string(commit[:min(8, len(commit))])
	}
	return r.Started.UTC().Format("01-02 15:04")
}
