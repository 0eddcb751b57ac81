package report

import (
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"xmpprig/results"
)

// sampler records a run that never was, second by second: logins, a warm-up,
// a steady phase in which the server stalls for three seconds, a louder phase,
// and a drain. One seed gives one record.
type sampler struct {
	t    testing.TB
	r    *rand.Rand
	dir  string
	run  results.Run
	rec  *results.Recorder
	sums map[string]float64
}

type sampleStep struct {
	name   string
	rate   float64 // answers a second and unit of load
	median float64 // ns
	sigma  float64
}

var samplePhases = []results.Phase{
	{Name: "login", Kind: results.PhaseLogin, EndNS: 12e9},
	{Name: "warm-up", Kind: results.PhaseWarmUp, StartNS: 12e9, EndNS: 22e9, Rate: 400},
	{Name: "steady", Kind: results.PhaseOpen, StartNS: 22e9, EndNS: 72e9, Rate: 800},
	{Name: "rush hour", Kind: results.PhaseOpen, StartNS: 72e9, EndNS: 92e9, Rate: 1600},
	{Name: "drain", Kind: results.PhaseDrain, StartNS: 92e9, EndNS: 95e9},
}

func newSampler(t testing.TB, phases []results.Phase) *sampler {
	t.Helper()
	s := &sampler{t: t, r: rand.New(rand.NewPCG(7, 11)), dir: filepath.Join(t.TempDir(), "record"), run: sampleRun(phases), sums: map[string]float64{}}
	rec, err := results.Create(s.dir, s.run)
	if err != nil {
		t.Fatal(err)
	}
	s.rec = rec
	return s
}

