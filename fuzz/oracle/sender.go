package oracle

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// forged looks for stanzas from somebody who sent none.
func (c *Case) forged() (found []Finding) {
	for _, a := range program.Actors() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			if !t.marked || t.element.Kind != wire.Stanza {
				continue
			}
			f := Finding{Oracle: Identity, Row: "O-75", Level: program.Must, Title: "a stanza is delivered with a forged from", Clause: "RFC 6120 §8.1.2.1",
				Detail: fmt.Sprintf("the %s received a %s from %q, who sent none", a, t.element.Local(), t.element.Attr("from")),
				Ought:  "from is the full JID of the session that sent it, or the stream is ended with invalid-from", Evidence: []Span{t.span()}}
			if c.overTrunk(t) != nil { // who may have sent that is told elsewhere
				continue
			}
			if s := c.claimed(t); s != nil {
				f.Evidence = []Span{s.span(), t.span()}
			} else if isAnswer(t.element) || c.maySend(string(t.element.Attr("from")), a, t) {
				continue
			}
			found = append(found, f)
		}
	}
	return found
}

// isAnswer reports whether a stanza is a result or an error, which servers send in the name of others (RFC 6120 §8.3.1).
func isAnswer(e *wire.Element) bool {
	kind := string(e.Attr("type"))
	return kind == "error" || kind == "result" && string(e.Local()) == "iq"
}

// claimed is the attacker's stanza that t is of, where it claims to be from somebody else and t is from there.
func (c *Case) claimed(t *turn) *turn {
	from := string(t.element.Attr("from"))
	if from == "" || c.isOwn(from) || c.isComponent(from) {
		return nil
	}
	for _, s := range c.originals() {
		if string(s.element.Local()) == string(t.element.Local()) && strings.EqualFold(string(s.element.Attr("from")), from) && sameStanza(s.element, t.element) {
			return s
		}
	}
	return nil
}

// isOwn reports whether a JID is one of the attacker's: the bare one, or that of a session it has or had.
func (c *Case) isOwn(jid string) bool {
	if !c.isAttacker(jid) {
		return false
	}
	_, resource, full := strings.Cut(jid, "/")
	if !full {
		return true
	}
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, x := range w.wrongs {
			if _, bound, _ := strings.Cut(x.what, "/"); x.kind == wrongBound && bound == resource {
				return true
			}
		}
	}
	for _, e := range c.Transcript { // those of sessions whose beginning was not read
		if _, value, ok := strings.Cut(string(e.Data), ".jid="); ok && e.What == program.Learned && strings.EqualFold(value, jid) {
			return true
		}
	}
	return false
}

// isAttacker reports whether a JID belongs to an account that the attacker has the password of, or took.
func (c *Case) isAttacker(jid string) bool {
	bare := bareOf(jid)
	if c.isComponent(bare) {
		return true
	}
	for _, a := range attackers() {
		if own, ok := c.known(string(a) + ".bare"); ok && strings.EqualFold(bare, own) {
			return true
		}
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, name := range w.users {
			if strings.EqualFold(bare, name+"@"+c.Domain) {
				return true
			}
		}
		for _, x := range w.wrongs {
			if x.kind == wrongBound && strings.EqualFold(bare, bareOf(x.what)) {
				return true
			}
		}
	}
	return false
}

// isComponent reports whether a JID is of the component that an attacker is, which may send from all of them (XEP-0114 §3).
func (c *Case) isComponent(jid string) bool {
	for _, a := range attackers() {
		if w := c.talks[a]; w != nil && slices.ContainsFunc(w.components, func(domain string) bool { return strings.EqualFold(domain, hostOf(jid)) }) {
			return true
		}
	}
	return false
}

// maySend reports whether a stanza that to received can be from whom it says.
func (c *Case) maySend(from string, to program.Actor, t *turn) bool {
	host := from
	if _, after, ok := strings.Cut(bareOf(from), "@"); ok {
		host = after
	}
	host, domain := strings.ToLower(bareOf(host)), strings.ToLower(c.Domain)
	switch {
	case from == "" || domain == "" || strings.HasSuffix(host, "."+domain): // a service of the server, a room, a node
		return true
	case c.claims(host): // or it is told elsewhere
		return true
	case host != domain:
		return false
	case !strings.Contains(bareOf(from), "@") || c.isAttacker(from) || byServer(t.element) || isDelayed(t.element):
		return true
	}
	for _, a := range program.Actors() {
		if bare, ok := c.known(string(a) + ".bare"); ok && strings.EqualFold(bareOf(from), bare) && (a.Account() == to.Account() || c.hasSent(a, t.element)) {
			return true
		}
	}
	return false
}

// hasSent reports whether an actor sent anything of that kind, as far as is known.
func (c *Case) hasSent(a program.Actor, e *wire.Element) bool {
	w := c.talks[a]
	if w == nil {
		return false
	}
	for _, s := range w.sent.turns {
		if s.element.Kind == wire.Stanza && string(s.element.Local()) == string(e.Local()) && !isSync(s.element.Raw()) && !hasChildOf(s.element, wire.NSBind) {
			return true
		}
	}
	return w.sent.lost
}

// byServer reports whether a stanza is one that servers send in the name of an account: presence, questions about what a client can
// do, what was published, what became of the roster, and copies for other sessions (RFC 6121 §2.1.6, XEP-0163 §4, XEP-0280 §7).
func byServer(e *wire.Element) bool {
	if string(e.Local()) == "presence" {
		return true
	}
	return !strings.Contains(string(e.Attr("from")), "/") &&
		(hasChildOf(e, wire.NSDiscoInfo) || hasChildOf(e, wire.NSPubSub+"#event") || hasChildOf(e, wire.NSRoster) || hasChildOf(e, wire.NSCarbons) || hasChildOf(e, wire.NSPing))
}

// isDelayed reports whether a stanza was kept for its receiver (XEP-0203, and XEP-0091 before it), so that it can be of an earlier program.
func isDelayed(e *wire.Element) bool {
	return hasChildOf(e, wire.NSDelay) || hasChildOf(e, "jabber:x:delay")
}
