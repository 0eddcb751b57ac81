package loadgen

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/results"
)

// TestWindows plants stalls and wants the windows that they lie in, and no others, to miss.
func TestWindows(t *testing.T) {
	const minute = "{name: steady, duration: 1m, open: {rate: 400/s}}"
	const two = "{name: a, duration: 25s, open: {rate: 400/s}}, {name: b, duration: 20s, open: {rate: 400/s}}"
	const sparse = "{name: steady, duration: 40s, open: {rate: 4/s}}"
	cases := []struct {
		phases, fault, objective string
		exit                     results.ExitCode
		windows                  string // held, missed or undecided, one letter each
		aborted                  time.Duration
		reason                   string
	}{
		// A stall at 12 s after the first login lies in the second or third window of 5 s: login and the whole second before the phase take
		// about two seconds. Two stalls, thirty seconds apart, make two windows.
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s", 10, "hhmhhhhhmhhh", 0, "ping p99 missed < 500 ms in 2 of 12 windows of 5s, objective 100% of them"},
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s for 80%", 0, "hhmhhhhhmhhh", 0, ""},
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s for 90%", 10, "hhmhhhhhmhhh", 0, "in 2 of 12 windows of 5s, objective 90% of them"},
		{minute, "stall=13s+1.4s/30s", "ping p90 < 500ms", 0, "", 0, ""}, // as a whole it is lost among the others
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 30s", 10, "mm", 0, "in 2 of 2 windows of 30s"},
		{minute, "stall=13s+1.4s/30s", "ping max < 1.5s over 5s", 0, "hhhhhhhhhhhh", 0, ""},
		{minute, "stall=13s+1.4s/30s", "rate >= 300/s over 5s for 99%", 0, "hhhhhhhhhhhh", 0, ""},
		{minute, "stall=13s+1.4s/30s", "rate >= 300/s over 1s for 94%", 0, "", 0, ""}, // three or four of sixty
		{minute, "stall=13s+1.4s/30s", "rate >= 300/s over 1s for 97%", 10, "", 0, "rate missed >= 300/s in"},
		{minute, "seed=7", "errors < 1% over 10s", 0, "hhhhhh", 0, ""},
		{minute, "seed=7", "sessions >= 40 over 10s", 0, "hhhhhh", 0, ""},
		{two, "stall=40s+1.4s", "ping p99 < 500ms over 10s", 10, "hhhm", 0, "in 1 of 4 windows"}, // five seconds of a are in none
		{two, "stall=40s+1.4s", "ping p99 < 500ms over 10s in a", 0, "hh", 0, ""},
		{two, "stall=40s+1.4s", "ping p99 < 500ms over 10s in b", 10, "hm", 0, "ping p99 in b missed"},
		{sparse, "seed=7", "ping p50 < 500ms over 10s", 0, "hhhh", 0, ""}, // forty each are enough for p50
		{sparse, "seed=7", "ping p90 < 500ms over 10s", 14, "uuuu", 0, "ping p90 is undecided: of 4 windows of 10s 0 held and 4 had too little data"},
		{minute, "seed=7", "server.rss < 1GiB over 10s", 14, "uuuuuu", 0, "server.rss is undecided"},
		// The run ends with the window that decides.
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s abort", 10, "hhm", 15 * time.Second, "aborted after 16s: ping p99 missed < 500 ms in 1 of 3 windows"},
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s for 90% abort", 10, "hhmhhhhhm", 45 * time.Second, "in 2 of 9 windows"},
		{minute, "stall=13s+1.4s/30s", "ping p99 < 500ms over 5s abort after 30s", 10, "hhmhhh", 30 * time.Second, "in 1 of 6 windows"},
		{minute, "delay=20ms", "ping p90 < 10ms abort after 7s", 10, "", 7 * time.Second, "ping p90 was 20 ms, objective < 10 ms"},
		{minute, "delay=20ms", "ping p90 < 30ms abort", 0, "", 0, ""},
	}
	for _, c := range cases {
		t.Run(c.objective+" "+c.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run := newBench(t, scenario(40, c.phases, "ping")+"objectives: ["+c.objective+"]\n", c.fault).run(t)
				o := run.Objectives[0]
				if run.Verdict.ExitCode != int(c.exit) {
					t.Errorf("ended with %d, want %d: %+v", run.Verdict.ExitCode, c.exit, run.Verdict)
				}
				if got := letters(o.Windows); c.windows != "" && got != c.windows {
					t.Errorf("windows %s, want %s: %s", got, c.windows, o.Reason)
				}
				if !strings.Contains(o.Reason, c.reason) || c.reason == "" && o.Reason != "" {
					t.Errorf("reason %q, want %q", o.Reason, c.reason)
				}
				start := run.Phases[1].StartNS
				if got := time.Duration(o.AbortedNS - min(o.AbortedNS, start)); got != c.aborted {
					t.Errorf("aborted after %v of the phase, want %v", got, c.aborted)
				}
				l := run.Phases[1]
				if l.Offered != l.Completed+l.Failed+l.Dropped || c.aborted > 0 && l.Failed+l.Dropped > 0 {
					t.Errorf("an early end is to be in good order: %+v", l)
				}
			})
		})
	}
}

// letters writes windows as h, m and u.
func letters(w *results.Windows) (s string) {
	if w == nil {
		return ""
	}
	for _, one := range w.Each {
		switch {
		case one.Observed == nil:
			s += "u"
		case one.Held:
			s += "h"
		default:
			s += "m"
		}
	}
	if counts := fmt.Sprint(strings.Count(s, "h"), strings.Count(s, "m"), strings.Count(s, "u")); counts != fmt.Sprint(w.Held, w.Missed, w.Undecided) {
		return s + " but counted as " + counts
	}
	return s
}

// TestObservedOfWindows holds for the value that the share of the windows kept.
func TestObservedOfWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const phases = "{name: steady, duration: 1m, open: {rate: 400/s}}"
		for _, c := range []struct {
			share    string
			from, to float64
		}{{"80%", 0, 5e6}, {"90%", 1e9, 1.5e9}} {
			run := newBench(t, scenario(40, phases, "ping")+"objectives: [ping p99 < 500ms over 5s for "+c.share+"]\n", "stall=13s+1.4s/30s").run(t)
			if o := run.Objectives[0]; o.Observed == nil || *o.Observed < c.from || *o.Observed > c.to {
				t.Errorf("for %s: %v, want %v to %v", c.share, o.Observed, c.from, c.to)
			}
		}
	})
}
