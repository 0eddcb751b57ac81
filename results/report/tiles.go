package report

import (
	"time"

	"xmpprig/results"
)

// tiles are the headline numbers, each with its count or its conditions.
func tiles(r *results.Record) []tile {
	run := &r.Run
	all := []tile{sessionsTile(run.Sessions), throughputTile(r)}
	all = append(all, latencyTiles(run)...)
	l := run.Ledger
	all = append(all, tile{"messages lost", count(l.Lost), "of " + count(l.Sent) + " sent"})
	var errors int64
	for _, e := range run.Errors {
		errors += e.Count
	}
	all = append(all, tile{"errors", count(errors), "in " + classes(len(run.Errors))})
	if run.Server.Observed {
		all = append(all, tile{"server memory", orAbsent(run.Server.BytesPerSession, size), "per session"},
			tile{"server CPU", orAbsent(run.Server.CPUPerMsgNS, latency), "per stanza"})
	}
	return all
}

func classes(n int) string {
	if n == 1 {
		return "1 class"
	}
	return count(int64(n)) + " classes"
}

func sessionsTile(s results.Sessions) tile {
	return tile{"sessions", count(s.Peak), "of " + count(int64(s.Wanted)) + " wanted; " + count(s.Failed) + " logins failed, " + count(s.Lost) + " connections lost"}
}

// throughputTile is the largest rate that a measured phase achieved.
func throughputTile(r *results.Record) tile {
	t := tile{"throughput", absent, "no samples"}
	best := -1.0
	for _, p := range r.Run.Phases {
		d := length(p, recordEnd(r))
		if !isMeasured(p) || d < time.Millisecond || p.Completed == 0 {
			continue
		}
		if rate := float64(p.Completed) / d.Seconds(); rate > best {
			best = rate
			t.Value = perSecond(p.Completed, d)
			t.Note = "in " + line(p.Name, 24) + ", " + perSecond(p.Offered, d) + " offered"
		}
	}
	return t
}

// latencyTiles are the headline step's median and its highest percentile.
func latencyTiles(run *results.Run) []tile {
	s, ok := headline(run)
	if !ok {
		return []tile{{"response time", absent, "no samples"}}
	}
	q := s.Response
	where := line(s.Name, 24) + " in " + line(s.Phase, 20) + ", " + plural(q.Count, "answer")
	high := tile{"response p99", percentileText(q.P99NS), where}
	if q.P99NS == nil {
		high = tile{"response max", latency(float64(q.MaxNS)), where}
	}
	return []tile{{"response p50", percentileText(q.P50NS), where}, high}
}
