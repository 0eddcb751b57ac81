package report

import (
	"image/color"
	"math"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ComparisonPlots draws the pictures of a comparison: the effects with their intervals, and how the distribution is shifted.
func ComparisonPlots(c *results.Comparison) []Plot {
	plots := []Plot{forestPlot(c), shiftPlot(c)}
	for i := range plots {
		plots[i].figure.title = plots[i].Title
	}
	return plots
}

// labelRoom is how wide the names of metrics are, beside their changes: in halves of the axis.
const labelRoom = 1.5

// effectTicks marks changes, and leaves the room for names alone.
type effectTicks struct{ reach float64 }

// Ticks implements [plot.Ticker].
func (t effectTicks) Ticks(float64, float64) []plot.Tick {
	return shareTicks{}.Ticks(-t.reach, t.reach)
}

// mostEffect bounds the axis of changes: what is beyond is cut there.
const mostEffect = 2

// What a picture of effects says of itself.
const (
	forestCaption = "The Hodges–Lehmann estimate with its interval. The grey band is the floor: what lies " +
		"wholly inside does not matter. Metrics that have a say are black, the others grey; red is a regression, green an improvement."
	forestAxis = "change, lower values to the left"
)

// forestPlot has a line for each metric that is a ratio.
func forestPlot(c *results.Comparison) Plot {
	rows := forestRows(c)
	return Plot{Name: "forest", Title: "Change of each metric, head against base", Caption: forestCaption,
		figure: figure{panels: []panel{forestPanel(rows, forestReach(rows))}, xName: forestAxis}}
}

// forestRows are the metrics that are ratios, those that have a say first.
func forestRows(c *results.Comparison) (rows []results.Compared) {
	for _, gated := range []bool{true, false} {
		for _, m := range c.Metrics {
			if !m.Difference && m.Gated == gated && len(m.Base) > 0 && len(m.Head) > 0 && len(rows) < 30 {
				rows = append(rows, m)
			}
		}
	}
	return rows
}

// forestReach is how far the axis of changes goes to both sides.
func forestReach(rows []results.Compared) float64 {
	reach := .02
	for _, m := range rows {
		reach = min(mostEffect, max(reach, 1.15*math.Abs(bounded1(m.Low)), 1.15*math.Abs(bounded1(m.High)), 1.3*bounded1(m.Floor)))
	}
	return reach
}

func forestPanel(rows []results.Compared, reach float64) panel {
	const each = 24
	pl := panel{height: float64(each * max(3, len(rows))), yMax: float64(max(1, len(rows))), y: plot.ConstantTicks(nil), bare: true}
	if len(rows) == 0 {
		pl.empty = "no metric that is a ratio"
	}
	pl.xMin, pl.xMax, pl.x = -reach*(1+labelRoom), reach, effectTicks{reach}
	label := small(ink())
	const room = (figureWidth - leftMargin - rightMargin) * labelRoom / (2 + labelRoom)
	label.YAlign = text.YCenter
	for i, m := range rows {
		y, floor := float64(len(rows)-i)-.5, bounded1(m.Floor)
		pl.marks = append(pl.marks, bar{-floor, floor, y - .5, y + .5, rgb(0xEDF0F3)}, whisker{bounded1(m.Effect), bounded1(m.Low), bounded1(m.High), y, stroke(effectColor(m), 1.8)},
			note{pl.xMin, y, fitted(label, seenLine(m.Metric, 60), room*.62) + "  " + changeText(m), label})
	}
	pl.marks = append(pl.marks, upright{0, stroke(muted(), .9)})
	return pl
}

func bounded1(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return max(-mostEffect, min(mostEffect, v))
}

func effectColor(m results.Compared) color.Color {
	switch {
	case m.Verdict == results.Regression && m.Gated:
		return red()
	case m.Verdict == results.Improvement && m.Gated:
		return green()
	case m.Gated:
		return ink()
	}
	return grey()
}

// whisker is an estimate with its interval, from left to right at a Y.
type whisker struct {
	at, low, high, y float64
	style            draw.LineStyle
}

// Plot implements [plot.Plotter].
func (k whisker) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := y(k.y)
	c.StrokeLine2(k.style, x(k.low), at, x(k.high), at)
	for _, end := range []float64{k.low, k.high} {
		c.StrokeLine2(k.style, x(end), at-4, x(end), at+4)
	}
	c.DrawGlyph(draw.GlyphStyle{Color: k.style.Color, Radius: 3.5, Shape: draw.BoxGlyph{}}, vg.Point{X: x(k.at), Y: at})
}

// shiftPlot shows by how much each quantile of all times together differs.
func shiftPlot(c *results.Comparison) Plot {
	p := Plot{Name: "shift", Title: "Shift of the quantiles", Caption: "All response times of the largest series laid together, quantile by quantile, as far as ten samples lie beyond. " +
		"It describes where in the distribution a change lies; what is sure is in the table, for times within a run hang together."}
	var pts []plotter.XY
	lo, hi := -.01, .01
	for _, s := range c.Shift {
		if s.BaseNS <= 0 || s.HeadNS <= 0 || !(s.Percentile > 0 && s.Percentile < 100) {
			continue
		}
		v := bounded1(float64(s.HeadNS)/float64(s.BaseNS) - 1)
		pts = append(pts, plotter.XY{X: percentileX(s.Percentile / 100), Y: v})
		lo, hi = min(lo, v), max(hi, v)
	}
	pl := panel{height: 200, yMin: lo * 1.2, yMax: hi * 1.2, xMax: 1, x: percentileTicks{}, y: shareTicks{}}
	if len(pts) == 0 {
		pl.empty, pl.x = "no samples", plot.ConstantTicks(nil)
	} else {
		pl.xMin, pl.xMax = 0, pts[len(pts)-1].X*1.02
		pl.marks = []plot.Plotter{trace{xys(0, 0, pl.xMax, 0), stroke(muted(), .9)}, trace{pts, stroke(blue(), 1.8)}}
		for _, pt := range pts {
			pl.marks = append(pl.marks, trace{[]plotter.XY{pt}, stroke(blue(), 2)})
		}
	}
	p.figure = figure{panels: []panel{pl}, xName: "percentile of answers"}
	return p
}
