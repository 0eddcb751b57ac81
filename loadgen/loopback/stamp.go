package loopback

import "xmpprig/loadgen/xmpp/wire"

// appendStamped appends a stanza as it is delivered: as its sender wrote it, but from whom it truly comes and, when to is
// not empty, to that address. A stanza without a language gets that of its sender's stream (RFC 6120 §8.1.5).
func appendStamped(dst []byte, e *wire.Element, from, to, lang string) []byte {
	return appendStampedWith(dst, e, e.Inner(), from, to, lang)
}

// stamp writes the stanza in hand, as it goes to another session, into c.scratch.
func (c *conn) stamp(e *wire.Element) {
	c.scratch = appendStampedWith(c.scratch[:0], e, c.withoutStanzaIDs(e), c.session.full, "", c.lang)
	if c.twist != nil {
		c.misstamp(e)
	}
}

// nsStanzaID is that of XEP-0359.
const nsStanzaID = "urn:xmpp:sid:0"

// withoutStanzaIDs is the content of a stanza less the stanza-ids that claim to be of this server: the domain's or a
// user's (XEP-0359 §3).
func (c *conn) withoutStanzaIDs(e *wire.Element) []byte {
	inner := e.Inner()
	var kept []byte
	from := 0
	for child, ok := e.First(); ok; child, ok = child.Next() {
		if string(child.Local()) != "stanza-id" || !child.Is(nsStanzaID, "stanza-id") || !c.srv.isOwn(child.Attr("by")) {
			continue
		}
		raw := child.Raw()
		at := cap(inner) - cap(raw) // both are views of the same bytes
		kept = append(kept, inner[from:at]...)
		from = at + len(raw)
		if c.srv.bug("first-stanza-id-only") {
			break
		}
	}
	if from == 0 {
		return inner
	}
	return append(kept, inner[from:]...)
}

func (s *Server) isOwn(by []byte) bool {
	a, err := parseAddress(by)
	return err == nil && a.bare() && (string(a.domain) == s.options.Domain || s.isRooms(a))
}

// appendStampedWith is appendStamped with another content.
func appendStampedWith(dst []byte, e *wire.Element, inner []byte, from, to, lang string) []byte {
	dst = append(append(dst, '<'), e.Local()...)
	if to != "" {
		dst = wire.AppendAttr(dst, "to", to)
	}
	dst = wire.AppendAttr(dst, "from", from)
	for name, value := range e.Attrs() {
		switch string(name) {
		case "from":
			continue
		case "to":
			if to != "" {
				continue
			}
		case "xml:lang":
			lang = ""
		case "xmlns": // over WebSocket stanzas say theirs (RFC 7395 §3.3.3), which is another where a component is
			if string(value) == wire.NSClient {
				continue
			}
		}
		dst = wire.AppendAttr(dst, string(name), value)
	}
	if lang != "" {
		dst = wire.AppendAttr(dst, "xml:lang", lang)
	}
	dst = append(append(dst, '>'), inner...)
	dst = append(append(dst, "</"...), e.Local()...)
	return append(dst, '>')
}

// appendStanzaError appends the answer to a stanza that cannot be served: same id, addresses swapped, no copy of the
// stanza (RFC 6120 §8.3.1). To, empty before binding, is who sent it.
func appendStanzaError(dst []byte, e *wire.Element, to, kind, condition string) []byte {
	a := wire.Addressing{From: string(e.Attr("to")), To: to, ID: string(e.Attr("id")), Type: "error"}
	name := string(e.Local())
	dst = wire.AppendStart(dst, name, a)
	dst = wire.AppendStanzaError(dst, kind, condition, "")
	return wire.AppendEnd(dst, name)
}

func appendIQError(dst []byte, e *wire.Element, kind, condition string) []byte {
	return appendStanzaError(dst, e, "", kind, condition)
}

// errorKind is the error type that RFC 6120 §8.3.3 gives with a condition.
func errorKind(condition string) string {
	switch condition {
	case "bad-request", "jid-malformed", "not-acceptable":
		return "modify"
	case "forbidden", "not-authorized", "registration-required":
		return "auth"
	case "resource-constraint":
		return "wait"
	}
	return "cancel"
}
