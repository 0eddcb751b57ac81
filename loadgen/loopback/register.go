package loopback

import (
	"xmpprig/loadgen/xmpp/wire"
)

// register answers in-band registration before authentication (XEP-0077 §3.1).
func (l *login) register(dst []byte, e *wire.Element, query wire.Element) []byte {
	id := string(e.Attr("id"))
	switch string(e.Attr("type")) {
	case "get":
		return wire.AppendIQ(dst, wire.Addressing{ID: id, Type: "result"}, []byte("<query xmlns='"+wire.NSRegister+
			"'><instructions>Choose a user name and a password.</instructions><username/><password/></query>"))
	case "set":
		name, password := fieldsOf(query)
		if condition := l.srv.addAccount(name, password); condition != "" {
			return appendIQError(dst, e, errorKind(condition), condition)
		}
		return wire.AppendIQ(dst, wire.Addressing{ID: id, Type: "result"}, nil)
	}
	return appendIQError(dst, e, "modify", "bad-request")
}

func fieldsOf(query wire.Element) (name, password string) {
	if f, ok := query.Child(wire.NSRegister, "username"); ok {
		name = string(f.Text())
	}
	if f, ok := query.Child(wire.NSRegister, "password"); ok {
		password = string(f.Text())
	}
	return name, password
}

// maxAccounts bounds the accounts registered in-band.
const maxAccounts = 1 << 20

// addAccount makes an account, or returns the condition by which it is refused.
func (s *Server) addAccount(name, password string) (condition string) {
	local, err := normalLocal([]byte(name))
	if err != nil || password == "" || len(password) > maxPart {
		return "not-acceptable"
	}
	if _, exists := s.password(string(local)); exists {
		return "conflict"
	}
	d := &s.accounts
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, exists := d.made[string(local)]; exists { // made just now by another
		return "conflict"
	}
	if len(d.made) >= maxAccounts {
		return "resource-constraint"
	}
	d.setPassword(string(local), password)
	s.tally.registered.Add(1)
	return ""
}

// setPassword is called with the directory locked.
func (d *directory) setPassword(local, password string) {
	if d.made == nil {
		d.made = map[string]string{}
	}
	d.made[local] = password
	delete(d.gone, local)
}

// accountRequest answers registration within a session: what is registered, a change of the password, or the account's end
// (XEP-0077 §3.2, §3.3).
func (c *conn) accountRequest(dst []byte, e *wire.Element, query wire.Element) []byte {
	me := c.session.account.local
	a := wire.Addressing{From: string(e.Attr("to")), To: c.session.full, ID: string(e.Attr("id")), Type: "result"}
	if string(e.Attr("type")) == "get" {
		payload := append([]byte("<query xmlns='"+wire.NSRegister+"'><registered/><username>"), wire.AppendText(nil, me)...)
		return wire.AppendIQ(dst, a, append(payload, "</username><password/></query>"...))
	}
	if isRemoval(query) {
		return wire.AppendIQ(dst, a, nil)
	}
	name, password := fieldsOf(query)
	if local, err := normalLocal([]byte(name)); err != nil || password == "" || len(password) > maxPart {
		return appendStanzaError(dst, e, c.session.full, "modify", "bad-request")
	} else if string(local) != me {
		return appendStanzaError(dst, e, c.session.full, "cancel", "not-allowed")
	}
	c.srv.accounts.mu.Lock()
	c.srv.accounts.setPassword(me, password)
	c.srv.accounts.mu.Unlock()
	return wire.AppendIQ(dst, a, nil)
}

func isRemoval(query wire.Element) bool {
	_, remove := query.Child(wire.NSRegister, "remove")
	return remove && hasOneChild(&query)
}

// leaveAccount removes the account when that was asked for, and ends its sessions with not-authorized, as XEP-0077
// §3.2 would have it.
func (c *conn) leaveAccount(e *wire.Element, query wire.Element) {
	if string(e.Attr("type")) != "set" || !isRemoval(query) {
		return
	}
	s, a := c.srv, c.session.account
	s.mu.Lock()
	for _, k := range append([]*contact(nil), a.roster...) {
		if k.listed {
			c.removeContact(k.jid)
		}
	}
	s.mu.Unlock()
	d := &s.accounts
	d.mu.Lock()
	delete(d.made, a.local)
	delete(d.accounts, a.local)
	if d.gone == nil {
		d.gone = map[string]struct{}{}
	}
	d.gone[a.local] = struct{}{}
	d.mu.Unlock()
	for _, r := range a.resources() {
		r.session.end(wire.NotAuthorized, "the account was removed")
	}
}
