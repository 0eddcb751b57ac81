package compare

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xmpprig/results"
)

// fake is a run as the rig records it, with the figures that matter here.
type fake struct {
	p50, p99  float64 // ns
	count     int64
	cpu       float64 // ns a stanza
	lost      int64
	completed int64
}

func usual() fake {
	return fake{p50: 2e6, p99: 9e6, count: 30000, cpu: 150e3, completed: 30000}
}

func (f fake) run() *results.Run {
	at := func(v float64) *int64 { n := int64(v); return &n }
	if f.count == 0 {
		at = func(float64) *int64 { return nil }
	}
	return &results.Run{
		Scenario: results.Scenario{Name: "chat", Source: "name: chat\ntarget:\n  server: a\nload:\n  sessions: 10\n"},
		Target:   results.Target{Driver: "remote", Address: "127.0.0.1:5222"},
		Sessions: results.Sessions{Wanted: 10},
		Phases:   []results.Phase{{Name: "steady", Kind: results.PhaseOpen, EndNS: 60e9, Offered: 30000, Completed: f.completed}},
		Series: []results.Series{{Name: "message.delivery", Phase: "steady", Kind: results.Response, Count: f.count, P50NS: at(f.p50), P90NS: at(f.p50 * 2), P99NS: at(f.p99)},
			{Name: "message.delivery", Phase: "steady", Kind: results.Service, Count: f.count, P50NS: at(f.p50), P90NS: at(f.p50 * 2), P99NS: at(f.p99)}},
		Ledger: results.Ledger{Sent: 30000, Delivered: 30000 - f.lost, Lost: f.lost},
		Server: results.Server{Observed: true, CPUPerMsgNS: int64(f.cpu), RSSPeak: 100e6},
	}
}

func TestLooks(t *testing.T) {
	if got := Looks(60); !slices.Equal(got, []int{8, 12, 18, 27, 40, 60}) {
		t.Errorf("%v", got)
	}
	sum := 0.0
	for k := range 10000 {
		sum += (Options{Alpha: .05}).At(k).Alpha
	}
	if sum > .05 || sum < .0499 {
		t.Errorf("all looks together spend %v", sum)
	}
}

// TestVerdicts has each figure alone bring about what it must.
func TestVerdicts(t *testing.T) {
	side := func(n int, change func(*fake, int)) (runs []*results.Run) {
		for i := range n {
			f := usual()
			jitter := 1 + .002*float64(i%5) // ties are of no use
			f.p50, f.p99, f.cpu = f.p50*jitter, f.p99*jitter, f.cpu*jitter
			change(&f, i)
			runs = append(runs, f.run())
		}
		return runs
	}
	for _, c := range []struct {
		name   string
		n      int
		change func(*fake, int)
		want   string
		exit   results.ExitCode
		reason string
	}{
		{"nothing", 10, func(*fake, int) {}, results.Same, 0, "message.delivery p50 in steady: no difference larger than"},
		{"slower", 10, func(f *fake, _ int) { f.p50 *= 1.2 }, results.Regression, 11, "message.delivery p50 in steady: worse by 20 %"},
		{"a slower tail", 10, func(f *fake, _ int) { f.p99 *= 1.5 }, results.Regression, 11, "message.delivery p99 in steady: worse by 50 %"},
		{"a tail of few samples has no say", 10, func(f *fake, _ int) { f.p99 *= 1.5; f.count = 3000 }, results.Same, 0, ""},
		{"faster", 10, func(f *fake, _ int) { f.p50 *= .8 }, results.Improvement, 0, "message.delivery p50 in steady: better by 20 %"},
		{"faster, and dearer", 10, func(f *fake, _ int) { f.p50 *= .8; f.cpu *= 1.3 }, results.Regression, 11, "server CPU per stanza: worse by 30 %"},
		{"lossy", 10, func(f *fake, i int) { f.lost = 300 + int64(i) }, results.Regression, 11, "lost: worse by 1.0"},
		{"not done", 10, func(f *fake, i int) { f.completed = 28000 + int64(i) }, results.Regression, 11, "completed in steady: worse by 6.6"},
		{"a hair", 10, func(f *fake, _ int) { f.p50 *= 1.01 }, results.Same, 0, ""},
		{"ten microseconds of nothing", 10, func(f *fake, _ int) { f.p50 = f.p50/100 + 10e3 }, results.Same, 0, ""},
		{"one run that lost all", 10, func(f *fake, i int) { f.lost = 30000 * int64(i/9) }, results.Undecided, 14, "lost: "},
		{"no answers", 10, func(f *fake, _ int) { f.count = 0 }, results.Insufficient, 14, "message.delivery p50 in steady: no run of the head has any"},
		{"three runs", 3, func(f *fake, _ int) { f.p50 *= 2 }, results.Insufficient, 14, "3 runs a side; it takes 4"},
		{"five runs and three figures", 5, func(f *fake, i int) { f.p50 *= 1.2; f.p99 *= 1 + .1*float64(i); f.cpu *= 1 - .05*float64(i) }, results.Insufficient, 14, "it takes"},
		{"here and there", 10, func(f *fake, i int) { f.p50 *= 1 + .3*float64(i%2) }, results.Undecided, 14, "it may be"},
	} {
		base := side(c.n, func(f *fake, _ int) {
			if strings.Contains(c.name, "microseconds") {
				f.p50 /= 100
			}
			if strings.Contains(c.name, "few samples") {
				f.count = 3000
			}
		})
		for _, paired := range []bool{true, false} {
			got, err := Runs(base, side(c.n, c.change), Options{Paired: paired})
			if err != nil {
				t.Fatal(err)
			}
			if c.name == "here and there" && !paired || c.name == "five runs and three figures" && !paired {
				continue // the tests differ in how few they need
			}
			if got.Verdict.Status != c.want || got.Verdict.ExitCode != c.exit || !strings.Contains(strings.Join(got.Verdict.Reasons, "; "), c.reason) {
				t.Errorf("%s, paired %t: %+v, want %s, %d, %q", c.name, paired, got.Verdict, c.want, c.exit, c.reason)
			}
			for _, m := range got.Metrics {
				for _, v := range []float64{m.Effect, m.Low, m.High, m.P, m.Adjusted, m.Delta} {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Errorf("%s: %+v", c.name, m)
					}
				}
			}
		}
	}
}

