package report

import (
	"math"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/plot/plotter"
)

// curve is a distribution over the axis of −log10(1−p). The tail is where
// fewer than ten samples lie beyond.
type curve struct {
	body, tail []plotter.XY // Y in log10(ns)
	samples    int64
}

// curveOf walks a histogram up to its largest value, which is drawn at
// 1−1/2n, in the middle of the last sample's share.
func curveOf(h *hdrhistogram.Histogram) curve {
	n, most := h.TotalCount(), h.Max()
	c := curve{samples: n, body: []plotter.XY{{X: 0, Y: logLatency(h.Min())}}}
	end := endOfCurve(n)
	step := end / 700
	var below int64
	last := 0.0
	for _, b := range h.Distribution() {
		if b.Count == 0 {
			continue
		}
		below += b.Count
		x := end
		if below < n {
			x = min(end, percentileX(float64(below)/float64(n)))
		}
		if x-last < step && below < n {
			continue
		}
		last = x
		c.put(plotter.XY{X: x, Y: logLatency(min(b.To, most))}, n-below)
	}
	return c
}

// put adds a point with so many samples beyond it.
func (c *curve) put(pt plotter.XY, left int64) {
	if left >= beyond {
		c.body = append(c.body, pt)
		return
	}
	if c.tail == nil {
		c.tail = append(c.tail, c.body[len(c.body)-1])
	}
	c.tail = append(c.tail, pt)
}

// endOfCurve is where the largest of n samples is drawn.
func endOfCurve(n int64) float64 { return math.Log10(2 * float64(n)) }

func logLatency(ns int64) float64 { return math.Log10(float64(max(ns, 1))) }

// density counts the samples of a histogram in equal steps of log10(ns).
func density(h *hdrhistogram.Histogram, from, to float64, bins int) []float64 {
	out := make([]float64, bins)
	for _, b := range h.Distribution() {
		if b.Count == 0 {
			continue
		}
		at := (logLatency((b.From+b.To)/2) - from) / (to - from) * float64(bins)
		out[min(bins-1, max(0, int(at)))] += float64(b.Count)
	}
	return out
}
