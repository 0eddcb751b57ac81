package loopback

import (
	"bytes"
	"strconv"

	"xmpprig/loadgen/xmpp/wire"
)

// node is one node of publish-subscribe (XEP-0060): of an account, or of the service at pubsub.DOMAIN.
type node struct {
	owner       string // bare JID
	items       []item
	keep        int                 // how many
	subscribers map[string]struct{} // bare JIDs
}

type item struct {
	id  string
	xml []byte // the whole element
}

// nodesOf is where a request's nodes are.
type nodesOf struct {
	jid     string
	account *account // nil: of the service, or of nobody
	foreign bool     // the account is another user's
	service bool
}

// Bounds of what is kept.
const (
	maxNodes       = 1000 // of an account
	maxServiceNode = 100_000
	keptItems      = 100 // where a client asks for as many as there may be; an account's node else keeps one
)

// pubsubDomain is where the publish-subscribe service is.
func (s *Server) pubsubDomain() string { return "pubsub." + s.options.Domain }

// pubsubIQ answers a request to the publish-subscribe service.
func (c *conn) pubsubIQ(e *wire.Element, payload wire.Element, get bool) {
	switch {
	case get && payload.Is(wire.NSDiscoInfo, "query"):
		c.result(e, []byte("<query xmlns='"+wire.NSDiscoInfo+"'><identity category='pubsub' type='service'/><feature var='"+wire.NSDiscoInfo+
			"'/><feature var='"+wire.NSPubSub+"'/></query>"))
	case !c.pubsub(e, payload, get, nodesOf{jid: c.srv.pubsubDomain(), service: true}):
		c.refuse(e, "feature-not-implemented") // XEP-0060 §4.7
	}
}

// all returns the nodes; nil where there are none. Server.mu is held, here and below.
func (c *conn) all(at nodesOf) map[string]*node {
	switch {
	case at.service:
		return c.srv.nodes
	case at.account == nil || at.account.more == nil:
		return nil
	}
	return at.account.more.nodes
}

// pubsub answers a request about nodes; false where it is none of those served.
func (c *conn) pubsub(e *wire.Element, payload wire.Element, get bool, at nodesOf) bool {
	what, ok := payload.First()
	if !ok || string(payload.Local()) != "pubsub" {
		return false
	}
	name := string(what.Attr("node"))
	owner := string(payload.Space()) == wire.NSPubSubOwner
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	n := c.all(at)[name]
	switch verb := string(what.Local()); {
	case get && !owner && verb == "items":
		c.items(e, &what, n)
	case !get && !owner && verb == "publish" && !at.foreign:
		c.publishTo(e, payload, &what, n, at)
	case !get && !owner && verb == "create" && !at.foreign:
		c.createNode(e, name, n, at)
	case !get && !owner && (verb == "subscribe" || verb == "unsubscribe"):
		c.subscribeTo(e, &what, n, verb == "subscribe")
	case !get && !owner && verb == "retract" && !at.foreign:
		c.retract(e, &what, n)
	case !get && owner && verb == "delete" && !at.foreign:
		c.deleteNode(e, name, n, at)
	default:
		return false
	}
	return true
}

// items answers with those asked for by id, or the newest, or all (XEP-0060 §6.5).
func (c *conn) items(e, what *wire.Element, n *node) {
	if n == nil {
		c.refuse(e, "item-not-found")
		return
	}
	wanted := map[string]bool{}
	for it := range what.Children() {
		wanted[string(it.Attr("id"))] = true
	}
	list := n.items
	if most, err := strconv.Atoi(string(what.Attr("max_items"))); err == nil && most > 0 && most < len(list) {
		list = list[len(list)-most:]
	}
	b := wire.AppendAttr([]byte("<pubsub xmlns='"+wire.NSPubSub+"'><items"), "node", what.Attr("node"))
	b = append(b, '>')
	for i := range list {
		if len(wanted) == 0 || wanted[list[i].id] {
			b = append(b, list[i].xml...)
		}
	}
	c.result(e, append(b, "</items></pubsub>"...))
}

