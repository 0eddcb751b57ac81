package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode"

	"golang.org/x/perf/benchfmt"

	"xmpprig/results"
)

// Benchfmt writes runs in the Go benchmark format, which benchstat reads: a line for each series of each run, with its count and its
// percentiles, and one line for each run with its rate and what the server cost. The conditions, and the labels as they are, stand
// before them as configuration; what differs from run to run without being a condition (seed, time, ports) does not, as benchstat
// makes a table of each configuration. So "benchstat -col commit FILE" compares commits. It fails only where w does.
func Benchfmt(w io.Writer, runs ...*results.Run) error {
	b := benchfmt.NewWriter(w)
	for _, u := range benchUnits(runs) {
		if err := b.Write(u); err != nil {
			return fmt.Errorf("write benchmarks: %w", err)
		}
	}
	for _, r := range runs {
		config := benchConfig(r)
		for _, res := range benchResults(r) {
			res.Config = config
			if err := b.Write(res); err != nil {
				return fmt.Errorf("write benchmarks: %w", err)
			}
		}
	}
	return nil
}

// benchUnits says of each unit that occurs which direction is the better one.
func benchUnits(runs []*results.Run) (all []*benchfmt.UnitMetadata) {
	better := map[string]string{}
	for _, r := range runs {
		for _, res := range benchResults(r) {
			for _, v := range res.Values {
				if better[v.Unit] != "" {
					continue
				}
				better[v.Unit] = results.BetterLower
				if v.Unit == "ops/s" {
					better[v.Unit] = results.BetterHigher
				}
				all = append(all, &benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: v.Unit, Key: "better"}, OrigUnit: v.Unit, Value: better[v.Unit]})
			}
		}
	}
	return all
}

// benchConfig is the conditions of a run.
func benchConfig(r *results.Run) (all []benchfmt.Config) {
	put := func(key, value string) {
		if value = line(value, 300); value != "" {
			all = append(all, benchfmt.Config{Key: key, Value: []byte(value), File: true})
		}
	}
	e := r.Environment
	put("goos", e.OS)
	put("goarch", e.Arch)
	put("cpu", e.CPUModel)
	put("machine", fmt.Sprintf("%s/%s, %d CPUs", e.OS, e.Arch, e.CPUs))
	put("server", r.Target.Driver+", TLS "+nonEmpty(r.Target.TLS))
	put("scenario", r.Scenario.Name)
	put("scenario-sha", scenarioHash(r))
	switch { // keeps such runs apart from others
	case generatorLimited(r):
		put("verdict", results.StatusLimited)
	case r.Verdict.Status == results.StatusIncomplete:
		put("verdict", results.StatusIncomplete)
	}
	for _, k := range r.Labels.Keys() {
		key := k
		for _, c := range all {
			if c.Key == k {
				key = "label-" + k
			}
		}
		put(key, r.Labels[k])
	}
	return all
}

// benchResults are the lines of a run.
func benchResults(r *results.Run) (all []*benchfmt.Result) {
	at := map[string]*benchfmt.Result{}
	for _, m := range r.Measures() {
		name, unit, iterations := benchName(m)
		res := at[name]
		if res == nil {
			res = &benchfmt.Result{Name: benchfmt.Name(name), Iters: iterations}
			at[name] = res
			all = append(all, res)
		}
		res.Values = append(res.Values, benchfmt.Value{Value: m.Value, Unit: unit})
	}
	return all
}

// benchName is the line and the unit of a measure: "Ping/phase=steady" and "p99-ns/op".
func benchName(m results.Measure) (name, unit string, iterations int) {
	metric, phase, in := cutLast(m.Name, " in ")
	series, statistic, timed := cutLast(metric, " ")
	phases := ""
	if in {
		phases = "/phase=" + benchWord(phase)
	}
	switch {
	case in && timed && m.Unit == "ns":
		return capital(benchWord(series)) + phases, statistic + "-ns/op", int(min(m.Samples, math.MaxInt32))
	case in:
		return "Run" + phases, "ops/s", int(min(max(1, m.Samples), math.MaxInt32))
	}
	units := map[string]string{"server.cpu per stanza": "cpu-ns/stanza", "server.rss per session": "rss-B/session", "server.rss": "rss-B", "server.cpu": "CPUs"}
	return "Server", units[m.Name], 1
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// benchWord is a name without what ends or divides the name of a benchmark.
func benchWord(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '/' || r == '=' || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, line(nonEmpty(s), 60))
}

func capital(s string) string {
	letters := []rune(s)
	letters[0] = unicode.ToUpper(letters[0])
	if !unicode.IsUpper(letters[0]) {
		return "X" + s
	}
	return string(letters)
}
