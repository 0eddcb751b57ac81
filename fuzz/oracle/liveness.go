package oracle

import (
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// hung looks for what was never answered, though the connection stands.
func hung(c *Case) (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil || w.dropped {
			continue
		}
		found = append(found, c.unansweredIQ(w)...)
		found = append(found, loops(w)...)
		if f, ok := c.silent(w); ok {
			found = append(found, f)
		}
	}
	for _, a := range others() {
		w := c.talks[a]
		if w == nil || w.did || w.left || w.dropped || w.sent.lost || w.sent.partial || w.ended || w.over || w.received.badAt >= 0 || c.Facts.Ended {
			continue
		}
		if at := c.timedOut(w, "sync"); at >= 0 {
			found = append(found, Finding{Oracle: Hang, Row: "O-108", Level: program.Must, Title: "a session of somebody else is answered no more", Clause: "RFC 6120 §13.12",
				Detail: "that of the " + string(a), Ought: "another session is not touched by what somebody sends", Evidence: []Span{{Event: at}}})
		}
	}
	return found
}

// enough is how many bytes have to follow what is not well-formed: a parser may not have looked at the last ones yet.
const enough = 16

// silent tells of a stream on which nothing comes any more. Nobody is owed anything inside of an element, while TLS is to begin, or
// behind what not every server refuses.
func (c *Case) silent(w *talk) (Finding, bool) {
	if len(w.timeouts) == 0 || w.ended || w.over || w.left || w.leaving || w.sent.unread || w.sent.partial || c.Facts.Ended {
		return Finding{}, false
	}
	f := Finding{Oracle: Hang, Row: "O-80", Level: program.Must, Clause: "RFC 6120 §4.4, §8.2.3", Evidence: []Span{{Event: w.timeouts[0]}},
		Ought: "an answer, or the end of the stream"}
	last := w.lastAsked()
	switch {
	case w.sent.broken:
		if w.received.badAt >= 0 || w.sent.rest < enough || w.timeouts[len(w.timeouts)-1] < w.sent.badAt {
			return f, false
		}
		f.Row, f.Clause = "O-25", "RFC 6120 §11.3"
		f.Title, f.Ought = "what is not well-formed does not end the stream", "the stream is ended with not-well-formed"
		f.Evidence = append(f.Evidence, Span{Event: w.sent.badAt})
	case last != nil && w.timeouts[len(w.timeouts)-1] > last.event:
		f.Title = "neither an answer nor an end comes: " + Class(last.element)
		f.Evidence = append(f.Evidence, last.span())
	case c.unsynced(w) >= 0:
		f.Title = "the server answers a session no more"
		if kind := c.lastClass(w); kind != "" {
			f.Title += " after " + kind
		}
		f.Evidence = []Span{{Event: c.unsynced(w)}}
	default:
		return f, false
	}
	f.Detail = f.Title
	return f, true
}

// timedOut is where w waited in vain for what, or -1.
func (c *Case) timedOut(w *talk, what string) int {
	for _, i := range w.timeouts {
		if string(c.Transcript[i].Data) == what {
			return i
		}
	}
	return -1
}

// unsynced is where w waited in vain for the answer to a sync that the server was to read as such, or -1.
func (c *Case) unsynced(w *talk) int {
	for n, i := range w.timeouts {
		if string(c.Transcript[i].Data) == "sync" && !w.excused[n] {
			return i
		}
	}
	return -1
}

// lastAsked is the last thing sent that must have an answer before authentication, if nothing came since; syncs are stanzas and
// are judged by their time-outs.
func (w *talk) lastAsked() *turn {
	var asked *turn
	for _, t := range w.sent.turns {
		if t.marked && t.stream == w.streams && owed(t.element) && w.user == "" {
			asked = t
		}
	}
	for _, t := range w.received.turns {
		if asked != nil && t.event > asked.event {
			return nil
		}
	}
	return asked
}

// owed reports whether an element of the negotiation must have an answer. Others may be passed over (RFC 6120 §4.8.4).
func owed(e *wire.Element) bool {
	switch string(e.Local()) {
	case "auth", "response", "abort":
		return string(e.Space()) == wire.NSSASL
	case "authenticate":
		return string(e.Space()) == wire.NSSASL2
	case "starttls":
		return string(e.Space()) == wire.NSTLS
	}
	return e.Kind == wire.Header
}

// lastClass is what was sent last before the sync.
func (c *Case) lastClass(w *talk) string {
	class := ""
	for _, t := range w.sent.turns {
		if t.marked && !isSync(t.element.Raw()) {
			class = Class(t.element)
		}
	}
	return class
}

// unaddressed reports whether t is a component's and has not both addresses, so that nobody knows whom to answer (XEP-0114 §3).
func (t *turn) unaddressed() bool {
	return t.component != "" && (len(t.element.Attr("from")) == 0 || len(t.element.Attr("to")) == 0)
}

