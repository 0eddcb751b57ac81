package compare

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/results"
)

// metric is a figure that each run has.
type metric struct {
	name, unit string
	higher     bool    // is better
	gated      bool    // unless others are asked for
	cost       bool    // of the server, where it is seen
	share      bool    // may be zero: sides are subtracted, not divided
	least      float64 // a difference that is smaller does not matter, in unit
	of         func(*results.Run) (float64, bool)
}

// Differences of times and shares that are nobody's concern.
const (
	leastLatency = 20e3 // ns
	leastShare   = 0.1  // percentage points
)

// metricsOf lists what all the runs have. The runs must have one scenario.
func metricsOf(runs []*results.Run) []metric {
	return slices.DeleteFunc(candidates(runs), func(m metric) bool {
		return slices.ContainsFunc(runs, func(r *results.Run) bool { _, ok := m.of(r); return !ok })
	})
}

// candidates lists what the first of the runs may have.
func candidates(runs []*results.Run) []metric {
	var all []metric
	for _, s := range runs[0].Series {
		if counts(runs[0], s) {
			all = append(all, timesOf(runs, s)...)
		}
	}
	return slices.Concat(all, throughput(runs[0]), shares(), costs())
}

// counts reports whether a series is looked at: the times of answers or, where there are none, those that they took on the way.
func counts(r *results.Run, s results.Series) bool {
	return s.Kind == results.Response || s.Kind == results.Service && !slices.ContainsFunc(r.Series, func(o results.Series) bool {
		return o.Name == s.Name && o.Phase == s.Phase && o.Kind == results.Response && o.Count > 0
	})
}

// tailSamples is how many samples have to lie beyond a percentile in each run for the percentile to have a say.
const tailSamples = 100

// timesOf are the percentiles of a series. Gated are those of the measured phases: the median, and the highest that has many
// samples beyond it.
func timesOf(runs []*results.Run, s results.Series) []metric {
	var all []metric
	measured := isMeasured(runs[0], s.Phase)
	tail := true
	for _, p := range []struct {
		name       string
		percentile float64
		of         func(results.Series) *int64
	}{
		{"p99", 99, func(s results.Series) *int64 { return s.P99NS }},
		{"p90", 90, func(s results.Series) *int64 { return s.P90NS }},
		{"p50", 50, func(s results.Series) *int64 { return s.P50NS }},
	} {
		m := metric{name: fmt.Sprintf("%s %s in %s", s.Name, p.name, s.Phase), unit: "ns", least: leastLatency, of: func(r *results.Run) (float64, bool) {
			one, ok := seriesOf(r, s)
			if v := p.of(one); ok && v != nil && *v > 0 {
				return float64(*v), true
			}
			return 0, false
		}}
		enough := !slices.ContainsFunc(runs, func(r *results.Run) bool {
			one, _ := seriesOf(r, s)
			return float64(one.Count)*(100-p.percentile)/100 < tailSamples
		})
		switch {
		case p.name == "p50":
			m.gated = measured
		case tail && enough:
			m.gated, tail = measured, false
		}
		all = append(all, m)
	}
	slices.Reverse(all)
	return all
}

func seriesOf(r *results.Run, like results.Series) (results.Series, bool) {
	i := slices.IndexFunc(r.Series, func(s results.Series) bool {
		return s.Name == like.Name && s.Phase == like.Phase && s.Kind == like.Kind
	})
	if i < 0 {
		return results.Series{}, false
	}
	return r.Series[i], true
}

func isMeasured(r *results.Run, phase string) bool {
	return slices.ContainsFunc(r.Phases, func(p results.Phase) bool {
		return p.Name == phase && (p.Kind == results.PhaseOpen || p.Kind == results.PhaseClosed)
	})
}

