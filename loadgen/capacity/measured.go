package capacity

import (
	"slices"

	"xmpprig/results"
)

// measured is the figures of a trial, from its record.
func measured(r *results.Record, j Judging) results.Trial {
	run := &r.Run
	t := results.Trial{
		Seed: run.Seed, Sessions: run.Sessions.Peak, LagP99NS: run.Generator.LagP99NS, KeptUp: 1, Others: j.Others,
		RigCPU: run.Generator.CPUMean, RigCPUs: run.Generator.CPUMean * run.Environment.CPUQuota,
		Observed: run.Server.Observed, ServerCPU: run.Server.CPUMean, ServerMem: run.Server.RSSPeak, MemBefore: run.Server.RSSBefore,
		MemLogin: run.Server.RSSAfterLogin, ServerFDs: run.Server.FDPeak,
		Thread: run.Server.ThreadMean, Full: run.Server.ThreadFull, Waiting: run.Server.WaitingMean,
	}
	for _, e := range run.Errors {
		t.Errors += e.Count
	}
	if comeUpFirst(run) {
		t.Refused = max(0, int64(run.Sessions.Wanted)-run.Sessions.Peak)
	}
	times(r, j.Series, &t)
	flow(r, &t)
	return t
}

// comeUpFirst says that the sessions log in before the load, and not as part of it.
func comeUpFirst(run *results.Run) bool {
	for _, p := range run.Phases {
		if p.Kind == results.PhaseLogin && p.Offered > 0 {
			return true
		}
	}
	return false
}

func isMeasured(p results.Phase) bool {
	return p.Kind == results.PhaseOpen || p.Kind == results.PhaseClosed
}

// times takes over the times of a series in the measured phases, merged.
func times(r *results.Record, series string, t *results.Trial) {
	var sum float64
	for _, s := range r.Run.Series {
		if s.Name != series || !measuredPhase(&r.Run, s.Phase) {
			continue
		}
		switch s.Kind {
		case results.Response:
			t.Series += s.Count
			sum += s.MeanNS * float64(s.Count)
			t.P50NS, t.P99NS = max(t.P50NS, known(s.P50NS)), max(t.P99NS, known(s.P99NS))
		case results.Service:
			t.ServiceNS = max(t.ServiceNS, known(s.P50NS))
		}
	}
	if t.Series > 0 {
		t.MeanNS = sum / float64(t.Series)
	}
}

func known(ns *int64) int64 {
	if ns == nil {
		return 0
	}
	return *ns
}

func measuredPhase(run *results.Run, name string) bool {
	for _, p := range run.Phases {
		if p.Name == name {
			return isMeasured(p)
		}
	}
	return false
}

// flow takes over what came due and was done, and by how much the backlog grew: a line through what each second had left to do.
func flow(r *results.Record, t *results.Trial) {
	var offered, wall float64
	for _, p := range r.Run.Phases {
		if isMeasured(p) && p.EndNS > p.StartNS {
			offered += float64(p.Offered)
			t.LengthNS += p.EndNS - p.StartNS
		}
	}
	if wall = seconds(t.LengthNS); wall == 0 {
		return
	}
	t.Offered = offered / wall
	t.Growth = growth(r)
	if t.Offered > 0 {
		t.KeptUp = max(0, 1-max(0, t.Growth)/t.Offered)
	}
	t.Achieved = t.Offered * t.KeptUp
	t.Stanzas = stanzas(r)
}

// growth is how much more is to be done after each second of the measured phases: the slope of a line, but no more than from the least of
// the first third to the least of the last, so that a moment's pause at the end is no growth.
func growth(r *results.Record) float64 {
	var x, y []float64
	for i, tick := range r.Ticks {
		if measuredPhase(&r.Run, tick.Phase) || i+1 < len(r.Ticks) && measuredPhase(&r.Run, r.Ticks[i+1].Phase) {
			x, y = append(x, tick.At.Seconds()), append(y, Backlog(tick))
		}
	}
	_, slope, ok := line(x, y)
	if !ok {
		return 0
	}
	third := max(1, len(x)/3)
	at := len(x) - third
	return min(slope, (slices.Min(y[at:])-slices.Min(y[:third]))/(x[at]-x[0]))
}

// Backlog is what had come due and was not done at a tick: iterations that were not ended, and messages that had not arrived.
func Backlog(t results.Tick) float64 {
	v := map[string]float64{}
	for _, m := range t.Metrics {
		v[m.Name] = m.Value
	}
	return v["offered"] - v["completed"] - v["failed"] - v["dropped"] + max(0, v["ledger.sent"]-v["ledger.delivered"]-v["ledger.refused"])
}

// stanzas is how many went in and out of the rig a second, in the measured phases.
func stanzas(r *results.Record) float64 {
	var first, last, begin, end float64
	for i, tick := range r.Ticks {
		if !measuredPhase(&r.Run, tick.Phase) {
			continue
		}
		at := r.Ticks[max(0, i-1)]
		if end == 0 {
			first, begin = both(at), at.At.Seconds()
		}
		last, end = both(tick), tick.At.Seconds()
	}
	if end <= begin {
		return 0
	}
	return (last - first) / (end - begin)
}

func both(t results.Tick) (n float64) {
	for _, m := range t.Metrics {
		if m.Name == "stanzas_in" || m.Name == "stanzas_out" {
			n += m.Value
		}
	}
	return n
}

// line is the straight line of least squares through points; false where there is none.
func line(x, y []float64) (at0, slope float64, ok bool) {
	n := float64(len(x))
	if n < 2 {
		return 0, 0, false
	}
	var sx, sy, sxx, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
	}
	mx, my := sx/n, sy/n
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	if sxx == 0 {
		return my, 0, false
	}
	slope = sxy / sxx
	return my - slope*mx, slope, true
}
