package xmpp

import "xmpprig/loadgen/xmpp/wire"

// offer is what a stream's features offer, of what this client can use.
type offer struct {
	startTLS   bool
	mechanisms []string
	bindings   []string // channel binding types (XEP-0440)
	sasl2      *inlineOffer
	bind       bool
	session    bool // offered and not optional
	management bool // of streams (XEP-0198)
}

func readOffer(features *wire.Element) offer {
	var o offer
	for f, ok := features.First(); ok; f, ok = f.Next() {
		switch {
		case f.Is(wire.NSTLS, "starttls"):
			o.startTLS = true
		case f.Is(wire.NSSASL, "mechanisms"):
			o.mechanisms = texts(&f, wire.NSSASL, "mechanism", func(m *wire.Element) []byte { return m.Text() })
		case f.Is(wire.NSSASL2, "authentication"):
			o.sasl2 = readInlineOffer(&f)
		case f.Is(wire.NSSASLCB, "sasl-channel-binding"):
			o.bindings = texts(&f, wire.NSSASLCB, "channel-binding", func(b *wire.Element) []byte { return b.Attr("type") })
		case f.Is(wire.NSBind, "bind"):
			o.bind = true
		case f.Is(wire.NSSM, "sm"):
			o.management = true
		case f.Is(wire.NSSession, "session"):
			_, optional := f.Child(wire.NSSession, "optional")
			o.session = !optional
		}
	}
	return o
}

func texts(e *wire.Element, space, local string, text func(*wire.Element) []byte) []string {
	var all []string
	for c, ok := e.First(); ok; c, ok = c.Next() {
		if c.Is(space, local) {
			all = append(all, string(text(&c)))
		}
	}
	return all
}

// parseStreamError reads <stream:error/> (RFC 6120 §4.9).
func parseStreamError(e *wire.Element) *StreamError {
	found := &StreamError{Condition: wire.UndefinedCondition}
	for c, ok := e.First(); ok; c, ok = c.Next() {
		switch {
		case c.Is(wire.NSStreams, "text"):
			found.Text = string(c.Text())
		case string(c.Space()) == wire.NSStreams:
			found.Condition = wire.Condition(c.Local())
			found.Host = string(c.Text())
		}
	}
	return found
}

// ParseStanzaError reads the error of a stanza of type error (RFC 6120 §8.3).
// A stanza without one gives undefined-condition.
func ParseStanzaError(e *wire.Element) *StanzaError {
	found := &StanzaError{Condition: "undefined-condition"}
	for c, ok := e.First(); ok; c, ok = c.Next() {
		if string(c.Local()) != "error" || string(c.Space()) != string(e.Space()) {
			continue
		}
		found.Type = string(c.Attr("type"))
		for d, ok := c.First(); ok; d, ok = d.Next() {
			switch {
			case d.Is(wire.NSStanzas, "text"):
				found.Text = string(d.Text())
			case string(d.Space()) == wire.NSStanzas:
				found.Condition = string(d.Local())
			}
		}
	}
	return found
}

// parseManagementError reads <failed/> (XEP-0198 §3).
func parseManagementError(request string, e *wire.Element) *ManagementError {
	found := &ManagementError{Request: request, Condition: "undefined-condition"}
	for c, ok := e.First(); ok; c, ok = c.Next() {
		switch {
		case string(c.Local()) == "text":
			found.Text = string(c.Text())
		case string(c.Space()) == wire.NSStanzas:
			found.Condition = string(c.Local())
		}
	}
	return found
}