// throughput is what the measured phases completed: of open ones the share of what was asked for, as the rate is given.
func throughput(like *results.Run) (all []metric) {
	for _, p := range like.Phases {
		of := func(r *results.Run) (results.Phase, bool) {
			i := slices.IndexFunc(r.Phases, func(q results.Phase) bool { return q.Name == p.Name })
			if i < 0 || r.Phases[i].Offered <= 0 || r.Phases[i].EndNS <= r.Phases[i].StartNS {
				return results.Phase{}, false
			}
			return r.Phases[i], true
		}
		switch p.Kind {
		case results.PhaseClosed:
			all = append(all, metric{name: "rate in " + p.Name, unit: "/s", higher: true, gated: true, of: func(r *results.Run) (float64, bool) {
				q, ok := of(r)
				return float64(q.Completed) / ((float64(q.EndNS) - float64(q.StartNS)) / 1e9), ok && q.Completed > 0
			}})
		case results.PhaseOpen:
			all = append(all, metric{name: "completed in " + p.Name, unit: "%", higher: true, gated: true, share: true, least: leastShare, of: func(r *results.Run) (float64, bool) {
				q, ok := of(r)
				return percent(q.Completed, q.Offered), ok
			}})
		}
	}
	return all
}

// shares are what goes wrong, of all that was tried.
func shares() []metric {
	of := func(name string, gated bool, part func(*results.Run) (n, all int64)) metric {
		return metric{name: name, unit: "%", gated: gated, share: true, least: leastShare, of: func(r *results.Run) (float64, bool) {
			n, all := part(r)
			return percent(n, all), all > 0
		}}
	}
	return []metric{
		of("errors", true, func(r *results.Run) (int64, int64) {
			var errors, done int64
			for _, p := range r.Phases {
				errors += p.Errors
				done += p.Completed + p.Failed
			}
			return errors, done
		}),
		of("lost", true, func(r *results.Run) (int64, int64) { return r.Ledger.Lost, r.Ledger.Sent }),
		of("duplicated", true, func(r *results.Run) (int64, int64) { return r.Ledger.Duplicated, r.Ledger.Sent }),
		of("reordered", false, func(r *results.Run) (int64, int64) { return r.Ledger.Reordered, r.Ledger.Sent }),
		of("misdelivered", true, func(r *results.Run) (int64, int64) { return r.Ledger.Misdelivered, r.Ledger.Sent }),
	}
}

// costs are what the server used, where it was seen.
func costs() []metric {
	of := func(name, unit string, gated bool, value func(results.Server) int64) metric {
		return metric{name: name, unit: unit, gated: gated, cost: true, of: func(r *results.Run) (float64, bool) {
			v := value(r.Server)
			return float64(v), r.Server.Observed && v > 0
		}}
	}
	cpu := of("server CPU per stanza", "ns", true, func(s results.Server) int64 { return s.CPUPerMsgNS })
	return []metric{
		cpu,
		of("server memory at peak", "B", false, func(s results.Server) int64 { return s.RSSPeak }),
		of("server memory per session", "B", false, func(s results.Server) int64 { return s.BytesPerSession }),
	}
}

func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// chosen gates only the metrics that are named, wholly or by their beginning. The error names what is not there.
func chosen(all []metric, names []string) ([]metric, error) {
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(m metric) bool { return m.is(name) }) {
			return nil, &MetricError{name, namesOf(all)}
		}
	}
	return named(all, names), nil
}

// named gates those of that name, and no others.
func named(all []metric, names []string) []metric {
	for i := range all {
		all[i].gated = slices.ContainsFunc(names, all[i].is)
	}
	return all
}

func (m metric) is(name string) bool { return m.name == name || strings.HasPrefix(m.name, name+" ") }

func namesOf(all []metric) (names []string) {
	for _, m := range all {
		names = append(names, m.name)
	}
	return names
}

// Spreading is one metric of several runs.
type Spreading struct {
	Metric, Unit string
	Values       []float64 // sorted
	Median       float64
}

// Spread is all metrics that the runs have, those first that have a say.
func Spread(runs []*results.Run) (all []Spreading) {
	if len(runs) == 0 {
		return nil
	}
	metrics := metricsOf(runs)
	slices.SortStableFunc(metrics, func(a, b metric) int {
		if a.gated == b.gated {
			return 0
		}
		if a.gated {
			return -1
		}
		return 1
	})
	for _, m := range metrics {
		v := slices.Sorted(slices.Values(values(m, runs)))
		all = append(all, Spreading{m.name, m.unit, v, median(v)})
	}
	return all
}