// TestRefusals holds for each condition that must be alike.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*results.Run)
		reason string // empty: none
	}{
		{"alike", func(*results.Run) {}, ""},
		{"one run of another server", func(r *results.Run) { r.Target.Address = "127.0.0.1:9" }, "the server within the head differs: remote 127.0.0.1:5222 and remote 127.0.0.1:9"},
		{"another target", func(r *results.Run) {
			r.Scenario.Source = strings.Replace(r.Scenario.Source, "server: a", "server: b", 1)
		}, ""},
		{"another load", func(r *results.Run) {
			r.Scenario.Source = strings.Replace(r.Scenario.Source, "sessions: 10", "sessions: 11", 1)
		}, "the load differs"},
		{"another name", func(r *results.Run) { r.Scenario.Name = "ping" }, "the scenario differs: chat and ping"},
		{"another machine", func(r *results.Run) { r.Environment.CPUs = 64 }, "the machine differs"},
		{"another rig", func(r *results.Run) { r.Tool.Version = "v9" }, "the version of xmpprig differs"},
		{"limited", func(r *results.Run) { r.Verdict.ExitCode = 12 }, "1 of 10 runs: the rig was the limit, not the server"},
		{"cut short", func(r *results.Run) { r.Unfinished = true }, "it was not finished"},
		{"broken", func(r *results.Run) { r.Verdict.ExitCode = 13 }, "it did not come to a good end"},
		{"an objective was missed", func(r *results.Run) { r.Verdict.ExitCode = 10 }, ""},
	} {
		var base, head []*results.Run
		for range 5 {
			base, head = append(base, usual().run()), append(head, usual().run())
		}
		c.change(head[4])
		_, err := Runs(base, head, Options{})
		var refused *RefusedError
		if got := errors.As(err, &refused); got != (c.reason != "") || got && !strings.Contains(refused.Error(), c.reason) {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
		forced, err := Runs(base, head, Options{Force: true})
		if err != nil || (len(forced.Warnings) > 0) != (c.reason != "") {
			t.Errorf("%s, forced: %v, %v", c.name, err, forced)
		}
	}
	var base, head []*results.Run
	for i := range 5 {
		b, h := usual().run(), usual().run()
		b.Repeat, h.Repeat = &results.Repeat{Number: i + 1}, &results.Repeat{Number: i + 1 + i/4} // pair 5 is of 5 and 6
		h.Target.Address = "127.0.0.1:9"
		base, head = append(base, b), append(head, h)
	}
	if _, err := Runs(base, head, Options{}); err != nil {
		t.Errorf("sides on two servers: %v", err)
	}
	if _, err := Runs(base, head, Options{Paired: true}); err == nil || !strings.Contains(err.Error(), "as pair 5 there are run 5 of the base and run 6 of the head") {
		t.Errorf("pairs of what was not made together: %v", err)
	}
	if _, err := Noise(slices.Concat(base, head), .05, Options{}); err == nil || !strings.Contains(err.Error(), "the server within the runs differs") {
		t.Errorf("noise of two servers: %v", err)
	}
	if _, err := Runs(slices.Repeat(base, 201), head, Options{Force: true}); err == nil {
		t.Error("a side of 1005 runs was compared")
	}
	if _, err := Runs(nil, []*results.Run{usual().run()}, Options{Force: true}); err == nil {
		t.Error("a side without runs was compared")
	}
	var unknown *MetricError
	if _, err := Runs([]*results.Run{usual().run()}, []*results.Run{usual().run()}, Options{Metrics: []string{"speed"}}); !errors.As(err, &unknown) || len(unknown.Known) < 5 {
		t.Errorf("an unknown metric: %v", err)
	}
}