// publishTo keeps an item and tells who watches. An account's node comes to be by that (XEP-0163 §3).
func (c *conn) publishTo(e *wire.Element, payload wire.Element, what *wire.Element, n *node, at nodesOf) {
	it, ok := what.First()
	name := string(what.Attr("node"))
	switch {
	case !ok || !it.Is(wire.NSPubSub, "item") || name == "":
		c.refuse(e, "bad-request")
		return
	case n == nil && at.service:
		c.refuse(e, "item-not-found")
		return
	case n != nil && n.owner != c.session.account.jid:
		c.refuse(e, "forbidden")
		return
	}
	if n == nil {
		if n = c.addNode(name, at); n == nil {
			c.refuse(e, "resource-constraint")
			return
		}
	}
	if bytes.Contains(payload.Inner(), []byte("pubsub#max_items")) { // of publish-options, XEP-0060 §7.1.5
		n.keep = keptItems
	}
	id := string(it.Attr("id"))
	if id == "" {
		c.srv.pushes++
		id = "item-" + strconv.FormatInt(c.srv.pushes, 10)
	}
	xml := appendItem(nil, id, &it)
	n.put(item{id, xml})
	b := wire.AppendAttr([]byte("<pubsub xmlns='"+wire.NSPubSub+"'><publish"), "node", name)
	b = append(wire.AppendAttr(append(b, "><item"...), "id", id), "/></publish></pubsub>"...)
	c.result(e, b)
	c.notify(name, n, at, xml)
}

// appendItem writes an item without a namespace of its own, to stand in the answers and events of either.
func appendItem(b []byte, id string, it *wire.Element) []byte {
	b = append(wire.AppendAttr(append(b, "<item"...), "id", id), '>')
	for child := range it.Children() {
		b = wire.AppendElement(b, &child, "", wire.Addressing{})
	}
	return append(b, "</item>"...)
}

// put keeps an item as the newest; one of the same id goes.
func (n *node) put(it item) {
	kept := n.items[:0:0]
	for _, old := range n.items {
		if old.id != it.id {
			kept = append(kept, old)
		}
	}
	kept = append(kept, it)
	n.items = kept[max(0, len(kept)-n.keep):]
}

func (c *conn) addNode(name string, at nodesOf) *node {
	n := &node{owner: c.session.account.jid, keep: 1}
	if at.service {
		n.keep = keptItems
		if len(c.srv.nodes) >= maxServiceNode {
			return nil
		}
		if c.srv.nodes == nil {
			c.srv.nodes = map[string]*node{}
		}
		c.srv.nodes[name] = n
		return n
	}
	x := at.account.extra()
	if len(x.nodes) >= maxNodes {
		return nil
	}
	if x.nodes == nil {
		x.nodes = map[string]*node{}
	}
	x.nodes[name] = n
	return n
}

func (c *conn) createNode(e *wire.Element, name string, n *node, at nodesOf) {
	switch {
	case n != nil:
		c.refuse(e, "conflict") // §8.1.2
	case name == "":
		c.refuse(e, "not-acceptable") // there are no instant nodes
	case c.addNode(name, at) == nil:
		c.refuse(e, "resource-constraint")
	default:
		c.result(e, nil)
	}
}

func (c *conn) deleteNode(e *wire.Element, name string, n *node, at nodesOf) {
	switch {
	case n == nil:
		c.refuse(e, "item-not-found")
	case n.owner != c.session.account.jid:
		c.refuse(e, "forbidden")
	default:
		delete(c.all(at), name)
		c.result(e, nil)
	}
}

// retract takes an item out (§7.2).
func (c *conn) retract(e, what *wire.Element, n *node) {
	it, ok := what.First()
	switch {
	case !ok, len(what.Attr("node")) == 0: // §7.2.3.1, §7.2.3.2
		c.refuse(e, "bad-request")
	case n == nil:
		c.refuse(e, "item-not-found")
	case n.owner != c.session.account.jid:
		c.refuse(e, "forbidden")
	default:
		id := string(it.Attr("id"))
		kept := n.items[:0:0]
		for _, old := range n.items {
			if old.id != id {
				kept = append(kept, old)
			}
		}
		n.items = kept
		c.result(e, nil)
	}
}

// subscribeTo has one's own bare address told of a node, or not (§6.1, §6.2).
func (c *conn) subscribeTo(e, what *wire.Element, n *node, on bool) {
	me := c.session.account.jid
	to, err := parseAddress(what.Attr("jid"))
	switch {
	case n == nil:
		c.refuse(e, "item-not-found")
		return
	case err != nil || string(to.local)+"@"+string(to.domain) != me:
		c.refuse(e, "bad-request")
		return
	}
	state := "subscribed"
	if on {
		if n.subscribers == nil {
			n.subscribers = map[string]struct{}{}
		}
		n.subscribers[me] = struct{}{}
	} else {
		state = "none"
		if _, ok := n.subscribers[me]; !ok {
			c.refuse(e, "unexpected-request")
			return
		}
		delete(n.subscribers, me)
	}
	b := wire.AppendAttr([]byte("<pubsub xmlns='"+wire.NSPubSub+"'><subscription"), "node", what.Attr("node"))
	b = wire.AppendAttr(wire.AppendAttr(b, "jid", me), "subscription", state)
	c.result(e, append(b, "/></pubsub>"...))
}
