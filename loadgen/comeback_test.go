package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/results"
)

// Sessions that are cut off return, all of them, and go on with the phase.
func TestCutSessionsComeBack(t *testing.T) {
	for _, phase := range []string{"open: {rate: 40/s}", "closed: {sessions: all}"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, scenario(20, "{name: steady, duration: 60s, "+phase+"}", "ping, {wait: 100ms}"), "cut=all:10s")
			b.o.Reconnect = true
			var last Progress
			b.o.Progress = func(p Progress) {
				if p.Phase == "steady" {
					last = p
				}
			}
			run := b.run(t)
			p := findPhase(t, run, "steady")
			if s := run.Sessions; s.Lost != 20 || s.Reconnected != 20 || s.Opened != 40 || last.Sessions != 20 || last.Reconnects != 20 {
				t.Errorf("%s: sessions %+v, in the end %d, %d came back", phase, s, last.Sessions, last.Reconnects)
			}
			if p.Completed < 40*58 || p.Failed > 40 || p.Failed == 0 {
				t.Errorf("%s: %+v", phase, p)
			}
			if run.Verdict.ExitCode != int(results.ExitPass) {
				t.Errorf("%s: %+v", phase, run.Verdict)
			}
		})
	}
}

// Without the option the meaning of a run is what it was.
func TestCutSessionsStayAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, scenario(20, "{name: steady, duration: 60s, open: {rate: 40/s}}", "ping"), "cut=all:10s").run(t)
		if s := run.Sessions; s.Lost != 20 || s.Reconnected != 0 || s.Opened != 20 || run.Verdict.ExitCode != int(results.ExitIncomplete) {
			t.Errorf("sessions %+v, verdict %+v", s, run.Verdict)
		}
	})
}

// While the server is away every session tries, at delays that grow and are
// bounded, and returns when it is there again. Those whose first login met the
// outage come up late, and count as having come up.
func TestSessionsOutliveAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Replace(scenario(50, "{name: steady, duration: 100s, open: {rate: 100/s}}", "ping"), "1000/s", "10/s", 1)
		b := newBench(t, text, "cut=all:3s") // since the first login, when 30 are there
		b.o.Reconnect = true
		began, dial := time.Now(), b.o.Dialer.Dial
		var refused atomic.Int64
		b.o.Dialer.Dial = func(ctx context.Context, a net.Addr) (net.Conn, error) {
			if since := time.Since(began); since >= 3*time.Second && since < 43*time.Second {
				refused.Add(1)
				return nil, syscall.ECONNREFUSED
			}
			return dial(ctx, a)
		}
		run := b.run(t)
		// 40 s away: 6 attempts on the way to 5 s, then one in 2.5 to 5 s each.
		if n := refused.Load(); n < 50*10 || n > 50*22 {
			t.Errorf("%d attempts of 50 sessions in 40 s", n)
		}
		p := findPhase(t, run, "steady")
		if p.Offered != 10_000 || p.Completed < 6_000 || p.Failed+p.Completed+p.Dropped != p.Offered {
			t.Errorf("%+v", p)
		}
		if s := run.Sessions; s.Reconnected != 50 || s.Opened < 75 {
			t.Errorf("sessions %+v", s)
		}
		if len(run.Verdict.Reasons) > 0 {
			t.Errorf("verdict %+v", run.Verdict)
		}
	})
}

// What the scenario closes stays closed.
func TestOwnDisconnectIsNoLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(4, "{name: steady, duration: 40s, closed: {sessions: all}}", "ping, disconnect, {wait: 3s}, reconnect"))
		b.o.Reconnect = true
		if run := b.run(t); run.Sessions.Reconnected != 0 || run.Sessions.Lost != 0 || len(run.Errors) > 0 {
			t.Errorf("sessions %+v, errors %+v", run.Sessions, run.Errors)
		}
	})
}

// Over real sockets: the server goes and another comes at its address. There
// are more accounts than sessions.
func TestSessionsReturnToANewServer(t *testing.T) {
	text := strings.Replace(scenario(30, "{name: steady, duration: 6s, open: {rate: 60/s}}", "ping"), `password: "secret"`, `password: "secret", count: 40`, 1)
	b, next := newBench(t, text), newBench(t, text)
	overTCP(t, b)
	b.o.Reconnect = true
	replaced := make(chan error, 1)
	b.o.Progress = func(p Progress) {
		if p.Phase == "steady" && b.srv.Addr() != nil && next.srv.Addr() == nil {
			replaced <- errors.Join(b.srv.Close(), next.srv.Listen(b.srv.Addr().String()))
		}
	}
	run := b.run(t)
	if err := errors.Join(<-replaced, next.srv.Close()); err != nil {
		t.Fatal(err)
	}
	if s := run.Sessions; s.Lost != 30 || s.Reconnected != 30 {
		t.Errorf("sessions %+v", s)
	}
	if p := findPhase(t, run, "steady"); p.Offered != 360 || p.Completed < 180 {
		t.Errorf("%+v", p)
	}
}

func TestDelaysGrowAndAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for failures := range 100 {
		full := min(5*time.Second, 200*time.Millisecond<<min(failures, 20))
		for range 100 {
			if d := delay(failures, r); d < full/2 || d > full {
				t.Fatalf("%v after %d failures", d, failures)
			}
		}
	}
}

// Progress has the response times of its second.
func TestProgressHasTheLastSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(20, "{name: steady, duration: 20s, open: {rate: 100/s}}", "ping"), "delay=5ms", "stall=8.5s+400ms")
		slow, count := 0, int64(0)
		b.o.Progress = func(p Progress) {
			count += p.Last.Count
			if p.Phase != "steady" || p.At < 3*time.Second || p.At > 19*time.Second {
				return
			}
			l := p.Last
			if l.Count < 50 || l.Count > 150 || l.P50 < 4900*time.Microsecond || l.P50 > l.P99 || l.P99 > l.Max {
				t.Errorf("%v: %+v", p.At, l)
			}
			if l.Max > 300*time.Millisecond {
				slow++
			} else if l.Max > 6*time.Millisecond {
				t.Errorf("%v: %+v", p.At, l)
			}
		}
		run := b.run(t)
		if slow != 1 {
			t.Errorf("%d seconds show the stall", slow)
		}
		all := int64(0)
		for _, s := range run.Series {
			if s.Kind == results.Response {
				all += s.Count
			}
		}
		if count != all {
			t.Errorf("%d operations in the seconds, %d in the record", count, all)
		}
	})
}
