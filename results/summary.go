package results

import "github.com/HdrHistogram/hdrhistogram-go"

// samplesBeyond is how many samples must lie beyond a percentile for it to
// be worth printing.
const samplesBeyond = 10

// Enough says whether a percentile, from 0 to 100, may be printed for count
// samples: at least ten must lie beyond it.
func Enough(count int64, percentile float64) bool {
	const rounding = 1e-6
	return float64(count)*(100-percentile)/100 >= samplesBeyond-rounding
}

// Summary is the series that h makes, without Clipped and Negative, which h
// does not know. Values are the upper ends of h's buckets, but MinNS the
// lower.
func Summary(name, phase, kind string, h *hdrhistogram.Histogram) Series {
	s := Series{
		Name: name, Phase: phase, Kind: kind,
		Count: h.TotalCount(), MinNS: h.Min(), MeanNS: h.Mean(), MaxNS: h.Max(),
	}
	for _, p := range []struct {
		percentile float64
		value      **int64
	}{{50, &s.P50NS}, {90, &s.P90NS}, {99, &s.P99NS}, {99.9, &s.P999NS}} {
		if Enough(s.Count, p.percentile) {
			v := h.ValueAtPercentile(p.percentile)
			*p.value = &v
		}
	}
	return s
}
