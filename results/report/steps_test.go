package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"xmpprig/results"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

func names(all []step) string {
	var s []string
	for _, one := range all {
		s = append(s, one.Name+"/"+one.Phase)
	}
	return strings.Join(s, " ")
}

func TestStepsOfARun(t *testing.T) {
	run := &results.Run{
		Phases: []results.Phase{{Name: "login", Kind: results.PhaseLogin}, {Name: "warm-up", Kind: results.PhaseWarmUp},
			{Name: "steady", Kind: results.PhaseOpen}, {Name: "rebuilt"}, {Name: "drain", Kind: results.PhaseDrain}},
		Series: []results.Series{
			{Name: "login", Phase: "login", Kind: results.Response, Count: 9000},
			{Name: "login.tls", Phase: "login", Kind: results.Response, Count: 9000},
			{Name: "login.connect", Phase: "login", Kind: results.Response, Count: 9000},
			{Name: "login.sasl", Phase: "steady", Kind: results.Response, Count: 3},
			{Name: "ping", Phase: "warm-up", Kind: results.Response, Count: 8000},
			{Name: "ping", Phase: "steady", Kind: results.Service, Count: 110},
			{Name: "ping", Phase: "steady", Kind: results.Response, Count: 100},
			{Name: "ping", Phase: "steady", Kind: results.Lag, Count: 7000},
			{Name: "ping", Phase: "rebuilt", Kind: results.Response, Count: 20},
			{Name: "roster", Phase: "unlisted", Kind: results.Response, Count: 50},
			{Name: "ping", Phase: "drain", Kind: results.Response, Count: 6000},
		},
	}
	if got, want := names(measuredSteps(run)), "ping/steady ping/rebuilt roster/unlisted"; got != want {
		t.Errorf("measured %s, want %s", got, want)
	}
	if got, want := names(loginSteps(run)), "login.connect/login login.tls/login login/login login.sasl/steady"; got != want {
		t.Errorf("logins %s, want %s", got, want)
	}
	head, ok := headline(run)
	if !ok || head.Name != "ping" || head.Phase != "steady" || head.Response.Count != 100 || head.Service.Count != 110 {
		t.Errorf("headline %+v, %v", head, ok)
	}
	if got, want := names(others(run, head, 5)), "roster/unlisted"; got != want {
		t.Errorf("others %s, want %s", got, want)
	}
	run.Series = run.Series[:4]
	if head, ok = headline(run); !ok || head.Name != "login" {
		t.Errorf("headline of a run of logins is %+v, %v", head, ok)
	}
	run.Series = nil
	if head, ok = headline(run); ok {
		t.Errorf("headline of nothing is %+v", head)
	}
}

func TestWindows(t *testing.T) {
	r := sample(t)
	all := intervalsOf(r, "ping", results.Response)
	found := windows(all, 20*time.Second, r.Run.Phases)
	type bound struct{ from, to float64 }
	want := []bound{{12, 20}, {20, 22}, {22, 40}, {40, 60}, {60, 72}, {72, 80}, {80, 92}}
	if len(found) != len(want) {
		t.Fatalf("%d windows, want %d", len(found), len(want))
	}
	var sum int64
	for i, w := range found {
		sum += w.count
		if w.from != want[i].from || w.to != want[i].to {
			t.Errorf("window %d from %v to %v, want %v", i, w.from, w.to, want[i])
		}
		if w.p50 > w.p90 || w.p90 > w.p99 || w.p99 > w.max {
			t.Errorf("window %d is out of order: %+v", i, w)
		}
	}
	var recorded int64
	for _, s := range r.Run.Series {
		if s.Name == "ping" && s.Kind == results.Response {
			recorded += s.Count
		}
	}
	if sum != recorded {
		t.Errorf("windows hold %d answers, the record %d", sum, recorded)
	}
	if !math.IsNaN(windows(all[:1], time.Second, nil)[0].p99) {
		t.Error("a window of 80 answers has a p99")
	}
}

// TestLateAnswers checks that an answer of the phase before counts when it came.
func TestLateAnswers(t *testing.T) {
	phases := []results.Phase{{Name: "warm-up", Kind: results.PhaseWarmUp, EndNS: 2e9}, {Name: "steady", Kind: results.PhaseOpen, StartNS: 2e9, EndNS: 4e9}}
	s := newSampler(t, phases)
	for sec, phase := range []string{"warm-up", "warm-up", "steady", "steady"} {
		s.record("ping", phase, results.Response, 1e6)
		if sec == 2 {
			s.record("ping", "warm-up", results.Response, 1.5e9)
		}
		s.tick(sec, results.Phase{Name: phase})
	}
	found := windows(intervalsOf(s.close(), "ping", results.Response), 4*time.Second, phases)
	if len(found) != 2 || found[0].count != 2 || found[1].count != 3 || found[1].max < 1.5e9 {
		t.Errorf("windows %+v", found)
	}
}

