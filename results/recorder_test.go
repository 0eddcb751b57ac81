package results

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// started is when the runs of these tests began.
var started = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// smallRun is the run that writeSmall records.
func smallRun() Run {
	return Run{
		Tool: Tool{Name: "xmpprig", Version: "v0", Go: "go1.26"}, Started: started, Seed: 7,
		Command:     []string{"xmpprig", "run", "chat"},
		Scenario:    Scenario{Name: "chat"},
		Target:      Target{Driver: "loopback", Domain: "localhost"},
		Environment: Environment{CPUs: 2, CPUQuota: 2},
		Phases: []Phase{
			{Name: "login", Kind: PhaseLogin}, {Name: "steady", Kind: PhaseOpen, Rate: 100}, {Name: "drain", Kind: PhaseDrain},
		},
	}
}

// second is what a test records in one second.
type second struct {
	phase   string
	metrics []Metric
	times   map[string][]int64 // by name/kind
}

// seconds are five seconds of a small chat.
func seconds() []second {
	r := rand.New(rand.NewPCG(11, 12))
	times := func(n int, mean float64) []int64 {
		vs := make([]int64, n)
		for i := range vs {
			vs[i] = int64(mean * (0.5 + r.ExpFloat64()))
		}
		return vs
	}
	count := func(offered, failed, lost, cpu, rss float64) []Metric {
		return []Metric{
			{"offered", offered}, {"completed", offered - failed}, {"failed", failed}, {"dropped", 0}, {"sessions", 10},
			{"error:timeout", failed}, {"ledger.sent", offered}, {"ledger.delivered", offered - lost},
			{"generator.cpu", cpu}, {"server.cpu", cpu / 2}, {"server.rss", rss}, {"server.cpu_unknown", math.NaN()},
		}
	}
	return []second{
		{"login", count(10, 0, 0, 0.5, 1e6), map[string][]int64{"login/response": times(10, 20e6)}},
		{"steady", count(60, 0, 0, 0.25, 3e6), map[string][]int64{"message/response": times(50, 2e6), "message/service": times(50, 1e6)}},
		{"steady", count(160, 1, 0, 0.75, 2e6), map[string][]int64{"message/response": append(times(99, 2e6), Highest+1), "message/service": times(100, 1e6)}},
		{"steady", count(210, 2, 0, 0.25, 2e6), map[string][]int64{"message/response": times(50, 2e6), "message/service": times(50, 1e6)}},
		{"drain", count(210, 2, 3, 0.25, 2e6), map[string][]int64{"message/response": {-5, 3e6}}},
	}
}

