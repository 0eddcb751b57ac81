package mutate

import (
	"slices"
	"strings"
)

func syntaxOperations() []operation {
	return []operation{
		onElement("duplicate-attribute", (*draft).twice),
		onElement("duplicate-expanded", (*draft).twiceExpanded),
		onElement("unbound-prefix", (*draft).unbound),
		onElement("reserved-prefix", (*draft).reserved),
		onElement("empty-prefix", func(d *draft, e *node) bool { return appendAttrs(e, newAttr("xmlns:e", "")) }),
		onElement("separator", (*draft).separator),
		onElement("name-character", (*draft).nameCharacter),
		onElement("unquoted", func(d *draft, e *node) bool {
			return d.onAttr(e, func(a *attr) { a.quote, a.value = "", strings.ReplaceAll(a.value, " ", "") })
		}),
		onElement("other-quote", (*draft).otherQuote),
		onElement("no-value", func(d *draft, e *node) bool {
			return d.onAttr(e, func(a *attr) { a.equals, a.quote, a.value = "", "", "" })
		}),
		onElement("no-gap", func(d *draft, e *node) bool { return d.onAttr(e, func(a *attr) { a.gap = "" }) }),
		onElement("no-end", func(d *draft, e *node) bool { was := e.open || e.isEmpty(); e.open, e.empty = true, false; return !was }),
		onElement("other-end", (*draft).otherEnd),
		onElement("unfinished", (*draft).unfinished),
		onElement("raw-less-in-value", func(d *draft, e *node) bool { return d.inValue(e, one(d.r, []string{"<", "<a>", "</message>"})) }),
		onElement("raw-ampersand-in-value", func(d *draft, e *node) bool { return d.inValue(e, one(d.r, []string{"&", "& ", "&a", "&#", "&#x;"})) }),
		strays("comment", "<!-- a -->", "<!---->", "<!-- a -- b -->", "<!--->", "<!-- a --->"),
		strays("instruction", "<?a b?>", "<?xml version='1.0'?>", "<?xml-stylesheet href='a'?>", "<?a", "<?XML?>"),
		strays("doctype", "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a SYSTEM 'file:///nonexistent'>", "<!DOCTYPE a [<!ATTLIST message from CDATA 'b'>]>"),
		strays("entity", "&b;", "&nbsp;", "&lt", "&LT;", "&#60", "&#;", "&#x;", "&#1114112;", "&#99999999999999999999;", "&#-1;", "&&lt;;"),
		strays("expansion", "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'><!ENTITY d '&c;&c;'>]><a>&d;</a>"),
		strays("cdata-end", "]]>", "]]]]>>", "<![CDATA[]]>]]>"),
		strays("cdata", "<![CDATA[", "<![CDATA[<message/>", "<![cdata[a]]>", "<![CDATA[a]]", "<![INCLUDE[a]]>", "<![CDATA[</body></message>]]>"),
		strays("raw-less", "<", "< a", "<>", "</>", "< /a>", "<a<b>", "<//a>", "<a//>", "<a/ >", "<1a/>"),
		strays("raw-ampersand", "&", "& ", "&;", "& amp;"),
		strays("stray-end", "</a>", "</message>", "</body>", "</stream:stream>", "</stream:stream >", "</>"),
		strays("markup-declaration", "<!ENTITY a 'b'>", "<!ELEMENT a ANY>", "<!>", "<!a", "<!-a->"),
	}
}

// onElement is an operation on one element. Where the drawn one will not do, the others are tried.
func onElement(name string, change func(*draft, *node) bool) operation {
	return onTree(name, func(d *draft, doc *node) bool {
		return d.some(doc, func(e *node) bool { return change(d, e) })
	})
}

// strays is an operation that puts one of these where it does not belong: between elements, in them or in their texts.
func strays(name string, all ...string) operation {
	return onTree(name, func(d *draft, doc *node) bool {
		stray := one(d.r, all)
		if t := doc.texts(); len(t) > 0 && chance(d.r, 2) {
			n := one(d.r, t)
			at := one(d.r, cuts(n.text))
			n.text = n.text[:at] + stray + n.text[at:]
			return true
		}
		into := doc
		if e := d.element(doc); e != nil && !chance(d.r, 3) {
			into = e
		}
		d.put(into, &node{kind: markup, text: stray})
		return true
	})
}

func appendAttrs(e *node, all ...attr) bool {
	e.attrs = append(slices.Clone(e.attrs), all...)
	return true
}

// onAttr changes one attribute of an element.
func (d *draft) onAttr(e *node, change func(*attr)) bool {
	if len(e.attrs) == 0 {
		return false
	}
	change(&e.attrs[d.r.IntN(len(e.attrs))])
	return true
}

// inValue puts a piece of text in a value as it is.
func (d *draft) inValue(e *node, s string) bool {
	return d.onAttr(e, func(a *attr) {
		at := one(d.r, cuts(a.value))
		a.value = a.value[:at] + s + a.value[at:]
	})
}