func TestWindowWidth(t *testing.T) {
	for _, c := range []struct {
		each  int64
		end   time.Duration
		width time.Duration
	}{
		{5000, time.Minute, time.Second}, {400, time.Minute, 5 * time.Second}, {1, time.Minute, 5 * time.Second}, {1, time.Second, time.Second},
		{5000, time.Hour, 10 * time.Second}, {100, time.Hour, 10 * time.Second}, {10, time.Hour, 2 * time.Minute}, {5000, 400 * 24 * time.Hour, 24 * time.Hour},
	} {
		intervals := []results.Interval{{Count: int64(float64(c.each) * c.end.Seconds())}}
		if got := windowWidth(intervals, c.end); got != c.width {
			t.Errorf("%d a second for %v: windows of %v, want %v", c.each, c.end, got, c.width)
		}
	}
}

func ticksOf(values ...float64) []results.Tick {
	var ticks []results.Tick
	for i, v := range values {
		ticks = append(ticks, results.Tick{At: time.Duration(i+1) * time.Second, Metrics: []results.Metric{{Name: "n", Value: v}}})
	}
	return ticks
}

func TestRates(t *testing.T) {
	pts := rates(ticksOf(10, 30, 30, 25, 60), "n")
	want := [][2]float64{{.5, 10}, {1.5, 20}, {2.5, 0}, {3.5, 0}, {4.5, 30}}
	for i, w := range want {
		if pts[i].X != w[0] || pts[i].Y != w[1] {
			t.Errorf("point %d is %v, want %v", i, pts[i], w)
		}
	}
	thin := thinned(ticksOf(10, 30, 30, 25, 60), 2*time.Second)
	if len(thin) != 3 || thin[0].At != 2*time.Second || thin[2].At != 5*time.Second {
		t.Errorf("thinned to %v", thin)
	}
	peaks := thinnedLevels(ticksOf(10, 30, 31, 25, 60), "n", 2*time.Second)
	if len(peaks) != 3 || peaks[0].Y != 30 || peaks[1].Y != 31 || peaks[2].Y != 60 {
		t.Errorf("peaks are %v", peaks)
	}
	if got := rates(nil, "n"); got != nil {
		t.Errorf("rates of nothing are %v", got)
	}
}

func TestCurve(t *testing.T) {
	h := hdrhistogram.New(results.Lowest, results.Highest, results.Digits)
	for v := int64(1); v <= 1000; v++ {
		if err := h.RecordValue(v * 1000); err != nil {
			t.Fatal(err)
		}
	}
	c := curveOf(h)
	last := c.tail[len(c.tail)-1]
	if math.Abs(last.X-math.Log10(2000)) > 1e-9 || math.Abs(last.Y-6) > .001 {
		t.Errorf("the largest of a thousand is at %v, want 3.3 and 6", last)
	}
	if end := c.body[len(c.body)-1].X; end > 2+1e-9 || end < 1.99 {
		t.Errorf("the supported part ends at %v, want 2: p99 of a thousand", end)
	}
	for _, pts := range [][2]float64{{.5, 5e5}, {.9, 9e5}, {.99, 9.9e5}} {
		for _, pt := range c.body {
			if pt.X >= percentileX(pts[0])-1e-9 {
				if v := math.Pow(10, pt.Y); math.Abs(v/pts[1]-1) > .02 {
					t.Errorf("p%v is %v, want %v", pts[0]*100, v, pts[1])
				}
				break
			}
		}
	}
	if len(c.body)+len(c.tail) > 1000 {
		t.Errorf("%d points", len(c.body)+len(c.tail))
	}
}

func TestDensityKeepsEverySample(t *testing.T) {
	h := hdrhistogram.New(results.Lowest, results.Highest, results.Digits)
	for _, v := range []int64{1, 10, 1e3, 1e6, 1e9, results.Highest} {
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
	}
	sum := 0.0
	for _, n := range density(h, 3, 6, 7) {
		sum += n
	}
	if sum != 6 {
		t.Errorf("%v samples, want 6", sum)
	}
}
