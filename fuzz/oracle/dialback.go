package oracle

import (
	"bytes"
	"fmt"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// classifyDialback reads an element of dialback (XEP-0220 §2): its condition is request where it has no type, and that of the error where
// it is one. What is no element of dialback as there should be has no condition.
func classifyDialback(s *Seen, e *wire.Element) {
	s.Kind, s.Type = program.Dialback, string(e.Local())
	switch kind := string(e.Attr("type")); kind {
	case "":
		s.Condition = "request"
	case "valid", "invalid":
		s.Condition = kind
	case "error":
		if bad, ok := e.Child(wire.NSServer, "error"); ok {
			s.Condition = onlyCondition(&bad, wire.NSStanzas)
		}
	}
}

// ofSync reports whether an element is the question of a sync, or its answer.
func ofSync(e *wire.Element) bool {
	return (e.Kind == wire.Stanza || string(e.Space()) == wire.NSDialback) && bytes.HasPrefix(e.Attr("id"), []byte(syncPrefix))
}

// pair is a domain that somebody says to speak for, and the one that it speaks to (XEP-0220 §1.2).
type pair struct{ from, to string }

// word is what somebody said of a pair.
type word struct {
	at   *turn
	pair pair
	id   string // of the stream that it is about; of results empty
}

// trunk is what a talk over streams between servers keeps of dialback.
type trunk struct {
	ids     map[string]int // by the id of a stream, the connection that it is on
	asked   []word         // keys that the authority was asked to verify
	vouched []word         // that it said to be valid
	results []word         // that the server believes somebody
}

// trunkOf is that of a talk; it is made where there is none.
func (w *talk) trunkOf() *trunk {
	if w.trunk == nil {
		w.trunk = &trunk{ids: map[string]int{}}
	}
	return w.trunk
}

// sayDialback follows what an actor says of keys.
func (w *talk) sayDialback(t *turn) {
	if e := t.element; e.Is(wire.NSDialback, "verify") && string(e.Attr("type")) == "valid" {
		n := w.trunkOf()
		n.vouched = append(n.vouched, word{t, pair{lower(e, "from"), lower(e, "to")}, string(e.Attr("id"))})
	}
}

// hearDialback follows what the server asks, and whom it believes.
func (w *talk) hearDialback(t *turn) {
	e, n := t.element, w.trunkOf()
	kind := string(e.Attr("type"))
	switch {
	case e.Kind == wire.Header:
		n.ids[string(e.Attr("id"))] = w.dials
	case e.Is(wire.NSDialback, "verify") && kind == "":
		n.asked = append(n.asked, word{t, pair{lower(e, "to"), lower(e, "from")}, string(e.Attr("id"))})
	case e.Is(wire.NSDialback, "result") && kind == "valid":
		n.results = append(n.results, word{t, pair{lower(e, "to"), lower(e, "from")}, ""})
	}
}

func lower(e *wire.Element, name string) string { return strings.ToLower(string(e.Attr(name))) }

// domainOf is the domain of an address, in lower case.
func domainOf(jid string) string {
	bare := bareOf(jid)
	if _, host, ok := strings.Cut(bare, "@"); ok {
		bare = host
	}
	return strings.ToLower(bare)
}

// mostCalls is how often a server may connect for each element that makes it do so, before it is conspicuous.
const mostCalls = 6

// besieged looks for a server that connects again and again (OF-2325).
func besieged(c *Case) []Finding {
	calls, asked := 0, 1
	for _, e := range c.Transcript {
		if e.What == program.Accepted || e.What == program.Ignored {
			calls++
		}
	}
	for _, w := range c.talks {
		asked += len(w.sent.turns)
	}
	if calls <= mostCalls || calls < mostCalls*asked {
		return nil
	}
	return []Finding{{Oracle: Amplification, Row: "O-155", Level: program.Should, Title: "the server connects to another again and again", Clause: "XEP-0220 §2.5",
		Detail: fmt.Sprintf("%d connections for %d elements", calls, asked), Ought: "remote-server-timeout, and no endless retry"}}
}
