package mutate

import "strings"

// noValue in a lattice means no attribute at all.
const noValue = "\x00absent"

// give sets an attribute, or drops it for noValue.
func give(n *node, name, value string) {
	if value == noValue {
		n.drop(name)
		return
	}
	n.set(name, value)
}

// stanzaTypes are the types of each kind of stanza (RFC 6120 §8.2.3, RFC 6121 §4.7.1 and §5.2.2), and what is none.
func stanzaTypes() []string {
	return []string{noValue, "", "get", "set", "result", "error", "normal", "chat", "groupchat", "headline", "available", "unavailable",
		"subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "invisible", "shout", "GET", " get", "{1024*t}"}
}

func stanzaIDs() []string {
	return []string{noValue, "", " ", "probe", "bind", "{attacker.stream}", "{witness.stream}", "0", "-1", "{1024*i}", "&#10;",
		"&lt;&gt;&amp;&quot;&apos;", "\u00e9\U0001f600"}
}

// senders are those a stanza may be forged to come from (RFC 6120 §8.1.2.1).
func senders() []string {
	return []string{noValue, "", "{attacker.jid}", "{attacker.bare}", "{attacker.bare}/other", "{accomplice.jid}", "{witness.jid}", "{witness.bare}",
		"{bystander.jid}", "{bystander.bare}", "{domain}", "{domain}/r", "nobody-at-all@{domain}", "romeo@nowhere.invalid/r", "nowhere.invalid",
		"{attacker.local}@nowhere.invalid", "{upper:{attacker.bare}}", "@", "a@b@c"}
}

func (d *draft) setOn(doc *node, name, value string) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	give(s, name, value)
	return true
}

func (d *draft) changeType(doc *node) bool { return d.setOn(doc, "type", one(d.r, stanzaTypes())) }
func (d *draft) changeID(doc *node) bool   { return d.setOn(doc, "id", one(d.r, stanzaIDs())) }
func (d *draft) changeFrom(doc *node) bool { return d.setOn(doc, "from", one(d.r, senders())) }

func (d *draft) changeTo(doc *node) bool {
	if chance(d.r, 8) {
		return d.setOn(doc, "to", noValue)
	}
	return d.setOn(doc, "to", d.address())
}

// changeTwo changes two of the common attributes at once (RFC 6120 §8.1).
func (d *draft) changeTwo(doc *node) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	all := [...]func(){
		func() { give(s, "type", one(d.r, stanzaTypes())) },
		func() { give(s, "id", one(d.r, stanzaIDs())) },
		func() { give(s, "from", one(d.r, senders())) },
		func() { give(s, "to", d.address()) },
		func() { give(s, "xml:lang", one(d.r, []string{noValue, "", "de", "x-{200*klingon-}", "-", "\u00e9"})) },
	}
	for _, i := range d.r.Perm(len(all))[:2] {
		all[i]()
	}
	return true
}

// errorOfError makes an error of a stanza, that may have an error in it or none (RFC 6120 §8.3.1).
func (d *draft) errorOfError(doc *node) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	s.set("type", "error")
	if text := one(d.r, errorElements()); text != "" {
		e := parse(text)
		d.put(s, e.kids...)
	}
	if chance(d.r, 3) {
		s.set("to", d.address())
	}
	return true
}

func errorElements() []string {
	condition := "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
	return []string{"", "", condition, condition + condition, "<error/>", "<error type='unknown'/>", "<error type='cancel'/>",
		"<error type='wait'>" + condition + "</error>", "<error type='cancel'><unknown xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
		"<error type='modify' by='{witness.jid}'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:{witness.bare}</gone></error>",
		"<error type='cancel' xmlns='urn:ietf:params:xml:ns:xmpp-streams'><reset/></error>"}
}

// numeric are attributes and elements that hold numbers in some extension.
func numeric(name string) bool {
	return strings.Contains(" h max index count seconds priority code maxchars maxstanzas size port version first last age ", " "+name+" ")
}

// changeNumber puts a number from around a bound where a number stands, or where some extension reads one.
func (d *draft) changeNumber(doc *node) bool {
	var places []func(string)
	for _, e := range doc.elements() {
		for _, a := range e.attrs {
			if numeric(a.name) || isNumber(a.value) {
				places = append(places, func(s string) { e.set(a.name, s) })
			}
		}
		for _, k := range e.kids {
			if k.kind == text && (isNumber(k.text) || numeric(e.name)) {
				places = append(places, func(s string) { k.text = s })
			}
		}
	}
	if len(places) > 0 && !chance(d.r, 3) {
		one(d.r, places)(d.number())
		return true
	}
	e := d.element(doc)
	if e == nil {
		return false
	}
	n := d.number()
	if chance(d.r, 2) {
		e.set(one(d.r, []string{"h", "max", "index", "seconds", "code", "version", "priority"}), n)
		return true
	}
	d.put(e, parse(one(d.r, []string{
		"<priority>" + n + "</priority>",
		"<set xmlns='http://jabber.org/protocol/rsm'><max>" + n + "</max></set>",
		"<set xmlns='http://jabber.org/protocol/rsm'><index>" + n + "</index></set>",
		"<query xmlns='jabber:iq:last' seconds='" + n + "'/>",
		"<x xmlns='http://jabber.org/protocol/muc'><history maxchars='" + n + "' seconds='" + n + "'/></x>",
	})).kids...)
	return true
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
