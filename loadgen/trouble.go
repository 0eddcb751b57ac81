package loadgen

import (
	"context"
	"sync"

	"xmpprig/loadgen/xmpp"
	"xmpprig/scenarios"
)

// vanish leaves the connection half open: the server learns nothing, and finds
// out by itself or when the client comes back.
type vanish struct{}

func (vanish) run(_ context.Context, s *session) error {
	c := s.conn.Swap(nil)
	if c == nil {
		return errNoConnection
	}
	s.gone(c)
	if s.left = c.Resumption(); s.left == nil {
		s.vacate(true)
	}
	s.vanished.add(c)
	return nil
}

func (vanish) rehearse(*rehearsal) {}

// vanished are the connections that were left half open. They are closed when the
// run is over.
type vanished struct {
	mu    sync.Mutex
	conns []*xmpp.Conn
}

func (v *vanished) add(c *xmpp.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.conns = append(v.conns, c)
}

func (v *vanished) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.conns {
		c.Abort()
	}
	v.conns = nil
}

// stopReading lets time pass, and what arrives pile up, first here and then with
// the server.
type stopReading struct{ length scenarios.Dist }

func (o stopReading) run(ctx context.Context, s *session) error {
	s.due = max(s.due, s.free) + seconds(o.length.Draw(s.rng))
	for s.now() < s.due {
		seen := s.stage.Load()
		if ctx.Err() != nil || seen >= stageDrain {
			return errStopped
		}
		s.doze(ctx, s.due, seen)
	}
	return nil
}

func (o stopReading) rehearse(r *rehearsal) { r.note(uint64(seconds(o.length.Draw(r.rng)))) }
