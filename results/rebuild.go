package results

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// rebuild fills in what run.json lacks because the run was killed, from the
// other two files.
func (r *Record) rebuild() {
	if !r.Run.Unfinished {
		r.checkSeries()
		if len(r.Run.Series) == 0 {
			r.rebuildSeries()
		}
		return
	}
	last := time.Duration(r.Run.ElapsedNS)
	for _, t := range r.Ticks {
		last = max(last, t.At)
	}
	for _, v := range r.Intervals {
		last = max(last, v.Start+v.Length)
	}
	r.Run.ElapsedNS = int64(last)
	r.rebuildSeries()
	r.rebuildPhases()
	latest := r.latest()
	r.rebuildErrors(latest)
	r.rebuildTotals(latest)
	r.Run.Verdict = Verdict{
		Status: StatusIncomplete, ExitCode: int(ExitIncomplete),
		Reasons: []string{fmt.Sprintf("the run was killed, or is still going on: the record ends after %v", last)},
	}
}

// checkSeries compares the series of a whole run.json with their histograms.
func (r *Record) checkSeries() {
	var d decoder
	for _, s := range r.Run.Series {
		bins, err := d.decode(s.HDR)
		if err != nil {
			r.warn(RunFile, 0, "series %.100s: %v", appendTag(nil, s.Name, s.Phase, s.Kind), err)
		} else if n := total(bins); n != s.Count {
			r.warn(RunFile, 0, "series %.100s: count %d, but its histogram has %d", appendTag(nil, s.Name, s.Phase, s.Kind), s.Count, n)
		}
	}
}

// rebuildSeries adds up the intervals, one series at a time.
func (r *Record) rebuildSeries() {
	type key struct{ name, phase, kind string }
	var order []key
	intervals := map[key][]*Interval{}
	for i := range r.Intervals {
		v := &r.Intervals[i]
		k := key{v.Name, v.Phase, v.Kind}
		if intervals[k] == nil {
			order = append(order, k)
		}
		intervals[k] = append(intervals[k], v)
	}
	var d decoder
	enc, latest := newEncoder(), r.latest()
	r.Run.Series = []Series{}
	for _, k := range order {
		var sum merger
		for _, v := range intervals[k] {
			sum.add(v.bins(&d))
		}
		bins := sum.bins()
		s := Summary(k.name, k.phase, k.kind, dense(bins))
		tag := string(appendTag(nil, k.name, k.phase, k.kind))
		s.Clipped, s.Negative = whole(latest[clippedMetric+tag].V), whole(latest[negativeMetric+tag].V)
		s.HDR = string(enc.append(nil, bins))
		r.Run.Series = append(r.Run.Series, s)
	}
}

// latest is the last value of every metric.
func (r *Record) latest() map[string]Point {
	last := map[string]Point{}
	for _, t := range r.Ticks {
		for _, m := range t.Metrics {
			last[m.Name] = Point{t.At, m.Value}
		}
	}
	return last
}

// whole is v as a count; a record may say anything.
func whole(v float64) int64 {
	if !(v > 0) {
		return 0
	}
	if v >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(v)
}

// rebuildPhases fills in the phases for which run.json has no end yet.
// Boundaries are known to the tick.
func (r *Record) rebuildPhases() {
	before, current := map[string]float64{}, map[string]float64{}
	index := map[string]int{}
	for i, p := range r.Run.Phases {
		index[p.Name] = i
	}
	var start time.Duration
	for i := 0; i < len(r.Ticks); {
		name := r.Ticks[i].Phase
		end := start
		for ; i < len(r.Ticks) && r.Ticks[i].Phase == name; i++ {
			end = max(end, r.Ticks[i].At)
			for _, m := range r.Ticks[i].Metrics {
				current[m.Name] = m.Value
			}
		}
		if _, ok := index[name]; !ok {
			index[name] = len(r.Run.Phases)
			r.Run.Phases = append(r.Run.Phases, Phase{Name: name, Kind: kindOf(name)})
		}
		gained := func(metric string) int64 { return whole(current[metric] - before[metric]) }
		fillPhase(&r.Run.Phases[index[name]], start, end, gained)
		for _, metric := range []string{"offered", "completed", "failed", "dropped"} {
			before[metric] = current[metric]
		}
		start = end
	}
}

