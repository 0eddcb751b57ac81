package report

import (
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	swatch   = 24 // points a line or block of the legend is wide
	entryGap = 20
)

func (e entry) width() vg.Length {
	w := small(ink()).Width(e.label) + swatch + 6 + entryGap
	if len(e.ramp) > 0 {
		w += 60
	}
	return w
}

// legendRows breaks the entries into lines that fit above the data.
func (f *figure) legendRows() [][]entry {
	var rows [][]entry
	room := vg.Length(0)
	for _, e := range f.legend {
		if w := e.width(); w > room || rows == nil {
			rows, room = append(rows, nil), figureWidth-leftMargin-rightMargin+entryGap
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		room -= e.width()
	}
	return rows
}

func (f *figure) legendLines() int { return len(f.legendRows()) }

// drawLegend writes the legend between title and data, where it covers
// nothing, and returns where it ends.
func (f *figure) drawLegend(c draw.Canvas, top vg.Length) vg.Length {
	for _, row := range f.legendRows() {
		x, y := c.Min.X+leftMargin, top-9
		for _, e := range row {
			e.draw(c, x, y)
			x += e.width()
		}
		top -= legendLine
	}
	return top
}

func (e entry) draw(c draw.Canvas, x, y vg.Length) {
	wide := vg.Length(swatch)
	switch {
	case len(e.ramp) > 0:
		wide += 60
		each := wide / vg.Length(len(e.ramp))
		for i, col := range e.ramp {
			block(c, x+each*vg.Length(i), y, each+.3, draw.LineStyle{Color: col})
		}
	case e.block:
		block(c, x, y, wide, e.style)
	default:
		c.StrokeLine2(e.style, x, y, x+wide, y)
	}
	s := small(ink())
	s.YAlign = text.YCenter
	c.FillText(s, vg.Point{X: x + wide + 6, Y: y + lift}, e.label)
}

func block(c draw.Canvas, x, y, wide vg.Length, style draw.LineStyle) {
	c.FillPolygon(style.Color, []vg.Point{{X: x, Y: y - 4}, {X: x + wide, Y: y - 4}, {X: x + wide, Y: y + 4}, {X: x, Y: y + 4}})
}

// drawStrip names the phases above the first panel, where their names fit.
func (f *figure) drawStrip(c draw.Canvas, top vg.Length) {
	p := f.panels[0]
	width := c.Max.X - c.Min.X - leftMargin - rightMargin
	scale := func(v float64) vg.Length {
		return c.Min.X + leftMargin + width*vg.Length((v-p.xMin)/(p.xMax-p.xMin))
	}
	for _, s := range f.phases {
		style := small(muted())
		if s.measured {
			style.Color = ink()
		}
		style.XAlign = text.XCenter
		if style.Width(s.name)+4 <= scale(s.to)-scale(s.from) {
			c.FillText(style, vg.Point{X: (scale(s.from) + scale(s.to)) / 2, Y: top - 10}, s.name)
		}
	}
}

func xys(v ...float64) []plotter.XY {
	pts := make([]plotter.XY, 0, len(v)/2)
	for i := 0; i+1 < len(v); i += 2 {
		pts = append(pts, plotter.XY{X: v[i], Y: v[i+1]})
	}
	return pts
}
