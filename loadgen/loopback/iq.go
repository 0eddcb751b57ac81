package loopback

import (
	"bytes"
	"fmt"
	"slices"

	"xmpprig/loadgen/xmpp/wire"
)

// iq handles an iq (RFC 6120 §8.2.3, RFC 6121 §8.5).
func (c *conn) iq(e *wire.Element, to address) {
	kind := string(e.Attr("type"))
	payload, _ := e.First()
	switch {
	case len(e.Attr("id")) == 0:
		c.refuse(e, "bad-request")
		return
	case kind == "result" || kind == "error":
		c.passAnswer(e, to)
		return
	case kind != "get" && kind != "set", !hasOneChild(e):
		c.refuse(e, "bad-request")
		return
	}
	a := c.session.account
	switch {
	case e.Attr("to") == nil:
		c.serverIQ(e, payload, kind, false)
	case c.srv.isRooms(to):
		c.roomIQ(e, payload, to, kind)
	case string(to.domain) == c.srv.pubsubDomain() && to.local == nil:
		c.pubsubIQ(e, payload, kind == "get")
	case string(to.domain) == c.srv.uploadDomain() && to.local == nil && c.srv.takesFiles():
		c.uploadIQ(e, payload, kind == "get")
	case string(to.domain) != c.srv.options.Domain:
		c.abroad(e, to)
	case to.local == nil && to.bare():
		c.serverIQ(e, payload, kind, true)
	case to.local == nil:
		c.refuse(e, "service-unavailable")
	case string(to.local) == a.local && to.bare():
		c.serverIQ(e, payload, kind, false)
	case to.bare():
		c.foreignIQ(e, payload, kind, to)
	default:
		c.passRequest(e, to)
	}
}

// passAnswer delivers a result or an error to the session that it is for, if that is there.
func (c *conn) passAnswer(e *wire.Element, to address) {
	if e.Attr("to") != nil && string(to.domain) != c.srv.options.Domain {
		c.abroad(e, to)
		return
	}
	if to.local == nil || to.bare() {
		if to.local == nil {
			c.onCaps(e)
		}
		return // to the server, as the answer to a roster push is
	}
	if n := c.srv.accounts.find(to.local).session(to.resource); n != nil {
		c.pass(e, n)
	}
}

// passRequest delivers a request to another session whose presence the sender may know (RFC 6121 §8.5.3.1).
func (c *conn) passRequest(e *wire.Element, to address) {
	n := c.srv.accounts.find(to.local).session(to.resource)
	if n == nil || !c.mayReach(n) {
		c.refuse(e, "service-unavailable")
		return
	}
	c.pass(e, n)
}

func (c *conn) pass(e *wire.Element, n *session) {
	c.stamp(e)
	c.srv.emit(n, c.scratch, c.due())
}

// mayReach reports whether a session shares its presence with this one: it is of the same user, of one who granted a
// subscription, or has sent presence directly.
func (c *conn) mayReach(n *session) bool {
	me := c.session
	if n.account == me.account {
		return true
	}
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	if k := n.account.contact(me.account.jid); k != nil && k.from {
		return true
	}
	for _, d := range n.directed {
		if a, err := parseAddress([]byte(d)); err == nil && me.owns(a) {
			return true
		}
	}
	return false
}

// foreignIQ answers for another user (RFC 6121 §8.5.2.1.3): with nothing that would tell whether there is one.
func (c *conn) foreignIQ(e *wire.Element, payload wire.Element, kind string, to address) {
	if c.foreignExtension(e, payload, kind == "get", to) {
		return
	}
	if kind == "set" && payload.Is(wire.NSRoster, "query") {
		c.refuse(e, "forbidden")
		return
	}
	c.refuse(e, "service-unavailable")
}

// serverIQ answers a request to the server, or to the user's own account.
func (c *conn) serverIQ(e *wire.Element, payload wire.Element, kind string, toServer bool) {
	space, name := string(payload.Space()), string(payload.Local())
	if mute := c.srv.options.Faults.NeverAnswer; mute == AllIQ || mute != "" && mute == space {
		c.srv.tally.unanswered.Add(1)
		return
	}
	if without := c.srv.options.Faults.Without; without != "" && without == space {
		c.refuse(e, "service-unavailable")
		return
	}
	get := kind == "get"
	switch {
	case space == wire.NSPing && name == "ping" && get:
		c.result(e, nil)
	case space == wire.NSDiscoInfo && name == "query" && get:
		c.discoInfo(e, payload, toServer)
	case space == wire.NSDiscoItem && name == "query" && get:
		c.result(e, c.srv.services(toServer))
	case space == wire.NSVersion && name == "query" && get && toServer:
		c.result(e, c.srv.version())
	case space == wire.NSCarbons && !get && !toServer:
		c.carbonsRequest(e, payload)
	case space == wire.NSRoster && name == "query" && !toServer:
		c.rosterRequest(e, payload, get)
	case space == wire.NSSession && name == "session" && !get:
		c.result(e, nil)
	case space == wire.NSBind && name == "bind":
		c.refuse(e, "not-allowed") // the session has its resource
	case space == wire.NSRegister && name == "query" && c.srv.options.Register:
		c.scratch = c.accountRequest(c.scratch[:0], e, payload)
		c.reply(c.scratch)
		c.leaveAccount(e, payload)
	case c.extension(e, payload, get, toServer):
	default:
		c.refuse(e, "service-unavailable")
	}
}

// result answers a request with a payload.
func (c *conn) result(e *wire.Element, payload []byte) {
	c.reply(wire.AppendIQ(nil, wire.Addressing{
		From: string(e.Attr("to")), To: c.session.full, ID: string(e.Attr("id")), Type: "result",
	}, payload))
}

// discoInfo describes the server or an account (XEP-0030).
func (c *conn) discoInfo(e *wire.Element, query wire.Element, toServer bool) {
	if len(query.Attr("node")) > 0 {
		c.refuse(e, "item-not-found")
		return
	}
	b := []byte("<query xmlns='" + wire.NSDiscoInfo + "'>")
	if toServer {
		b = append(b, "<identity category='server' type='im'"...)
		b = append(wire.AppendAttr(b, "name", c.srv.options.Name), "/>"...)
	} else {
		b = append(b, "<identity category='account' type='registered'/><identity category='pubsub' type='pep'/>"...)
	}
	features := []string{wire.NSCarbons, wire.NSDiscoInfo, wire.NSDiscoItem, wire.NSPing, wire.NSRoster, wire.NSVersion}
	if c.srv.options.Register {
		features = append(features, wire.NSRegister)
	}
	features = append(features, c.srv.extensionFeatures(toServer)...)
	features = slices.DeleteFunc(features, func(f string) bool { return f == c.srv.options.Faults.Without })
	for _, f := range features {
		b = append(wire.AppendAttr(append(b, "<feature"...), "var", f), "/>"...)
	}
	c.result(e, append(b, "</query>"...))
}

// version answers XEP-0092.
func (s *Server) version() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<query xmlns='%s'><name>%s</name>", wire.NSVersion, wire.AppendText(nil, s.options.Name))
	if s.options.Version != "" {
		fmt.Fprintf(&b, "<version>%s</version>", wire.AppendText(nil, s.options.Version))
	}
	b.WriteString("</query>")
	return b.Bytes()
}
