package loadgen

import (
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

func TestLimits(t *testing.T) {
	ms := func(n int64) *int64 { v := n * int64(time.Millisecond); return &v }
	response := func(count int64, p50, p90, p99 *int64) results.Series {
		return results.Series{Name: "ping", Phase: "steady", Kind: results.Response, Count: count, P50NS: p50, P90NS: p90, P99NS: p99}
	}
	open := func(offered, completed, failed int64) results.Phase {
		return results.Phase{Name: "steady", Kind: results.PhaseOpen, Offered: offered, Completed: completed, Failed: failed, Dropped: offered - completed - failed}
	}
	usual := []results.Series{response(5000, ms(3), ms(6), ms(20))}
	for _, tt := range []struct {
		name   string
		gen    results.Generator
		phase  results.Phase
		cut    int64
		series []results.Series
		limit  time.Duration // of the lag
		why    []string      // part of each reason
	}{
		{"all is well", results.Generator{CPUMean: 0.5, LagP99NS: *ms(1)}, open(1000, 1000, 0), 0, usual, 5 * time.Millisecond, nil},
		{"processor at the bound", results.Generator{CPUMean: 0.8}, open(1000, 1000, 0), 0, usual, 5 * time.Millisecond, nil},
		{"processor beyond it", results.Generator{CPUMean: 0.81}, open(1000, 1000, 0), 0, usual, 5 * time.Millisecond, []string{"81 % of the 2.0 CPUs"}},
		{"98 % begun", results.Generator{}, open(1000, 900, 80), 0, usual, 5 * time.Millisecond, nil},
		{"97.9 % begun", results.Generator{}, open(1000, 900, 79), 0, usual, 5 * time.Millisecond, []string{"97.9 % of 1000 arrivals were begun"}},
		{"cut off is begun", results.Generator{}, open(1000, 900, 0), 80, usual, 5 * time.Millisecond, nil},
		{"nothing offered", results.Generator{}, open(0, 0, 0), 0, nil, freeLag, nil},
		{"a closed phase has no rate", results.Generator{}, results.Phase{Name: "hold", Kind: results.PhaseClosed, Offered: 100, Completed: 10}, 0, usual, 5 * time.Millisecond, nil},
		{"warm-up does not count", results.Generator{}, results.Phase{Name: "warm-up", Kind: results.PhaseWarmUp, Offered: 100, Completed: 10}, 0, usual, 5 * time.Millisecond, nil},
		{"lag at a quarter", results.Generator{LagP99NS: *ms(5)}, open(5000, 5000, 0), 0, usual, 5 * time.Millisecond, nil},
		{"lag beyond it", results.Generator{LagP99NS: *ms(5) + 1}, open(5000, 5000, 0), 0, usual, 5 * time.Millisecond, []string{"sent up to 5ms late"}},
		{"lag that misleads nobody", results.Generator{LagP99NS: *ms(1)}, open(5000, 5000, 0), 0, []results.Series{response(5000, ms(0), ms(0), ms(1))}, freeLag, nil},
		{"too few for a 99th percentile", results.Generator{LagP99NS: *ms(4)}, open(500, 500, 0), 0, []results.Series{response(500, ms(3), ms(8), nil)}, 2 * time.Millisecond, []string{"sent up to 4ms late"}},
		{"only what is measured counts", results.Generator{LagP99NS: *ms(2)}, open(5000, 5000, 0), 0, []results.Series{
			{Name: "login", Phase: results.PhaseLogin, Kind: results.Response, Count: 9e6, P99NS: ms(900)},
			{Name: "ping", Phase: results.PhaseWarmUp, Kind: results.Response, Count: 9e6, P99NS: ms(900)},
			{Name: "ping", Phase: "steady", Kind: results.Service, Count: 9e6, P99NS: ms(900)},
			response(5000, ms(1), ms(1), ms(2)),
		}, freeLag, []string{"sent up to 2ms late"}},
		{"the most frequent operation", results.Generator{LagP99NS: *ms(2)}, open(5000, 5000, 0), 0, []results.Series{response(5001, ms(1), ms(1), ms(80)), response(5000, ms(1), ms(1), ms(2))}, 20 * time.Millisecond, nil},
		{"everything at once", results.Generator{CPUMean: 0.99, LagP99NS: *ms(50)}, open(1000, 1, 1), 0, usual, 5 * time.Millisecond, []string{"99 %", "0.2 % of 1000", "50ms late"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &health{quota: 2, e: &engine{board: &board{phases: make([]phase, 1)}}}
			h.e.board.phases[0].cut.Store(tt.cut)
			h.e.broken.Store(7) // a connection that broke excuses nothing
			r := &results.Run{Generator: tt.gen, Phases: []results.Phase{tt.phase}}
			why := h.limits(r, tt.series)
			if len(why) != len(tt.why) {
				t.Fatalf("reasons %q, want %q", why, tt.why)
			}
			for i := range why {
				if !strings.Contains(why[i], tt.why[i]) {
					t.Errorf("reason %q, want %q in it", why[i], tt.why[i])
				}
			}
			if got := time.Duration(r.Generator.LagLimitNS); got != tt.limit {
				t.Errorf("lag limit %v, want %v", got, tt.limit)
			}
		})
	}
}

func TestParseCPUMax(t *testing.T) {
	for text, want := range map[string]float64{
		"150000 100000": 1.5, "100000 100000": 1, "50000 100000": 0.5, "400000 50000": 8,
		"max 100000": -1, "": -1, "100000": -1, "100000 0": -1, "100000 x": -1, "-1 100000": -1, "0 100000": -1, "NaN 100000": -1, "Inf 100000": -1,
	} {
		got, ok := parseCPUMax(text)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, ok, want)
		}
	}
	if q := cpuQuota(); q <= 0 {
		t.Errorf("quota of %v CPUs", q)
	}
}
