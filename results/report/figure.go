package report

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Measures of a figure, in points.
const (
	figureWidth = 760
	leftMargin  = 66
	rightMargin = 22
	titleHeight = 26
	legendLine  = 17
	stripHeight = 15
	panelTitle  = 17
	xTickHeight = 17
	xNameHeight = 15
	bottomEdge  = 6
	lift        = .8 // raises a line of text to where its middle is seen
)

// figure is a title, a legend, and panels in rows that share their X axis.
type figure struct {
	title   string
	legend  []entry
	phases  []stretch // drawn as a strip above the first panel and as shades
	xName   string
	columns int // panels a row; 0 means 1
	panels  []panel
	mark    string // laid under the data of every panel that has any
}

// entry is one line of a legend.
type entry struct {
	label string
	style draw.LineStyle
	block bool // a filled area rather than a line
	ramp  []color.Color
}

// stretch is a phase on the axis of time, in seconds.
type stretch struct {
	name     string
	from, to float64
	measured bool
	kind     string
}

// panel is one plot of a figure.
type panel struct {
	title                  string
	height                 float64
	xMin, xMax, yMin, yMax float64
	x, y                   plot.Ticker
	marks                  []plot.Plotter
	empty                  string // said in the middle where there is no data
	bare                   bool   // without a line at each tick of Y
}

func (f *figure) perRow() int { return max(1, f.columns) }

func (f *figure) rows() int { return (len(f.panels) + f.perRow() - 1) / f.perRow() }

// height is the figure's whole height in points.
func (f *figure) height() float64 {
	h := float64(titleHeight + xTickHeight + xNameHeight + bottomEdge)
	h += float64(legendLine * f.legendLines())
	if len(f.phases) > 0 {
		h += stripHeight
	}
	for row := range f.rows() {
		p := f.panels[row*f.perRow()]
		h += p.height
		if p.title != "" {
			h += panelTitle
		}
		if row > 0 {
			h += 8
		}
	}
	return h
}

// draw draws the figure over the whole of c.
func (f *figure) draw(c draw.Canvas) {
	c.FillPolygon(color.White, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	c.FillText(typeface(13, true), vg.Point{X: c.Min.X + 10, Y: c.Max.Y - 20}, fitted(typeface(13, true), f.title, figureWidth-20))
	top := c.Max.Y - titleHeight
	top = f.drawLegend(c, top)
	width := (c.Max.X - c.Min.X - leftMargin - rightMargin)
	columns := vg.Length(f.perRow())
	const gap = 16
	each := (width - gap*(columns-1)) / columns
	for row := range f.rows() {
		if row > 0 {
			top -= 8
		}
		first := row * f.perRow()
		if f.panels[first].title != "" {
			top -= panelTitle
		}
		if row == 0 && len(f.phases) > 0 {
			f.drawStrip(c, top)
			top -= stripHeight
		}
		for col := range min(f.perRow(), len(f.panels)-first) {
			p := f.panels[first+col]
			left := c.Min.X + leftMargin + vg.Length(col)*(each+gap)
			box := vg.Rectangle{Min: vg.Point{X: left, Y: top - vg.Length(p.height)}, Max: vg.Point{X: left + each, Y: top}}
			f.drawPanel(draw.Canvas{Canvas: c.Canvas, Rectangle: box}, p, row == 0 && len(f.phases) > 0, col == 0, first+col+f.perRow() >= len(f.panels))
		}
		top -= vg.Length(f.panels[first].height)
	}
	name := small(muted())
	name.XAlign = text.XCenter
	c.FillText(name, vg.Point{X: c.Min.X + leftMargin + width/2, Y: c.Min.Y + bottomEdge + 1}, f.xName)
}

// drawPanel draws the data of one panel over c, and its ticks around it.
func (f *figure) drawPanel(c draw.Canvas, p panel, strip, yLabels, xLabels bool) {
	if p.title != "" {
		above := c.Max.Y + 5
		if strip {
			above += stripHeight
		}
		c.FillText(small(ink()), vg.Point{X: c.Min.X, Y: above}, fitted(small(ink()), p.title, c.Max.X-c.Min.X))
	}
	plt := plot.New()
	plt.HideAxes()
	plt.BackgroundColor = nil
	plt.X.Padding, plt.Y.Padding = 0, 0
	plt.X.Min, plt.X.Max, plt.Y.Min, plt.Y.Max = p.xMin, p.xMax, p.yMin, p.yMax
	plt.Add(f.shades()...)
	plt.Add(gridLines(p)...)
	if f.mark != "" && p.empty == "" {
		style := typeface(min(40, p.height/3), true)
		style.Color = rgb(0xF6D3C6)
		plt.Add(centred{f.mark, style})
	}
	plt.Add(p.marks...)
	if p.empty != "" {
		plt.Add(centred{p.empty, small(muted())})
	}
	plt.Draw(c)
	axes(c, plt, p, yLabels, xLabels)
}

func (f *figure) shades() []plot.Plotter {
	var marks []plot.Plotter
	for _, s := range f.phases {
		if !s.measured {
			marks = append(marks, shade{s.from, s.to, s.fill()})
		}
		marks = append(marks, upright{s.from, stroke(rgb(0xB4BCC5), .6, 2, 2)})
	}
	return marks
}

// fill is the shade of a phase that is not measured.
func (s stretch) fill() color.Color {
	if s.kind == "warm-up" {
		return rgb(0xE1E5E9)
	}
	return rgb(0xF0F2F5)
}

func gridLines(p panel) []plot.Plotter {
	var marks []plot.Plotter
	for _, t := range p.y.Ticks(p.yMin, p.yMax) {
		if !t.IsMinor() && !p.bare {
			marks = append(marks, trace{points: xys(p.xMin, t.Value, p.xMax, t.Value), style: stroke(grid(), .6)})
		}
	}
	for _, t := range p.x.Ticks(p.xMin, p.xMax) {
		if !t.IsMinor() {
			marks = append(marks, upright{t.Value, stroke(grid(), .6)})
		}
	}
	return marks
}

// axes draws the base line and the labelled ticks outside the data.
func axes(c draw.Canvas, plt *plot.Plot, p panel, yLabels, xLabels bool) {
	x, y := plt.Transforms(&c)
	c.StrokeLine2(stroke(rgb(0x9AA4AF), .8), c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
	label := small(muted())
	label.XAlign, label.YAlign = text.XRight, text.YCenter
	for _, t := range p.y.Ticks(p.yMin, p.yMax) {
		if yLabels && !t.IsMinor() {
			c.FillText(label, vg.Point{X: c.Min.X - 6, Y: y(t.Value) + lift}, t.Label)
		}
	}
	label.XAlign, label.YAlign = text.XCenter, text.YTop
	for _, t := range p.x.Ticks(p.xMin, p.xMax) {
		c.StrokeLine2(stroke(rgb(0x9AA4AF), .8), x(t.Value), c.Min.Y, x(t.Value), c.Min.Y-3)
		if xLabels && !t.IsMinor() {
			c.FillText(label, vg.Point{X: x(t.Value), Y: c.Min.Y - 5}, t.Label)
		}
	}
}
