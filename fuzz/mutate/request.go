package mutate

import (
	"slices"

	"xmpprig/fuzz/program"
)

// overBOSH reports whether the attacker comes over BOSH.
func (d *draft) overBOSH() bool {
	return slices.ContainsFunc(d.p.Ops, func(op program.Op) bool {
		return op.Actor == program.Attacker && (op.Verb == program.DialBOSH || op.Verb == program.Login && op.Arg == string(program.BOSH))
	})
}

// oddRequest puts a request in that is wrong in some way, or some at once, or makes one more so.
func (d *draft) oddRequest() bool {
	if !d.overBOSH() {
		return false
	}
	var all []int
	for i := d.mark(); i < len(d.p.Ops); i++ {
		if d.p.Ops[i].Verb == program.Request {
			all = append(all, i)
		}
	}
	if len(all) > 0 && chance(d.r, 2) {
		i := one(d.r, all)
		d.p.Ops[i] = d.p.Ops[i].With(d.oddAttribute())
		return true
	}
	op := program.Op{Actor: program.Attacker, Verb: program.Request, Arg: one(d.r, requestTexts())}
	if !chance(d.r, 4) {
		op = op.With(d.oddAttribute())
	}
	at := d.place()
	for range one(d.r, []int{1, 1, 1, 2, 3, 8}) {
		d.insert(at, op)
	}
	return true
}

func requestTexts() []string {
	return []string{"", "", "<iq xmlns='jabber:client' type='get' id='r'><ping xmlns='urn:xmpp:ping'/></iq>", "<message xmlns='jabber:client' to='{witness.bare}'><body>x</body></message>",
		"x", "<a", "</body>", "</body><body xmlns='http://jabber.org/protocol/httpbind'>", "<body xmlns='http://jabber.org/protocol/httpbind'/>", "<presence xmlns='jabber:client'/>"}
}

// oddAttribute is an attribute of <body/> that requests seldom have (XEP-0124 §7, §14, §15, XEP-0206 §3).
func (d *draft) oddAttribute() program.Value {
	name := one(d.r, []string{"rid", "rid", "rid", "sid", "type", "key", "newkey", "xmpp:restart", "pause", "wait", "hold", "ver", "ack", "stream", "to", "from", "route", "content", "xmlns:stream"})
	if chance(d.r, 4) {
		return program.Value{Name: name, Not: true}
	}
	value := program.Value{Name: name, Text: d.number()}
	switch name {
	case "rid":
		value.Text = one(d.r, []string{"-2", "-1", "+0", "+1", "+2", "+3", "+100", "0", "1", "9007199254740991", "9007199254740992", value.Text})
	case "sid":
		value.Text = one(d.r, []string{"{attacker.sid}", "x", "{attacker.sid}x", value.Text})
	case "type":
		value.Text = one(d.r, []string{"terminate", "terminate", "error", "x"})
	case "key", "newkey":
		value.Text = one(d.r, []string{"{key:1:x}", "{key:2:x}", "x", value.Text})
	case "xmpp:restart":
		value.Text = "true"
	case "to", "from", "route":
		value.Text = one(d.r, []string{"{domain}", "nowhere.invalid", "{witness.jid}", "xmpp:{domain}:1"})
	}
	return value
}
