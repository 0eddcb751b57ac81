package loadgen

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/results"
)

// A server that stalls when the last phase ends is charged like one that
// stalls earlier: what came due before the end is begun after it.
func TestStallAtTheEndIsCharged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(2, "{name: steady, duration: 30s, open: {rate: 100/s}}", "ping"), "stall=30.2s+2s")
		run := b.run(t)
		if p := findPhase(t, run, "steady"); p.Offered != 3000 || p.Completed != 3000 {
			t.Errorf("%+v; want 3000 completed", p)
		}
		// 80 of 3000 come due during the stall, evenly, and wait for 1.2 to 2 s.
		if p99 := find(t, run, "ping", "steady", results.Response).P99NS; *p99 < int64(1500*time.Millisecond) {
			t.Errorf("response p99 = %v, want above 1.5 s", time.Duration(*p99))
		}
	})
}

// An every without an end is completed by the end of the phase, not cut off.
func TestEndlessEveryCompletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, scenario(20, "{name: hold, duration: 10s, closed: {sessions: all}}", "{every: {interval: 3s, do: [ping]}}")).run(t)
		if p := findPhase(t, run, "hold"); p.Offered != 20 || p.Completed != 20 {
			t.Errorf("%+v; want 20 completed", p)
		}
		if n := find(t, run, "ping", "hold", results.Response).Count; n != 60 {
			t.Errorf("%d pings, want 60", n)
		}
	})
}

// What the end of the run cuts off had been begun: the rig was not too slow.
func TestWaitingAtTheEndIsNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, scenario(100, "{name: steady, duration: 10s, open: {rate: 5/s}}", "ping, {wait: 3s}, ping")).run(t)
		if p := findPhase(t, run, "steady"); p.Offered != 50 || p.Completed > 36 || p.Completed+p.Failed+p.Dropped != 50 {
			t.Errorf("%+v; want 50, of which the last 15 are cut off", p)
		}
		if run.Verdict.ExitCode != int(results.ExitPass) {
			t.Errorf("verdict %+v", run.Verdict)
		}
	})
}

// Sessions that come back are not gone.
func TestLoneSessionMayReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, scenario(1, "{name: steady, duration: 20s, open: {rate: 0.4/s}}", "disconnect, {wait: 1.2s}, reconnect")).run(t)
		if p := findPhase(t, run, "steady"); p.Completed != 8 || run.Verdict.ExitCode != int(results.ExitPass) {
			t.Errorf("%+v, verdict %+v", p, run.Verdict)
		}
	})
}

// A login under way at the end is awaited, and so is what follows it.
func TestDrainAwaitsLogins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Replace(scenario(4, "{name: storm, duration: 5s, open: {rate: 1/s}}", "login, ping, logout"), "  start: [login, {presence: available}]\n", "", 1)
		run := newBench(t, strings.Replace(text, "  stop: [logout]\n", "", 1), "login-delay=400ms").run(t)
		if p := findPhase(t, run, "storm"); p.Offered != 5 || p.Completed != 5 {
			t.Errorf("%+v; want 5 completed\n%+v", p, run.Errors)
		}
	})
}

// Logins that would have come due after an interrupt were not offered.
func TestInterruptedLoginOffersNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Replace(scenario(100, "{name: steady, duration: 10s, open: {rate: 1/s}}", "ping"), "1000/s", "10/s", 1)
		b := newBench(t, text, "stall=2s+5s")
		interrupt := make(chan results.ExitCode, 1)
		b.o.Interrupt = interrupt
		time.AfterFunc(3*time.Second, func() { interrupt <- results.ExitInterrupted })
		run := b.run(t)
		if p := findPhase(t, run, results.PhaseLogin); p.Offered < 29 || p.Offered > 32 {
			t.Errorf("%+v; want about 30 offered in 3 s at 10/s", p)
		}
	})
}