// writeSmall records seconds() without closing.
func writeSmall(t *testing.T, dir string) *Recorder {
	t.Helper()
	r, err := Create(dir, smallRun())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range seconds() {
		for _, key := range []string{"login/response", "message/response", "message/service"} {
			name, kind, _ := strings.Cut(key, "/")
			for _, v := range s.times[key] {
				r.Series(name, s.phase, kind).Record(v)
			}
		}
		if err := r.Tick(Tick{time.Duration(i+1) * time.Second, s.phase, s.metrics}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func finalRun() Run {
	run := smallRun()
	run.ElapsedNS = 5e9
	run.Phases[0] = Phase{Name: "login", Kind: PhaseLogin, EndNS: 1e9, Offered: 10, Completed: 10}
	run.Phases[1] = Phase{Name: "steady", Kind: PhaseOpen, Rate: 66.7, StartNS: 1e9, EndNS: 4e9, Offered: 200, Completed: 198, Failed: 2}
	run.Phases[2] = Phase{Name: "drain", Kind: PhaseDrain, StartNS: 4e9, EndNS: 5e9}
	run.Sessions = Sessions{Wanted: 10, Peak: 10, Opened: 10}
	run.Errors = []ErrorClass{{Class: "timeout", Count: 2, FirstNS: 3e9}}
	run.Ledger = Ledger{Sent: 210, Delivered: 207, Lost: 3}
	lost := 3.0
	run.Objectives = []Objective{{Text: "lost == 0", Observed: &lost, Samples: 210, Reason: "lost was 3, objective == 0"}}
	run.Verdict = Verdict{Status: StatusFailed, ExitCode: int(ExitObjective), Reasons: []string{"lost 3"}}
	return run
}

func open(t *testing.T, dir string) *Record {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "one")
	w := writeSmall(t, dir)
	summaries := w.Summaries()
	if err := w.Close(finalRun()); err != nil {
		t.Fatal(err)
	}
	r := open(t, dir)
	want := finalRun()
	want.Schema, want.Series = SchemaVersion, summaries
	if !reflect.DeepEqual(r.Run, want) {
		t.Errorf("run read back:\n%+v\nwant:\n%+v", r.Run, want)
	}
	if len(r.Warnings) > 0 {
		t.Errorf("warnings: %v", r.Warnings)
	}
	checkIntervals(t, r)
	if got := r.Metric("sessions"); len(got) != 5 || got[4] != (Point{5 * time.Second, 10}) {
		t.Errorf("sessions over time: %v", got)
	}
	if got, want := r.Bounds()[1], (Bound{"steady", PhaseOpen, time.Second, 4 * time.Second}); got != want {
		t.Errorf("bounds of steady: %v, want %v", got, want)
	}
}

// checkIntervals compares what was read with seconds().
func checkIntervals(t *testing.T, r *Record) {
	t.Helper()
	i := 0
	for at, s := range seconds() {
		if r.Ticks[at].Phase != s.phase || len(r.Ticks[at].Metrics) < len(s.metrics)-1 {
			t.Errorf("second %d: tick %+v", at, r.Ticks[at])
		}
		for _, key := range []string{"login/response", "message/response", "message/service"} {
			if len(s.times[key]) == 0 {
				continue
			}
			var want Histogram
			for _, v := range s.times[key] {
				want.Record(v)
			}
			v := &r.Intervals[i]
			i++
			if v.Name+"/"+v.Kind != key || v.Phase != s.phase || v.Start != time.Duration(at)*time.Second || v.Length != time.Second {
				t.Errorf("interval %d is %s/%s/%s at %v for %v", i, v.Name, v.Phase, v.Kind, v.Start, v.Length)
			}
			if !v.Hist().Equals(want.Snapshot()) || v.Count != want.Count() || v.MaxNS != want.Snapshot().Max() {
				t.Errorf("interval %d of %s holds other times than were recorded", i, key)
			}
		}
	}
	if i != len(r.Intervals) {
		t.Errorf("%d intervals, want %d", len(r.Intervals), i)
	}
}

func TestSummary(t *testing.T) {
	r := writeSmall(t, filepath.Join(t.TempDir(), "r"))
	defer r.Close(Run{})
	byTag := map[string]Series{}
	for _, s := range r.Summaries() {
		byTag[string(appendTag(nil, s.Name, s.Phase, s.Kind))] = s
	}
	steady, login, drain := byTag["message/steady/response"], byTag["login/login/response"], byTag["message/drain/response"]
	if steady.Count != 200 || steady.Clipped != 1 || steady.P90NS == nil || steady.P99NS != nil || steady.MaxNS < Highest {
		t.Errorf("steady: %+v", steady)
	}
	if login.Count != 10 || login.P50NS != nil || login.MaxNS == 0 || login.MinNS == 0 || login.MeanNS == 0 {
		t.Errorf("login: %+v", login)
	}
	if drain.Count != 2 || drain.Negative != 1 || drain.MinNS != 0 {
		t.Errorf("drain: %+v", drain)
	}
}

func TestEnough(t *testing.T) {
	for _, c := range []struct {
		percentile float64
		least      int64
	}{{50, 20}, {90, 100}, {99, 1000}, {99.9, 10_000}, {99.99, 100_000}} {
		if Enough(c.least-1, c.percentile) || !Enough(c.least, c.percentile) {
			t.Errorf("p%v must need exactly %d samples", c.percentile, c.least)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for dir, reason := range map[string]string{
		full:                          "is not empty",
		filepath.Join(full, "x"):      "not a directory",
		filepath.Join(full, "x", "y"): "not a directory",
		"/proc/self/nowhere":          "create record: mkdir",
	} {
		if _, err := Create(dir, Run{}); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: error %v, want %q", dir, err, reason)
		}
	}
	empty := t.TempDir()
	r, err := Create(empty, Run{})
	if err != nil {
		t.Fatalf("an empty directory: %v", err)
	}
	if err := r.Close(Run{}); err != nil {
		t.Error(err)
	}
	if err := r.Close(Run{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
	if err := r.Tick(Tick{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Tick after Close: %v", err)
	}
}

// disk is a file on a disk with room for so many bytes.
type disk struct {
	*os.File
	room int
}

func (d *disk) Write(p []byte) (int, error) {
	if len(p) <= d.room {
		d.room -= len(p)
		return d.File.Write(p)
	}
	n, _ := d.File.Write(p[:d.room])
	d.room = 0
	return n, syscall.ENOSPC
}

func TestDiskFillsAndRecovers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r, err := Create(dir, smallRun())
	if err != nil {
		t.Fatal(err)
	}
	log := &disk{r.hlog.file, 300}
	r.hlog.w = log
	h := r.Series("message", "steady", Response)
	var errs []error
	for s := range 20 {
		if s == 15 {
			log.room = 1 << 20
		}
		for v := range int64(30) {
			h.Record(v * 1e6)
		}
		if err := r.Tick(Tick{At: time.Duration(s+1) * time.Second, Phase: "steady"}); err != nil {
			errs = append(errs, err)
		}
		if s == 14 {
			full := open(t, dir)
			if n := len(full.Intervals); n == 0 || n == 15 || len(full.Warnings) != 1 || !strings.Contains(full.Warnings[0].Error(), "latency.hlog:") {
				t.Errorf("on a full disk: %d intervals, warnings %v", n, full.Warnings)
			}
		}
	}
	if len(errs) != 1 || !errors.Is(errs[0], syscall.ENOSPC) {
		t.Errorf("errors: %v; want one ENOSPC", errs)
	}
	if err := r.Close(smallRun()); err != nil {
		t.Error(err)
	}
	after := open(t, dir)
	if len(after.Intervals) != 20 || len(after.Warnings) > 0 || after.Run.Series[0].Count != 600 {
		t.Errorf("after recovery: %d intervals, %v", len(after.Intervals), after.Warnings)
	}
}

func TestDiskStaysFull(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r := writeSmall(t, dir)
	r.hlog.w, r.csv.w = &disk{r.hlog.file, 10}, &disk{r.csv.file, 10}
	r.Series("message", "drain", Response).Record(5)
	if err := r.Tick(Tick{6 * time.Second, "drain", []Metric{{"sessions", 3}}}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Tick: %v", err)
	}
	if err := r.Close(finalRun()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close: %v", err)
	}
	got := open(t, dir)
	checkIntervals(t, got)
	if got.Run.Unfinished || len(got.Run.Series) != 4 || len(got.Warnings) != 2 {
		t.Errorf("%d series, warnings %v", len(got.Run.Series), got.Warnings)
	}
}

func TestPendingIsBounded(t *testing.T) {
	r := writeSmall(t, filepath.Join(t.TempDir(), "r"))
	defer r.Close(Run{})
	r.csv.w = &disk{r.csv.file, 0}
	many := make([]Metric, 100_000)
	for i := range many {
		many[i] = Metric{"a metric with a long name that fills the buffer soon", 1}
	}
	for i := range 10 {
		r.Tick(Tick{At: time.Duration(i) * time.Second, Metrics: many}) // the error is not what this is about
	}
	if n := len(r.csv.pending); n < maxPending || n > 2*maxPending {
		t.Errorf("%d bytes are kept", n)
	}
}

func TestNamesSurviveEscaping(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r, err := Create(dir, smallRun())
	if err != nil {
		t.Fatal(err)
	}
	name, phase, metric := "a/b, \"c\" 100%\n", "peak \n,%2C", "error:x,\"y\"\r\n%"
	r.Series(name, phase, "schnell·é").Record(1)
	if err := r.Tick(Tick{time.Second, phase, []Metric{{metric, 0.125}}}); err != nil {
		t.Fatal(err)
	}
	got := open(t, dir)
	if got.Merged(name, phase, "schnell·é") == nil || got.Ticks[0].Phase != phase || got.Ticks[0].Metrics[0] != (Metric{metric, 0.125}) {
		t.Errorf("%+v %+v %v", got.Intervals, got.Ticks, got.Warnings)
	}
	if err := r.Close(Run{}); err != nil {
		t.Error(err)
	}
}

func TestAmend(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r := writeSmall(t, dir)
	defer r.Close(Run{})
	r.Amend(func(run *Run) { run.Target.Software = "loopback" })
	if err := r.Tick(Tick{At: 6 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if got := open(t, dir).Run.Target.Software; got != "loopback" {
		t.Errorf("software = %q", got)
	}
}

func TestRunHasNoNullLists(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r, err := Create(dir, Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(Run{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, RunFile))
	if err != nil || !json.Valid(text) || strings.Contains(string(text), "null") {
		t.Errorf("%v\n%s", err, text)
	}
}

func BenchmarkTick(b *testing.B) {
	r, err := Create(filepath.Join(b.TempDir(), "r"), smallRun())
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close(Run{})
	var hists []*Histogram
	for i := range 100 {
		hists = append(hists, r.Series("s"+string(rune('A'+i)), "steady", Response))
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	at := time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for range 100_000 {
			hists[rnd.IntN(100)].Record(int64(rnd.ExpFloat64() * 5e6))
		}
		at += time.Second
		b.StartTimer()
		if err := r.Tick(Tick{at, "steady", []Metric{{"offered", 1}, {"sessions", 2}}}); err != nil {
			b.Fatal(err)
		}
	}
}
