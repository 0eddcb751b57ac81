package loopback

import "xmpprig/loadgen/xmpp/wire"

// nsCSI is that of XEP-0352. Being told that nobody looks changes nothing here, as it may (§5).
const nsCSI = "urn:xmpp:csi:0"

// clientState takes what a client says of being looked at.
func (c *conn) clientState(e *wire.Element) error {
	switch string(e.Local()) {
	case "active", "inactive":
		return nil
	}
	return unexpected(e)
}

// carbonsRequest turns copies on or off for this session (XEP-0280 §4).
func (c *conn) carbonsRequest(e *wire.Element, payload wire.Element) {
	switch string(payload.Local()) {
	case "enable", "disable":
		c.srv.carbonsWanted.Store(true)
		c.session.carbons.Store(string(payload.Local()) == "enable")
		c.result(e, nil)
	default:
		c.refuse(e, "bad-request")
	}
}

// copyMessage sends a chat message, which is in c.scratch as it was delivered to reached, to the other sessions of its
// recipient and of its sender that asked for copies (XEP-0280 §6, §7).
func (c *conn) copyMessage(e *wire.Element, to *account, reached []resource, all bool) {
	if !c.srv.carbonsWanted.Load() || string(e.Attr("type")) != "chat" || isPrivate(e) {
		return
	}
	got := func(n *session) bool {
		for _, r := range reached {
			if r.session == n && (all || r.willing()) {
				return true
			}
		}
		return false
	}
	for _, r := range to.resources() {
		if r.session.carbons.Load() && r.session != c.session && !got(r.session) {
			c.srv.emitCopy(r.session, "received", c.scratch)
		}
	}
	if c.twist != nil {
		c.miscopy(to)
	}
	if to == c.session.account {
		return
	}
	for _, r := range c.session.account.resources() {
		if r.session.carbons.Load() && r.session != c.session {
			c.srv.emitCopy(r.session, "sent", c.scratch)
		}
	}
}

func isPrivate(e *wire.Element) bool {
	_, private := e.Child(wire.NSCarbons, "private")
	return private
}

func (s *Server) emitCopy(to *session, kind string, message []byte) {
	from := to.account.jid
	if s.bug("carbon-from-sender") {
		from = senderOf(message)
	}
	b := wire.AppendStart(nil, "message", wire.Addressing{From: from, To: to.full, Type: "chat"})
	b = append(b, "<"+kind+" xmlns='"+wire.NSCarbons+"'><forwarded xmlns='urn:xmpp:forward:0'>"...)
	b = append(b, "<message xmlns='"+wire.NSClient+"'"...)
	b = append(b, message[len("<message"):]...)
	b = append(b, "</forwarded></"+kind+"></message>"...)
	if n, every := s.tally.carbons.Add(1), s.options.Faults.LoseCopies; every > 0 && n%int64(every) == 0 {
		s.tally.copiesLost.Add(1)
		return
	}
	s.emit(to, b, s.delayed(s.moment()))
}
