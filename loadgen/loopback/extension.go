package loopback

import (
	"sync/atomic"

	"xmpprig/loadgen/xmpp/wire"
)

// extras is what extensions keep of an account. It is made when one is first
// used, and guarded by Server.mu, save blocked.
type extras struct {
	nodes        map[string]*node // XEP-0163
	vcard        []byte           // XEP-0054; nil: none
	archive      []archived       // XEP-0313, the oldest first
	archiveID    int64
	archiveBytes int      // of what is in it
	offline      [][]byte // messages that wait for the user
}

// maxVCard bounds a vCard, as limits of elements are larger.
const maxVCard = 64 << 10

// extra returns what extensions keep of the account; Server.mu is held.
func (a *account) extra() *extras {
	if a.more == nil {
		a.more = new(extras)
	}
	return a.more
}

// blockedBy is the addresses that an account blocked; lists are replaced, never changed.
type blockedBy = atomic.Pointer[map[string]struct{}]

// extension answers a request of an extension to the server or to one's own account; false: it is none that is served there.
func (c *conn) extension(e *wire.Element, payload wire.Element, get, toServer bool) bool {
	if toServer {
		return false
	}
	a := c.session.account
	switch string(payload.Space()) {
	case wire.NSBlocking:
		return c.blocking(e, payload, get)
	case wire.NSVCardTemp:
		return string(payload.Local()) == "vCard" && c.vcard(e, a, get)
	case wire.NSArchive:
		return c.srv.options.Archive > 0 && string(payload.Local()) == "query" && c.queryArchive(e, payload, get)
	case wire.NSPush:
		return !get && c.agreeToPush(e, payload)
	case wire.NSPubSub, wire.NSPubSubOwner:
		return c.pubsub(e, payload, get, nodesOf{jid: a.jid, account: a})
	}
	return false
}

// foreignExtension answers one to another user's account.
func (c *conn) foreignExtension(e *wire.Element, payload wire.Element, get bool, to address) bool {
	a := c.srv.accounts.find(to.local)
	switch string(payload.Space()) {
	case wire.NSVCardTemp:
		return get && c.vcard(e, a, true)
	case wire.NSPubSub:
		return c.pubsub(e, payload, get, nodesOf{jid: string(to.local) + "@" + c.srv.options.Domain, account: a, foreign: true})
	}
	return false
}

// extensionFeatures are those of the server, or of an account, that extensions add to disco#info.
func (s *Server) extensionFeatures(server bool) []string {
	features := []string{wire.NSBlocking, wire.NSVCardTemp, wire.NSPush, wire.NSCaps}
	if !server {
		features = append(features, wire.NSPubSub, wire.NSPubSub+"#publish", wire.NSPubSub+"#auto-create", wire.NSPubSub+"#filtered-notifications", wire.NSPubSub+"#config-node-max")
		if s.options.Archive > 0 {
			features = append(features, wire.NSArchive)
		}
	}
	return features
}

// vcard gets or sets a vCard (XEP-0054).
func (c *conn) vcard(e *wire.Element, a *account, get bool) bool {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	if !get {
		payload, _ := e.First()
		if len(payload.Raw()) > maxVCard {
			c.refuse(e, "not-acceptable")
			return true
		}
		a.extra().vcard = wire.AppendElement(nil, &payload, "", wire.Addressing{})
		c.result(e, nil)
		return true
	}
	switch {
	case a != nil && a.more != nil && a.more.vcard != nil:
		c.result(e, a.more.vcard)
	case a == c.session.account:
		c.result(e, []byte("<vCard xmlns='"+wire.NSVCardTemp+"'/>")) // XEP-0054 §3.1
	default:
		c.refuse(e, "service-unavailable") // §3.2: nothing tells whether there is such a user
	}
	return true
}

// agreeToPush notes nothing: there is no server to notify, as this one knows no other (XEP-0357 §5).
func (c *conn) agreeToPush(e *wire.Element, payload wire.Element) bool {
	_, err := parseAddress(payload.Attr("jid"))
	switch string(payload.Local()) {
	case "enable", "disable":
		if err != nil {
			c.refuse(e, "bad-request")
		} else {
			c.result(e, nil)
		}
		return true
	}
	return false
}

// blocking lists, adds to or takes from those who are blocked (XEP-0191).
func (c *conn) blocking(e *wire.Element, payload wire.Element, get bool) bool {
	a := c.session.account
	if get {
		if string(payload.Local()) != "blocklist" {
			return false
		}
		c.result(e, a.appendBlocked([]byte("<blocklist xmlns='"+wire.NSBlocking+"'>")))
		return true
	}
	name := string(payload.Local())
	if name != "block" && name != "unblock" {
		return false
	}
	var jids []string
	for item := range payload.Children() {
		to, err := parseAddress(item.Attr("jid"))
		if err != nil || !item.Is(wire.NSBlocking, "item") {
			c.refuse(e, "jid-malformed")
			return true
		}
		jids = append(jids, text(to))
	}
	if name == "block" && len(jids) == 0 {
		c.refuse(e, "bad-request") // §3.3
		return true
	}
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	if !a.block(jids, name == "block") {
		c.refuse(e, "resource-constraint")
		return true
	}
	c.result(e, nil)
	for _, r := range a.resources() {
		b := wire.AppendIQ(nil, wire.Addressing{To: r.session.full, ID: "block-push", Type: "set"}, wire.AppendElement(nil, &payload, "", wire.Addressing{}))
		c.srv.emit(r.session, b, c.due())
	}
	return true
}

// text is an address as one writes it.
func text(a address) string {
	s := string(a.domain)
	if a.local != nil {
		s = string(a.local) + "@" + s
	}
	if !a.bare() {
		s += "/" + string(a.resource)
	}
	return s
}

// maxBlocked bounds a list of those who are blocked.
const maxBlocked = 10_000

// block replaces the list; false where there is no room.
func (a *account) block(jids []string, on bool) bool {
	next := map[string]struct{}{}
	if old := a.blocked.Load(); old != nil && (on || len(jids) > 0) {
		for jid := range *old {
			next[jid] = struct{}{}
		}
	}
	for _, jid := range jids {
		if on {
			next[jid] = struct{}{}
		} else {
			delete(next, jid)
		}
	}
	switch {
	case len(next) > maxBlocked:
		return false
	case len(next) == 0:
		a.blocked.Store(nil)
	default:
		a.blocked.Store(&next)
	}
	return true
}

// blocks reports whether messages of another user are to be kept away.
func (a *account) blocks(other *account) bool {
	if a == nil {
		return false
	}
	list := a.blocked.Load()
	if list == nil {
		return false
	}
	_, blocked := (*list)[other.jid]
	return blocked
}

func (a *account) appendBlocked(b []byte) []byte {
	if list := a.blocked.Load(); list != nil {
		for jid := range *list {
			b = append(wire.AppendAttr(append(b, "<item"...), "jid", jid), "/>"...)
		}
	}
	return append(b, "</blocklist>"...)
}
