package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"time"

	"xmpprig/results"
)

// rowsPerDecade is how finely the heat map divides latency.
const rowsPerDecade = 20

// heatPlot shows every answer of the headline step by time and latency.
func (v *view) heatPlot() Plot {
	p := Plot{Name: "heatmap", Title: "Where the answers lie"}
	if !v.some {
		p.figure = v.overTime(nil, noSamples("response time", 210))
		return p
	}
	intervals := intervalsOf(v.Record, v.head.Name, v.head.Response.Kind)
	p.Title += ": " + line(v.head.Name, 40)
	if len(intervals) == 0 {
		p.figure = v.overTime(nil, noSamples("response time (log scale)", 210))
		return p
	}
	width := heatWidth(v.end)
	m := heat(intervals, width)
	p.Caption = fmt.Sprintf("Each cell counts the answers of %s in a twentieth of a power of ten; the darker, the more. "+
		"Averages and percentiles hide what is seen here: two populations, a slow fringe, a pause.", v.over(width))
	pl := panel{title: "response time (log scale)", height: 210, yMin: m.yMin, yMax: m.yMax, y: latencyTicks{3.4}}
	pl.marks = append(pl.marks, picture{m.image(), 0, float64(m.columns) * width.Seconds(), m.yMin, m.yMax})
	p.figure = v.overTime([]entry{{label: m.scale(), ramp: rampColors(12)}}, pl)
	p.figure.panels[0].xMax = max(p.figure.panels[0].xMax, float64(m.columns)*width.Seconds())
	return p
}

// scale is the legend of the colours.
func (m heatMap) scale() string {
	if m.most <= 1 {
		return "answers a cell: 1"
	}
	return "answers a cell: 1 to " + count(m.most) + " (log scale)"
}

// heatWidth is the shortest window that keeps the map at 300 columns.
func heatWidth(end time.Duration) time.Duration {
	for _, w := range widths {
		if end/w <= 300 {
			return w
		}
	}
	return end
}

// heatMap counts answers in columns of time and rows of latency.
type heatMap struct {
	columns, rows int
	yMin, yMax    float64 // log10(ns)
	cells         []int64 // row by row, the slowest first
	most          int64
}

// heat counts everything up to one hour first, and then keeps the rows that
// hold something.
func heat(intervals []results.Interval, width time.Duration) heatMap {
	const decades = 12.6
	columns := slotOf(intervals[len(intervals)-1], width) + 1
	counts := make([][]float64, columns)
	lowest, highest := math.Inf(1), 0.0
	for part := range merge(intervals, width, nil) {
		column := &counts[part.slot]
		for row, n := range density(part.hist, 0, decades, decades*rowsPerDecade) {
			if *column == nil {
				*column = make([]float64, decades*rowsPerDecade)
			}
			if (*column)[row] += n; n > 0 {
				lowest, highest = min(lowest, float64(row)), max(highest, float64(row))
			}
		}
	}
	m := heatMap{columns: columns}
	m.span(lowest, highest)
	m.fill(counts)
	return m
}

// span sets the rows for the lowest and the highest that hold something: a
// decade or more, with room at both ends.
func (m *heatMap) span(lowest, highest float64) {
	from, to := lowest-2, highest+3
	if missing := rowsPerDecade - (to - from); missing > 0 {
		from -= math.Ceil(missing / 2)
		to += math.Ceil(missing / 2)
	}
	from = max(from, 0)
	m.rows, m.yMin, m.yMax = int(to-from), from/rowsPerDecade, to/rowsPerDecade
}

// fill takes the rows of the span from columns of counts.
func (m *heatMap) fill(counts [][]float64) {
	m.cells = make([]int64, m.rows*m.columns)
	bottom := int(math.Round(m.yMin * rowsPerDecade))
	for column, rows := range counts {
		for i := range m.rows {
			if row := bottom + i; row < len(rows) {
				n := int64(rows[row])
				m.cells[(m.rows-1-i)*m.columns+column] = n
				m.most = max(m.most, n)
			}
		}
	}
}

// image paints the cells; empty ones let the phases shine through.
func (m heatMap) image() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, m.columns, m.rows))
	for i, n := range m.cells {
		if n > 0 {
			at := 0.0
			if m.most > 1 {
				at = math.Log(float64(n)) / math.Log(float64(m.most))
			}
			img.Set(i%m.columns, i/m.columns, ramp(at))
		}
	}
	return img
}

// ramp runs from a light to a dark blue; it reads the same in grey.
func ramp(at float64) color.Color {
	stops := []color.NRGBA{rgb(0xCFE0F1), rgb(0x7FB2DC), rgb(0x2F79BC), rgb(0x0B3A74), rgb(0x061C3F)}
	at = min(1, max(0, at)) * float64(len(stops)-1)
	i := min(int(at), len(stops)-2)
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*(at-float64(i))) }
	a, b := stops[i], stops[i+1]
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}

func rampColors(n int) []color.Color {
	var all []color.Color
	for i := range n {
		all = append(all, ramp(float64(i)/float64(n-1)))
	}
	return all
}
