package loopback

import (
	"errors"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// manage serves an element of XEP-0198 before a session is bound: resume.
func (l *login) manage(e *wire.Element) error {
	if l.twist != nil && l.mismanage(e) {
		return nil
	}
	switch {
	case l.account == nil:
		return streamError{wire.NotAuthorized, ""}
	case l.srv.options.StreamManagement.Off:
		return unexpected(e)
	case string(e.Local()) == "enable":
		l.answer(appendFailed(nil, "unexpected-request")) // a resource is to be bound first (XEP-0198 §3)
		return nil
	case string(e.Local()) != "resume":
		return unexpected(e)
	}
	h, ok := parseCount(e.Attr("h"))
	if !ok {
		l.answer(appendFailed(nil, "bad-request"))
		return nil
	}
	l.holdBack()
	m := l.srv.resumable.find(e.Attr("previd"))
	if m == nil || m.session.account != l.account || !l.takeOver(m, h) {
		l.srv.tally.resumesFailed.Add(1)
		l.answer(appendFailed(nil, "item-not-found"))
	}
	return nil
}

// takeOver has this connection go on with a session; false where that is over,
// or the client claims to have seen more than was sent.
func (l *login) takeOver(m *managed, h uint32) bool {
	m.attend.Lock()
	defer m.attend.Unlock()
	first := m.session.conn
	l.srv.mu.Lock()
	bound := m.session.bound
	l.srv.mu.Unlock()
	first.out.mu.Lock()
	if !bound || m.over || !m.settle(h) {
		first.out.mu.Unlock()
		return false
	}
	old := m.live
	m.live, l.session = l.conn, m.session
	b := append(l.scratch[:0], "<resumed xmlns='"+wire.NSSM+"' previd='"+m.id+"' h='"...)
	b = append(strconv.AppendUint(b, uint64(m.handled.Load()), 10), "'/>"...)
	for _, k := range m.unacked {
		b = append(b, k.data...)
	}
	l.srv.tally.resumed.Add(1)
	l.srv.tally.redelivered.Add(int64(len(m.unacked)))
	l.sendNow(b)
	first.out.mu.Unlock()
	if old != nil {
		old.cut()
	}
	return true
}

// part is what the end of a connection means for its session: nothing where
// another connection has taken it over; the beginning of a wait where the client
// is just gone and may come back; else its end.
func (c *conn) part(why error) {
	m := c.managed()
	if m == nil {
		c.srv.unbind(c.session)
		return
	}
	_, told := errors.AsType[streamError](why)
	out := &m.session.conn.out
	out.mu.Lock()
	if m.live != c {
		out.mu.Unlock()
		return
	}
	m.live = nil
	m.away++
	away := m.away
	wait := m.id != "" && !told && why != errFooter && !m.over && !c.srv.closing()
	out.mu.Unlock()
	if !wait {
		m.release(c.srv)
		return
	}
	c.srv.clock.at(time.Now().Add(c.srv.options.StreamManagement.KeepFor), func(stopped bool) {
		if !stopped {
			m.expire(c.srv, away)
		}
	})
}

// expire ends a session whose client did not come back.
func (m *managed) expire(s *Server, away int) {
	out := &m.session.conn.out
	out.mu.Lock()
	back := m.live != nil || m.away != away
	out.mu.Unlock()
	if !back {
		s.tally.resumesExpired.Add(1)
		m.release(s)
	}
}

// release ends the session.
func (m *managed) release(s *Server) {
	s.resumable.remove(m.id)
	s.planted.bury(m.id)
	s.unbind(m.session)
	out := &m.session.conn.out
	out.mu.Lock()
	m.end()
	out.mu.Unlock()
}

// end ends a session's stream, on whichever connection it is.
func (n *session) end(condition wire.Condition, text string) {
	c := n.conn
	c.out.mu.Lock()
	if m := c.out.managed; m != nil {
		if c = m.live; c == nil {
			m.end()
		}
	}
	n.conn.out.mu.Unlock()
	if c != nil {
		c.end(condition, text)
	}
}

// attendManaged handles a stanza of a session with stream management, unless
// another connection has taken that over.
func (c *conn) attendManaged(m *managed, e *wire.Element) error {
	m.attend.Lock()
	defer m.attend.Unlock()
	out := &m.session.conn.out
	out.mu.Lock()
	mine := m.live == c
	out.mu.Unlock()
	if !mine {
		return errTakenOver
	}
	c.stanza(e)
	m.handled.Add(1)
	return nil
}

// errTakenOver says that the session goes on by another connection.
var errTakenOver = errors.New("session resumed by another connection")
