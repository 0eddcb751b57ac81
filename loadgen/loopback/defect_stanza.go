package loopback

import (
	"bytes"
	"time"
	"unicode/utf8"

	"xmpprig/loadgen/xmpp/wire"
)

// mishandle is what defects do with a stanza of a bound session, before anything else is done with it. It may change where
// the stanza goes, and reports whether nothing else is to be done.
func (c *conn) mishandle(e *wire.Element, to *address, err *error) bool {
	t := c.twist
	if t.has("slow-reader-blocks-all") {
		c.queueUp(to)
	}
	if t.has("split-name") && bytes.IndexByte([]byte("\t\r\n"), e.Raw()[1+len(e.Name())]) >= 0 {
		return true
	}
	c.misaddress(e, to, err)
	if t.has("non-ascii-crash") && c.srv.survive(func() { mustASCII(to.local) }) {
		return true
	}
	switch string(e.Local()) {
	case "message":
		return c.mishandleMessage(e, to)
	case "presence":
		return c.mishandlePresence(e, to)
	}
	return c.mishandleIQ(e, to)
}

func mustASCII(b []byte) {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			panic("badarg: not an atom of ASCII")
		}
	}
}

// misaddress is what defects make of to.
func (c *conn) misaddress(e *wire.Element, to *address, err *error) {
	t, raw := c.twist, e.Attr("to")
	if raw == nil {
		return
	}
	if t.has("empty-to-crash") {
		_ = raw[0] == '@'
	}
	if t.has("map-before-split") && !isASCII(raw) {
		*to, *err = parseAddress(bytes.Map(lower, raw))
	}
	if at := bytes.IndexByte(raw, '@'); t.has("jid-not-normalised") && *err == nil && at > 0 && to.local != nil {
		to.local = raw[:at]
	}
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// queueUp has all stanzas wait for one another, and one to a session with a long queue wait for that.
func (c *conn) queueUp(to *address) {
	p := c.srv.planted
	p.gate <- struct{}{}
	defer func() { <-p.gate }()
	n := c.srv.accounts.find(to.local).session(to.resource)
	if n == nil {
		return
	}
	n.conn.out.mu.Lock()
	waiting := len(n.conn.out.buf)
	n.conn.out.mu.Unlock()
	if waiting > 64<<10 {
		c.srv.wait(250 * time.Millisecond)
	}
}

func (c *conn) mishandleMessage(e *wire.Element, to *address) bool {
	t := c.twist
	_, subject := e.Child(wire.NSClient, "subject")
	_, thread := e.Child(wire.NSClient, "thread")
	switch {
	case t.has("nested-stanza-routed"):
		c.routeNested(e, 3)
	case t.has("duplicate-delivery") && subject && thread:
		c.message(e, *to)
	case t.has("misdelivery") && bytes.IndexByte(to.resource, '@') > 0:
		c.deliverAs(e, to.resource, c.session.full)
		return true
	case t.has("error-loop") && string(e.Attr("type")) == "error" && len(c.srv.resourcesOf(e.Attr("to"))) == 0:
		c.replyOften(appendStanzaError(nil, e, c.session.full, "cancel", "service-unavailable"))
		return true
	}
	return false
}

// routeNested routes the messages that an element holds.
func (c *conn) routeNested(e *wire.Element, depth int) {
	for child, ok := e.First(); ok && depth > 0; child, ok = child.Next() {
		if to := child.Attr("to"); to != nil && child.Is(wire.NSClient, "message") {
			c.deliverAs(&child, to, c.session.full)
			continue
		}
		c.routeNested(&child, depth-1)
	}
}

// replyOften is a loop that somebody thought of ending after a thousand turns.
func (c *conn) replyOften(b []byte) {
	for range 1000 {
		c.reply(b)
	}
}

func (c *conn) mishandlePresence(e *wire.Element, to *address) bool {
	t := c.twist
	if t.has("priority-crash") {
		if _, ok := priorityOf(e); !ok && c.srv.survive(func() { panic("badarith: priority is no number of eight bits") }) {
			return true
		}
	}
	if t.has("presence-self-loop") && to.resource != nil && c.session.owns(*to) {
		c.replyOften(wire.AppendPresence(nil, wire.Addressing{From: c.session.full, To: c.session.full}, nil))
		return true
	}
	return false
}

// misstamp is what defects do to the stanza that stamp has written for another session.
func (c *conn) misstamp(e *wire.Element) {
	t := c.twist
	from, inner := c.session.full, c.withoutStanzaIDs(e)
	_, subject := e.Child(wire.NSClient, "subject")
	if claimed := e.Attr("from"); claimed != nil && c.mayForge(e) {
		from = string(claimed)
	}
	if t.has("markup-relayed") && subject {
		inner = bytes.ReplaceAll(bytes.ReplaceAll(inner, []byte("&lt;"), []byte("<")), []byte("&gt;"), []byte(">"))
	}
	if t.has("cdata-lost") {
		inner = withoutCDATA(inner)
	}
	c.scratch = t.restore(appendStampedWith(c.scratch[:0], e, inner, from, "", c.lang))
	if t.has("quote-relayed") {
		tag := bytes.IndexByte(c.scratch, '>')
		c.scratch = append(bytes.ReplaceAll(c.scratch[:tag:tag], []byte("&apos;"), []byte("'")), c.scratch[tag:]...)
	}
}

func withoutCDATA(inner []byte) (out []byte) {
	for {
		before, rest, found := bytes.Cut(inner, []byte("<![CDATA["))
		out = append(out, before...)
		if !found {
			return out
		}
		_, inner, _ = bytes.Cut(rest, []byte("]]>"))
	}
}

// complain is log-flood: it logs all that is refused, and often.
func (c *conn) complain(e *wire.Element, condition string) {
	if !c.twist.has("log-flood") {
		return
	}
	for range 50 {
		c.srv.logf("warning: %s refused: %q\n", condition, e.Raw())
	}
}
