package oracle

import (
	"bytes"
	"fmt"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// reached looks for effects of what was sent before authentication, or before a resource was bound.
func reached(c *Case) (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			if t.marked && t.user == "" && t.element.Is(wire.NSSM, "resumed") {
				found = append(found, Finding{Oracle: PreAuth, Row: "O-117", Level: program.Must, Title: "a session is resumed before authentication", Clause: "XEP-0198 §10",
					Ought: "failed, or the end of the stream", Evidence: []Span{t.span()}})
			}
			if t.marked && t.user == "" && early(t.element) && !w.mayHave(t) {
				found = append(found, Finding{Oracle: PreAuth, Row: "O-49", Level: program.Must, Title: "a stanza is served before authentication", Clause: "RFC 6120 §4.3.5, §4.9.3.12",
					Detail: "the answer was " + Class(t.element), Ought: "the stream is ended with not-authorized", Evidence: []Span{t.span()}})
			}
		}
	}
	for _, a := range others() {
		if w := c.talks[a]; w != nil {
			found = append(found, c.routedEarly(w)...)
		}
	}
	return found
}

// mayHave reports whether t is the form of registration, the answer to a registration that was offered (XEP-0077 §3), or that to an
// authentication without SASL.
func (w *talk) mayHave(t *turn) bool {
	for _, s := range w.sent.turns {
		if s.stream == t.stream && bytes.Equal(s.element.Attr("id"), t.element.Attr("id")) && isRequest(s.element) {
			form := string(s.element.Attr("type")) == "get"
			return (form || w.registers) && hasChildOf(s.element, wire.NSRegister) || hasChildOf(s.element, nsLegacyAuth)
		}
	}
	return false
}

// early reports whether something must not be received before authentication.
func early(e *wire.Element) bool {
	if e.Kind != wire.Stanza || string(e.Attr("type")) == "error" {
		return e.Is(wire.NSStream, "features") && hasChildOf(e, wire.NSBind)
	}
	return true
}

func hasChildOf(e *wire.Element, space string) bool {
	for c := range e.Children() {
		if string(c.Space()) == space {
			return true
		}
	}
	return false
}

// routedEarly finds what w received of streams on which no resource was asked for yet. What stands behind a request for one in the
// same packet is not early: it is read in order.
func (c *Case) routedEarly(w *talk) []Finding {
	for _, t := range w.received.turns {
		if !t.marked || t.element.Kind != wire.Stanza || string(t.element.Local()) != "message" && !isRequest(t.element) {
			continue
		}
		s := c.origin(t)
		if s == nil || s.binding || s.spoiled {
			continue
		}
		f := Finding{Oracle: PreAuth, Row: "O-49", Level: program.Must, Title: "a stanza is routed before authentication", Clause: "RFC 6120 §4.3.5, §4.9.3.12"}
		if s.user != "" || s.asked && len(c.talks[s.actor].users) > 0 {
			f.Oracle, f.Row, f.Title, f.Clause = Order, "O-68", "a stanza is routed before a resource is bound", "RFC 6120 §7.1"
		}
		f.Detail = fmt.Sprintf("the %s received it", w.actor)
		f.Ought, f.Evidence = "the stream is ended with not-authorized", []Span{s.span(), t.span()}
		return []Finding{f}
	}
	return nil
}

// origin is the earliest stanza that can be what t is of, unless somebody sent the same from a session in good order.
func (c *Case) origin(t *turn) (first *turn) {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, s := range w.sent.turns {
			switch {
			case s.server || s.element.Kind != wire.Stanza || s.id != t.id || s.name != t.name || !sameStanza(s.element, t.element):
			case s.binding:
				return nil
			case first == nil && a.Account() == program.Attacker.Account():
				first = s
			}
		}
	}
	return first
}

// ordered looks for steps of the negotiation that had no right to be.
func ordered(c *Case) (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, x := range w.wrongs {
			f := Finding{Oracle: Order, Level: program.Must, Evidence: []Span{x.at.span()}}
			switch x.kind {
			case wrongOffer:
				f.Row, f.Title, f.Clause, f.Ought = "O-51", "a mechanism succeeds that was not offered", "RFC 6120 §6.3.4", "invalid-mechanism"
				f.Detail = f.Title + ": " + x.what
			case wrongSilent:
				f.Row, f.Title, f.Clause, f.Ought = "O-42", "an authentication succeeds that was not asked for on this stream", "RFC 6120 §5.4.3.3", "what was sent before TLS is forgotten"
			case wrongAgain:
				f.Row, f.Title, f.Clause, f.Ought = "O-46", "an authentication succeeds after another", "RFC 6120 §6.4.1", "failure, or the end of the stream"
			case wrongProceed:
				f.Row, f.Title, f.Clause, f.Ought = "O-46", "TLS is begun where it was not offered", "RFC 6120 §5.4.2.2", "failure, and the end of the stream"
			default:
				continue
			}
			found = append(found, f)
		}
		found = append(found, unasked(w)...)
	}
	return found
}

// unasked finds answers that carry the id of no stanza of this stream: what was sent before TLS is acted on under it.
func unasked(w *talk) (found []Finding) {
	for _, t := range w.received.turns {
		id, kind := t.element.Attr("id"), string(t.element.Attr("type"))
		if t.marked && t.element.Kind == wire.Header && t.secure && t.stream == t.encrypted && !t.spoken {
			found = append(found, Finding{Oracle: Order, Row: "O-42", Level: program.Must, Title: "a stream is opened that was not asked for under TLS", Clause: "RFC 6120 §5.4.3.3",
				Ought: "what was sent before TLS is forgotten", Evidence: []Span{t.span()}})
		}
		if !t.marked || t.element.Kind != wire.Stanza || string(t.element.Local()) != "iq" || kind != "result" && kind != "error" || len(id) == 0 {
			continue
		}
		asked, before := false, (*turn)(nil)
		for _, s := range w.sent.turns {
			if s.id != t.id {
				continue
			}
			if asked = asked || s.stream == t.stream; s.stream < t.stream && s.connection == t.connection && !s.secure && t.secure {
				before = s
			}
		}
		if !asked && before != nil && !strings.HasPrefix(string(id), syncPrefix) {
			found = append(found, Finding{Oracle: Order, Row: "O-42", Level: program.Must, Title: "what was sent before TLS is acted on under it", Clause: "RFC 6120 §5.4.3.3",
				Ought: "what was sent before TLS is forgotten", Evidence: []Span{before.span(), t.span()}})
		}
	}
	return found
}