func (s *sampler) open() *results.Record {
	s.t.Helper()
	r, err := results.Open(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *sampler) close() *results.Record {
	s.t.Helper()
	if err := s.rec.Close(s.run); err != nil {
		s.t.Fatal(err)
	}
	return s.open()
}

func sampleRun(phases []results.Phase) results.Run {
	return results.Run{
		Schema:  results.SchemaVersion,
		Tool:    results.Tool{Name: "xmpprig", Version: "0.1.0", Commit: "32fbdf21aa00", Go: "go1.26.1"},
		Started: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		Command: []string{"xmpprig", "run", "--server", "prosody", "--sessions", "2000", "--rate", "800/s", "chat"},
		Seed:    20261123, PlanHash: "9f8e7d6c5b4a39281706",
		Scenario: results.Scenario{Name: "chat", SHA256: "1f3ac2d49b0e77aa", Source: sampleScenario},
		Target: results.Target{Driver: "prosody", Software: "Prosody", Version: "0.12.3", Address: "127.0.0.1:5222", Domain: "rig.example",
			TLS: "starttls", Verified: true, Mechanism: "SCRAM-SHA-256-PLUS", Accounts: "real, SCRAM-SHA-256 in the server's store", KeyCache: true},
		Environment: results.Environment{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPUModel: "Example CPU", CPUs: 4, CPUQuota: 2,
			MemoryBytes: 8 << 30, OpenFiles: 20000},
		Sessions: results.Sessions{Wanted: 2000, Peak: 2000, Opened: 2014, Failed: 9, Lost: 14},
		Phases:   append([]results.Phase(nil), phases...),
	}
}

const sampleScenario = `# One-to-one chat among friends.
users: {count: 2000, name: "user{n}", password: "****"}
load:
  - {phase: steady, rate: 800/s, for: 50s}
  - {phase: rush hour, rate: 1600/s, for: 20s}
session:
  - every: poisson
    steps: [message, ping, roster]
`

// sample is a whole realistic record.
func sample(t testing.TB) *results.Record {
	s := newSampler(t, samplePhases)
	for sec := range 95 {
		s.second(sec)
	}
	s.finish()
	return s.close()
}

func (s *sampler) phase(sec int) results.Phase {
	for _, p := range samplePhases {
		if int64(sec)*1e9 < p.EndNS {
			return p
		}
	}
	return samplePhases[len(samplePhases)-1]
}

func stalled(sec int) bool { return sec >= 48 && sec < 51 }

func (s *sampler) second(sec int) {
	p := s.phase(sec)
	if p.Kind == results.PhaseLogin {
		s.login(sec, p)
	} else {
		s.load(sec, p)
	}
	s.tick(sec, p)
}

func (s *sampler) login(sec int, p results.Phase) {
	stages := []sampleStep{{"login.connect", 1, 9e4, .5}, {"login.tls", 1, 2.1e6, .3}, {"login.sasl", 1, 6.5e6, .45}, {"login.bind", 1, 4e5, .6}}
	for range 168 {
		sum := 0.0
		for _, st := range stages {
			v := s.draw(st.median, st.sigma)
			sum += v
			s.record(st.name, p.Name, results.Response, v)
		}
		s.record("login", p.Name, results.Response, sum)
	}
	s.sums["sessions"] = math.Min(2000, s.sums["sessions"]+168)
	if sec == 3 || sec == 4 {
		s.sums["error:sasl"] += 4
	}
}

func (s *sampler) draw(median, sigma float64) float64 {
	return median * math.Exp(sigma*s.r.NormFloat64())
}

func (s *sampler) record(name, phase, kind string, ns float64) {
	s.rec.Series(name, phase, kind).Record(int64(ns))
}

func (s *sampler) load(sec int, p results.Phase) {
	crowd := 1.0
	if p.Name == "rush hour" {
		crowd = 2.2
	}
	for _, st := range []sampleStep{{"message.delivery", .7, 2.2e6, .55}, {"ping", .2, 8e5, .4}, {"roster", .1, 5e6, .8}} {
		n := int(p.Rate * st.rate * (1 + .05*s.r.NormFloat64()))
		for range n {
			service := s.draw(st.median*crowd, st.sigma)
			response := service + s.draw(4e4, .5)
			if stalled(sec) {
				late := (51 - float64(sec) - s.r.Float64()) * 1e9
				response += late
				if s.r.IntN(12) == 0 {
					service += late
				}
			}
			s.record(st.name, p.Name, results.Response, response)
			s.record(st.name, p.Name, results.Service, service)
		}
	}
}

func (s *sampler) tick(sec int, p results.Phase) {
	offered := p.Rate * (1 + .03*s.r.NormFloat64())
	done := offered
	s.sums["in_flight"] = offered * .003
	if stalled(sec) {
		done, s.sums["in_flight"] = 0, offered*float64(sec-47)
		s.sums["error:timeout"] += 20 + 10*s.r.Float64()
		s.sums["failed"] += 20
	}
	if sec == 51 {
		done = offered * 3.9
	}
	if p.Rate > 0 && s.r.IntN(6) == 0 {
		s.sums["error:stanza:service-unavailable"]++
	}
	s.sums["offered"] += math.Round(offered)
	s.sums["completed"] += math.Round(done)
	s.sums["ledger.sent"] += math.Round(offered * .7)
	s.sums["ledger.delivered"] += math.Round(done * .7)
	s.gauges(sec, p)
	t := results.Tick{At: time.Duration(sec+1) * time.Second, Phase: p.Name}
	for _, name := range slices.Sorted(maps.Keys(s.sums)) {
		t.Metrics = append(t.Metrics, results.Metric{Name: name, Value: math.Round(s.sums[name]*1e6) / 1e6})
	}
	if err := s.rec.Tick(t); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sampler) gauges(sec int, p results.Phase) {
	busy := .1 + p.Rate/1600
	if p.Kind == results.PhaseLogin {
		busy = .8
	}
	if stalled(sec) {
		busy = .02
	}
	s.sums["server.cpu"] = busy * (1 + .05*s.r.NormFloat64())
	s.sums["server.rss"] = 40e6 + s.sums["sessions"]*31e3 + float64(sec)*1e5
	s.sums["server.threads"], s.sums["server.fds"] = 3, 20+s.sums["sessions"]
	s.sums["generator.cpu"] = .1 + busy*.5*(1+.1*s.r.NormFloat64())
	s.sums["generator.lag_p99_s"] = 2e-4 * math.Exp(.3*s.r.NormFloat64())
	s.sums["generator.rss"] = 20e6 + s.sums["sessions"]*6e3
	s.sums["generator.fds"] = 12 + s.sums["sessions"]
}

func (s *sampler) finish() {
	run := &s.run
	run.ElapsedNS = 95e9
	for i := range run.Phases {
		p := &run.Phases[i]
		p.Offered = int64(p.Rate * float64(p.EndNS-p.StartNS) / 1e9)
		p.Completed = p.Offered
		if p.Name == "steady" {
			p.Completed, p.Failed, p.Dropped = p.Offered-60, 60, 0
		}
	}
	run.Ledger = results.Ledger{Sent: 53200, Delivered: 53187, Lost: 3, Duplicated: 1, Refused: 10, Samples: []results.LedgerSample{
		{What: "lost", ID: "m-17-204", From: "user17@rig.example/rig", To: "user204@rig.example/rig"},
		{What: "duplicated", ID: "m-9-3", From: "user9@rig.example/rig", To: "user3@rig.example/rig"}}}
	run.Errors = []results.ErrorClass{
		{Class: "timeout", Count: 75, FirstNS: 48e9, Samples: []string{"no answer to ping within 2 s"}},
		{Class: "stanza:service-unavailable", Count: 10, FirstNS: 14e9, Samples: []string{"cancel/service-unavailable: user is gone"}},
		{Class: "sasl", Count: 8, FirstNS: 3e9, Samples: []string{"not-authorized"}}}
	run.Generator = results.Generator{CPUMean: .31, CPUMax: .52, CPULimit: .8, CPUPerMsg: 5200, LagP99NS: 240000, LagLimitNS: 1e6, SchedP99NS: 81000, GCPauseNS: 310000,
		RSSPeak: 33e6, FDPeak: 2012, BytesIn: 31e6, BytesOut: 29e6, StanzasIn: 152000, StanzasOut: 76000}
	run.Server = results.Server{Observed: true, CPUMean: .74, CPUMax: 1.2, CPUPerMsgNS: 9100, RSSBefore: 41e6, RSSAfterLogin: 103e6,
		RSSPeak: 111e6, BytesPerSession: 31000, ThreadsPeak: 3, FDPeak: 2020}
	run.Verdict = results.Verdict{Status: results.StatusFailed, ExitCode: 10, Reasons: []string{
		"objective missed: message.delivery p99 < 50 ms in phase steady, was 2.33 s", "3 messages were lost and 1 was duplicated"}}
}

// emptyRecord holds nothing at all.
func emptyRecord(testing.TB) *results.Record { return &results.Record{} }

// shortRecord is a run of n seconds of load with one sample in each.
func shortRecord(t testing.TB, n int) *results.Record {
	phase := results.Phase{Name: "steady", Kind: results.PhaseOpen, EndNS: int64(n) * 1e9, Rate: 1, Offered: int64(n), Completed: int64(n)}
	s := newSampler(t, []results.Phase{phase})
	s.run.ElapsedNS = phase.EndNS
	for sec := range n {
		s.record("ping", "steady", results.Response, 1.5e6)
		s.tick(sec, phase)
	}
	s.run.Verdict = results.Verdict{Status: results.StatusPassed, Reasons: []string{"no objective was set"}}
	return s.close()
}

// failedRecord is a run in which nothing was answered.
func failedRecord(t testing.TB) *results.Record {
	s := newSampler(t, []results.Phase{{Name: "login", Kind: results.PhaseLogin, EndNS: 5e9, Offered: 2000, Failed: 2000}})
	s.run.ElapsedNS = 5e9
	s.run.Sessions = results.Sessions{Wanted: 2000, Failed: 2000}
	for sec := range 5 {
		n := float64(400 * (sec + 1))
		if err := s.rec.Tick(results.Tick{At: time.Duration(sec+1) * time.Second, Phase: "login",
			Metrics: []results.Metric{{Name: "failed", Value: n}, {Name: "error:connect", Value: n}}}); err != nil {
			t.Fatal(err)
		}
	}
	s.run.Errors = []results.ErrorClass{{Class: "connect", Count: 2000, Samples: []string{"dial tcp 127.0.0.1:5222: connection refused"}}}
	none, share := 0.0, 99.9951
	s.run.Objectives = []results.Objective{
		{Text: "message.delivery p99 < 250ms", Bound: 250e6, Unit: "ns", Undecided: true, Reason: "message.delivery p99 is undecided: it takes 1000 samples"},
		{Text: "errors < 0.1% in login", Phase: "login", Observed: &share, Bound: .1, Unit: "%", Samples: 2000, Reason: "errors in login were 100 %"},
		{Text: "misdelivered == 0", Observed: &none, Passed: true},
		{Text: "server.rss < 1GiB", Observed: &none, Bound: 1 << 30, Unit: "B", Passed: true},
	}
	s.run.Verdict = results.Verdict{Status: results.StatusFailed, ExitCode: 10, Reasons: []string{"no session could log in"}}
	return s.close()
}

// killedRecord is the sample cut off in its steady phase, in mid-line.
func killedRecord(t testing.TB) *results.Record {
	s := newSampler(t, samplePhases[:2])
	for sec := range 40 {
		s.second(sec)
	}
	log := filepath.Join(s.dir, results.LogFile)
	info, err := os.Stat(log)
	if err == nil {
		err = os.Truncate(log, info.Size()-20)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.open()
}

// limitedRecord is the sample with the rig as the bottleneck.
func limitedRecord(t testing.TB) *results.Record {
	r := sample(t)
	r.Run.Generator.Limited, r.Run.Generator.CPUMax = true, .97
	r.Run.Generator.Reasons = []string{"the rig used 97 % of its CPU quota for 12 s"}
	r.Run.Verdict = results.Verdict{Status: results.StatusLimited, ExitCode: 12, Reasons: []string{"the rig was the bottleneck"}}
	return r
}

// busyRecord holds the widest figures and names that a report must find room
// for.
func busyRecord(testing.TB) *results.Record {
	const many = 2_123_456_789
	long := "a-phase-with-a-name-that-somebody-thought-about-for-too-long"
	run := sampleRun([]results.Phase{{Name: long, Kind: results.PhaseOpen, EndNS: 30 * 3600e9, Rate: 123456, Offered: many, Completed: many, Failed: many, Dropped: many}})
	p := func(ns int64) *int64 { return &ns }
	for _, kind := range []string{results.Response, results.Service} {
		run.Series = append(run.Series, results.Series{Name: long, Phase: long, Kind: kind, Count: many, MaxNS: 3600e9, P50NS: p(1234567), P90NS: p(12345678),
			P99NS: p(123456789), P999NS: p(1234567891), Clipped: many})
	}
	run.Ledger = results.Ledger{Sent: many, Delivered: many, Lost: many, Duplicated: many, Reordered: many, Misdelivered: many, Refused: many,
		Samples: []results.LedgerSample{{What: "misdelivered", ID: long, From: long + "@" + long, To: long + "@" + long, At: long}}}
	run.Errors = []results.ErrorClass{{Class: long, Count: many, FirstNS: 30 * 3600e9, Samples: []string{long + " " + long}}}
	run.Server.Crashes = []results.Crash{{AtNS: 90e9, Title: long + " " + long, Text: long}}
	most := 1e15
	run.Objectives = []results.Objective{{Text: long + " p99.9 < 3600s in " + long, Phase: long, Observed: &most, Bound: 3600e9, Unit: "ns", Samples: many, Reason: long}}
	run.Command = []string{"xmpprig", "run", long}
	run.Verdict = results.Verdict{Status: results.StatusFailed, Reasons: []string{long + " " + long + " " + long}}
	return &results.Record{Dir: "/" + long + "/" + long, Run: run}
}
