package mutate

import (
	"slices"

	"xmpprig/fuzz/program"
)

// inlines are what can be asked for with an authentication by SASL2 (XEP-0386, XEP-0484, XEP-0198, XEP-0480).
func inlines() []string {
	return []string{
		"",
		"<bind xmlns='urn:xmpp:bind:0'/>",
		"<bind xmlns='urn:xmpp:bind:0'><tag>x</tag><enable xmlns='urn:xmpp:sm:3' resume='true'/></bind>",
		"<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>",
		"<fast xmlns='urn:xmpp:fast:0' count='1'/>",
		"<fast xmlns='urn:xmpp:fast:0' invalidate='true'/>",
		"<resume xmlns='urn:xmpp:sm:3' previd='unknown' h='0'/>",
		"<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>UPGR-SCRAM-SHA-256</upgrade>",
	}
}

// spellOut writes an authentication of the attacker's as what is sent in it, behind the mark, so that other mutations reach that. It may
// be by another mechanism than it was.
func (d *draft) spellOut() bool {
	at := d.authentication()
	if at < 0 {
		return false
	}
	op := d.p.Ops[at]
	if op.Verb == program.Login && op.Arg != program.ComponentLogin {
		steps := op.Parts()
		d.p.Ops = slices.Replace(d.p.Ops, at, at+1, steps...)
		at += slices.IndexFunc(steps, func(s program.Op) bool { return s.Verb == program.Auth })
		op = d.p.Ops[at]
	}
	if op.Verb == program.Auth && !chance(d.r, 3) {
		op.Arg = one(d.r, []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"})
	}
	mark := d.mark()
	d.p.Ops = slices.Replace(d.p.Ops, at, at+1, op.Parts()...)
	if at < mark { // the mark goes before it, and what was behind it stays there
		mark = d.mark()
		d.p.Ops = slices.Delete(d.p.Ops, mark, mark+1)
		d.insert(at, program.Op{Verb: program.Mark})
	}
	return true
}

// authentication is where the attacker last authenticates; -1: nowhere.
func (d *draft) authentication() int {
	for i, op := range slices.Backward(d.p.Ops) {
		if op.Actor != program.Attacker {
			continue
		}
		switch op.Verb {
		case program.Login, program.Auth, program.Authenticate:
			return i
		}
	}
	return -1
}
