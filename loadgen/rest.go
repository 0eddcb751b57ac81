package loadgen

import (
	"context"
	"time"

	"xmpprig/loadgen/xmpp"
)

// forever is later than any run.
const forever = time.Duration(1<<63 - 1)

// restUntil lets time pass until due, handling what arrives; false when the
// run reached the stage, or ctx ended, before that.
func (s *session) restUntil(ctx context.Context, due time.Duration, stage int32) bool {
	for first := true; ; first = false {
		seen := s.stage.Load()
		if seen >= stage || ctx.Err() != nil {
			return false
		}
		// Even a session that is late looks once: else what arrives would
		// pile up in the kernel for as long as it stays late.
		late := s.now() >= due
		if late && (!first || s.conn.Load() == nil) {
			return true
		}
		if first && !late {
			s.beat.expect(due)
		}
		s.rest(ctx, due, seen)
	}
}

// restWhile lets time pass while the run is at an earlier stage.
func (s *session) restWhile(ctx context.Context, before int32) {
	for ctx.Err() == nil {
		seen := s.stage.Load()
		if seen >= before {
			return
		}
		s.rest(ctx, forever, seen)
	}
}

// hold waits once for something to arrive, for a step that waits for it until
// limit; an error where it cannot come any more.
func (s *session) hold(ctx context.Context, limit time.Duration) error {
	seen := s.stage.Load()
	switch {
	case s.conn.Load() == nil:
		return errNoConnection
	case s.now() >= limit:
		return errTimeout
	case seen >= stageLeave && !s.leaving || ctx.Err() != nil:
		return errStopped
	}
	s.rest(ctx, limit, seen)
	return nil
}

// glance handles what has arrived already. A session that sends and sends
// has to look between: what arrives is timed when it is read, and a server
// that cannot get rid of it may stop reading in turn.
func (s *session) glance(ctx context.Context) {
	if s.conn.Load() != nil && ctx.Err() == nil {
		s.rest(ctx, s.now(), s.stage.Load())
	}
}

// rest waits until something arrives and was handled, due has come, or the
// run is no longer at the stage seen. A connection that broke is counted and
// let go.
func (s *session) rest(ctx context.Context, due time.Duration, seen int32) {
	c := s.conn.Load()
	if c == nil {
		if s.mayReturn(seen) {
			due = s.comeBack(ctx, due)
		}
		s.doze(ctx, due, seen)
		return
	}
	if err := s.receive(c, due); err != nil {
		s.lose(err)
	}
}

// receive handles what arrives on c until due at the latest.
func (s *session) receive(c *xmpp.Conn, due time.Duration) error {
	var deadline time.Time
	if due != forever {
		deadline = s.zero.Add(due)
	}
	s.reading = c
	_, err := c.Receive(deadline, s.take)
	if s.conn.Load() == c { // else it broke on sending, and has been weighed
		s.weigh(c)
	}
	return err
}

// weigh counts the bytes that c has carried since the last time.
func (s *session) weigh(c *xmpp.Conn) {
	in, out := c.BytesIn(), c.BytesOut()
	s.count.bytesIn.Add(in - s.bytesIn)
	s.count.bytesOut.Add(out - s.bytesOut)
	s.bytesIn, s.bytesOut = in, out
}

// gone takes leave of a connection.
func (s *session) gone(c *xmpp.Conn) {
	s.kept = s.copies.Swap(false)
	s.went = s.went || s.stage.Load() < stageDrain
	s.weigh(c)
	s.bytesIn, s.bytesOut = 0, 0
	s.recovery.moved(s.now(), -1)
	s.shown.Store(0)
	s.connected.Add(-1)
}

// doze is rest without a connection.
func (s *session) doze(ctx context.Context, due time.Duration, seen int32) {
	changed := *s.changed.Load()
	if s.stage.Load() != seen { // changed since the caller looked
		return
	}
	var timer <-chan time.Time
	if due != forever {
		t := time.NewTimer(due - s.now())
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-timer:
	case <-changed:
	case <-ctx.Done():
	}
}

// lose counts a connection that ended without being asked to.
func (s *session) lose(err error) {
	if s.parting {
		s.drop()
		return
	}
	if s.broke() {
		s.erred(err, s.now())
	}
}

// broke lets go of a connection that broke, and counts it unless the rig did
// it itself or it was counted before.
func (s *session) broke() bool {
	if !s.dropReading(true) || s.stage.Load() >= stageLeave {
		return false
	}
	s.broken.Add(1)
	s.lost()
	return true
}

// drop lets the connection go, at once; false where there was none.
func (s *session) drop() bool { return s.dropReading(false) }

// dropReading is drop, where read says that the session has read to the end. Its places in rooms go with the connection unless the server
// keeps the session.
func (s *session) dropReading(read bool) bool {
	c := s.conn.Swap(nil)
	if c == nil {
		return false
	}
	s.gone(c)
	c.Abort()
	if s.left = c.Resumption(); s.left == nil {
		s.vacate(!read)
	}
	return true
}

// hangUp is the last thing a session does.
func (s *session) hangUp() { s.drop() }
