package loopback

import (
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// stanza handles one stanza of a bound session.
func (c *conn) stanza(e *wire.Element) {
	s := c.srv
	s.tally.stanzas.Add(1)
	c.leave = s.queue.admit(c.arrived, s.options.Faults.Rate)
	var to address
	var err error
	if b := e.Attr("to"); b != nil {
		to, err = parseAddress(b)
	}
	if c.twist != nil && c.mishandle(e, &to, &err) {
		return
	}
	if err != nil {
		c.refuse(e, "jid-malformed")
		return
	}
	if s.options.Bounds.Recipients > 0 && c.tooMany(to, time.Now()) {
		c.refuseMany(e)
		return
	}
	switch string(e.Local()) {
	case "message":
		c.message(e, to)
	case "presence":
		c.presence(e, to)
	case "iq":
		c.iq(e, to)
	}
}

// refuse answers a stanza with an error, unless it is one that must have no answer (RFC 6120 §8.3.1, §8.2.3).
func (c *conn) refuse(e *wire.Element, condition string) {
	if c.twist != nil {
		c.complain(e, condition)
	}
	switch string(e.Attr("type")) {
	case "error":
		return
	case "result":
		if string(e.Local()) == "iq" {
			return
		}
	}
	if string(e.Local()) == "message" {
		c.srv.tally.bounced.Add(1)
	}
	c.scratch = appendStanzaError(c.scratch[:0], e, c.session.full, errorKind(condition), condition)
	c.reply(c.scratch)
}

// reply sends the client of this connection an answer to what it sent.
func (c *conn) reply(b []byte) { c.srv.emit(c.session, b, c.due()) }

// message routes a message (RFC 6121 §8.5). There is no offline store: a message for nobody comes back with
// service-unavailable, whether the user exists or not, unless it is a headline or an error, which are ignored.
func (c *conn) message(e *wire.Element, to address) {
	s := c.srv
	local := to.local
	if e.Attr("to") == nil { // as if to the own bare JID (RFC 6120 §10.3.1)
		local, to.domain = []byte(c.session.account.local), []byte(s.options.Domain)
	}
	kind := string(e.Attr("type"))
	switch {
	case s.isRooms(to):
		c.roomMessage(e, to)
		return
	case string(to.domain) != s.options.Domain:
		c.abroad(e, to)
		return
	case local == nil:
		c.undeliverable(e, kind) // the server itself reads no messages
		return
	}
	account := s.accounts.find(local)
	if account.blocks(c.session.account) {
		c.undeliverable(e, kind) // XEP-0191 §3.3
		return
	}
	resources := account.resources()
	if !to.bare() {
		for i := range resources {
			if resources[i].name == string(to.resource) {
				c.deliver(e, to, resources[i:i+1])
				return
			}
		}
		if kind != "chat" { // only chat falls back to the bare JID (RFC 6121 §8.5.3.2.1)
			c.undeliverable(e, kind)
			return
		}
	}
	if kind == "groupchat" || kind == "error" || !anyWilling(resources) {
		if !c.hold(e, local, kind) {
			c.undeliverable(e, kind)
		}
		return
	}
	c.deliver(e, to, resources)
}

func (c *conn) undeliverable(e *wire.Element, kind string) {
	if kind == "headline" || kind == "error" {
		c.srv.tally.ignored.Add(1)
		return
	}
	c.refuse(e, "service-unavailable")
}

// willing reports whether a resource takes what is sent to the bare JID.
func (r *resource) willing() bool { return r.available && r.priority >= 0 }

func anyWilling(list []resource) bool {
	for i := range list {
		if list[i].willing() {
			return true
		}
	}
	return false
}

// deliver hands a message to its recipients: the one session of a full JID, or else those that take messages to the bare
// JID.
func (c *conn) deliver(e *wire.Element, to address, list []resource) {
	s := c.srv
	c.stamp(e)
	s.tally.routed.Add(1)
	if s.options.Archive > 0 {
		c.keep(e, list[0].session.account)
	}
	p := parcel{from: c.session, full: len(list) == 1 && !to.bare() && list[0].name == string(to.resource), list: list, data: c.scratch}
	c.copyMessage(e, list[0].session.account, list, p.full)
	if !s.options.Faults.onMessages() && s.delays == nil {
		c.hand(p, c.due())
		return
	}
	c.tamper(p, to)
}
