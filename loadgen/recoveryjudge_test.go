package loadgen

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// A recovery is judged by the worst outage; one that never came misses.
func TestRecoveryObjectives(t *testing.T) {
	at := func(d time.Duration) *int64 { return new(int64(d)) }
	quick := results.Outage{Sessions: 100, Lowest: 10, To50NS: at(time.Second), To90NS: at(2 * time.Second), To100NS: at(3 * time.Second)}
	partly := results.Outage{Sessions: 100, Lowest: 40, To50NS: at(4 * time.Second)}
	mild := results.Outage{Sessions: 100, Lowest: 85, To90NS: at(time.Second), To100NS: at(time.Second)}
	cases := []struct {
		outages   []results.Outage
		objective string
		passed    bool
		reason    string
	}{
		{[]results.Outage{quick}, "recovery.all < 3500ms", true, ""},
		{[]results.Outage{quick}, "recovery.most < 2s", false, "recovery.most was 2 s, objective < 2 s"},
		{[]results.Outage{quick, partly}, "recovery.half < 2s", false, "recovery.half was 4 s"},
		{[]results.Outage{partly, quick}, "recovery.all < 1h", false, "all of 100 sessions were not back when the run was over, objective recovery.all < 3600 s"},
		{[]results.Outage{mild}, "recovery.half < 1ms", true, ""},
		{nil, "recovery.half < 1ms", false, "recovery.half is undecided: never was more than a tenth"},
	}
	for _, c := range cases {
		o, err := scenarios.ParseObjective(c.objective)
		if err != nil {
			t.Fatal(err)
		}
		j := &judgement{Objective: o}
		j.figure(&results.Run{Outages: c.outages}, false)
		if r := j.result(); r.Passed != c.passed || !strings.HasPrefix(r.Reason, c.reason) || r.Undecided != (c.outages == nil) {
			t.Errorf("%s: %+v, want %v, %q", c.objective, r, c.passed, c.reason)
		}
	}
}

// A server that cuts all connections is known to make one outage, and the run ends by what it took.
func TestRecoveryObjectiveEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Replace(scenario(10, "{name: steady, duration: 30s, open: {rate: 20/s}}", "ping"), "load:\n", "load:\n  reconnect: true\n", 1)
		run := newBench(t, text+"objectives: [recovery.all < 1ms, recovery.half < 1h]\n", "cut=all:10s").run(t)
		if len(run.Outages) != 1 || run.Verdict.ExitCode != int(results.ExitObjective) || run.Objectives[0].Observed == nil || !run.Objectives[1].Passed {
			t.Errorf("%+v, outages %+v, %+v", run.Verdict, run.Outages, run.Objectives)
		}
	})
}
