package loopback

import (
	"bytes"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// misopen is what defects do with a stream header.
func (l *login) misopen(h wire.StreamHeader) {
	t := l.twist
	if t.has("version-crash") {
		_ = strings.Split(h.Version, ".")[1] // a version without a dot has no such part
	}
	if t.has("lang-crash") {
		l.srv.survive(func() {
			var subtags [16]string
			for i, tag := range strings.Split(h.Lang, "-") {
				subtags[i] = tag
			}
		})
	}
}

// migrates lets a stream that is authenticated move to another domain.
func (l *login) migrates(to address) bool {
	if l.twist == nil || !l.twist.has("host-migration") || l.account == nil {
		return false
	}
	l.twist.host = string(to.domain)
	return true
}

// mislead is what defects do with an element before a session is bound. It reports whether nothing else is to be done.
func (l *login) mislead(e *wire.Element) bool {
	t := l.twist
	if e.Kind == wire.Footer {
		return false
	}
	switch string(e.Space()) {
	case wire.NSSASL:
		return l.misauthenticate(e)
	case wire.NSTLS:
		if t.has("starttls-twice") && l.t.tls != nil || t.has("starttls-over-websocket") && l.t.web != nil {
			l.answer([]byte("<proceed xmlns='" + wire.NSTLS + "'/>"))
			return true
		}
	case wire.NSClient:
		switch string(e.Local()) {
		case "message":
			return l.routeEarly(e)
		case "iq":
			return l.account == nil && l.answerEarly(e)
		}
	}
	return false
}

// routeEarly delivers a message of somebody who has no session.
func (l *login) routeEarly(e *wire.Element) bool {
	from := string(e.Attr("from"))
	switch {
	case l.account == nil && l.twist.has("preauth-routing"):
		if from == "" {
			from = "nobody@" + l.srv.options.Domain
		}
	case l.account != nil && l.twist.has("prebind-routing"):
		from = l.account.jid
	default:
		return false
	}
	l.deliverAs(e, e.Attr("to"), from)
	return true
}

// deliverAs delivers a message to all that an address names, from whoever.
func (c *conn) deliverAs(e *wire.Element, to []byte, from string) {
	b := appendStamped(nil, e, from, "", c.lang)
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	for _, r := range c.srv.resourcesOf(to) {
		r.session.conn.send(b, 1)
	}
}

// answerEarly answers an iq before authentication.
func (l *login) answerEarly(e *wire.Element) bool {
	payload, _ := e.First()
	get, a := string(e.Attr("type")) == "get", wire.Addressing{ID: string(e.Attr("id")), Type: "result"}
	switch {
	case get && l.twist.has("preauth-iq-answered") && payload.Is(wire.NSPing, "ping"):
		l.answer(wire.AppendIQ(nil, a, nil))
	case get && l.twist.has("preauth-iq-answered") && payload.Is(wire.NSDiscoInfo, "query"):
		l.answer(wire.AppendIQ(nil, a, []byte("<query xmlns='"+wire.NSDiscoInfo+"'/>")))
	case l.twist.has("register-not-offered") && payload.Is(wire.NSRegister, "query"):
		l.answer(l.register(nil, e, payload))
	case l.twist.has("preauth-bind") && payload.Is(wire.NSBind, "bind"):
		l.account = l.srv.open("nobody")
		_ = l.bind(e) // it cannot fail so early
	default:
		return false
	}
	return true
}

// misbind is what defects make of a session that is about to be bound.
func (l *login) misbind(n *session) {
	s, t := l.srv, l.twist
	if t.has("many-sessions-crash") && len(n.account.resources()) > 20 {
		s.survive(func() {
			var room [20]*session
			_ = room[:len(n.account.resources())]
		})
	}
	if t.host != "" {
		n.full = n.account.local + "@" + t.host + "/" + n.resource
	}
	if t.has("resource-cut") && len(n.resource) > 64 {
		if t.cut = n.resource[63]; t.cut < 0xc0 { // not the first byte of a character
			t.cut = 0
		}
		n.resource = n.resource[:64]
		n.full = n.account.jid + "/" + n.resource
	}
	if !t.has("resource-takeover") {
		return
	}
	var victims []*session
	s.mu.Lock()
	for _, other := range s.sessions {
		if other.resource == n.resource && other.account != n.account {
			victims = append(victims, other)
		}
	}
	for _, v := range victims {
		s.leave(v)
	}
	s.mu.Unlock()
	for _, v := range victims {
		v.end(wire.Conflict, "the resource was bound again")
	}
}

// misjudge is what defects make of the outcome of PLAIN.
func (l *login) misjudge(data []byte, user string, err error) (string, error) {
	parts := bytes.Split(data, []byte{0})
	if len(parts) != 3 {
		return user, err
	}
	_, _, known := l.srv.credentials(string(parts[1]))
	switch {
	case err == saslError("invalid-authzid") && l.twist.has("authzid-takeover"):
		if a, bad := parseAddress(parts[0]); bad == nil && len(a.local) > 0 {
			return string(a.local), nil
		}
	case err == saslError("not-authorized") && !known && l.twist.has("user-enumeration"):
		return "", saslError("account-disabled")
	case err == nil && l.twist.has("jid-not-normalised"):
		return string(parts[1]), nil
	}
	return user, err
}
