package trend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

// recorded are n runs whose p99 steps up by 8 % at an index, in no order.
func recorded(n, step int) (runs []Run) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		factor := math.Exp(.02 * r.NormFloat64())
		if i >= step {
			factor *= 1.08
		}
		p50, p99 := int64(1e6*math.Exp(.02*r.NormFloat64())), int64(9e6*factor)
		runs = append(runs, Run{fmt.Sprintf("r%02d", i), &results.Run{
			Started: time.Date(2026, 11, 1, i, 0, 0, 0, time.UTC), Labels: results.Labels{"commit": fmt.Sprintf("c%02d", i)},
			Scenario: results.Scenario{Name: "chat", Source: "name: chat"}, Target: results.Target{Driver: "prosody", Version: fmt.Sprint(i)},
			Environment: results.Environment{OS: "linux", CPUs: 2},
			Phases:      []results.Phase{{Name: "steady", Kind: results.PhaseOpen, EndNS: 10e9, Completed: 5000}},
			Series:      []results.Series{{Name: "ping", Phase: "steady", Kind: results.Response, Count: 5000, P50NS: &p50, P99NS: &p99, MeanNS: 2e6}},
			Verdict:     results.Verdict{Status: results.StatusPassed},
		}})
	}
	r.Shuffle(n, func(i, k int) { runs[i], runs[k] = runs[k], runs[i] })
	return runs
}

func metricNamed(t *testing.T, h results.History, name string) results.TrendMetric {
	t.Helper()
	for _, m := range h.Metrics {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no metric %q in %+v", name, h.Metrics)
	return results.TrendMetric{}
}

func TestOf(t *testing.T) {
	got := Of(recorded(60, 52), Options{})
	if len(got.Histories) != 1 || len(got.Histories[0].Records) != 60 || got.Verdict.ExitCode != 11 {
		t.Fatalf("%d histories, %+v", len(got.Histories), got.Verdict)
	}
	h := got.Histories[0]
	p99, p50, rate := metricNamed(t, h, "ping p99 in steady"), metricNamed(t, h, "ping p50 in steady"), metricNamed(t, h, "rate in steady")
	if len(p50.Changes)+len(rate.Changes) > 0 || len(p99.Changes) != 1 {
		t.Fatalf("steps: %v %v %v", p50.Changes, rate.Changes, p99.Changes)
	}
	c := p99.Changes[0]
	if c.At < 51 || c.At > 53 || c.After != c.At-1 || !c.Regression || !c.Recent || c.Before+c.Behind != 60 || c.Low > .08 || c.High < .08 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(got.Verdict.Reasons[0], "ping p99 in steady of chat went +") || !strings.Contains(got.Verdict.Reasons[0], "commit c5") {
		t.Errorf("%q", got.Verdict.Reasons)
	}
	if old := Of(recorded(60, 30), Options{}); old.Verdict.ExitCode != 0 || len(metricNamed(t, old.Histories[0], "ping p99 in steady").Changes) != 1 {
		t.Errorf("an old step: %+v", old.Verdict)
	}
	if few := Of(recorded(9, 5), Options{}); !few.Histories[0].TooShort || few.Verdict.Status != results.StatusInconclusive {
		t.Errorf("nine records: %+v", few)
	}
	if none := Of(nil, Options{}); none.Verdict.Status != results.StatusInconclusive {
		t.Errorf("no records: %+v", none.Verdict)
	}
}

func TestOfMetrics(t *testing.T) {
	for _, c := range []struct{ want, names string }{
		{"ping p99", "ping p99 in steady"}, {"ping", "ping p50 in steady,ping p99 in steady,ping mean in steady"}, {"rate in steady", "rate in steady"}, {"pin", ""},
	} {
		var names []string
		for _, m := range Of(recorded(12, 99), Options{Metrics: []string{c.want}}).Histories[0].Metrics {
			names = append(names, m.Name)
		}
		if strings.Join(names, ",") != c.names {
			t.Errorf("%q: %q, want %q", c.want, names, c.names)
		}
	}
}

func TestOfConditions(t *testing.T) {
	runs := recorded(20, 99)
	for i, change := range []func(*results.Run){
		func(r *results.Run) { r.Unfinished = true },
		func(r *results.Run) { r.Generator.Limited = true },
		func(r *results.Run) { r.Verdict.Status = results.StatusIncomplete },
		func(r *results.Run) { r.Environment.CPUs = 4 },
		func(r *results.Run) { r.Target.Driver = "ejabberd" },
		func(r *results.Run) { r.Scenario.Source = "name: chat # louder" },
		func(r *results.Run) { r.Scenario.Name = "ping" },
		func(r *results.Run) { r.Target.Version, r.Target.Faults = "new", []string{"lose=100"} },
	} {
		change(runs[i].Run)
	}
	got := Of(runs, Options{})
	if len(got.LeftOut) != 3 || len(got.Histories) != 5 || len(got.Histories[0].Records) != 13 {
		t.Fatalf("%d left out, %d histories", len(got.LeftOut), len(got.Histories))
	}
	var differs []string
	for _, h := range got.Histories[1:] {
		differs = append(differs, strings.Join(h.Differs, "+"))
	}
	for _, want := range []string{"machine", "server", "scenario, of the same name, as it was run", "scenario"} {
		if !strings.Contains(strings.Join(differs, ";")+";", want+";") {
			t.Errorf("%q: no %q", differs, want)
		}
	}
}

func TestOfGaps(t *testing.T) {
	runs := recorded(24, 99)
	for i := range 12 {
		runs[i].Run.Series = nil
	}
	runs[20].Run.Series[0].P50NS = new(int64)
	h := Of(runs, Options{}).Histories[0]
	if m := metricNamed(t, h, "ping p99 in steady"); m.Count != 12 || m.Reason != "" || len(m.Values) != 24 || len(m.Segments) != 1 {
		t.Errorf("%+v", m)
	}
	if m := metricNamed(t, h, "ping p50 in steady"); m.Reason == "" {
		t.Errorf("a zero is judged: %+v", m)
	}
}