// TestOneRunStandsOut: where one run in ten loses all, the interval of the shift is nothing at all, and yet this is not the same.
func TestOneRunStandsOut(t *testing.T) {
	m := results.Compared{Gated: true, Difference: true, Base: make([]float64, 10), Head: make([]float64, 10), Floor: leastShare, Adjusted: 1}
	m.Head[9] = 100
	if e := between(m.Base, m.Head, outermost(10, 10, Options{Alpha: .05})); e.low != 0 || e.high != 0 {
		t.Fatalf("%+v", e)
	}
	judge(&m, 1, Options{}.filled())
	if m.Verdict != results.Undecided || m.Reason != "most runs are alike, but some stand out: on average it is 0 points and 10 points" {
		t.Errorf("%s: %s", m.Verdict, m.Reason)
	}
}

// TestFourPairs has no interval of the wanted probability, even where all four agree: they do not show that nothing differs.
func TestFourPairs(t *testing.T) {
	var base, head []*results.Run
	for i := range 4 {
		b, h := usual(), usual()
		b.p50, h.p50 = b.p50*(1+.001*float64(i)), h.p50*(1+.0011*float64(i))
		base, head = append(base, b.run()), append(head, h.run())
	}
	for paired, want := range map[bool]string{true: results.Insufficient, false: results.Same} {
		c, err := Runs(base, head, Options{Paired: paired})
		if err != nil || c.Verdict.Status != want {
			t.Errorf("paired %t: %v, %+v, want %s", paired, err, c.Verdict, want)
		}
	}
}

// TestSensitivityGoesByTheFloorOfItsMetric: the server's time has none of its own, though it is in nanoseconds as latencies are.
func TestSensitivityGoesByTheFloorOfItsMetric(t *testing.T) {
	m := &moods{r: rand.New(rand.NewPCG(3, 3))}
	base, head := m.sides(10, .01, 0)
	for _, r := range slices.Concat(base, head) {
		r.Server.CPUPerMsgNS /= 3 // 50 µs
	}
	o := Options{Paired: true, Metrics: []string{"server CPU"}}
	c, err := Runs(base, head, o)
	if err != nil {
		t.Fatal(err)
	}
	Sensitivity(c, o)
	for _, m := range c.Metrics {
		if m.Gated && (m.Sees == 0 || m.Sees > .06) {
			t.Errorf("%s: 10 pairs with 0.5 %% noise see %v", m.Metric, m.Sees)
		}
	}
}

// TestHostileRuns has no figure of a record, however odd, bring about a panic or what JSON cannot hold.
func TestHostileRuns(t *testing.T) {
	odd := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 53}
	r := rand.New(rand.NewPCG(4, 4))
	some := func() int64 { return odd[r.IntN(len(odd))] }
	for i := range 200 {
		var sides [2][]*results.Run
		for i := range sides {
			for range 4 + r.IntN(3) {
				f := usual().run()
				a, b, c := some(), some(), some()
				f.Series[0].P50NS, f.Series[0].P90NS, f.Series[0].P99NS, f.Series[0].Count, f.Series[0].HDR = &a, &b, &c, some(), "AAAA"
				f.Phases = append(f.Phases, results.Phase{Name: "burst", Kind: results.PhaseClosed, StartNS: some(), EndNS: some(), Offered: some(), Completed: some(), Failed: some(), Errors: some()})
				f.Ledger.Sent, f.Ledger.Lost, f.Ledger.Reordered = some(), some(), some()
				f.Server.CPUPerMsgNS, f.Server.BytesPerSession = some(), some()
				f.Repeat = &results.Repeat{Number: int(some())}
				sides[i] = append(sides[i], f)
			}
		}
		if r.IntN(4) == 0 {
			sides[r.IntN(2)][0] = &results.Run{}
		}
		paired := len(sides[0]) == len(sides[1])
		c, err := Runs(sides[0], sides[1], Options{Force: true, Paired: paired})
		if err != nil {
			t.Fatal(err)
		}
		if i%40 == 0 {
			Sensitivity(c, Options{Paired: paired})
		}
		if _, err := json.Marshal(c); err != nil {
			t.Fatalf("%v: %+v", err, c)
		}
		if i%40 != 0 {
			continue
		}
		n, err := Noise(sides[0], .05, Options{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(n); err != nil {
			t.Fatalf("%v: %+v", err, n)
		}
	}
}
