package loadgen

import (
	"math"
	"testing"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/results"
)

func TestThreadShare(t *testing.T) {
	var share threadShare
	if share.metrics() != nil {
		t.Error("figures before the first sample")
	}
	for _, second := range []struct {
		measured bool
		busiest  float64
		waited   time.Duration
	}{
		{false, 1, time.Second}, {true, .5, 0}, {true, .97, 200 * time.Millisecond}, {true, .6, 100 * time.Millisecond}, {true, .53, 500 * time.Millisecond},
	} {
		share.add(second.measured, target.Usage{ThreadsSeen: true, Busiest: second.busiest}, second.waited, time.Second)
	}
	var s results.Server
	share.record(&s)
	near := func(got, want float64) bool { return math.Abs(got-want) < 1e-9 }
	if !near(s.ThreadMean, .65) || !near(s.ThreadFull, .25) || !near(s.WaitingMean, .2) {
		t.Errorf("%+v", s)
	}
	if m := share.metrics(); len(m) != 2 || m[0].Value != .53 || m[1].Value != .5 {
		t.Errorf("%+v", m)
	}
}
