package results

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Point is one value of a metric.
type Point struct {
	T time.Duration
	V float64
}

// Metric is a metric over time; doc.go lists the names.
func (r *Record) Metric(name string) []Point {
	var points []Point
	for _, t := range r.Ticks {
		for _, m := range t.Metrics {
			if m.Name == name {
				points = append(points, Point{t.At, m.Value})
			}
		}
	}
	return points
}

// Bound is when a phase was.
type Bound struct {
	Name, Kind string
	Start, End time.Duration
}

// Bounds says when each phase was, in the order of Run.Phases.
func (r *Record) Bounds() []Bound {
	bounds := make([]Bound, len(r.Run.Phases))
	for i, p := range r.Run.Phases {
		bounds[i] = Bound{p.Name, p.Kind, time.Duration(p.StartNS), time.Duration(p.EndNS)}
	}
	return bounds
}

// Merged is everything that was recorded for a series over a phase, or over
// all phases if phase is empty; nil if there is nothing. It comes from
// run.json where that has the series, else from latency.hlog.
func (r *Record) Merged(name, phase, kind string) *hdrhistogram.Histogram {
	var d decoder
	var sum merger
	found := false
	for _, s := range r.Run.Series {
		if s.Name == name && s.Kind == kind && (phase == "" || s.Phase == phase) {
			if bins, err := d.decode(s.HDR); err == nil {
				sum.add(bins)
				found = true
			}
		}
	}
	for i := 0; !found && i < len(r.Intervals); i++ {
		if v := &r.Intervals[i]; v.Name == name && v.Kind == kind && (phase == "" || v.Phase == phase) {
			sum.add(v.bins(&d))
		}
	}
	if sum.total == 0 {
		return nil
	}
	return dense(sum.bins())
}

// Times is all that the series holds; nil where that cannot be read.
func (s *Series) Times() *hdrhistogram.Histogram {
	var d decoder
	bins, err := d.decode(s.HDR)
	if err != nil {
		return nil
	}
	var sum merger
	sum.add(bins)
	return dense(sum.bins())
}
