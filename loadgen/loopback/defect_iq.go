package loopback

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

func (c *conn) mishandleIQ(e *wire.Element, to *address) bool {
	payload, _ := e.First()
	request := false
	switch string(e.Attr("type")) {
	case "get", "set":
		request = true
	case "result":
		return c.mishandleResult(e, to)
	}
	toServer := e.Attr("to") == nil || to.local == nil && to.bare() && string(to.domain) == c.srv.options.Domain
	if request && toServer {
		return c.mishandleRequest(e, payload)
	}
	return request && (c.showRoster(e, payload, to) || c.showArchive(e, payload, to))
}

// mishandleResult looks for the request that an answer to the server is for.
func (c *conn) mishandleResult(e *wire.Element, to *address) bool {
	if !c.twist.has("unexpected-result-crash") || e.Attr("to") != nil && to.local != nil || bytes.HasPrefix(e.Attr("id"), []byte("push-")) {
		return false
	}
	waiting := map[string]func(){}
	return c.srv.survive(waiting[string(e.Attr("id"))]) // nobody waits for it
}

// mishandleRequest takes a request to the server, or to the user's own account without an address.
func (c *conn) mishandleRequest(e *wire.Element, payload wire.Element) bool {
	t, space := c.twist, string(payload.Space())
	set := string(e.Attr("type")) == "set"
	switch {
	case t.has("unknown-namespace-crash") && payload.Kind == wire.Child && !slices.Contains(servedSpaces, space):
		handlers := map[string]func(){}
		handlers[space]()
	case t.has("disco-node-crash") && space == wire.NSDiscoInfo && len(payload.Attr("node")) > 0:
		nodes := map[string]func(){}
		return c.srv.survive(nodes[string(payload.Attr("node"))])
	case t.has("iq-unanswered") && set && (space == wire.NSPing || space == wire.NSDiscoInfo || space == wire.NSDiscoItem):
		return true
	case t.has("two-payloads-accepted") && !hasOneChild(e) && space == wire.NSPing && len(e.Attr("id")) > 0:
		c.result(e, nil)
		return true
	case t.has("disco-flood") && space == wire.NSDiscoItem && !set:
		c.result(e, c.manyItems())
		return true
	case t.has("publish-loop") && set && space == wire.NSPubSub:
		return c.publish(payload)
	case space == wire.NSArchive && set && c.misquery(payload):
		return true
	case t.has("nodeless-retraction") && set && space == wire.NSPubSub && isNodelessRetraction(payload):
		c.result(e, nil)
		return true
	case t.has("password-of-another") && set && space == wire.NSRegister:
		return c.changeAnyPassword(e, payload)
	}
	return false
}

// servedSpaces are the namespaces of requests that have a handler.
var servedSpaces = []string{
	wire.NSPing, wire.NSDiscoInfo, wire.NSDiscoItem, wire.NSVersion, wire.NSRoster, wire.NSSession, wire.NSBind, wire.NSRegister,
	wire.NSBlocking, wire.NSVCardTemp, wire.NSArchive, wire.NSPush, wire.NSPubSub, wire.NSPubSubOwner,
}

func (c *conn) manyItems() []byte {
	b := []byte("<query xmlns='" + wire.NSDiscoItem + "'>")
	for i := range 2000 {
		b = fmt.Appendf(b, "<item jid='item%d.%s'/>", i, c.srv.options.Domain)
	}
	return append(b, "</query>"...)
}

// publish walks to the node that is published to, for two seconds at most.
func (c *conn) publish(payload wire.Element) bool {
	p, ok := payload.Child(wire.NSPubSub, "publish")
	if !ok || len(p.Attr("node")) > 0 {
		return false
	}
	c.srv.spin(2 * time.Second)
	return true
}

func (c *conn) changeAnyPassword(e *wire.Element, query wire.Element) bool {
	name, password := fieldsOf(query)
	local, err := normalLocal([]byte(name))
	if err != nil || password == "" {
		return false
	}
	d := &c.srv.accounts
	d.mu.Lock()
	d.setPassword(string(local), password)
	d.mu.Unlock()
	c.result(e, nil)
	return true
}

// showRoster shows anybody's roster to anybody.
func (c *conn) showRoster(e *wire.Element, payload wire.Element, to *address) bool {
	s := c.srv
	if !c.twist.has("roster-of-another") || !to.bare() || string(e.Attr("type")) != "get" || !payload.Is(wire.NSRoster, "query") {
		return false
	}
	a := s.accounts.find(to.local)
	if a == nil || a == c.session.account {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := []byte("<query xmlns='" + wire.NSRoster + "'>")
	for _, k := range a.roster {
		b = k.appendItem(b)
	}
	c.result(e, append(b, "</query>"...))
	return true
}
