package scenarios

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// planned is a scenario with the given phases and work, of 10 sessions.
func planned(t *testing.T, phases, work string) *Scenario {
	t.Helper()
	src := "name: x\nusers: {name: 'u{n}', password: p}\nload:\n  sessions: 10\n  login: {rate: 5/s}\n  warm-up: 2s\n  drain: 1s\n" +
		"  phases: " + phases + "\nsession:\n  start: [login, {message: {to: self, size: 1B}}]\n  work: " + work + "\n"
	s, err := Parse("planned.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPlan(t *testing.T) {
	const msg = "{message: {to: random, size: 1B}}"
	cases := []struct {
		phases, work                string
		login, warmUp, phase, total float64
	}{
		{"[{name: p, duration: 10s, open: {rate: 20/s}}]", "[" + msg + "]", 10, 40, 200, 250},
		{"[{name: p, duration: 10s, open: {ramp: {from: 10/s, to: 30/s}}}]", "[" + msg + "]", 10, 20, 200, 230},
		{"[{name: p, duration: 10s, open: {stairs: {from: 10/s, to: 30/s, steps: 3}}}]", "[" + msg + "]", 10, 20, 200, 230},
		{"[{name: p, duration: 10s, open: {rate: 20/s}}]", "[{repeat: {times: 3, do: [ping, " + msg + "]}}]", 10, 120, 600, 730},
		{"[{name: p, duration: 10s, open: {rate: 20/s}}]", "[{choose: [{weight: 3, do: [" + msg + "]}, {do: [ping]}]}]", 10, 30, 150, 190},
		{"[{name: p, duration: 10s, open: {rate: 20/s}}]", "[{every: {interval: 1s, times: 4, do: [" + msg + "]}}]", 10, 160, 800, 970},
		{"[{name: p, duration: 10s, closed: {sessions: 5}}]", "[" + msg + ", {wait: {uniform: [0s, 1s]}}]", 10, 20, 100, 130},
		{"[{name: p, duration: 10s, closed: {}}]", "[" + msg + "]", 10, math.Inf(1), math.Inf(1), math.Inf(1)},
		{"[{name: p, duration: 10s, closed: {}}]", "[ping]", 10, 0, 0, 10},
		{"[{name: p, duration: 10s, closed: {}}]", "[{wait: 2s}, {every: {interval: 2s, do: [" + msg + "]}}]", 10, 0, 40, 50},
	}
	for _, c := range cases {
		p := planned(t, c.phases, c.work).Plan()
		got := []float64{p.Phases[0].Messages, p.Phases[1].Messages, p.Phases[2].Messages, p.Messages}
		for i, want := range []float64{c.login, c.warmUp, c.phase, c.total} {
			if got[i] != want && math.Abs(got[i]-want) > 1e-9*want {
				t.Errorf("%s %s: messages %v, want %v", c.phases, c.work, got, []float64{c.login, c.warmUp, c.phase, c.total})
				break
			}
		}
		if p.Duration != 15*time.Second || p.Descriptors != 10+ownFiles || p.Memory != 10*tlsSession {
			t.Errorf("%s: %v, %d descriptors, %d bytes", c.phases, p.Duration, p.Descriptors, p.Memory)
		}
	}
}

// TestDemoIsShort holds the scenario of the demonstration to its time.
func TestDemoIsShort(t *testing.T) {
	s, err := Read("chat")
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Plan(); p.Duration > 40*time.Second || s.Load.Sessions < 2000 {
		t.Errorf("chat lasts %v with %d sessions", p.Duration, s.Load.Sessions)
	}
}

func TestExplain(t *testing.T) {
	var b strings.Builder
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for _, summary := range Shipped() {
		s, err := Read(summary.Name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Plan().Explain(&b, now); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	const golden = "testdata/explain.golden"
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("%s is not what is explained now:\n%s", golden, got)
	}
}
