package oracle

import (
	"fmt"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

const relayed = "delivered as it was sent, once, and in order (RFC 6120 §8.1.2.1, §8.4, §10.1)"

// witnessed looks at what everybody received of what the attacker sent, and at what became of the streams of the others.
func witnessed(c *Case) (found []Finding) {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil || a == program.Authority { // stanzas between servers are in another namespace
			continue
		}
		if f, ok := c.cutOff(w); ok {
			found = append(found, f)
		}
		found = append(found, c.deliveries(w)...)
	}
	return found
}

// cutOff tells of the end of a stream whose owner did nothing that ends it. The end of all streams is told by another oracle.
func (c *Case) cutOff(w *talk) (Finding, bool) {
	if w.actor.Account() == program.Attacker.Account() || w.did || w.left || w.dropped || w.sent.lost || w.sent.partial || c.Facts.Ended || c.isAttacker(c.bare(w.actor)) {
		return Finding{}, false
	}
	f := Finding{Oracle: Witness, Row: "O-103", Level: program.Must, Ought: "another session is not touched by what somebody sends", Clause: "RFC 6120 §8.4"}
	switch {
	case w.received.badAt >= 0:
		f.Title = "a session receives what is not well-formed"
		f.Evidence = []Span{{Event: w.received.badAt}}
	case w.robbed:
		f.Title = "a session of somebody else is ended"
		if last := len(w.received.turns) - 1; last >= 0 {
			f.Evidence = []Span{w.received.turns[last].span()}
		}
	default:
		return f, false
	}
	f.Detail = f.Title + ": that of the " + string(w.actor)
	return f, true
}

// bare is the address of an actor's account; empty where it is not known.
func (c *Case) bare(a program.Actor) string {
	bare, _ := c.known(string(a) + ".bare")
	return bare
}

// deliveries compares what w received with what the attacker sent.
func (c *Case) deliveries(w *talk) (found []Finding) {
	sent := c.originals()
	unread := c.unreadable()
	stream := -1
	var newest map[string]int // by to, of what has come
	for _, t := range w.received.turns {
		if !c.isDelivery(w, t) {
			continue
		}
		if t.stream != stream { // what was not acknowledged on the last one may come again (XEP-0198 §5)
			stream, newest = t.stream, map[string]int{}
			forget(sent)
		}
		at, exact := match(sent, t.element, newest, func(s *turn) bool { return !c.strayed(w, s) })
		if at < 0 || !exact {
			if !unread && !byServer(t.element) && (at >= 0 || !isDelayed(t.element)) {
				found = append(found, c.strange(w, t, sent, at))
			}
			continue
		}
		s := sent[at]
		if c.strayed(w, s) && !unread {
			found = append(found, Finding{Oracle: Witness, Row: "O-103", Level: program.Must, Title: "a stanza is delivered to somebody else", Clause: "RFC 6120 §10.5",
				Detail: fmt.Sprintf("the %s received a %s to %q", w.actor, s.element.Local(), s.element.Attr("to")), Ought: relayed, Evidence: []Span{s.span(), t.span()}})
		}
		if f, ok := misplaced(w, t, s, at, newest[s.line()]-1); ok && !unread && !isDelayed(t.element) { // what was not read may be another one
			found = append(found, f)
		}
		s.used = true
		newest[s.line()] = max(newest[s.line()], at+1)
	}
	return found
}

// strayed reports whether a stanza that w received is addressed to another actor, and names no more receivers inside (XEP-0033).
func (c *Case) strayed(w *talk, s *turn) bool {
	if hasChildOf(s.element, "http://jabber.org/protocol/address") {
		return false
	}
	to := bareOf(string(s.element.Attr("to")))
	for _, a := range program.Actors() {
		if a.Account() != w.actor.Account() && c.bare(a) != "" && strings.EqualFold(c.bare(a), to) {
			return true
		}
	}
	return false
}

// isDelivery reports whether t is something that an attacker sent, by what it says. A session of the attacker's own account
// receives more from its bare JID, which the server sends in its name.
func (c *Case) isDelivery(w *talk, t *turn) bool {
	e := t.element
	from := string(e.Attr("from"))
	return t.marked && e.Kind == wire.Stanza && string(e.Attr("type")) != "error" && (string(e.Local()) == "message" || isRequest(e)) && c.isAttacker(from) &&
		(w.actor.Account() != program.Attacker.Account() || strings.Contains(from, "/"))
}

// line is what has an order: the stanzas of one stream to one address (RFC 6120 §10.1).
func (t *turn) line() string {
	if t.lineName == "" {
		t.lineName = fmt.Sprintf("%s %d %s", t.actor, t.stream, t.element.Attr("to"))
	}
	return t.lineName
}

func forget(sent []*turn) {
	for _, t := range sent {
		t.used = false
	}
}

// strange is what was received and not sent, or not so.
func (c *Case) strange(w *talk, t *turn, sent []*turn, at int) Finding {
	if at < 0 {
		return c.smuggled(w, t)
	}
	return altered(w, t, sent[at])
}

