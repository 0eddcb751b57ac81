package loopback

import (
	"bytes"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// abroad sends a stanza to another domain, or back where the way there is not known.
func (c *conn) abroad(e *wire.Element, to address) {
	s, from := c.srv, c.session.full
	kind := string(e.Attr("type"))
	message := string(e.Local()) == "message"
	if string(e.Local()) == "presence" {
		from = c.presenceAbroad(e, to, kind)
	}
	c.scratch = appendStampedWith(c.scratch[:0], e, c.withoutStanzaIDs(e), from, "", c.lang)
	copies := 1
	if message {
		s.tally.routed.Add(1)
		copies = s.copies()
	}
	for range copies {
		if !s.sendAbroad(string(to.domain), c.scratch) {
			c.refuse(e, "remote-server-not-found")
			return
		}
	}
	if message {
		s.tally.abroad.Add(int64(copies))
	}
}

// copies is how often the faults lose and duplicate have a message to or from another domain delivered. The other faults on messages
// are of those between two users of the server.
func (s *Server) copies() int {
	if !s.options.Faults.onMessages() {
		return 1
	}
	switch s.fate(s.messages.Add(1)) {
	case lost:
		s.tally.lost.Add(1)
		return 0
	case duplicated:
		s.tally.duplicated.Add(1)
		return 2
	}
	return 1
}

// presenceAbroad keeps who of another domain is to see the user's presence, and says whom presence comes from: subscriptions are
// between bare addresses (RFC 6121 §3).
func (c *conn) presenceAbroad(e *wire.Element, to address, kind string) (from string) {
	s, n := c.srv, c.session
	bare := string(to.local) + "@" + string(to.domain)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind {
	case "subscribed":
		if n.account.watchers == nil {
			n.account.watchers = map[string]string{}
		}
		n.account.watchers[bare] = string(to.domain)
		return n.account.jid
	case "unsubscribed":
		delete(n.account.watchers, bare)
		return n.account.jid
	case "subscribe", "unsubscribe":
		return n.account.jid
	case "":
		if len(n.directed) < maxDirected {
			n.directed = append(n.directed, string(e.Attr("to")))
		}
	}
	return n.full
}

// showAbroad sends presence, stamped without to, to the watchers of an account. Server.mu is held.
func (s *Server) showAbroad(a *account, presence []byte) {
	for jid, domain := range a.watchers {
		s.sendAbroad(domain, appendAddressed(nil, presence, jid))
	}
}

// tellAbroad sends presence, stamped without to, to one address of another domain; false where it is of this one.
func (s *Server) tellAbroad(to string, presence []byte) bool {
	a, err := parseAddress([]byte(to))
	if err != nil || string(a.domain) == s.options.Domain {
		return false
	}
	s.sendAbroad(string(a.domain), appendAddressed(nil, presence, to))
	return true
}

// fromAbroad delivers a stanza that came from another domain. One that is not from there, or not for this server, is dropped: who
// sent it was authenticated for a domain, and speaks for no other (RFC 6120 §8.1.2.2).
func (s *Server) fromAbroad(domain string, e *wire.Element, at time.Time) {
	if s.planted != nil && s.mishearComponent(e) {
		return
	}
	from, err1 := parseAddress(e.Attr("from"))
	to, err2 := parseAddress(e.Attr("to"))
	if err1 == nil && string(from.domain) != domain && !s.bug("component-foreign-from") {
		return
	}
	if err1 != nil || err2 != nil {
		s.bounce(domain, e, "jid-malformed")
		return
	}
	if string(to.domain) != s.options.Domain {
		if s.send(domain, string(to.domain), wire.AppendRehomed(nil, e, wire.Addressing{})) {
			return
		}
		s.bounce(domain, e, "remote-server-not-found")
		return
	}
	s.tally.stanzas.Add(1)
	switch string(e.Local()) {
	case "message":
		s.messageFromAbroad(domain, e, to, at)
	case "presence":
		s.presenceFromAbroad(domain, e, to, at)
	case "iq":
		s.iqFromAbroad(domain, e, to, at)
	}
}

// bounce sends a stanza from another domain back.
func (s *Server) bounce(domain string, e *wire.Element, condition string) {
	if mustStayUnanswered(e) {
		return
	}
	if string(e.Local()) == "message" {
		s.tally.bounced.Add(1)
	}
	own, _ := domainPart(e.Attr("to"))
	s.send(own, domain, appendStanzaError(nil, e, string(e.Attr("from")), errorKind(condition), condition))
}

// local is a stanza from another domain in the content namespace of clients.
func local(e *wire.Element) []byte {
	b := wire.AppendRehomed(nil, e, wire.Addressing{})
	return bytes.Clone(b)
}

// when is the moment at which what came at a time leaves.
func (s *Server) when(at time.Time) time.Time {
	return s.delayed(s.queue.admit(at, s.options.Faults.Rate))
}

func (s *Server) messageFromAbroad(domain string, e *wire.Element, to address, at time.Time) {
	resources := s.accounts.find(to.local).resources()
	p := parcel{list: resources, data: local(e)}
	for i := range resources {
		if resources[i].name == string(to.resource) && !to.bare() {
			p.list, p.full = resources[i:i+1], true
		}
	}
	if kind := string(e.Attr("type")); !p.full && (kind == "error" || !anyWilling(resources)) {
		if kind == "headline" || kind == "error" {
			s.tally.ignored.Add(1)
			return
		}
		s.bounce(domain, e, "service-unavailable")
		return
	}
	s.tally.routed.Add(1)
	leave := s.when(at)
	for range s.copies() {
		if leave.IsZero() {
			p.send()
			continue
		}
		s.clock.at(leave, func(stopped bool) {
			if stopped {
				s.tally.discarded.Add(p.recipients())
				return
			}
			p.send()
		})
	}
}

func (s *Server) presenceFromAbroad(domain string, e *wire.Element, to address, at time.Time) {
	a := s.accounts.find(to.local)
	if _, known := s.password(string(to.local)); known && a == nil {
		a = s.open(string(to.local))
	}
	if a == nil {
		return // whether there is such a user is not told (RFC 6120 §13.11)
	}
	kind, asker := string(e.Attr("type")), string(e.Attr("from"))
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind {
	case "probe":
		if from, err := parseAddress([]byte(asker)); err == nil && a.watchers[string(from.local)+"@"+domain] != "" {
			for _, r := range a.resources() {
				if r.available {
					s.sendAbroad(domain, appendAddressed(nil, r.session.presence, asker))
				}
			}
		}
		return
	case "unsubscribe":
		delete(a.watchers, asker)
	}
	b, there := local(e), false
	for _, r := range a.resources() {
		there = there || r.available
		if r.available || !to.bare() && r.name == string(to.resource) {
			s.emit(r.session, b, s.when(at))
		}
	}
	if kind == "subscribe" && !there && len(a.askers) < maxDirected {
		if a.askers == nil {
			a.askers = map[string][]byte{}
		}
		a.askers[asker] = b
	}
}

// passAskers gives a session that has become available the requests for subscription from other domains that wait (RFC 6121 §3.1.3).
// Server.mu is held.
func (s *Server) passAskers(n *session) {
	for _, b := range n.account.askers {
		s.emit(n, b, s.moment())
	}
	n.account.askers = nil
}

func (s *Server) iqFromAbroad(domain string, e *wire.Element, to address, at time.Time) {
	if !to.bare() {
		if n := s.accounts.find(to.local).session(to.resource); n != nil {
			s.emit(n, local(e), s.when(at))
			return
		}
	}
	payload, _ := e.First()
	if string(e.Attr("type")) == "get" && to.bare() && to.local == nil && payload.Is(wire.NSPing, "ping") {
		a := wire.Addressing{From: string(e.Attr("to")), To: string(e.Attr("from")), ID: string(e.Attr("id")), Type: "result"}
		s.sendAbroad(domain, wire.AppendIQ(nil, a, nil))
		return
	}
	s.bounce(domain, e, "service-unavailable")
}
