package loopback

import (
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// contact is another user as one account knows him (RFC 6121 §2.1.2, appendix A).
type contact struct {
	jid     string
	local   string // empty when the JID is of another domain
	name    string
	groups  []string
	listed  bool // in the roster; else only his request waits
	to      bool // the account is subscribed to him
	from    bool // he is subscribed to the account
	asked   bool // the account asked to subscribe ("pending out")
	pending bool // he asked to subscribe ("pending in")
}

const (
	maxContacts = 10000 // of an account, requests included
	maxName     = 1023  // bytes of a name or a group
)

func (a *account) search(jid string) (int, bool) {
	return slices.BinarySearchFunc(a.roster, jid, func(k *contact, jid string) int { return strings.Compare(k.jid, jid) })
}

// contact finds a contact; nil if there is none. Server.mu is held, here and below.
func (a *account) contact(jid string) *contact {
	if i, ok := a.search(jid); ok {
		return a.roster[i]
	}
	return nil
}

// addContact finds or makes a contact; nil if there is no room.
func (a *account) addContact(jid, local string) *contact {
	i, ok := a.search(jid)
	switch {
	case ok:
		return a.roster[i]
	case len(a.roster) >= maxContacts:
		return nil
	}
	k := &contact{jid: jid, local: local}
	a.roster = slices.Insert(a.roster, i, k)
	return k
}

// tidy takes out a contact of whom nothing is left to know.
func (a *account) tidy(k *contact) {
	if i, ok := a.search(k.jid); ok && !k.listed && !k.pending && !k.from {
		a.roster = slices.Delete(a.roster, i, i+1)
	}
}

// rosterRequest answers a get or set of the roster.
func (c *conn) rosterRequest(e *wire.Element, query wire.Element, get bool) {
	s, n := c.srv, c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if get {
		n.interested = true
		payload := append(c.scratch[:0], "<query xmlns='"+wire.NSRoster+"'>"...)
		for _, k := range n.account.roster {
			if k.listed {
				payload = k.appendItem(payload)
			}
		}
		payload = append(payload, "</query>"...)
		c.result(e, payload)
		c.scratch = payload
		return
	}
	if condition := c.setRoster(query); condition != "" {
		c.refuse(e, condition)
		return
	}
	c.result(e, nil)
}

// setRoster takes one item (RFC 6121 §2.3, §2.4, §2.5) and returns the condition by which it is refused.
func (c *conn) setRoster(query wire.Element) string {
	item, ok := query.Child(wire.NSRoster, "item")
	if !ok || !hasOneChild(&query) {
		return "bad-request"
	}
	jid, err := parseAddress(item.Attr("jid"))
	if err != nil {
		return "bad-request"
	}
	name, key := string(item.Attr("name")), jid.String()
	if key == c.session.account.jid {
		return "not-allowed"
	}
	if string(item.Attr("subscription")) == "remove" {
		return c.removeContact(key)
	}
	groups, condition := groupsOf(item)
	if condition != "" {
		return condition
	}
	if len(name) > maxName {
		return "not-acceptable"
	}
	local := ""
	if string(jid.domain) == c.srv.options.Domain && jid.bare() {
		local = string(jid.local)
	}
	k := c.session.account.addContact(key, local)
	if k == nil {
		return "resource-constraint"
	}
	k.listed, k.name, k.groups = true, name, groups
	c.push(c.session.account, k.appendItem(nil))
	return ""
}

func groupsOf(item wire.Element) (groups []string, condition string) {
	for child := range item.Children() {
		if !child.Is(wire.NSRoster, "group") {
			continue
		}
		g := string(child.Text())
		if g == "" || len(g) > maxName {
			return nil, "not-acceptable"
		}
		if slices.Contains(groups, g) {
			return nil, "bad-request"
		}
		groups = append(groups, g)
	}
	return groups, ""
}

// removeContact takes a contact out and ends what subscriptions there are.
func (c *conn) removeContact(jid string) string {
	a := c.session.account
	k := a.contact(jid)
	if k == nil || !k.listed {
		return "item-not-found"
	}
	if peer := c.srv.peerOf(k); peer != nil {
		if k.to || k.asked {
			c.inbound(a, peer, "unsubscribe", nil)
		}
		if k.from || k.pending {
			c.inbound(a, peer, "unsubscribed", nil)
			c.hidePresence(a, peer)
		}
	}
	*k = contact{jid: k.jid, local: k.local}
	a.tidy(k)
	c.push(a, append(wire.AppendAttr([]byte("<item subscription='remove'"), "jid", jid), "/>"...))
	return ""
}

// push tells every session of an account that asked for the roster of a change (RFC 6121 §2.1.6).
func (c *conn) push(a *account, item []byte) {
	for _, r := range a.resources() {
		if !r.session.interested {
			continue
		}
		c.srv.pushes++
		payload := append(append([]byte("<query xmlns='"+wire.NSRoster+"'>"), item...), "</query>"...)
		c.srv.emit(r.session, wire.AppendIQ(nil, wire.Addressing{To: r.session.full, ID: pushID(c.srv.pushes), Type: "set"}, payload), c.due())
	}
}

func (k *contact) appendItem(dst []byte) []byte {
	dst = wire.AppendAttr(append(dst, "<item"...), "jid", k.jid)
	if k.name != "" {
		dst = wire.AppendAttr(dst, "name", k.name)
	}
	state := "none"
	switch {
	case k.to && k.from:
		state = "both"
	case k.to:
		state = "to"
	case k.from:
		state = "from"
	}
	dst = wire.AppendAttr(dst, "subscription", state)
	if k.asked {
		dst = append(dst, " ask='subscribe'"...)
	}
	if len(k.groups) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	for _, g := range k.groups {
		dst = append(wire.AppendText(append(dst, "<group>"...), g), "</group>"...)
	}
	return append(dst, "</item>"...)
}
