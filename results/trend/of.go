package trend

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"xmpprig/results"
)

// Run is a record's run and where it lies.
type Run struct {
	Dir string
	Run *results.Run
}

// Of sorts runs into histories and judges each metric of each. Metrics of Options names the measures to look at, whole or by their
// beginning ("message.delivery p99" means it in every phase); without any, the main ones of results.Run.Measures. Its verdict is a
// failed one, with results.ExitRegression, if the newest step of a metric is recent and for the worse.
func Of(runs []Run, o Options) *results.Trend {
	o = o.filled()
	t := &results.Trend{MinEffect: o.MinEffect, Alpha: o.Alpha, Last: o.Last}
	groups := map[conditions][]Run{}
	var order []conditions
	for _, r := range slices.SortedStableFunc(slices.Values(runs), byStart) {
		if reason := unfit(r.Run); reason != "" {
			t.LeftOut = append(t.LeftOut, results.LeftOut{Dir: r.Dir, Reason: reason})
			continue
		}
		c := conditionsOf(r.Run)
		if groups[c] == nil {
			order = append(order, c)
		}
		groups[c] = append(groups[c], r)
	}
	slices.SortStableFunc(order, func(a, b conditions) int { return len(groups[b]) - len(groups[a]) })
	for _, c := range order {
		h := judged(c, groups[c], o)
		if len(t.Histories) > 0 {
			h.Differs = c.differs(order[0])
		}
		t.Histories = append(t.Histories, h)
	}
	t.Verdict = verdict(t)
	return t
}

func byStart(a, b Run) int {
	return cmp.Or(a.Run.Started.Compare(b.Run.Started), strings.Compare(a.Dir, b.Dir))
}

// unfit says why a run belongs to no history.
func unfit(r *results.Run) string {
	switch {
	case r.Unfinished:
		return "the run was not finished"
	case r.Generator.Limited || r.Verdict.Status == results.StatusLimited:
		return "the rig was the limit, so its figures are not the server's"
	case r.Verdict.Status == results.StatusIncomplete:
		return "the run did not come to its end"
	case r.Started.IsZero():
		return "it does not say when it was started"
	}
	return ""
}

// conditions are what runs must have in common to be compared.
type conditions struct{ scenario, source, server, machine string }

func conditionsOf(r *results.Run) conditions {
	sum := sha256.Sum256([]byte(r.Scenario.Source))
	t, e := r.Target, r.Environment
	server := []string{t.Driver, "TLS " + cmp.Or(t.TLS, "none"), cmp.Or(t.Mechanism, "no SASL")}
	if t.Login != "" && t.Login != "SASL" {
		server = append(server, t.Login)
	}
	if !t.KeyCache {
		server = append(server, "keys derived at every login")
	}
	machine := []string{e.OS + "/" + e.Arch, cmp.Or(e.CPUModel, "unknown CPU"), fmt.Sprintf("%d CPUs", e.CPUs)}
	if e.CPUQuota > 0 && e.CPUQuota != float64(e.CPUs) {
		machine = append(machine, fmt.Sprintf("quota %g", e.CPUQuota))
	}
	return conditions{r.Scenario.Name, hex.EncodeToString(sum[:]), strings.Join(server, ", "), strings.Join(machine, ", ")}
}

// differs says in what c is another than other.
func (c conditions) differs(other conditions) (all []string) {
	switch {
	case c.scenario != other.scenario:
		all = append(all, "scenario")
	case c.source != other.source:
		all = append(all, "scenario, of the same name, as it was run")
	}
	if c.server != other.server {
		all = append(all, "server")
	}
	if c.machine != other.machine {
		all = append(all, "machine")
	}
	return all
}

// judged is a history with its metrics judged.
func judged(c conditions, runs []Run, o Options) results.History {
	h := results.History{Scenario: c.scenario, Source: c.source, Server: c.server, Machine: c.machine, FewestRuns: Fewest, TooShort: len(runs) < Fewest}
	measured := make([]map[string]results.Measure, len(runs))
	var names []string
	for i, r := range runs {
		h.Records = append(h.Records, results.TrendRecord{Dir: r.Dir, Started: r.Run.Started.UTC(), Labels: r.Run.Labels,
			Version: strings.TrimSpace(r.Run.Target.Software + " " + r.Run.Target.Version), Rig: strings.TrimSpace(r.Run.Tool.Version + " " + r.Run.Tool.Commit)})
		measured[i] = map[string]results.Measure{}
		for _, m := range r.Run.Measures() {
			if !o.wants(m) {
				continue
			}
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
			measured[i][m.Name] = m
		}
	}
	for _, name := range names {
		h.Metrics = append(h.Metrics, metric(name, measured, o))
	}
	return h
}

// wants says whether a measure is to be looked at.
func (o Options) wants(m results.Measure) bool {
	if len(o.Metrics) == 0 {
		return m.Main
	}
	return slices.ContainsFunc(o.Metrics, func(w string) bool { return w == m.Name || strings.HasPrefix(m.Name, w+" ") })
}

// metric judges one measure over the runs that have it.
func metric(name string, measured []map[string]results.Measure, o Options) results.TrendMetric {
	m := results.TrendMetric{Name: name, Values: make([]*float64, len(measured))}
	var values []float64
	var at []int // where in the history each value is
	for i, all := range measured {
		v, ok := all[name]
		if !ok {
			continue
		}
		m.Unit, m.Better = v.Unit, v.Better
		m.Values[i] = &v.Value
		values, at = append(values, v.Value), append(at, i)
	}
	m.Count = len(values)
	if slices.ContainsFunc(values, func(v float64) bool { return !(v > 0) || math.IsInf(v, 0) }) {
		m.Reason = "a step is a ratio, and some of its values are not above zero"
		return m
	}
	if len(values) < Fewest {
		m.Reason = fmt.Sprintf("%d values, and %d are the fewest that a step can be seen in", len(values), Fewest)
		return m
	}
	fill(&m, Find(values, o), at, o)
	return m
}
