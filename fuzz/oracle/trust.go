package oracle

import (
	"fmt"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// federated looks at what came of streams between servers: who was believed, and what was delivered and sent on.
func federated(c *Case) (found []Finding) {
	for _, a := range attackers() {
		if w := c.talks[a]; w != nil && w.trunk != nil {
			found = append(found, c.unvouched(w)...)
		}
	}
	return append(append(found, c.spoofed()...), c.passedOn()...)
}

// unvouched finds results for whom nobody vouched: the authority had not said that the key is valid (XEP-0220 §2.2.1).
func (c *Case) unvouched(w *talk) (found []Finding) {
	for _, r := range w.trunk.results {
		if !r.at.marked || c.vouchedFor(w, r.at.connection, r.pair, r.at.event) {
			continue
		}
		found = append(found, Finding{Oracle: Identity, Row: "O-131", Level: program.Must, Title: "a domain is believed for which nobody vouched", Clause: "XEP-0220 §2.1.2, §2.2.1",
			Detail: fmt.Sprintf("the %s may speak for %s, and no authority has said so", w.actor, r.pair.from),
			Ought:  "the key is verified by the server of that domain, on the stream on which it was asked", Evidence: []Span{r.at.span()}})
	}
	return found
}

// vouchedFor reports whether the authority had vouched for a pair on a connection when something happened: it was asked about the stream,
// and answered where it was asked. What it said and is not read here may have been that.
func (c *Case) vouchedFor(w *talk, connection int, p pair, event int) bool {
	a := c.talks[program.Authority]
	if a == nil || a.trunk == nil {
		return false
	}
	if a.sent.lost {
		return true
	}
	for _, v := range a.trunk.vouched {
		on, known := w.trunk.ids[v.id]
		if v.at.event < event && known && on == connection && v.pair.from == p.from && withinHost(p.to, v.pair.to) && a.trunk.wasAsked(v) {
			return true
		}
	}
	return false
}

// wasAsked reports whether an answer belongs to a question on the same stream.
func (n *trunk) wasAsked(v word) bool {
	for _, q := range n.asked {
		if q.pair == v.pair && q.id == v.id && q.at.stream == v.at.stream && q.at.event < v.at.event {
			return true
		}
	}
	return false
}

// withinHost reports whether a domain is another, or a service of it: who may speak to a server is not kept from those.
func withinHost(host, of string) bool { return host == of || strings.HasSuffix(host, "."+of) }

// spoofed finds stanzas that came over a stream between servers, from a domain that the server had no reason to believe.
func (c *Case) spoofed() (found []Finding) {
	for _, a := range others() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			s := c.overTrunk(t)
			if s == nil || !t.marked || c.mayCome(s, t) {
				continue
			}
			f := Finding{Oracle: PreAuth, Row: "O-129", Level: program.Must, Title: "a stanza is routed before its server is believed", Clause: "RFC 6120 §4.9.3.12, XEP-0220 §2.2.1",
				Detail: fmt.Sprintf("the %s received a %s from %s", a, t.element.Local(), t.element.Attr("from")), Ought: "not-authorized, or nothing", Evidence: []Span{s.span(), t.span()}}
			if c.believed(s, t) {
				f.Oracle, f.Row, f.Title, f.Clause, f.Ought = Identity, "O-128", "a stanza is delivered from a domain that is not verified", "RFC 6120 §8.1.2.2", "invalid-from, and nothing is delivered"
			}
			found = append(found, f)
		}
	}
	return found
}

// overTrunk is the stanza sent over a stream between servers that t is of; nil where there is none. Where several can be, one that may
// come is taken.
func (c *Case) overTrunk(t *turn) (origin *turn) {
	if t.element.Kind != wire.Stanza || string(t.element.Attr("type")) == "error" {
		return nil
	}
	host := domainOf(string(t.element.Attr("from")))
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil || w.trunk == nil {
			continue
		}
		for _, s := range w.sent.turns {
			if !s.server || s.element.Kind != wire.Stanza || s.id != t.id || s.name != t.name || domainOf(string(s.element.Attr("from"))) != host || s.event > t.event {
				continue
			}
			if origin = s; c.mayCome(s, t) {
				return s
			}
		}
	}
	return origin
}

// mayCome reports whether the server could believe who a stanza is from when it delivered it.
func (c *Case) mayCome(s, t *turn) bool {
	e := s.element
	p := pair{domainOf(string(e.Attr("from"))), domainOf(string(e.Attr("to")))}
	return c.vouchedFor(c.talks[s.actor], s.connection, p, t.event)
}

// believed reports whether it had believed anybody on the connection.
func (c *Case) believed(s, t *turn) bool {
	for _, r := range c.talks[s.actor].trunk.results {
		if r.at.connection == s.connection && r.at.event < t.event {
			return true
		}
	}
	return false
}

// claims reports whether a domain is one that the attacking side says it serves.
func (c *Case) claims(host string) bool {
	for _, a := range attackers() {
		if own, ok := c.known(string(a) + ".domain"); ok && strings.EqualFold(own, host) {
			return true
		}
	}
	return false
}

// passedOn finds stanzas of other domains that the server sends to the authority, or connects to it for: it is no relay (RFC 6120 §8.1.1.2,
// §10.4).
func (c *Case) passedOn() (found []Finding) {
	w := c.talks[program.Authority]
	if w == nil {
		return nil
	}
	for _, t := range w.received.turns {
		from, to := domainOf(string(t.element.Attr("from"))), domainOf(string(t.element.Attr("to")))
		if !t.marked || (t.element.Kind != wire.Stanza || from == "" || !c.claims(from)) && (t.element.Kind != wire.Header || !c.onlyForRelay(to)) {
			continue
		}
		return []Finding{{Oracle: Identity, Row: "O-127", Level: program.Must, Title: "a stanza of another domain is sent on to a third", Clause: "RFC 6120 §8.1.1.2, §10.4",
			Detail: fmt.Sprintf("what is from another domain is sent on to %s", to), Ought: "host-unknown, and nothing is sent on", Evidence: []Span{t.span()}}}
	}
	return nil
}

// onlyForRelay reports whether the server has no reason to connect to a domain but a stanza that came from another server: nobody has said
// to be that domain, and no client has written to it.
func (c *Case) onlyForRelay(domain string) (relays bool) {
	for _, w := range c.talks {
		for _, t := range w.sent.turns {
			e := t.element
			switch from, to := domainOf(string(e.Attr("from"))), domainOf(string(e.Attr("to"))); {
			case w.sent.lost, from == domain && w.actor != program.Authority, to == domain && !t.server:
				return false
			case to == domain && e.Kind == wire.Stanza && w.actor != program.Authority:
				relays = true
			}
		}
	}
	return relays
}
