package report

import (
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"xmpprig/results"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// sampler makes a record of a run that never was, second by second: logins,
// a warm-up, a steady phase in which the server stalls for three seconds, a
// louder phase, and a drain. One seed gives one record.
type sampler struct {
	r      *rand.Rand
	record results.Record
	total  map[string]*hdrhistogram.Histogram
	order  []results.Series
	sums   map[string]float64
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

func newSampler() *sampler {
	return &sampler{
		r: rand.New(rand.NewPCG(7, 11)), total: map[string]*hdrhistogram.Histogram{}, sums: map[string]float64{},
		record: results.Record{Run: results.Run{
			Schema:  results.SchemaVersion,
			Tool:    results.Tool{Name: "xmpprig", Version: "0.1.0", Commit: "32fbdf21aa00", Go: "go1.26.1"},
			Started: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), ElapsedNS: 95e9,
			Command: []string{"xmpprig", "run", "--server", "prosody", "--sessions", "2000", "--rate", "800/s", "chat"},
			Seed:    20261123, PlanHash: "9f8e7d6c5b4a39281706",
			Scenario: results.Scenario{Name: "chat", SHA256: "1f3ac2d49b0e77aa", Source: sampleScenario},
			Target: results.Target{Driver: "prosody", Software: "Prosody", Version: "0.12.3", Address: "127.0.0.1:5222", Domain: "rig.example",
				TLS: "starttls", Verified: true, Mechanism: "SCRAM-SHA-256-PLUS", Accounts: "real, SCRAM-SHA-256 in the server's store", KeyCache: true},
			Environment: results.Environment{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPUModel: "Example CPU", CPUs: 4, CPUQuota: 2,
				MemoryBytes: 8 << 30, OpenFiles: 20000},
			Sessions: results.Sessions{Wanted: 2000, Peak: 2000, Opened: 2014, Failed: 9},
			Phases:   append([]results.Phase(nil), samplePhases...),
		}},
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
func sample() *results.Record {
	s := newSampler()
	for sec := range 95 {
		s.second(sec)
	}
	s.finish()
	return &s.record
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
	hists := map[string]*hdrhistogram.Histogram{}
	for range 168 {
		sum := 0.0
		for _, st := range stages {
			v := s.draw(st.median, st.sigma)
			sum += v
			record(hists, st.name, v)
		}
		record(hists, "login", sum)
	}
	for _, name := range []string{"login", "login.connect", "login.tls", "login.sasl", "login.bind"} {
		s.add(sec, name, p.Name, results.Response, hists[name])
	}
	s.sums["sessions"] = math.Min(2000, s.sums["sessions"]+168)
	if sec == 3 || sec == 4 {
		s.sums["error:sasl"] += 4
	}
}

func (s *sampler) draw(median, sigma float64) float64 {
	return median * math.Exp(sigma*s.r.NormFloat64())
}

func record(hists map[string]*hdrhistogram.Histogram, name string, v float64) {
	if hists[name] == nil {
		hists[name] = hdrhistogram.New(1, 3_600_000_000_000, 3)
	}
	_ = hists[name].RecordValue(int64(v))
}

func (s *sampler) load(sec int, p results.Phase) {
	crowd := 1.0
	if p.Name == "rush hour" {
		crowd = 2.2
	}
	for _, st := range []sampleStep{{"message.delivery", .7, 2.2e6, .55}, {"ping", .2, 8e5, .4}, {"roster", .1, 5e6, .8}} {
		n := int(p.Rate * st.rate * (1 + .05*s.r.NormFloat64()))
		hists := map[string]*hdrhistogram.Histogram{}
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
			record(hists, results.Response, response)
			record(hists, results.Service, service)
		}
		for _, kind := range []string{results.Response, results.Service} {
			if hists[kind] != nil {
				s.add(sec, st.name, p.Name, kind, hists[kind])
			}
		}
	}
}

func (s *sampler) add(sec int, name, phase, kind string, h *hdrhistogram.Histogram) {
	s.record.Intervals = append(s.record.Intervals, results.Interval{Start: time.Duration(sec) * time.Second, Length: time.Second,
		Name: name, Phase: phase, Kind: kind, Hist: h})
	key := name + "/" + phase + "/" + kind
	if s.total[key] == nil {
		s.total[key] = hdrhistogram.New(1, 3_600_000_000_000, 3)
		s.order = append(s.order, results.Series{Name: name, Phase: phase, Kind: kind})
	}
	s.total[key].Merge(h)
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
		s.sums["error:stanza.service-unavailable"]++
	}
	s.sums["offered"] += math.Round(offered)
	s.sums["completed"] += math.Round(done)
	s.sums["ledger.sent"] += math.Round(offered * .7)
	s.sums["ledger.delivered"] += math.Round(done * .7)
	s.gauges(sec, p)
	t := results.Tick{At: time.Duration(sec+1) * time.Second, Phase: p.Name}
	for name, v := range s.sums {
		t.Metrics = append(t.Metrics, results.Metric{Name: name, Value: math.Round(v*1e6) / 1e6})
	}
	s.record.Ticks = append(s.record.Ticks, t)
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
	run := &s.record.Run
	for _, series := range s.order {
		run.Series = append(run.Series, summarised(series, s.total[series.Name+"/"+series.Phase+"/"+series.Kind]))
	}
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
		{Class: "stanza.service-unavailable", Count: 10, FirstNS: 14e9, Samples: []string{"cancel/service-unavailable: user is gone"}},
		{Class: "sasl", Count: 8, FirstNS: 3e9, Samples: []string{"not-authorized"}}}
	run.Generator = results.Generator{CPUMean: .31, CPUMax: .52, CPUPerMsg: 5200, LagP99NS: 240000, SchedP99NS: 81000, GCPauseNS: 310000,
		RSSPeak: 33e6, FDPeak: 2012, BytesIn: 31e6, BytesOut: 29e6, StanzasIn: 152000, StanzasOut: 76000}
	run.Server = results.Server{Observed: true, CPUMean: .74, CPUMax: 1.2, CPUPerMsgNS: 9100, RSSBefore: 41e6, RSSAfterLogin: 103e6,
		RSSPeak: 111e6, BytesPerSession: 31000, ThreadsPeak: 3, FDPeak: 2020}
	run.Verdict = results.Verdict{Status: "failed", ExitCode: 10, Reasons: []string{
		"objective missed: message.delivery p99 < 50 ms in phase steady, was 2.33 s", "3 messages were lost and 1 was duplicated"}}
}

