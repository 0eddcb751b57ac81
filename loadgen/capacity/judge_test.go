package capacity

import (
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

func ms(n float64) *int64 { v := int64(n * 1e6); return &v }

func value(v float64) *float64 { return &v }

// calmRecord is a run of ten seconds at 1,000/s in which all was well: 50 sessions, a bound of 250 ms.
func calmRecord() *results.Record {
	r := &results.Record{Run: results.Run{
		Environment: results.Environment{CPUs: 2, CPUQuota: 2, MemoryBytes: 8 << 30, OpenFiles: 1000},
		Sessions:    results.Sessions{Wanted: 50, Peak: 50},
		Phases: []results.Phase{{Name: "login", Kind: results.PhaseLogin, Offered: 50, Completed: 50},
			{Name: "steady", Kind: results.PhaseOpen, StartNS: 1e9, EndNS: 11e9, Offered: 10000, Completed: 10000}},
		Series: []results.Series{{Name: "ping", Phase: "steady", Kind: results.Response, Count: 10000, MeanNS: 2e6, P50NS: ms(2), P99NS: ms(8)},
			{Name: "ping", Phase: "steady", Kind: results.Service, Count: 10000, P50NS: ms(2)}},
		Generator:  results.Generator{CPUMean: .2, CPULimit: .8, LagP99NS: 1e6, LagLimitNS: 2e6},
		Server:     results.Server{Observed: true, CPUMean: .5, RSSPeak: 100 << 20, RSSBefore: 80 << 20, FDPeak: 60},
		Objectives: []results.Objective{{Text: "ping p99 < 250ms", Unit: "ns", Bound: 250e6, Observed: value(8e6), Passed: true}},
	}}
	backlog(r, 0)
	return r
}

// backlog has so many more left to do each second, of 1,000.
func backlog(r *results.Record, growth float64) {
	r.Ticks = nil
	for s := range 12 {
		phase := "steady"
		if s < 2 {
			phase = "login"
		}
		due := 1000 * max(0, float64(s-1))
		r.Ticks = append(r.Ticks, results.Tick{At: time.Duration(s) * time.Second, Phase: phase, Metrics: []results.Metric{
			{Name: "offered", Value: due}, {Name: "completed", Value: due - growth*max(0, float64(s-1))}}})
	}
}

// late has the answers take so long, the rig being the reason of lag of it.
func late(r *results.Record, p99, lag float64) {
	r.Run.Series[0].P99NS = ms(p99)
	o := &r.Run.Objectives[0]
	o.Observed, o.Passed, o.Reason = value(p99*1e6), p99 < 250, "ping p99 was too long"
	r.Run.Generator.LagP99NS, r.Run.Generator.LagLimitNS = int64(lag*1e6), int64(p99*1e6/4)
}

// TestJudge classes runs of which it is known what was the matter.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(r *results.Record)
		class  string
		clear  bool
		reason string
	}{
		{"all well", func(*results.Record) {}, results.TrialPassed, true, "all objectives kept"},
		{"near the bound", func(r *results.Record) { late(r, 200, 1) }, results.TrialPassed, false, ""},
		{"the rig late, and kept all the same", func(r *results.Record) { late(r, 100, 60) }, results.TrialPassed, true, ""},
		{"the rig busy, and kept all the same", func(r *results.Record) { r.Run.Generator.CPUMean = .95 }, results.TrialPassed, true, ""},
		{"slow", func(r *results.Record) { late(r, 300, 1) }, results.TrialMissed, false, "too long"},
		{"very slow", func(r *results.Record) { late(r, 900, 1) }, results.TrialMissed, true, "too long"},
		{"slow for the rig's sake", func(r *results.Record) { late(r, 300, 200) }, results.TrialLimited, false, "the rig sent up to 200ms late"},
		{"slow by far, and the rig late too", func(r *results.Record) { late(r, 2000, 100) }, results.TrialLimited, false, "the rig sent"},
		{"slow by far, and the rig a little late", func(r *results.Record) { late(r, 2000, 50) }, results.TrialMissed, true, "too long"},
		{"a backlog, and the rig late too", func(r *results.Record) { late(r, 2000, 100); backlog(r, 200) }, results.TrialMissed, true, "kept up"},
		{"a backlog for the rig's sake", func(r *results.Record) { late(r, 2000, 600); backlog(r, 200) }, results.TrialLimited, false, "the rig sent"},
		{"slow and the rig's CPU gone", func(r *results.Record) { late(r, 900, 1); r.Run.Generator.CPUMean = .9 }, results.TrialLimited, false, "90 % of the CPU"},
		{"slow and the server's CPU gone", func(r *results.Record) { late(r, 900, 1); r.Run.Server.CPUMean = 1.5 }, results.TrialMissed, true, ""},
		{"slow and the machine full, mostly of the rig", func(r *results.Record) {
			late(r, 900, 1)
			r.Run.Server.CPUMean, r.Run.Generator.CPUMean = .7, .6
		}, results.TrialLimited, false, "the rig had more"},
		{"backlog", func(r *results.Record) { backlog(r, 50) }, results.TrialMissed, false, "kept up with 95.0 %"},
		{"large backlog", func(r *results.Record) { backlog(r, 400) }, results.TrialMissed, true, "kept up with 60.0 %"},
		{"refused", func(r *results.Record) {
			r.Run.Sessions.Peak = 40
			r.Run.Errors = []results.ErrorClass{{Class: "stream:resource-constraint", Count: 10}}
			r.Run.Generator.CPUMean = .9
		}, results.TrialMissed, true, "10 of 50 sessions did not come up (stream:resource-constraint, 10 times)"},
		{"too few sessions", func(r *results.Record) {
			late(r, 900, 1)
			r.Run.Phases[1].Dropped = 2000
		}, results.TrialLimited, false, "too few sessions"},
		{"sessions busy with a slow server", func(r *results.Record) {
			late(r, 900, 1)
			r.Run.Phases[1].Dropped, r.Run.Series[1].P50NS = 2000, ms(40)
		}, results.TrialMissed, true, ""},
		{"crashed", func(r *results.Record) { r.Run.Server.Crashes = []results.Crash{{Title: "panic"}} }, results.TrialFailed, false, "the server crashed: panic"},
		{"undecided", func(r *results.Record) {
			r.Run.Objectives[0].Observed, r.Run.Objectives[0].Passed, r.Run.Objectives[0].Undecided = nil, false, true
		}, results.TrialPassed, false, ""},
	} {
		r := calmRecord()
		c.edit(r)
		got := Judge(r, Judging{Series: "ping", Calm: 2e6}, "")
		if got.Class != c.class || got.Clear != c.clear || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %s, clear %v, %q", c.name, got.Class, got.Clear, got.Reason)
		}
	}
	if got := Judge(calmRecord(), Judging{Series: "ping"}, "40 errors"); got.Class != results.TrialMissed || !got.Clear || got.Reason != "40 errors" {
		t.Errorf("a trial that was ended early: %+v", got)
	}
	if got := Judge(&results.Record{}, Judging{}, ""); got.Class != results.TrialPassed || got.Clear && got.Offered != 0 {
		t.Errorf("an empty record: %+v", got)
	}
}

