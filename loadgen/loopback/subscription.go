package loopback

import (
	"bytes"
	"strconv"

	"xmpprig/loadgen/xmpp/wire"
)

// pushID is the id of a roster push; the answer to it is not awaited.
func pushID(n int64) string { return "push-" + strconv.FormatInt(n, 10) }

// peerOf is the account of a contact; nil if it is not of this server or is no user.
func (s *Server) peerOf(k *contact) *account {
	if k.local == "" {
		return nil
	}
	if a := s.accounts.find([]byte(k.local)); a != nil {
		return a
	}
	if _, ok := s.password(k.local); !ok {
		return nil
	}
	return s.open(k.local)
}

// subscription handles what a client says of subscriptions (RFC 6121 §3, appendix A.2). It goes from bare JID to bare JID.
func (c *conn) subscription(e *wire.Element, to address, kind string) {
	s, a := c.srv, c.session.account
	switch {
	case e.Attr("to") == nil:
		c.refuse(e, "bad-request")
		return
	case string(to.domain) != s.options.Domain:
		c.abroad(e, to)
		return
	case to.local == nil || string(to.local) == a.local: // the server has no presence; one's own needs no leave
		return
	}
	local := string(to.local)
	s.mu.Lock()
	defer s.mu.Unlock()
	k := a.addContact(local+"@"+s.options.Domain, local)
	if k == nil {
		c.refuse(e, "resource-constraint")
		return
	}
	if !c.outbound(a, k, kind) {
		a.tidy(k)
		return
	}
	peer := s.peerOf(k)
	if peer == nil { // said to nobody: whether there is such a user is not told (RFC 6120 §13.11)
		return
	}
	c.inbound(a, peer, kind, e)
	switch kind {
	case "subscribed":
		c.showPresence(a, peer)
	case "unsubscribed":
		c.hidePresence(a, peer)
	case "unsubscribe":
		c.hidePresence(peer, a)
	}
}

// outbound changes what the sender's account knows and reports whether the peer is to hear of it. Server.mu is held, here
// and below.
func (c *conn) outbound(a *account, k *contact, kind string) bool {
	before, route := *k, true
	switch kind {
	case "subscribe":
		k.listed = true
		k.asked = !k.to
	case "unsubscribe":
		k.to, k.asked = false, false
	case "subscribed":
		route = k.pending
		if route {
			k.listed, k.from, k.pending = true, true, false
		}
	case "unsubscribed":
		route = k.from || k.pending
		k.from, k.pending = false, false
	}
	if k.listed && k.changedFrom(before) {
		c.push(a, k.appendItem(nil))
	}
	a.tidy(k)
	return route
}

// changedFrom reports whether a roster shows a difference.
func (k *contact) changedFrom(b contact) bool {
	return k.to != b.to || k.from != b.from || k.asked != b.asked || k.listed != b.listed
}

// inbound changes what the peer's account knows and tells its sessions if anything came of it (RFC 6121 appendix A.3). e is the
// stanza; nil where the server speaks for the user.
func (c *conn) inbound(from, peer *account, kind string, e *wire.Element) {
	k := peer.contact(from.jid)
	if k == nil && kind == "subscribe" {
		k = peer.addContact(from.jid, from.local)
	}
	if k == nil {
		return
	}
	before := *k
	switch kind {
	case "subscribe":
		if k.from { // granted long ago: the server says so again
			c.inbound(peer, from, "subscribed", nil)
			c.showPresence(peer, from)
			return
		}
		k.pending = true
	case "unsubscribe":
		k.from, k.pending = false, false
	case "subscribed":
		k.to, k.asked = k.to || k.asked, false
	case "unsubscribed":
		k.to, k.asked = false, false
	}
	if k.changedFrom(before) || k.pending != before.pending {
		c.tellSubscription(from, peer, kind, e)
	}
	if k.listed && k.changedFrom(before) {
		c.push(peer, k.appendItem(nil))
	}
	peer.tidy(k)
}

func (c *conn) tellSubscription(from, peer *account, kind string, e *wire.Element) {
	var b []byte
	if e != nil {
		b = appendStamped(nil, e, from.jid, peer.jid, c.lang)
	} else {
		b = wire.AppendPresence(nil, wire.Addressing{From: from.jid, To: peer.jid, Type: kind}, nil)
	}
	for _, r := range peer.resources() {
		if r.available {
			c.srv.emit(r.session, b, c.due())
		}
	}
}

// showPresence sends the presence of an account's sessions to those of a new subscriber.
func (c *conn) showPresence(of, to *account) {
	for _, r := range to.resources() {
		if r.available {
			c.tellPresence(of, r.session)
		}
	}
}

// hidePresence tells a user who was a subscriber that an account's sessions are unavailable.
func (c *conn) hidePresence(of, to *account) {
	for _, hidden := range of.resources() {
		if !hidden.available {
			continue
		}
		b := appendUnavailable(nil, hidden.session.full)
		for _, r := range to.resources() {
			c.presenceTo(r, b, to.jid)
		}
	}
}

// String writes an address in its normal form.
func (a address) String() string {
	var b bytes.Buffer
	if len(a.local) > 0 {
		b.Write(a.local)
		b.WriteByte('@')
	}
	b.Write(a.domain)
	if !a.bare() {
		b.WriteByte('/')
		b.Write(a.resource)
	}
	return b.String()
}
