package crowd

import "xmpprig/loadgen/xmpp/wire"

// answerFor answers what came for an account or a domain rather than for a session, or for nobody.
func (c *Crowd) answerFor(e *wire.Element) {
	kind := string(e.Attr("type"))
	if kind == "error" || kind == "result" && string(e.Local()) == "iq" || string(e.Local()) == "presence" {
		return // which have no answer (RFC 6120 §8.3.1, RFC 6121 §8.5.1)
	}
	from, to := e.Attr("from"), e.Attr("to")
	if len(from) == 0 || len(to) == 0 {
		return
	}
	var b []byte
	if isRequest(e) {
		b = answer(nil, e, string(from))
	} else {
		c.bounced.Add(1)
		b = refusal(nil, e, string(from))
	}
	_ = c.carrier.Send(string(domainOf(to)), string(domainOf(from)), b) // the asker's wait ends by its own limit
}

// answer appends the answer of an account or a domain to a request.
func answer(dst []byte, e *wire.Element, to string) []byte {
	payload, _ := e.First()
	var result string
	switch get := string(e.Attr("type")) == "get"; {
	case get && payload.Is(wire.NSPing, "ping"):
	case get && payload.Is(wire.NSRoster, "query"):
		result = "<query xmlns='" + wire.NSRoster + "'/>"
	case get && payload.Is(wire.NSDiscoInfo, "query"):
		result = "<query xmlns='" + wire.NSDiscoInfo + "'><identity category='server' type='im' name='xmpprig'/>" +
			"<feature var='" + wire.NSDiscoInfo + "'/><feature var='" + wire.NSPing + "'/></query>"
	default:
		return refusal(dst, e, to)
	}
	return wire.AppendIQ(dst, wire.Addressing{From: string(e.Attr("to")), To: to, ID: string(e.Attr("id")), Type: "result"}, []byte(result))
}

// refusal appends what comes back of a stanza that nobody serves (RFC 6120 §8.3.3.19).
func refusal(dst []byte, e *wire.Element, to string) []byte {
	a := wire.Addressing{From: string(e.Attr("to")), To: to, ID: string(e.Attr("id")), Type: "error"}
	dst = wire.AppendStart(dst, string(e.Local()), a)
	dst = wire.AppendStanzaError(dst, "cancel", "service-unavailable", "")
	return wire.AppendEnd(dst, string(e.Local()))
}
