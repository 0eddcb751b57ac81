package loopback

import (
	"strconv"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// notify tells those who watch a node of an item: the subscribers' available sessions and, of an account's node, those
// sessions of the user and of his contacts whose clients ask for it by +notify (XEP-0163 §4). Server.mu is held.
func (c *conn) notify(name string, n *node, at nodesOf, item []byte) {
	event := appendEvent(nil, name, item)
	told := map[*session]bool{}
	tell := func(r resource) {
		if r.willing() && !told[r.session] {
			told[r.session] = true
			c.tellEvent(at.jid, r.session, event)
		}
	}
	for jid := range n.subscribers {
		for _, r := range c.srv.resourcesOf([]byte(jid)) {
			tell(r)
		}
	}
	if at.account == nil {
		return
	}
	wish := name + "+notify"
	c.srv.watchers(at.account, func(r resource) {
		if r.session.wishes[wish] {
			tell(r)
		}
	})
}

// watchers yields the sessions of a user and of those who see his presence.
func (s *Server) watchers(a *account, yield func(resource)) {
	for _, r := range a.resources() {
		yield(r)
	}
	for _, k := range a.roster {
		if k.from {
			for _, r := range s.accounts.find([]byte(k.local)).resources() {
				yield(r)
			}
		}
	}
}

func appendEvent(b []byte, name string, item []byte) []byte {
	b = append(b, "<event xmlns='"+wire.NSPubSubEvent+"'><items"...)
	b = append(wire.AppendAttr(b, "node", name), '>')
	return append(append(b, item...), "</items></event>"...)
}

func (c *conn) tellEvent(from string, to *session, event []byte) {
	b := wire.AppendStart(nil, "message", wire.Addressing{From: from, To: to.full, Type: "headline"})
	c.srv.emit(to, wire.AppendEnd(append(b, event...), "message"), c.due())
}

// learnCaps finds out what a client that became available can do (XEP-0115 §6.2): by asking, where its version is new.
// Server.mu is held.
func (c *conn) learnCaps(e *wire.Element) {
	caps, ok := e.Child(wire.NSCaps, "c")
	if !ok {
		return
	}
	s, n := c.srv, c.session
	version := string(caps.Attr("node")) + "#" + string(caps.Attr("ver"))
	if wishes, known := s.wishes[version]; known {
		c.wish(n, wishes)
		return
	}
	n.caps = version
	b := wire.AppendAttr([]byte("<query xmlns='"+wire.NSDiscoInfo+"'"), "node", version)
	s.pushes++
	ask := wire.Addressing{From: s.options.Domain, To: n.full, ID: capsID + strconv.FormatInt(s.pushes, 10), Type: "get"}
	s.emit(n, wire.AppendIQ(nil, ask, append(b, "/>"...)), time.Time{})
}

// capsID begins the ids of questions about capabilities.
const capsID = "caps-"

// maxVersions bounds how many versions of clients are known.
const maxVersions = 1000

// onCaps takes the answer to such a question.
func (c *conn) onCaps(e *wire.Element) {
	s, n := c.srv, c.session
	query, ok := e.Child(wire.NSDiscoInfo, "query")
	if !ok || !strings.HasPrefix(string(e.Attr("id")), capsID) {
		return
	}
	wishes := map[string]bool{}
	for f := range query.Children() {
		if v := string(f.Attr("var")); strings.HasSuffix(v, "+notify") {
			wishes[v] = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.caps == "" || n.caps != string(query.Attr("node")) || !n.bound {
		return
	}
	if s.wishes == nil {
		s.wishes = map[string]map[string]bool{}
	}
	if len(s.wishes) < maxVersions {
		s.wishes[n.caps] = wishes
	}
	n.caps = ""
	c.wish(n, wishes)
}

// wish notes what a session wants to be told of, and tells it the newest item of each such node (XEP-0163 §4.3.4) of the
// user and of those whose presence he sees.
func (c *conn) wish(n *session, wishes map[string]bool) {
	n.wishes = wishes
	c.tellNewest(n, n.account)
	for _, k := range n.account.roster {
		if k.to {
			c.tellNewest(n, c.srv.accounts.find([]byte(k.local)))
		}
	}
}

func (c *conn) tellNewest(to *session, of *account) {
	if of == nil || of.more == nil {
		return
	}
	for name, n := range of.more.nodes {
		if to.wishes[name+"+notify"] && len(n.items) > 0 {
			c.tellEvent(of.jid, to, appendEvent(nil, name, n.items[len(n.items)-1].xml))
		}
	}
}
