package report

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

func labels(t plot.Ticker, lo, hi float64) string {
	var all []string
	for _, tick := range t.Ticks(lo, hi) {
		if !tick.IsMinor() {
			all = append(all, tick.Label)
		}
	}
	return strings.Join(all, "|")
}

func TestTickers(t *testing.T) {
	for _, c := range []struct {
		name   string
		ticker plot.Ticker
		lo, hi float64
		want   string
	}{
		{"a second", timeTicks{}, 0, 1, "0 s|0.1 s|0.2 s|0.3 s|0.4 s|0.5 s|0.6 s|0.7 s|0.8 s|0.9 s|1 s"},
		{"a minute", timeTicks{}, 0, 60, "0 s|10 s|20 s|30 s|40 s|50 s|60 s"},
		{"five minutes", timeTicks{}, 0, 300, "0 min|0.5 min|1 min|1.5 min|2 min|2.5 min|3 min|3.5 min|4 min|4.5 min|5 min"},
		{"an hour", timeTicks{}, 0, 3600, "0 min|10 min|20 min|30 min|40 min|50 min|60 min"},
		{"five hours", timeTicks{}, 0, 5 * 3600, "0 h|0.5 h|1 h|1.5 h|2 h|2.5 h|3 h|3.5 h|4 h|4.5 h|5 h"},
		{"a week", timeTicks{}, 0, 7 * 86400, "0 d|1 d|2 d|3 d|4 d|5 d|6 d|7 d"},
		{"a year", timeTicks{}, 0, 365 * 86400, "0 d|50 d|100 d|150 d|200 d|250 d|300 d|350 d"},
		{"rates", countTicks{"/s"}, 0, 4000, "0/s|1,000/s|2,000/s|3,000/s|4,000/s"},
		{"few", countTicks{}, 0, 1, "0|0.2|0.4|0.6|0.8|1"},
		{"shares", shareTicks{}, 0, 1, "0 %|20 %|40 %|60 %|80 %|100 %"},
		{"sizes", sizeTicks{}, 0, 150 << 20, "0 MiB|50 MiB|100 MiB|150 MiB"},
		{"small sizes", sizeTicks{}, 0, 512, "0 B|100 B|200 B|300 B|400 B|500 B"},
		{"narrow latency", latencyTicks{3.4}, 5, 7, "100 µs|200 µs|500 µs|1 ms|2 ms|5 ms|10 ms"},
		{"wide latency", latencyTicks{3.4}, 3, 10, "1 µs|10 µs|100 µs|1 ms|10 ms|100 ms|1 s|10 s"},
		{"whole range", latencyTicks{1}, 0, 12.6, "1 ns|10 ns|100 ns|1 µs|10 µs|100 µs|1 ms|10 ms|100 ms|1 s|10 s|100 s|1,000 s"},
		{"percentiles", percentileTicks{}, 0, 5, "0 %|50 %|90 %|99 %|99.9 %|99.99 %|99.999 %"},
		{"not a number", countTicks{}, 0, math.NaN(), ""},
	} {
		if got := labels(c.ticker, c.lo, c.hi); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTicksAreBounded(t *testing.T) {
	for _, hi := range []float64{1e-9, 1, 59, 61, 1e3, 1e5, 1e7, 9.3e9, mostValue} {
		for _, ticker := range []plot.Ticker{timeTicks{}, countTicks{}, shareTicks{}, sizeTicks{}} {
			if n := len(ticker.Ticks(0, hi)); n < 1 || n > 12 {
				t.Errorf("%T up to %v has %d ticks", ticker, hi, n)
			}
		}
	}
}

func TestPercentileX(t *testing.T) {
	for _, c := range []struct{ p, want float64 }{{0, 0}, {.5, .30103}, {.9, 1}, {.99, 2}, {.999, 3}, {.99999, 5}} {
		if got := percentileX(c.p); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("percentileX(%v) = %v, want %v", c.p, got, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct{ lo, hi, from, to float64 }{
		{1.5e6, 1.5e6, 5e5, 5e6}, {1e6, 1e9, 1e6, 1e9}, {1.1e6, 3.3e9, 1e6, 5e9}, {0, 0, 1, 10}, {9e5, 9e5, 2e5, 2e6}, {1, 3.6e12, 1, 5e12},
	} {
		from, to := latencyRange(c.lo, c.hi)
		if math.Abs(math.Pow(10, from)/c.from-1) > 1e-9 || math.Abs(math.Pow(10, to)/c.to-1) > 1e-9 {
			t.Errorf("latencyRange(%v, %v) = %v, %v, want %v, %v", c.lo, c.hi, math.Pow(10, from), math.Pow(10, to), c.from, c.to)
		}
	}
	for _, c := range []struct{ v, unit, want float64 }{{0, 1, 1}, {1, 1, 1.2}, {95, 1, 100}, {99, 1, 120}, {1600, 1, 2000}, {100 << 20, 1 << 20, 120 << 20}} {
		if got := niceTop(c.v, c.unit); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("niceTop(%v, %v) = %v, want %v", c.v, c.unit, got, c.want)
		}
	}
}
