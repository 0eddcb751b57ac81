package oracle

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// nsForward is that of XEP-0297.
const nsForward = "urn:xmpp:forward:0"

// copies looks at copies of messages that the server made (XEP-0280): they come from the account whose they are, and are of its messages.
func copies(c *Case) (found []Finding) {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			kind, message, ok := copied(t.element)
			if !ok || !t.marked || c.wasSent(t) {
				continue
			}
			own := c.bare(a)
			if from := string(t.element.Attr("from")); from != "" && !strings.EqualFold(from, own) {
				found = append(found, Finding{Oracle: Identity, Row: "O-145", Level: program.Must, Title: "a copy of a message does not come from the account that it is for", Clause: "XEP-0280 §6, §11",
					Detail: fmt.Sprintf("the %s received one from %q", a, from), Ought: "from is the bare JID of the account whose copy it is", Evidence: []Span{t.span()}})
				continue
			}
			whose := message.Attr("from")
			if kind == "received" {
				whose = message.Attr("to")
			}
			if whose != nil && own != "" && !strings.EqualFold(bareOf(string(whose)), own) {
				found = append(found, Finding{Oracle: Witness, Row: "O-145", Level: program.Must, Title: "a copy of a message goes to somebody else", Clause: "XEP-0280 §6, §7",
					Detail: fmt.Sprintf("the %s received a copy of a message of %q", a, whose), Ought: "copies go to the sessions of who sent or received the message", Evidence: []Span{t.span()}})
			}
		}
	}
	return found
}

// copied is the message in a copy, and whether that is of one sent or received.
func copied(e *wire.Element) (kind string, message wire.Element, ok bool) {
	if e.Kind != wire.Stanza || string(e.Local()) != "message" {
		return "", message, false
	}
	for _, kind := range []string{"sent", "received"} {
		wrapper, ok := e.Child(wire.NSCarbons, kind)
		if !ok {
			continue
		}
		forwarded, ok := wrapper.Child(nsForward, "forwarded")
		if !ok {
			continue
		}
		message, ok := forwarded.Child(wire.NSClient, "message")
		return kind, message, ok
	}
	return "", message, false
}

// wasSent reports whether somebody sent t as it is, so that it is no copy of the server's; or sent what was not read.
func (c *Case) wasSent(t *turn) bool {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		if w.sent.lost || slices.ContainsFunc(w.sent.turns, func(s *turn) bool { return s.id == t.id && s.name == t.name && sameStanza(s.element, t.element) }) {
			return true
		}
	}
	return false
}
