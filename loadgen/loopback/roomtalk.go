package loopback

import (
	"bytes"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

const (
	messageStart = "<message"
	messageEnd   = "</message>"
)

// roomMessage handles a message to a room, or to one of its occupants (XEP-0045 §7.4, §7.5, §8.1).
func (c *conn) roomMessage(e *wire.Element, to address) {
	kind := string(e.Attr("type"))
	r := c.srv.rooms.find(to.local)
	switch {
	case to.local == nil:
		c.undeliverable(e, kind)
		return
	case kind == "error":
		c.srv.tally.ignored.Add(1)
		return
	case r == nil:
		c.refuse(e, "item-not-found")
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.of(c.session)
	if o == nil && c.twist != nil {
		o = c.misspeak(r)
	}
	switch {
	case o == nil:
		c.refuse(e, "not-acceptable")
	case kind == "groupchat" && to.bare():
		c.say(r, o, e)
	case kind == "groupchat" || to.bare():
		c.refuse(e, "bad-request")
	case r.byNick[string(to.resource)] == nil:
		c.refuse(e, "item-not-found")
	default:
		c.tell(r, o, r.byNick[string(to.resource)], e)
	}
}

// say hands a message to every occupant, its sender too, in the order in which the room has taken it.
func (c *conn) say(r *room, o *occupant, e *wire.Element) {
	data := appendWithoutTo(nil, e, c.spoken(e), o.jid, c.lang)
	_, subject := e.Child(wire.NSClient, "subject")
	_, body := e.Child(wire.NSClient, "body")
	switch {
	case subject && !body: // §8.1
		r.subject = bytes.Clone(data)
	case body:
		r.remember(time.Now(), data)
		c.keepSaid(r, o, e, data)
	}
	for _, other := range r.occupants {
		c.handTo(r, o, other, data)
	}
}

// tell passes a private message on (§7.5).
func (c *conn) tell(r *room, o, other *occupant, e *wire.Element) {
	c.handTo(r, o, other, appendWithoutTo(nil, e, c.spoken(e), c.spokenFrom(o), c.lang))
}

// handTo hands one copy of a message to an occupant, or whatever the faults make of it: to them each copy is a message.
func (c *conn) handTo(r *room, from, to *occupant, data []byte) {
	s := c.srv
	s.tally.routed.Add(1)
	c.scratch = appendTold(c.scratch[:0], data, to.session.full)
	p := parcel{from: c.session, full: true, list: []resource{{name: to.session.resource, session: to.session}}, data: c.scratch}
	if !s.options.Faults.onMessages() && s.delays == nil {
		c.hand(p, c.due())
		return
	}
	c.tamperWith(p, pair{from.jid, to.session.full}, func() *session { return s.outsider(r) })
}

// outsider picks a session that is not in the room; nil if there is none.
func (s *Server) outsider(r *room) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	for i := range s.sessions {
		if n := s.sessions[(s.turn+i)%len(s.sessions)]; r.of(n) == nil {
			return n
		}
	}
	return nil
}

// appendTold appends a message that was stamped without to, with one.
func appendTold(dst, message []byte, to string) []byte {
	dst = append(dst, messageStart...)
	dst = wire.AppendAttr(dst, "to", to)
	return append(dst, message[len(messageStart):]...)
}

// appendWithoutTo appends a message as a room hands it out, from an occupant, but for whom it is to.
func appendWithoutTo(dst []byte, e *wire.Element, inner []byte, from, lang string) []byte {
	dst = append(dst, messageStart...)
	dst = wire.AppendAttr(dst, "from", from)
	for name, value := range e.Attrs() {
		switch string(name) {
		case "from", "to":
			continue
		case "xml:lang":
			lang = ""
		}
		dst = wire.AppendAttr(dst, string(name), value)
	}
	if lang != "" {
		dst = wire.AppendAttr(dst, "xml:lang", lang)
	}
	return append(append(append(dst, '>'), inner...), messageEnd...)
}

// spoken is the content of a message less what only the server may say: its stanza-ids (XEP-0359 §3), and the room's word on occupants.
func (c *conn) spoken(e *wire.Element) []byte {
	inner := e.Inner()
	var kept []byte
	from := 0
	for child := range e.Children() {
		mine := child.Is(nsStanzaID, "stanza-id") && c.srv.isOwn(child.Attr("by"))
		if !mine && !child.Is(wire.NSMUCUser, "x") {
			continue
		}
		raw := child.Raw()
		at := cap(inner) - cap(raw) // both are views of the same bytes
		kept = append(kept, inner[from:at]...)
		from = at + len(raw)
	}
	if from == 0 {
		return inner
	}
	return append(kept, inner[from:]...)
}
