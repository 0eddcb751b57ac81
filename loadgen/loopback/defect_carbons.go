package loopback

import "bytes"

// miscopy sends the copies of what c sends to those whose it is not.
func (c *conn) miscopy(to *account) {
	if !c.twist.has("carbon-to-another") {
		return
	}
	var others []*session
	c.srv.mu.Lock()
	for _, n := range c.srv.sessions {
		if n.carbons.Load() && n.account != to && n.account != c.session.account {
			others = append(others, n)
		}
	}
	c.srv.mu.Unlock()
	for _, n := range others {
		c.srv.emitCopy(n, "sent", c.scratch)
	}
}

// senderOf is what from says in a message that the server has stamped.
func senderOf(message []byte) string {
	_, after, _ := bytes.Cut(message, []byte(" from='"))
	from, _, _ := bytes.Cut(after, []byte{'\''})
	return string(from)
}