// misplaced tells of what came too often, or behind what was sent after it: at is where it stands in all that was sent, and newest that
// of its line which came already, or -1.
func misplaced(w *talk, t, s *turn, at, newest int) (Finding, bool) {
	f := Finding{Oracle: Witness, Row: "O-102", Level: program.Must, Clause: "RFC 6120 §10.1", Ought: relayed, Evidence: []Span{t.span(), s.span()}}
	switch {
	case s.used:
		f.Title = "a stanza is delivered twice"
		f.Detail = fmt.Sprintf("the %s received a %s more often than it was sent", w.actor, t.element.Local())
	case at < newest && w.actor.Account() != program.Attacker.Account():
		f.Title = "stanzas are delivered in another order"
		f.Detail = fmt.Sprintf("the %s received a %s behind one that was sent later", w.actor, t.element.Local())
	default:
		return f, false
	}
	return f, true
}

// originals are the stanzas that the attackers sent, whenever they did.
func (c *Case) originals() (sent []*turn) {
	for _, a := range attackers() {
		if w := c.talks[a]; w != nil {
			for _, t := range w.sent.turns {
				if t.element.Kind == wire.Stanza {
					sent = append(sent, t)
				}
			}
		}
	}
	return sent
}

// unreadable reports whether an attacker sent what is not read here, so that what it sent is not known.
func (c *Case) unreadable() bool {
	for _, a := range attackers() {
		if w := c.talks[a]; w != nil && (w.sent.doubtful || w.sent.lost && w.sent.badAt < 0) {
			return true
		}
	}
	return false
}

func isRequest(e *wire.Element) bool {
	kind := string(e.Attr("type"))
	return string(e.Local()) == "iq" && (kind == "get" || kind == "set")
}

func bareOf(jid string) string {
	bare, _, _ := strings.Cut(jid, "/")
	return bare
}

// How well something that was sent fits what came.
const (
	fitsNot    = iota
	fitsID     // another stanza of the same name and id, or without one
	fitsOther  // the same, to somebody else
	fitsUsed   // the same, which has come already
	fitsBehind // the same, before one that has come already
	fitsBest
)

// match finds the original of e: one that is the same, best an unused one that is for the receiver and in order, or else one that has
// the same name and id. What cannot be better than the best so far is not compared: thousands may have been sent.
func match(sent []*turn, e *wire.Element, newest map[string]int, isFor func(*turn) bool) (at int, exact bool) {
	best := fitsNot
	id, name := mirrored(e), string(e.Local())
	for i, t := range sent {
		if t.id != id || t.name != name || t.used && best >= fitsUsed {
			continue
		}
		fits := fitsNot
		if len(id) > 0 || !t.used && isFor(t) {
			fits = fitsID
		}
		if could := t.could(i, newest, isFor); could > best && sameStanza(t.element, e) {
			fits = could
		}
		if fits > best {
			best, at = fits, i
		}
		if best == fitsBest {
			break
		}
	}
	if best == fitsNot {
		return -1, false
	}
	return at, best > fitsID
}

// could is how well t fits what came if it is the same.
func (t *turn) could(at int, newest map[string]int, isFor func(*turn) bool) int {
	switch {
	case !isFor(t):
		return fitsOther
	case t.used:
		return fitsUsed
	case at < newest[t.line()]-1:
		return fitsBehind
	}
	return fitsBest
}

// smuggled tells of a stanza that nobody sent as one.
func (c *Case) smuggled(w *talk, t *turn) Finding {
	f := Finding{Oracle: Witness, Row: "O-103", Level: program.Must, Title: "a session receives a stanza that was not sent as one", Clause: "RFC 6120 §4.8.4, §8.1.2.1",
		Detail: fmt.Sprintf("the %s received a %s that stands in nothing that was sent as a stanza", w.actor, t.element.Local()), Ought: relayed, Evidence: []Span{t.span()}}
	for _, a := range attackers() {
		if from := c.talks[a]; from != nil && from.sent.badAt >= 0 {
			f.Row, f.Title, f.Clause = "O-25", "what is not well-formed is passed on", "RFC 6120 §11.3"
			f.Ought = "the stream is ended with not-well-formed, and nothing of it is routed"
			f.Evidence = append(f.Evidence, Span{Event: from.sent.badAt})
		}
	}
	return f
}

// altered tells of what came otherwise than it was sent.
func altered(w *talk, got, sent *turn) Finding {
	how := difference(sent.element, got.element)
	return Finding{Oracle: Witness, Row: "O-103", Level: program.Must, Title: "a stanza is altered on its way: " + how, Clause: "RFC 6120 §8.4, §8.1.1.1",
		Detail: fmt.Sprintf("the %s received a %s that is not as it was sent: %s", w.actor, got.element.Local(), how),
		Ought:  relayed, Evidence: []Span{sent.span(), got.span()}}
}
