package loopback

import (
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// session is a bound resource.
type session struct {
	conn     *conn
	account  *account
	resource string
	full     string // full JID
	rooms    attendance
	carbons  atomic.Bool // copies of messages are wanted (XEP-0280)

	// Guarded by Server.mu.
	bound      bool
	place      int  // in Server.sessions
	available  bool // initial presence was sent
	interested bool // the roster was asked for (RFC 6121 §2.2)
	priority   int8
	presence   []byte // last broadcast, with from and without to
	directed   []string
	wishes     map[string]bool // features that end in +notify (XEP-0163)
	caps       string          // version that the client was asked about; empty: none
}

func newSession(c *conn, a *account, name string) *session {
	return &session{conn: c, account: a, resource: name, full: a.jid + "/" + name}
}

// owns reports whether a is the session's own full or bare JID.
func (s *session) owns(a address) bool {
	return string(a.local) == s.account.local && string(a.domain) == s.conn.srv.options.Domain &&
		(a.bare() || string(a.resource) == s.resource)
}

// enter binds a session and tells its client so. From here on it is routed to; nothing reaches it before that answer.
// False is returned where there is no room for it.
func (s *Server) enter(n *session, answer []byte) bool {
	now := time.Now()
	s.mu.Lock()
	old := n.account.session([]byte(n.resource))
	if room := s.options.Faults.Sessions; room > 0 && old == nil && len(s.sessions) >= room {
		s.mu.Unlock()
		s.tally.full.Add(1)
		return false
	}
	first := s.firstBound.CompareAndSwap(nil, &now)
	if old != nil {
		s.leave(old)
	}
	n.bound, n.place = true, len(s.sessions)
	s.sessions = append(s.sessions, n)
	n.conn.session = n
	s.tally.logins.Add(1)
	s.tally.sessions.Add(1)
	n.conn.sendBefore(answer, func() { n.account.put(resource{name: n.resource, session: n}) })
	s.mu.Unlock()
	if old != nil {
		s.leaveRooms(old)
		old.end(wire.Conflict, "the resource was bound again")
	}
	if first {
		s.planCutAll(now)
	}
	s.planCut(n, now)
	return true
}

// unbind ends a session's part in routing and presence; nil and a session that has ended are nothing to do.
func (s *Server) unbind(n *session) {
	if n == nil {
		return
	}
	s.mu.Lock()
	s.leave(n)
	s.mu.Unlock()
	s.leaveRooms(n)
	s.swaps.forget(s, n)
}

// leave is unbind with Server.mu held.
func (s *Server) leave(n *session) {
	if !n.bound {
		return
	}
	n.bound = false
	last := s.sessions[len(s.sessions)-1]
	s.sessions[n.place], last.place = last, n.place
	s.sessions[len(s.sessions)-1] = nil
	s.sessions = s.sessions[:len(s.sessions)-1]
	s.tally.sessions.Add(-1)
	n.account.drop(n)
	s.withdraw(n, appendUnavailable(nil, n.full), s.moment())
}

// moment is now where a fault needs to know.
func (s *Server) moment() (now time.Time) {
	if s.timed {
		now = time.Now()
	}
	return now
}

// planCut has the connection dropped when its time is up, if the fault cut chooses it.
func (s *Server) planCut(n *session, now time.Time) {
	f := s.options.Faults.CutConnections
	if f.Every == 0 || s.tally.boundEver.Add(1)%int64(f.Every) != 0 {
		return
	}
	s.clock.at(now.Add(f.After), func(stopped bool) {
		if !stopped && n.conn.cut() {
			s.tally.cut.Add(1)
		}
	})
}

// planCutAll has every connection dropped at one moment, if the fault cut says so.
func (s *Server) planCutAll(now time.Time) {
	f := s.options.Faults.CutConnections
	if !f.All {
		return
	}
	s.clock.at(now.Add(f.After), func(stopped bool) {
		if stopped {
			return
		}
		s.connsMu.Lock()
		defer s.connsMu.Unlock()
		for c := range s.conns {
			if c.cut() {
				s.tally.cut.Add(1)
			}
		}
	})
}
