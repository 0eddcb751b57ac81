package loopback

import (
	"bytes"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// hold keeps a message for a user who is away (RFC 6121 §8.5.2.2.1), or refuses it where there is no room; false where there is no such
// user, or it is of a kind that is not kept.
func (c *conn) hold(e *wire.Element, local []byte, kind string) bool {
	s := c.srv
	if s.options.Offline == 0 || kind != "" && kind != "normal" && kind != "chat" {
		return false
	}
	if _, exists := s.password(string(local)); !exists {
		return false
	}
	if !c.store(e, s.open(string(local))) {
		c.refuse(e, "resource-constraint") // RFC 6120 §8.3.3.18
	}
	return true
}

// store reports whether there was room.
func (c *conn) store(e *wire.Element, a *account) bool {
	s := c.srv
	c.stamp(e)
	x := bytes.TrimSuffix(c.scratch, []byte("</message>"))
	x = append(appendDelay(bytes.Clone(x), time.Now(), s.options.Domain), "</message>"...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := &a.extra().offline; len(*held) < s.options.Offline || s.bug("offline-unbounded") {
		*held = append(*held, x)
		s.tally.held.Add(1)
		return true
	}
	return false
}

// deliverHeld sends a session that has become available what waited for it. Server.mu is held.
func (c *conn) deliverHeld() {
	n := c.session
	if n.priority < 0 || n.account.more == nil {
		return
	}
	for _, m := range n.account.more.offline {
		c.srv.emit(n, m, c.due())
	}
	n.account.more.offline = nil
}