// twice has an attribute two times, with equal values or not.
func (d *draft) twice(e *node) bool {
	if len(e.attrs) == 0 {
		return appendAttrs(e, newAttr("a", "b"), newAttr("a", "b"))
	}
	a := one(d.r, e.attrs)
	if chance(d.r, 2) {
		a = newAttr(a.name, d.address())
	}
	a.gap = " "
	at := d.r.IntN(len(e.attrs) + 1)
	e.attrs = slices.Insert(slices.Clone(e.attrs), at, a)
	return true
}

// twiceExpanded has two attributes whose prefixes mean the same namespace (Namespaces in XML §6.3).
func (d *draft) twiceExpanded(e *node) bool {
	ns := one(d.r, []string{"urn:example:a", "jabber:client", "urn:xmpp:ping"})
	local := one(d.r, []string{"d", "to", "from"})
	return appendAttrs(e, newAttr("xmlns:b", ns), newAttr("xmlns:c", ns), newAttr("b:"+local, "e"), newAttr("c:"+local, "f"))
}

func (d *draft) unbound(e *node) bool {
	if chance(d.r, 2) {
		return appendAttrs(e, newAttr("unbound:"+one(d.r, []string{"a", "to", "from", "xmlns"}), "b"))
	}
	e.rename(one(d.r, []string{"unbound:", ":", "a:b:", "xmlns:", "db:", "Stream:", "sasl:"}) + e.name)
	return true
}

// reserved binds what is bound for ever (Namespaces in XML §3).
func (d *draft) reserved(e *node) bool {
	xml, xmlns := "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"
	return appendAttrs(e, one(d.r, []attr{newAttr("xmlns:xml", "urn:example:a"), newAttr("xmlns:xml", xml), newAttr("xmlns:a", xml),
		newAttr("xmlns", xml), newAttr("xmlns:xmlns", "urn:example:a"), newAttr("xmlns:xmlns", xmlns), newAttr("xmlns:a", xmlns), newAttr("xmlns", xmlns),
		newAttr("xmlns:", "urn:example:a"), newAttr(":xmlns", "urn:example:a"), newAttr("xmlns:a:b", "urn:example:a"), newAttr("xmlns:stream", "urn:example:a")}))
}

// separator puts into a namespace what parsers put between namespace and name (CVE-2022-25236).
func (d *draft) separator(e *node) bool {
	s := one(d.r, []string{"\x01", "\n", "\xff", "\x0c", "|", "!", "^", ":", "#", " ", "}}", "{{", "&#10;", "&#1;", "&#x9;", "\t", "\u00a0", "\ufeff"})
	tail := one(d.r, []string{"message", "", "iq", s, "a" + s + "b"})
	name := one(d.r, []string{"xmlns", "xmlns", "xmlns:s"})
	base := one(d.r, []string{"jabber:client", "urn:example:a", "http://etherx.jabber.org/streams", "jabber:server"})
	e.set(name, base+s+tail)
	return true
}

// nameCharacter puts into a name what may not stand there, or only looks as if.
func (d *draft) nameCharacter(e *node) bool {
	s := one(d.r, []string{"1", "-", ".", "\u00d7", "\u00b7", "\u037e", "$", "{{", "@", "!", "\\", "\x00", "\x01", "\u2028", "\u0300", "\U000f0000", "\xff", "\xc3\x28", ":", "::", "<", "\"", "=", "(", ";"})
	put := func(name string) string {
		if chance(d.r, 2) {
			return s + name
		}
		at := one(d.r, cuts(name))
		return name[:at] + s + name[at:]
	}
	if len(e.attrs) > 0 && chance(d.r, 2) {
		return d.onAttr(e, func(a *attr) { a.name = put(a.name) })
	}
	e.rename(put(e.name))
	return true
}

// otherQuote opens a value with one quote and closes it with the other, or has a raw quote of the same kind in it.
func (d *draft) otherQuote(e *node) bool {
	return d.onAttr(e, func(a *attr) {
		switch d.r.IntN(3) {
		case 0: // from now on the value goes on
			a.value, a.quote = a.quote+a.value+one(d.r, []string{`"`, "`", "'", ""}), ""
		case 1:
			at := one(d.r, cuts(a.value))
			a.value = a.value[:at] + a.quote + a.value[at:]
		default: // the kind that a careless writer does not escape (tigase/xmltools#15)
			at := one(d.r, cuts(a.value))
			a.value = a.value[:at] + `"` + " from='{domain}' x=" + `"` + a.value[at:]
		}
	})
}

func (d *draft) otherEnd(e *node) bool {
	if e.open {
		return false
	}
	e.empty = false
	e.end = one(d.r, []string{"b", "message", "iq", "stream:stream", e.name + " a='b'", strings.ToUpper(e.name), "x:" + e.name, " " + e.name, "", e.name + "/"})
	return true
}

// unfinished leaves out the end of a tag.
func (d *draft) unfinished(e *node) bool {
	i, s := e.at(), e.print()
	all := cuts(s)
	e.up.kids[i] = &node{kind: markup, text: s[:all[1+d.r.IntN(len(all)-1)]], up: e.up}
	return true
}
