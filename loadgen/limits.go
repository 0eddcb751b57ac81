package loadgen

import (
	"fmt"
	"time"

	"xmpprig/results"
)

// Bounds beyond which the rig, not the server, is what was measured.
const (
	maxCPUShare = 0.80                 // of the quota, over the measured phases
	minAchieved = 0.98                 // of the offered arrivals were begun
	freeLag     = 1 * time.Millisecond // lag below this misleads nobody
	lagShare    = 0.25                 // of the 99th percentile that was measured
)

// limits says in words where the rig was the limit, and notes the bound that
// follows from what was measured.
func (h *health) limits(r *results.Run, series []results.Series) []string {
	var why []string
	if share := r.Generator.CPUMean; share > maxCPUShare {
		why = append(why, fmt.Sprintf("the rig used %.0f %% of the %.1f CPUs it may use (limit %.0f %%): run it on a faster or another machine than the server, or offer less",
			100*share, h.quota, 100*maxCPUShare))
	}
	for i, p := range r.Phases {
		begun := p.Completed + p.Failed + h.e.board.phases[i].cut.Load()
		if p.Kind == results.PhaseOpen && float64(begun) < minAchieved*float64(p.Offered) {
			why = append(why, fmt.Sprintf("phase %s: %.1f %% of %d arrivals were begun (limit %.0f %%): all sessions were at work when the rest came due; add sessions or offer less",
				p.Name, 100*float64(begun)/float64(p.Offered), p.Offered, 100*minAchieved))
		}
	}
	tail := headline(series)
	r.Generator.LagLimitNS = max(int64(freeLag), int64(lagShare*float64(tail)))
	if lag := r.Generator.LagP99NS; tail > 0 && lag > r.Generator.LagLimitNS {
		why = append(why, fmt.Sprintf("the rig sent up to %v late (99th percentile), which is more than %.0f %% of the response time it measured (%v)",
			time.Duration(lag).Round(10*time.Microsecond), 100*lagShare, time.Duration(tail).Round(10*time.Microsecond)))
	}
	return why
}

// headline is the 99th percentile of the response times of the most frequent
// operation in a measured phase, or the highest one below that is known.
func headline(series []results.Series) int64 {
	var most, tail int64
	for _, s := range series {
		if s.Kind == results.Response && s.Phase != results.PhaseLogin && s.Phase != results.PhaseWarmUp && s.Phase != results.PhaseDrain && s.Count > most {
			most, tail = s.Count, highest(s)
		}
	}
	return tail
}

func highest(s results.Series) int64 {
	for _, p := range []*int64{s.P99NS, s.P90NS, s.P50NS} {
		if p != nil {
			return *p
		}
	}
	return 0
}
