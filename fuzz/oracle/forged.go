package oracle

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// halfForged looks for messages in which the server took some of several forged stanza-ids out, and left others: it knows that they
// are its own to give (XEP-0359 §3), and misses what comes twice. A server that leaves them all does not know the extension.
func (c *Case) halfForged() (found []Finding) {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			if !t.marked || string(t.element.Local()) != "message" {
				continue
			}
			for _, s := range c.originals() {
				sent, got := c.forgedIDs(s.element, nil), 0
				if len(sent) < 2 || !sameStanza(s.element, t.element) {
					continue
				}
				if got = len(c.forgedIDs(t.element, sent)); got == 0 || got >= len(sent) {
					continue
				}
				return append(found, Finding{Oracle: Identity, Row: "O-142", Level: program.Must, Title: "one of several forged stanza-ids is delivered", Clause: "XEP-0359 §3",
					Detail: fmt.Sprintf("%d of %d were left in", got, len(sent)), Ought: "all stanza-ids by the server that it did not set are taken out", Evidence: []Span{s.span(), t.span()}})
			}
		}
	}
	return found
}

// forgedIDs are the ids of the stanza-ids that say they are the server's or an account's; of these only, where some are given.
func (c *Case) forgedIDs(e *wire.Element, of []string) (ids []string) {
	for child := range e.Children() {
		if !child.Is("urn:xmpp:sid:0", "stanza-id") || !strings.HasSuffix(strings.ToLower(string(child.Attr("by"))), strings.ToLower(c.Domain)) {
			continue
		}
		id := string(child.Attr("id"))
		if of == nil || slices.Contains(of, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
