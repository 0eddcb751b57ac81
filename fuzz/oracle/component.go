package oracle

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// attached follows a component that is let in (XEP-0114 §3). In the record its secret is ***, and so the hash is of that.
func (w *talk) attached(t *turn) {
	w.user, w.bound = "?", true
	if w.component == "" {
		return
	}
	w.components = append(w.components, w.component)
	sum := sha1.Sum([]byte(w.streamID + "***"))
	if w.sent.unread || w.sent.broken || w.sent.lost || w.handshake != nil && strings.EqualFold(string(w.handshake.element.Text()), hex.EncodeToString(sum[:])) {
		return
	}
	w.wrongs = append(w.wrongs, wrong{wrongHandshake, t, "its handshake was another"})
}

// hostOf is the domain of an address.
func hostOf(jid string) string {
	bare := bareOf(jid)
	if _, host, ok := strings.Cut(bare, "@"); ok {
		return host
	}
	return bare
}

// ofComponent reports whether an address is of the external component, and somebody was let in as that.
func (c *court) ofComponent(jid string) bool {
	domain, ok := c.t.Known("component.domain")
	return ok && strings.EqualFold(hostOf(jid), domain) && slices.ContainsFunc(c.t, func(e program.Event) bool { return e.What == program.Component })
}