func fillPhase(p *Phase, start, end time.Duration, gained func(string) int64) {
	if p.EndNS != 0 {
		return
	}
	if p.StartNS == 0 {
		p.StartNS = int64(start)
	}
	p.EndNS = int64(end)
	p.Offered, p.Completed = gained("offered"), gained("completed")
	p.Failed, p.Dropped = gained("failed"), gained("dropped")
}

// kindOf is the kind of a phase that run.json does not list: the engine's own
// are named by their kind.
func kindOf(name string) string {
	if slices.Contains([]string{PhaseLogin, PhaseWarmUp, PhaseDrain}, name) {
		return name
	}
	return ""
}

func (r *Record) rebuildErrors(latest map[string]Point) {
	first := map[string]time.Duration{}
	var order []string
	for _, t := range r.Ticks {
		for _, m := range t.Metrics {
			class, ok := strings.CutPrefix(m.Name, "error:")
			if _, seen := first[class]; ok && !seen && m.Value > 0 {
				first[class] = t.At
				order = append(order, class)
			}
		}
	}
	known := map[string]int{}
	for i, e := range r.Run.Errors {
		known[e.Class] = i
	}
	for _, class := range order {
		count := whole(latest["error:"+class].V)
		if i, ok := known[class]; ok {
			r.Run.Errors[i].Count = max(r.Run.Errors[i].Count, count)
		} else {
			r.Run.Errors = append(r.Run.Errors, ErrorClass{Class: class, Count: count, FirstNS: int64(first[class])})
		}
	}
}

// rebuildTotals fills in the ledger, the sessions and what can be told of
// the generator and the server.
func (r *Record) rebuildTotals(latest map[string]Point) {
	run := &r.Run
	for metric, field := range map[string]*int64{
		"ledger.sent": &run.Ledger.Sent, "ledger.delivered": &run.Ledger.Delivered, "ledger.lost": &run.Ledger.Lost,
		"ledger.duplicated": &run.Ledger.Duplicated, "ledger.reordered": &run.Ledger.Reordered,
		"ledger.misdelivered": &run.Ledger.Misdelivered, "ledger.refused": &run.Ledger.Refused,
		"bytes_in": &run.Generator.BytesIn, "bytes_out": &run.Generator.BytesOut,
		"stanzas_in": &run.Generator.StanzasIn, "stanzas_out": &run.Generator.StanzasOut,
	} {
		*field = max(*field, whole(latest[metric].V))
	}
	peaks := r.peaks()
	for metric, field := range map[string]*int64{
		"sessions": &run.Sessions.Peak, "generator.rss": &run.Generator.RSSPeak, "generator.fds": &run.Generator.FDPeak,
		"server.rss": &run.Server.RSSPeak, "server.fds": &run.Server.FDPeak, "server.threads": &run.Server.ThreadsPeak,
	} {
		*field = max(*field, whole(peaks[metric]))
	}
	if quota := run.Environment.CPUQuota; quota > 0 {
		run.Generator.CPUMax = max(run.Generator.CPUMax, peaks["generator.cpu"]/quota)
	}
	run.Server.CPUMax = max(run.Server.CPUMax, peaks["server.cpu"])
	_, observed := latest["server.cpu"]
	run.Server.Observed = run.Server.Observed || observed
}

// peaks is the highest value of every metric.
func (r *Record) peaks() map[string]float64 {
	peak := map[string]float64{}
	for _, t := range r.Ticks {
		for _, m := range t.Metrics {
			peak[m.Name] = max(peak[m.Name], m.Value)
		}
	}
	return peak
}