// unansweredIQ looks for requests to the server that have none or more than one answer, though later ones have theirs.
func (c *Case) unansweredIQ(w *talk) (found []Finding) {
	if w.over || w.ended || w.left {
		return nil
	}
	synced := c.synced(w)
	for _, t := range w.sent.turns {
		if !t.marked || !t.bound || t.stream != w.streams || !isRequest(t.element) || !c.forServer(t.element) || t.unaddressed() {
			continue
		}
		id := mirrored(t.element)
		if id == "" || strings.HasPrefix(id, syncPrefix) || w.uses(id, t.stream) > 1 {
			continue
		}
		f := Finding{Oracle: Hang, Row: "O-80", Level: program.Must, Clause: "RFC 6120 §8.2.3", Ought: "exactly one result or error", Evidence: []Span{t.span()}}
		switch n := c.answersTo(w, t); {
		case n == 0 && t.event < synced:
			f.Title = "a request has no answer: " + Class(t.element)
		case n > 1 && !w.sent.doubtful: // or it was asked more often than was read
			f.Title = "a request has more than one answer: " + Class(t.element)
		default:
			continue
		}
		f.Detail = f.Title
		found = append(found, f)
	}
	return found
}

// synced is the event at which the last sync that has its answer was sent, or -1.
func (c *Case) synced(w *talk) (at int) {
	at = -1
	for _, t := range w.received.turns {
		if id := string(t.element.Attr("id")); t.stream == w.streams && isAnswer(t.element) && strings.HasPrefix(id, syncPrefix) {
			at = max(at, c.sentAt(w, id))
		}
	}
	return at
}

// mirrored is the id of a stanza with its white space as it is when it was not escaped, which is another fault than silence.
func mirrored(e *wire.Element) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, string(e.Attr("id")))
}

// uses is how many stanzas with an id were sent on a stream.
func (w *talk) uses(id string, stream int) (n int) {
	for _, t := range w.sent.turns {
		if t.stream == stream && t.id == id {
			n++
		}
	}
	return n
}

// answersTo is how many answers a request has: results and errors with its id, from where it went.
func (c *Case) answersTo(w *talk, asked *turn) (n int) {
	to := string(asked.element.Attr("to"))
	for _, t := range w.received.turns {
		if t.name != "iq" || t.stream != asked.stream {
			continue
		}
		from := string(t.element.Attr("from"))
		if t.element.Kind == wire.Stanza && string(t.element.Local()) == "iq" && isAnswer(t.element) && t.stream == asked.stream && mirrored(t.element) == mirrored(asked.element) &&
			(from == "" || to == "" && (c.isAttacker(from) || strings.EqualFold(from, c.Domain)) || strings.EqualFold(from, to)) {
			n++
		}
	}
	return n
}

// sentAt is the event at which the sync with an id was sent.
func (c *Case) sentAt(w *talk, id string) int {
	for _, t := range w.sent.turns {
		if string(t.element.Attr("id")) == id {
			return t.event
		}
	}
	return -1
}

// forServer reports whether the server itself has to answer a request (RFC 6121 §8.5.1, §8.5.2).
func (c *Case) forServer(e *wire.Element) bool {
	to := string(e.Attr("to"))
	if e.Attr("to") == nil || to != "" && strings.EqualFold(to, c.Domain) {
		return true
	}
	for _, a := range program.Actors() {
		if bare, ok := c.known(string(a) + ".bare"); ok && to == bare {
			return true
		}
	}
	return false
}

// loops looks for errors that were answered by errors. What was sent to oneself comes back and is no answer.
func loops(w *talk) []Finding {
	for _, t := range w.sent.turns {
		id := string(t.element.Attr("id"))
		if !t.marked || t.element.Kind != wire.Stanza || string(t.element.Attr("type")) != "error" || id == "" || w.uses(mirrored(t.element), t.stream) > 1 {
			continue
		}
		for _, r := range w.received.turns {
			if r.event > t.event && r.stream == t.stream && r.element.Kind == wire.Stanza && string(r.element.Attr("type")) == "error" && string(r.element.Attr("id")) == id &&
				string(r.element.Local()) == string(t.element.Local()) && answersFrom(t.element, r.element) && !sameStanza(t.element, r.element) {
				title := "an error is answered by an error: " + string(t.element.Local())
				return []Finding{{Oracle: Hang, Row: "O-82", Level: program.Must, Title: title, Detail: title, Clause: "RFC 6120 §8.3.1",
					Ought: "an error is not answered", Evidence: []Span{t.span(), r.span()}}}
			}
		}
	}
	return nil
}

// answersFrom reports whether an answer comes from where a stanza went to, as far as that is known.
func answersFrom(asked, answer *wire.Element) bool {
	to, from := string(asked.Attr("to")), string(answer.Attr("from"))
	return to == "" || from == "" || strings.EqualFold(to, from)
}