// summarised fills a series from its histogram, leaving out percentiles with
// fewer than ten samples beyond them.
func summarised(s results.Series, h *hdrhistogram.Histogram) results.Series {
	s.Count, s.MinNS, s.MeanNS, s.MaxNS = h.TotalCount(), h.Min(), h.Mean(), h.Max()
	for _, q := range []struct {
		at  float64
		set **int64
	}{{50, &s.P50NS}, {90, &s.P90NS}, {99, &s.P99NS}, {99.9, &s.P999NS}} {
		if float64(s.Count)*(100-q.at)/100 >= 9.999999 {
			v := h.ValueAtPercentile(q.at)
			*q.set = &v
		}
	}
	encoded, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(err)
	}
	s.HDR = string(encoded)
	return s
}

// emptyRecord holds nothing at all.
func emptyRecord() *results.Record { return &results.Record{} }

// shortRecord is a run of n seconds of load with one sample in each.
func shortRecord(n int) *results.Record {
	s := newSampler()
	phase := results.Phase{Name: "steady", Kind: results.PhaseOpen, EndNS: int64(n) * 1e9, Rate: 1, Offered: int64(n), Completed: int64(n)}
	s.record.Run.Phases = []results.Phase{phase}
	s.record.Run.ElapsedNS = phase.EndNS
	for sec := range n {
		hists := map[string]*hdrhistogram.Histogram{}
		record(hists, results.Response, 1.5e6)
		s.add(sec, "ping", "steady", results.Response, hists[results.Response])
		s.tick(sec, phase)
	}
	for _, series := range s.order {
		s.record.Run.Series = append(s.record.Run.Series, summarised(series, s.total["ping/steady/response"]))
	}
	s.record.Run.Verdict = results.Verdict{Status: "passed", Reasons: []string{"no objective was set"}}
	return &s.record
}

// failedRecord is a run in which nothing was answered.
func failedRecord() *results.Record {
	s := newSampler()
	s.record.Run.Phases = []results.Phase{{Name: "login", Kind: results.PhaseLogin, EndNS: 5e9, Offered: 2000, Failed: 2000}}
	s.record.Run.ElapsedNS = 5e9
	s.record.Run.Sessions = results.Sessions{Wanted: 2000, Failed: 2000}
	for sec := range 5 {
		s.record.Ticks = append(s.record.Ticks, results.Tick{At: time.Duration(sec+1) * time.Second, Phase: "login",
			Metrics: []results.Metric{{Name: "failed", Value: float64(400 * (sec + 1))}, {Name: "error:connect", Value: float64(400 * (sec + 1))}}})
	}
	s.record.Run.Errors = []results.ErrorClass{{Class: "connect", Count: 2000, Samples: []string{"dial tcp 127.0.0.1:5222: connection refused"}}}
	s.record.Run.Verdict = results.Verdict{Status: "failed", ExitCode: 10, Reasons: []string{"no session could log in"}}
	return &s.record
}

// killedRecord is the sample cut off in its steady phase.
func killedRecord() *results.Record {
	r := sample()
	const end = 40 * time.Second
	r.Run.ElapsedNS = int64(end)
	r.Run.Phases = r.Run.Phases[:3]
	r.Run.Phases[2].EndNS = 0
	for i, in := range r.Intervals {
		if in.Start >= end {
			r.Intervals = r.Intervals[:i]
			break
		}
	}
	r.Ticks = r.Ticks[:40]
	var kept []results.Series
	for _, s := range r.Run.Series {
		if s.Phase != "rush hour" && s.Phase != "drain" {
			kept = append(kept, s)
		}
	}
	r.Run.Series = kept
	r.Run.Verdict = results.Verdict{Status: "incomplete", ExitCode: 13, Reasons: []string{"the run was killed after 40 s"}}
	r.Warnings = []error{errors.New("latency.hlog: the last line is cut off and was left out")}
	return r
}

// limitedRecord is the sample with the rig as the bottleneck.
func limitedRecord() *results.Record {
	r := sample()
	r.Run.Generator.Limited, r.Run.Generator.CPUMax = true, .97
	r.Run.Generator.Reasons = []string{"the rig used 97 % of its CPU quota for 12 s"}
	r.Run.Verdict = results.Verdict{Status: "generator-limited", ExitCode: 12, Reasons: []string{"the rig was the bottleneck"}}
	return r
}
