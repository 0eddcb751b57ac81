package report

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// trace draws a line that is broken where a value is NaN; a value alone
// between gaps is a dot.
type trace struct {
	points []plotter.XY
	style  draw.LineStyle
}

// Plot implements [plot.Plotter].
func (t trace) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var run []vg.Point
	flush := func() {
		switch {
		case len(run) == 1 && c.Contains(run[0]):
			dot(c, run[0], t.style)
		case len(run) > 1:
			c.StrokeLines(t.style, c.ClipLinesXY(run)...)
		}
		run = nil
	}
	for _, pt := range t.points {
		if math.IsNaN(pt.Y) {
			flush()
			continue
		}
		run = append(run, vg.Point{X: x(pt.X), Y: y(pt.Y)})
	}
	flush()
}

func dot(c draw.Canvas, at vg.Point, style draw.LineStyle) {
	c.DrawGlyph(draw.GlyphStyle{Color: style.Color, Radius: max(2, style.Width), Shape: draw.CircleGlyph{}}, at)
}

// area fills the space between two lines over the same X.
type area struct {
	x, low, high []float64
	fill         color.Color
}

// Plot implements [plot.Plotter].
func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var pts []vg.Point
	for i := range a.x {
		pts = append(pts, vg.Point{X: x(a.x[i]), Y: y(a.high[i])})
	}
	for i := len(a.x) - 1; i >= 0; i-- {
		pts = append(pts, vg.Point{X: x(a.x[i]), Y: y(a.low[i])})
	}
	if len(pts) > 2 {
		c.FillPolygon(a.fill, c.ClipPolygonXY(pts))
	}
}

// bar is a filled rectangle in data coordinates.
type bar struct {
	x0, x1, y0, y1 float64
	fill           color.Color
}

// Plot implements [plot.Plotter].
func (b bar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.FillPolygon(b.fill, c.ClipPolygonXY([]vg.Point{{X: x(b.x0), Y: y(b.y0)}, {X: x(b.x1), Y: y(b.y0)},
		{X: x(b.x1), Y: y(b.y1)}, {X: x(b.x0), Y: y(b.y1)}}))
}

// shade fills the whole height between two X.
type shade struct {
	x0, x1 float64
	fill   color.Color
}

// Plot implements [plot.Plotter].
func (s shade) Plot(c draw.Canvas, p *plot.Plot) {
	bar{s.x0, s.x1, p.Y.Min, p.Y.Max, s.fill}.Plot(c, p)
}

// upright is a line from bottom to top at an X.
type upright struct {
	x     float64
	style draw.LineStyle
}

// Plot implements [plot.Plotter].
func (u upright) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	if at := x(u.x); c.ContainsX(at) {
		c.StrokeLine2(u.style, at, c.Min.Y, at, c.Max.Y)
	}
}

// limit is a labelled line from left to right at a Y.
type limit struct {
	y     float64
	label string
}

// Plot implements [plot.Plotter].
func (l limit) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	at := y(l.y)
	if !c.ContainsY(at) {
		return
	}
	c.StrokeLine2(stroke(red(), .9, 5, 3), c.Min.X, at, c.Max.X, at)
	s := small(red())
	s.XAlign = text.XRight
	c.FillText(s, vg.Point{X: c.Max.X - 4, Y: at + 3}, l.label)
}

// note writes a text at a place of the data.
type note struct {
	x, y  float64
	text  string
	style text.Style
}

// Plot implements [plot.Plotter].
func (n note) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.FillText(n.style, vg.Point{X: x(n.x), Y: y(n.y)}, n.text)
}

// picture lays an image over a rectangle of the data, cell for cell.
type picture struct {
	img            image.Image
	x0, x1, y0, y1 float64
}

// Plot implements [plot.Plotter].
func (i picture) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	img := i.img
	if _, ok := c.Canvas.(*vgsvg.Canvas); !ok {
		img = enlarged(img, 8)
	}
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: x(i.x0), Y: y(i.y0)}, Max: vg.Point{X: x(i.x1), Y: y(i.y1)}}, img)
}

// enlarged repeats every pixel, for canvases that would blur the cells.
func enlarged(img image.Image, times int) image.Image {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx()*times, b.Dy()*times))
	for y := range b.Dy() * times {
		for x := range b.Dx() * times {
			out.Set(x, y, img.At(b.Min.X+x/times, b.Min.Y+y/times))
		}
	}
	return out
}

// centred writes a text in the middle of the panel, beneath the data.
type centred struct {
	text  string
	style text.Style
}

// Plot implements [plot.Plotter].
func (m centred) Plot(c draw.Canvas, _ *plot.Plot) {
	m.style.XAlign, m.style.YAlign = text.XCenter, text.YCenter
	c.FillText(m.style, c.Center(), m.text)
}
