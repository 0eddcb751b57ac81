package loopback

import (
	"bytes"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// presence handles presence (RFC 6121 §3, §4).
func (c *conn) presence(e *wire.Element, to address) {
	addressed := e.Attr("to") != nil
	kind := string(e.Attr("type"))
	switch kind {
	case "subscribe", "subscribed", "unsubscribe", "unsubscribed":
		c.subscription(e, to, kind)
		return
	case "", "unavailable", "error", "probe":
	default:
		c.refuse(e, "bad-request")
		return
	}
	switch {
	case addressed && c.srv.isRooms(to):
		c.roomPresence(e, to, kind)
	case addressed && string(to.domain) != c.srv.options.Domain:
		c.abroad(e, to)
	case kind == "probe":
		c.probe(to)
	case addressed:
		c.directPresence(e, to, kind)
	case kind == "unavailable":
		c.becomeUnavailable(e)
	case kind == "":
		c.becomeAvailable(e)
	}
}

// becomeAvailable broadcasts presence; the first time it also asks for that of the contacts (RFC 6121 §4.2, §4.4).
func (c *conn) becomeAvailable(e *wire.Element) {
	priority, ok := priorityOf(e)
	if !ok {
		c.refuse(e, "bad-request")
		return
	}
	s, n := c.srv, c.session
	c.scratch = appendStamped(c.scratch[:0], e, n.full, "", c.lang)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !n.bound {
		return
	}
	initial := !n.available
	n.available, n.priority, n.presence = true, priority, bytes.Clone(c.scratch)
	n.account.put(resource{n.resource, n, true, priority})
	for _, r := range n.account.resources() {
		c.presenceTo(r, n.presence, n.account.jid)
	}
	for _, k := range n.account.roster {
		if k.from {
			for _, r := range s.accounts.find([]byte(k.local)).resources() {
				c.presenceTo(r, n.presence, k.jid)
			}
		}
	}
	s.showAbroad(n.account, n.presence)
	if initial {
		s.passAskers(n)
		c.gatherPresence()
		c.deliverHeld()
	}
	c.learnCaps(e)
}

// presenceTo sends a session, if it is available, presence that was stamped without to.
func (c *conn) presenceTo(r resource, presence []byte, to string) {
	if r.available {
		c.scratch = appendAddressed(c.scratch[:0], presence, to)
		c.srv.emit(r.session, c.scratch, c.due())
	}
}

// gatherPresence sends a session that has become available what its contacts and the user's other sessions broadcast last, and
// the requests for subscription that wait. Server.mu is held.
func (c *conn) gatherPresence() {
	s, n := c.srv, c.session
	for _, r := range n.account.resources() {
		if r.session != n && r.available {
			c.scratch = appendAddressed(c.scratch[:0], r.session.presence, n.full)
			c.reply(c.scratch)
		}
	}
	for _, k := range n.account.roster {
		if k.to {
			c.tellPresence(s.accounts.find([]byte(k.local)), n)
		}
		if k.pending {
			c.scratch = wire.AppendPresence(c.scratch[:0], wire.Addressing{From: k.jid, To: n.account.jid, Type: "subscribe"}, nil)
			c.reply(c.scratch)
		}
	}
}

// tellPresence sends a session the presence of every available session of an account.
func (c *conn) tellPresence(of *account, to *session) {
	for _, r := range of.resources() {
		if r.available {
			c.scratch = appendAddressed(c.scratch[:0], r.session.presence, to.account.jid)
			c.srv.emit(to, c.scratch, c.due())
		}
	}
}

// becomeUnavailable broadcasts that the session is not there any more for presence (RFC 6121 §4.5).
func (c *conn) becomeUnavailable(e *wire.Element) {
	s, n := c.srv, c.session
	c.scratch = appendStamped(c.scratch[:0], e, n.full, "", c.lang)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !n.bound {
		return
	}
	from := c.leave
	if from.IsZero() {
		from = c.arrived
	}
	s.withdraw(n, c.scratch, from)
	n.account.put(resource{name: n.resource, session: n})
}

// withdraw tells everybody who knows that a session is available that it no longer is: subscribers, the user's other sessions, and
// those it sent presence directly. Server.mu is held.
func (s *Server) withdraw(n *session, presence []byte, from time.Time) {
	tell := func(resources []resource, to string) {
		for _, r := range resources {
			if r.available {
				s.emit(r.session, appendAddressed(nil, presence, to), s.delayed(from))
			}
		}
	}
	if n.available {
		tell(n.account.resources(), n.account.jid)
		for _, k := range n.account.roster {
			if k.from {
				tell(s.accounts.find([]byte(k.local)).resources(), k.jid)
			}
		}
	}
	if n.available {
		s.showAbroad(n.account, presence)
	}
	for _, to := range n.directed {
		if s.tellAbroad(to, presence) {
			continue
		}
		for _, r := range s.resourcesOf([]byte(to)) {
			s.emit(r.session, appendAddressed(nil, presence, to), s.delayed(from))
		}
	}
	n.available, n.presence, n.directed, n.wishes, n.caps = false, nil, nil, nil, ""
}

// resourcesOf are the sessions that an address names: the one of a full JID, or all available ones.
func (s *Server) resourcesOf(jid []byte) (found []resource) {
	a, err := parseAddress(jid)
	if err != nil || string(a.domain) != s.options.Domain {
		return nil
	}
	for _, r := range s.accounts.find(a.local).resources() {
		if a.bare() && r.available || r.name == string(a.resource) {
			found = append(found, r)
		}
	}
	return found
}

// maxDirected bounds what a session is remembered to have sent presence to.
const maxDirected = 1000

// directPresence delivers presence to one address (RFC 6121 §4.6). For nobody it is dropped.
func (c *conn) directPresence(e *wire.Element, to address, kind string) {
	s, n := c.srv, c.session
	jid := string(e.Attr("to"))
	c.scratch = appendStamped(c.scratch[:0], e, n.full, "", c.lang)
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.local == nil || !n.bound {
		return
	}
	at := -1
	for i, d := range n.directed {
		if d == jid {
			at = i
		}
	}
	switch {
	case kind == "" && at < 0 && len(n.directed) < maxDirected && !n.account.shows(to):
		n.directed = append(n.directed, jid)
	case kind == "unavailable" && at >= 0:
		n.directed = append(n.directed[:at:at], n.directed[at+1:]...)
	}
	for _, r := range s.resourcesOf([]byte(jid)) {
		s.emit(r.session, c.scratch, c.due())
	}
}

// shows reports whether an account shares its presence with a user by subscription.
func (a *account) shows(to address) bool {
	k := a.contact(string(to.local) + "@" + string(to.domain))
	return k != nil && k.from
}

// probe tells a client that asks for it the presence of a user who shares it (RFC 6121 §4.3).
func (c *conn) probe(to address) {
	s := c.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts.find(to.local)
	if a == nil || !c.session.bound {
		return
	}
	if k := a.contact(c.session.account.jid); a == c.session.account || k != nil && k.from {
		c.tellPresence(a, c.session)
	}
}

// priorityOf reads the priority, 0 when there is none (RFC 6121 §4.7.2.3).
func priorityOf(e *wire.Element) (int8, bool) {
	var priority int64
	seen := false
	for child := range e.Children() {
		if !child.Is(wire.NSClient, "priority") {
			continue
		}
		p, err := strconv.ParseInt(string(bytes.TrimSpace(child.Text())), 10, 8)
		if err != nil || seen {
			return 0, false
		}
		priority, seen = p, true
	}
	return int8(priority), true
}

const presenceStart = "<presence"

// appendAddressed appends presence that was stamped without to, with one.
func appendAddressed(dst, presence []byte, to string) []byte {
	dst = append(dst, presenceStart...)
	dst = wire.AppendAttr(dst, "to", to)
	return append(dst, presence[len(presenceStart):]...)
}

func appendUnavailable(dst []byte, from string) []byte {
	return wire.AppendPresence(dst, wire.Addressing{From: from, Type: "unavailable"}, nil)
}