// TestRanOut names what was short at the border.
func TestRanOut(t *testing.T) {
	m := Machine{CPUs: 2, Memory: 8 << 30, Files: 1000}
	border := results.Trial{Class: results.TrialMissed, Load: 1000, LengthNS: 1e10, Observed: true, Offered: 1000, Achieved: 900, KeptUp: .9, Growth: 100, ServerCPU: .3, RigCPUs: .3, RigCPU: .15,
		ServerMem: 100 << 20, ServerFDs: 60, Sessions: 50, P99NS: 9e8, MeanNS: 1e8}
	for _, c := range []struct {
		what string
		edit func(t *results.Trial)
	}{
		{"queue", func(*results.Trial) {}},
		{"server CPU", func(t *results.Trial) { t.ServerCPU = 1.0 }},
		{"server CPU", func(t *results.Trial) { t.ServerCPU = 1.9 }},
		{"server thread", func(t *results.Trial) { t.ServerCPU, t.Thread = 1.0, .93 }},
		{"server thread", func(t *results.Trial) { t.ServerCPU, t.Thread, t.Full = .8, .78, .1 }},
		{"queue", func(t *results.Trial) { t.ServerCPU, t.Thread, t.Full = 1.0, .6, .01 }},
		{"machine CPU", func(t *results.Trial) { t.ServerCPU, t.RigCPUs = 1.3, .7 }},
		{"machine CPU", func(t *results.Trial) { t.ServerCPU, t.RigCPUs, t.Waiting = 1.1, .3, .9 }},
		{"queue", func(t *results.Trial) { t.ServerCPU, t.RigCPUs, t.Waiting = .4, .3, .3 }},
		{"server memory", func(t *results.Trial) { t.ServerMem = 7 << 30 }},
		{"descriptors", func(t *results.Trial) { t.ServerFDs = 990 }},
		{"sessions", func(t *results.Trial) { t.Refused = 7 }},
		{"rig CPU", func(t *results.Trial) { t.RigCPU = .95 }},
		{"rig lag", func(t *results.Trial) { t.LagP99NS = 6e8 }},
	} {
		b := border
		c.edit(&b)
		got := RanOut([]results.Trial{b}, results.Answer{Load: 900, Missed: 1000}, m)
		if len(got) == 0 || got[0].What != c.what || !got[0].Short {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
	if got := RanOut(nil, results.Answer{}, m); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
}

// TestNeeds works out planted costs: 0.1 CPUs and 0.5 ms an arrival, 80 MiB and 50 KiB a session.
func TestNeeds(t *testing.T) {
	var trials []results.Trial
	for _, rate := range []float64{100, 200, 400, 800} {
		trials = append(trials, results.Trial{Class: results.TrialPassed, LengthNS: 1e10, Observed: true, Achieved: rate, Sessions: 1000,
			ServerCPU: .1 + .0005*rate, MemBefore: 80 << 20, ServerMem: 80<<20 + 1000*50<<10, ServerFDs: 1012})
	}
	n := NeedsOf(trials, results.Answer{Load: 800}, .5)
	for _, r := range n.Rows {
		if want := .1 + .0005*r.Rate; r.CPUs >= 0 && (r.CPUs < want-.01 || r.CPUs > want+.01) {
			t.Errorf("%v users: %v CPUs, want %v", r.Users, r.CPUs, want)
		}
		if want := float64(80<<20) + r.Users*(50<<10); r.Memory >= 0 && (r.Memory < .99*want || r.Memory > 1.01*want) || r.Users > 2000 && r.Memory >= 0 {
			t.Errorf("%v users: %v bytes, want %v up to 2,000 users", r.Users, r.Memory, want)
		}
		if r.Users > n.UpTo || r.Sustained != (r.Rate <= 800) {
			t.Errorf("%+v of up to %v", r, n.UpTo)
		}
	}
	if len(n.Rows) == 0 || n.UpTo != 3200 {
		t.Errorf("%+v", n)
	}
	if n := NeedsOf(trials[:2], results.Answer{}, .5); len(n.Rows) != 0 || n.Absent == "" {
		t.Errorf("of two trials: %+v", n)
	}
}

// TestOthers has the machine busy with other things: that answers were late then says nothing of the server, that hardly any came does.
func TestOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		others float64
		edit   func(r *results.Record)
		class  string
	}{
		{"slow, and nothing known", -1, func(r *results.Record) { late(r, 300, 1) }, results.TrialMissed},
		{"slow, and others idle", .2, func(r *results.Record) { late(r, 300, 1) }, results.TrialMissed},
		{"slow, and others busy", 1.2, func(r *results.Record) { late(r, 900, 1) }, results.TrialLimited},
		{"slow, and others busier than idle, but less than the server", .45, func(r *results.Record) { late(r, 300, 1); r.Run.Server.CPUMean = 1.4 }, results.TrialMissed},
		{"far behind, and others busy", 1.2, func(r *results.Record) { late(r, 900, 1); backlog(r, 300) }, results.TrialMissed},
		{"all well, and others busy", 1.2, func(*results.Record) {}, results.TrialPassed},
	} {
		r := calmRecord()
		c.edit(r)
		if got := Judge(r, Judging{Series: "ping", Others: c.others}, ""); got.Class != c.class {
			t.Errorf("%s: %s, %s", c.name, got.Class, got.Reason)
		}
	}
}
