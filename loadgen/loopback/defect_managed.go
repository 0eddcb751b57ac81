package loopback

import (
	"xmpprig/loadgen/xmpp/wire"
)

// mismanage is what defects do with an element of XEP-0198 before a session is bound. It reports whether nothing else is to be done.
func (l *login) mismanage(e *wire.Element) bool {
	t := l.twist
	switch string(e.Local()) {
	case "enable":
		if l.account != nil && t.has("sm-enabled-unbound") {
			l.answer([]byte("<enabled xmlns='" + wire.NSSM + "'/>"))
			return true
		}
	case "resume":
		return l.misresume(e)
	}
	return false
}

func (l *login) misresume(e *wire.Element) bool {
	t, id := l.twist, e.Attr("previd")
	m := l.srv.resumable.find(id)
	h, _ := parseCount(e.Attr("h"))
	switch {
	case m == nil && t.has("sm-destroyed-crash") && l.srv.planted.isBuried(string(id)):
		l.srv.survive(func() { _ = m.session.full })
	case m == nil && t.has("sm-previd-crash"):
		l.srv.survive(func() { _ = m.session.full })
	case m == nil:
	case l.account == nil && t.has("sm-resume-unauthenticated"):
		l.account = m.session.account
		return l.takeOver(m, h)
	case l.account == nil || m.session.account == l.account:
	case t.has("sm-resume-of-another"):
		return l.takeOver(m, h)
	case t.has("sm-failed-tells-count"):
		b := append([]byte("<failed xmlns='"+wire.NSSM+"'"), wire.AppendAttr(nil, "h", "0")...)
		l.answer(append(b, "><item-not-found xmlns='"+wire.NSStanzas+"'/></failed>"...))
		return true
	}
	return false
}

// mismanage is the same for a bound session with stream management.
func (c *conn) mismanage(e *wire.Element, m *managed) bool {
	t := c.twist
	switch string(e.Local()) {
	case "r":
		if t.has("sm-count-wrong") {
			c.sendNow(appendCount(nil, "a", m.handled.Load()+1))
		}
		return t.has("sm-count-wrong") || t.has("sm-request-ignored")
	case "a":
		h, ok := parseCount(e.Attr("h"))
		if !ok || c.session.conn.acknowledged(h) {
			return false
		}
		if t.has("sm-high-ack-crash") {
			c.srv.survive(func() { _ = m.unacked[:h+1<<20] })
		}
		return t.has("sm-high-ack-accepted")
	}
	return false
}

// bury remembers a session that is over.
func (p *planted) bury(id string) {
	if p == nil || id == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.buried == nil {
		p.buried = map[string]bool{}
	}
	p.buried[id] = true
}

func (p *planted) isBuried(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buried[id]
}
