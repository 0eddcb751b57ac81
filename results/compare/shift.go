package compare

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"xmpprig/results"
)

// shift lays all times of the largest measured series of both sides together, and compares them percentile by percentile, as far as
// ten samples lie beyond. What lies within a run hangs together, so this describes and proves nothing.
func shift(base, head []*results.Run) (all []results.Shift) {
	like, ok := largest(base[0])
	if !ok {
		return nil
	}
	b, h := pooled(base, like), pooled(head, like)
	if b == nil || h == nil {
		return nil
	}
	for _, p := range []float64{1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99} {
		if results.Enough(min(b.TotalCount(), h.TotalCount()), p) {
			all = append(all, results.Shift{Percentile: p, BaseNS: b.ValueAtPercentile(p), HeadNS: h.ValueAtPercentile(p)})
		}
	}
	return all
}

func largest(r *results.Run) (s results.Series, ok bool) {
	for _, one := range r.Series {
		if counts(r, one) && isMeasured(r, one.Phase) && one.Count > s.Count {
			s, ok = one, true
		}
	}
	return s, ok
}

func pooled(runs []*results.Run, like results.Series) *hdrhistogram.Histogram {
	var sum *hdrhistogram.Histogram
	for _, r := range runs {
		s, ok := seriesOf(r, like)
		if !ok {
			return nil
		}
		h := s.Times()
		if h == nil {
			return nil
		}
		if sum == nil {
			sum = h
			continue
		}
		sum.Merge(h)
	}
	return sum
}
