package main

import (
	"testing"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// TestFuse blows on bursts of errors, failed logins and crawling answers, and on nothing less.
func TestFuse(t *testing.T) {
	phase := func(kind string, completed int64) results.Phase {
		return results.Phase{Kind: kind, Completed: completed}
	}
	for _, c := range []struct {
		name string
		seen []loadgen.Progress
		want bool
	}{
		{"few errors", []loadgen.Progress{{Count: phase(results.PhaseOpen, 0)}, {Errors: 19, Count: phase(results.PhaseOpen, 100)}}, false},
		{"errors among many", []loadgen.Progress{{Count: phase(results.PhaseOpen, 0)}, {Errors: 50, Count: phase(results.PhaseOpen, 10000)}}, false},
		{"a burst", []loadgen.Progress{{Count: phase(results.PhaseOpen, 0)}, {Errors: 50, Count: phase(results.PhaseOpen, 100)}}, true},
		{"logins", []loadgen.Progress{{Wanted: 100, Errors: 25, Count: phase(results.PhaseLogin, 40)}}, true},
		{"one slow second", []loadgen.Progress{{Count: phase(results.PhaseOpen, 0), Last: loadgen.LastSecond{P99: 4 * time.Second}}, {Count: phase(results.PhaseOpen, 9)}}, false},
		{"two slow seconds", []loadgen.Progress{{Count: phase(results.PhaseOpen, 0), Last: loadgen.LastSecond{P99: 4 * time.Second}}, {Count: phase(results.PhaseOpen, 9), Last: loadgen.LastSecond{P99: 4 * time.Second}}}, true},
	} {
		f := newFuse(t.Context(), &scenarios.Scenario{}, &interrupts{drain: make(chan results.ExitCode, 1)})
		for _, p := range c.seen {
			f.see(p)
		}
		if got := f.why != ""; got != c.want {
			t.Errorf("%s: %q", c.name, f.why)
		}
		f.release()
	}
	signals := &interrupts{drain: make(chan results.ExitCode, 1)}
	f := newFuse(t.Context(), &scenarios.Scenario{}, signals)
	signals.drain <- results.ExitInterrupted
	if got := <-f.interrupt; got != results.ExitInterrupted || f.release() != results.ExitInterrupted {
		t.Errorf("a signal came through as %v", got)
	}
}
