package loadgen

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/results"
)

// slow is a connection that takes its time to send.
type slow struct {
	net.Conn
	each time.Duration
}

func (c slow) Write(p []byte) (int, error) {
	time.Sleep(c.each)
	return c.Conn.Write(p)
}

// While the server takes no bytes a session is not free: what it sends next
// is late through no fault of the rig, and is due when the send before is over.
func TestSlowSendsAreNoLag(t *testing.T) {
	for _, step := range []string{"message: {to: paired, size: 9B}", "presence: away", `raw: {xml: "<message to='user1@localhost'/>"}`, "subscribe: {to: paired}"} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { slowSends(t, step) })
		})
	}
}

func slowSends(t *testing.T, step string) {
	b := newBench(t, scenario(2, "{name: steady, duration: 10s, open: {rate: 0.2/s}}", "{repeat: {times: 5, do: [{"+step+"}]}}"))
	dial := b.o.Dialer.Dial
	b.o.Dialer.Dial = func(ctx context.Context, a net.Addr) (net.Conn, error) {
		c, err := dial(ctx, a)
		return slow{c, 100 * time.Millisecond}, err
	}
	run := b.run(t)
	for _, s := range run.Series {
		if s.Phase == "steady" && s.Kind == results.Lag && s.MaxNS > int64(time.Millisecond) {
			t.Errorf("%s: lag of %v", s.Name, time.Duration(s.MaxNS))
		}
		if s.Name == "message.delivery" && s.Phase == "steady" && s.MaxNS > int64(120*time.Millisecond) {
			t.Errorf("%s: %s of %v for sends of 100 ms", s.Name, s.Kind, time.Duration(s.MaxNS))
		}
	}
}

// A session that sends without a pause takes what arrives meanwhile. It sends
// for as long as the server is there, which is until something was read.
func TestSessionReadsWhileItSends(t *testing.T) {
	for _, phase := range []string{"open: {rate: 1/s}", "closed: {sessions: 1}"} {
		work := "{repeat: {times: 1000000, do: [{message: {to: self, size: 9B}}]}}"
		if phase[0] == 'c' {
			work = "{message: {to: self, size: 9B}}"
		}
		b := newBench(t, scenario(1, "{name: steady, duration: 1m, "+phase+"}", work))
		overTCP(t, b)
		w, err := prepare(t.Context(), &b.o)
		if err != nil {
			t.Fatal(err)
		}
		s := w.newSession(0)
		if err := s.all(t.Context(), s.program.start); err != nil {
			t.Fatal(err)
		}
		w.stage.Store(stageLoad)
		s.phase, s.until = 1, s.now()+20*time.Second
		ctx, cancel := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() {
			for w.ledger.delivered.Load() == 0 && s.now() < s.until {
				time.Sleep(time.Millisecond)
			}
			b.srv.Close()
			cancel()
		})
		if s.plan[1].open == nil {
			s.held(ctx)
		} else if err := s.all(ctx, s.program.work); err == nil {
			t.Errorf("%s: the server went, and every send succeeded", phase)
		}
		ended.Wait()
		if w.ledger.delivered.Load() == 0 {
			t.Errorf("%s: none of %d messages to oneself was read while they were sent", phase, w.ledger.sent.Load())
		}
		s.hangUp()
	}
}