// The end of ctx ends a run in every phase, at once and for one reason.
func TestStopInEveryPhase(t *testing.T) {
	for _, tt := range []struct {
		name   string
		after  time.Duration
		faults []string
	}{
		{"login", 50 * time.Millisecond, nil},
		{"logins unanswered", 10 * time.Second, []string{"stall=10ms+1h"}},
		{"between login and load", 900 * time.Millisecond, nil},
		{"steady", 5 * time.Second, nil},
		{"requests unanswered", 5 * time.Second, []string{"mute"}},
		{"drain", 12 * time.Second, []string{"lose=3", "delay=100ms"}},
		{"goodbye", 15200 * time.Millisecond, []string{"stall=10s+1h"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, scenario(150, "{name: steady, duration: 10s, open: {rate: 50/s}}", "{message: {to: paired, size: 9B}}, ping"), tt.faults...)
				defer b.srv.Close()
				ctx, cancel := context.WithCancel(t.Context())
				w, err := prepare(ctx, &b.o)
				if err != nil {
					t.Fatal(err)
				}
				time.AfterFunc(tt.after, cancel)
				run, err := w.run(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Duration(run.ElapsedNS); took > tt.after+time.Second {
					t.Errorf("stopped at %v, ended at %v", tt.after, took)
				}
				if n := strings.Count(strings.Join(run.Verdict.Reasons, "\n"), "stopped"); n != 1 {
					t.Errorf("reasons %q", run.Verdict.Reasons)
				}
				if w.connected.Load() != 0 || w.inFlight() != 0 {
					t.Errorf("%d connections, %d iterations left", w.connected.Load(), w.inFlight())
				}
			})
		})
	}
}

// A session that is in the middle of many sends says goodbye all the same.
func TestLongRepeatEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(2, "{name: steady, duration: 5s, open: {rate: 1/s}}", "{repeat: {times: 1000000, do: [ping]}}"), "delay=10ms")
		run := b.run(t)
		if took := time.Duration(run.ElapsedNS); took > 12*time.Second {
			t.Errorf("ended at %v", took)
		}
		if len(run.Errors) > 0 {
			t.Errorf("errors %+v", run.Errors)
		}
	})
}

// Logins without an answer end in the class timeout, wherever they wait.
func TestServerThatNeverAnswers(t *testing.T) {
	for class, dial := range map[string]func(context.Context, net.Addr) (net.Conn, error){
		"connect-timeout": func(ctx context.Context, _ net.Addr) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"timeout": func(context.Context, net.Addr) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go theirs.Read(make([]byte, 4096))
			return ours, nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, scenario(1, "{name: steady, duration: 1s, open: {rate: 1/s}}", "ping"))
			defer b.srv.Close()
			b.o.Dialer.Dial = dial
			_, err := Run(t.Context(), b.o)
			if setup, ok := err.(*SetupError); !ok || setup.Class != class {
				t.Errorf("got %v, want the class %s", err, class)
			}
		})
	}
}

// An interrupt does not wait for the next arrival, however far off it is.
func TestInterruptDoesNotWaitForAnArrival(t *testing.T) {
	text := strings.Replace(scenario(2, "{name: steady, duration: 1h, open: {rate: 0.01/s}}", "ping"), "timeout: 10s", "timeout: 40s", 1)
	b := newBench(t, text)
	overTCP(t, b)
	interrupt := make(chan results.ExitCode, 1)
	b.o.Interrupt = interrupt
	b.o.Progress = func(p Progress) {
		if p.Phase == "steady" && len(interrupt) == 0 {
			interrupt <- results.ExitInterrupted
		}
	}
	if took := time.Duration(b.run(t).ElapsedNS); took > 30*time.Second {
		t.Errorf("ended after %v", took)
	}
}

// overTCP has the bench use a real socket.
func overTCP(t *testing.T, b *bench) {
	t.Helper()
	if err := b.srv.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	b.o.Dialer.Dial, b.o.Dialer.Addr = nil, b.srv.Addr().String()
}

// A server that never ends the stream is in the class timeout, whichever
// limit is reached first.
func TestGoodbyeWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, scenario(50, "{name: steady, duration: 5s, open: {rate: 1/s}}", "ping"), "stall=5.5s+1h").run(t)
		for _, e := range run.Errors {
			if e.Class != "timeout" {
				t.Errorf("class %s: %v", e.Class, e.Samples)
			}
		}
		if len(run.Errors) == 0 {
			t.Error("no error was counted")
		}
	})
}
