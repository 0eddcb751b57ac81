package mutate

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// spelling is one way to write the same.
type spelling struct {
	name, told string
	do         func(*draft, *node) bool
}

func spellings() []spelling {
	return []spelling{
		{"quotes", "other quotes", (*draft).otherQuotes},
		{"attribute-order", "attributes in another order", (*draft).attributeOrder},
		{"prefix", "a prefix", (*draft).prefixExtension},
		{"empty-element", "empty elements written otherwise", (*draft).emptyElement},
		{"cdata", "CDATA", (*draft).cdata},
		{"reference", "character references", (*draft).reference},
		{"white-space", "white space in tags", (*draft).spaceInTag},
		{"redeclaration", "a namespace declared again", (*draft).redeclare},
	}
}

func spellingOperations() []operation {
	var all []operation
	for _, s := range spellings() {
		all = append(all, onTree(s.name, s.do))
	}
	return all
}

// otherQuotes turns the quotes around the values of one tag, as far as they are not in them.
func (d *draft) otherQuotes(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		done := false
		for i := range e.attrs {
			a := &e.attrs[i]
			other := "'"
			if a.quote == "'" {
				other = `"`
			}
			if !strings.Contains(a.value, other) {
				a.quote, done = other, true
			}
		}
		return done
	})
}

// some tries elements in some order until one can be written otherwise.
func (d *draft) some(doc *node, do func(*node) bool) bool {
	all := doc.elements()
	for _, i := range d.r.Perm(len(all)) {
		if do(all[i]) {
			return true
		}
	}
	return false
}

func (d *draft) attributeOrder(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		if len(e.attrs) < 2 {
			return false
		}
		if len(e.attrs) == 2 {
			slices.Reverse(e.attrs)
			return true
		}
		d.r.Shuffle(len(e.attrs), func(i, j int) { e.attrs[i], e.attrs[j] = e.attrs[j], e.attrs[i] })
		return true
	})
}

// isCore tells the namespaces that RFC 6120 has written without prefix (§4.8.3), or with one that all use.
func isCore(ns string) bool {
	return ns == "" || strings.HasPrefix(ns, "jabber:client") || strings.HasPrefix(ns, "jabber:server") ||
		strings.HasPrefix(ns, "http://etherx.jabber.org/") || strings.HasPrefix(ns, "urn:ietf:params:xml:ns:xmpp-")
}

// prefixExtension gives an extension's elements a prefix instead of the default namespace.
func (d *draft) prefixExtension(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		x := e.attr("xmlns")
		if x == nil || isCore(x.value) || e.up.kind != element || strings.Contains(e.name, ":") {
			return false
		}
		prefix := freePrefix(doc)
		x.name = "xmlns:" + prefix
		prefixAll(e, prefix)
		return true
	})
}

func prefixAll(e *node, prefix string) {
	if !strings.Contains(e.name, ":") {
		e.name, e.end = prefix+":"+e.name, prefix+":"+e.end
	}
	for _, k := range e.kids {
		if k.kind == element && k.attr("xmlns") == nil {
			prefixAll(k, prefix)
		}
	}
}

// freePrefix is a prefix that stands nowhere in doc.
func freePrefix(doc *node) string {
	for n, s := 0, doc.print(); ; n++ {
		if p := fmt.Sprintf("p%d", n); !strings.Contains(s, p) {
			return p
		}
	}
}

func (d *draft) emptyElement(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		if len(e.kids) > 0 || e.open || e.name == "stream:stream" { // a stream that is empty is not opened and closed by all
			return false
		}
		e.empty = !e.empty
		return true
	})
}

// piece draws a run of plain characters in a text.
func (d *draft) piece(s string, most int) (from, to int, ok bool) {
	var plain []int
	for i := 0; i < len(s); {
		n := atom(s[i:])
		if !isHole(s[i:i+n]) && strings.IndexByte("&<>]'\"{} \t\r\n", s[i]) < 0 {
			plain = append(plain, i)
		}
		if s[i] == '&' { // what a reference says in letters is not plain
			if end := strings.IndexByte(s[i:], ';'); end > 0 {
				n = end + 1
			}
		}
		i += n
	}
	if len(plain) == 0 {
		return 0, 0, false
	}
	k := d.r.IntN(len(plain))
	from, to = plain[k], plain[k]+atom(s[plain[k]:])
	for n := 1; n < most && k+n < len(plain) && plain[k+n] == to; n++ {
		to += atom(s[to:])
	}
	return from, to, true
}

// cdata writes a part of a text as a CDATA section.
func (d *draft) cdata(doc *node) bool {
	all := doc.texts()
	for _, i := range d.r.Perm(len(all)) {
		t := all[i]
		if from, to, ok := d.piece(t.text, 1+d.r.IntN(16)); ok && t.up.kind == element {
			t.text = t.text[:from] + "<![CDATA[" + t.text[from:to] + "]]>" + t.text[to:]
			return true
		}
	}
	return false
}

// reference writes one character of a text or a value as a reference to it.
func (d *draft) reference(doc *node) bool {
	var places []*string
	for _, t := range doc.texts() {
		if t.up.kind == element {
			places = append(places, &t.text)
		}
	}
	for _, e := range doc.elements() {
		for i := range e.attrs {
			if a := &e.attrs[i]; a.name != "xmlns" && !strings.HasPrefix(a.name, "xmlns:") {
				places = append(places, &a.value)
			}
		}
	}
	for _, i := range d.r.Perm(len(places)) {
		s := places[i]
		from, to, ok := d.piece(*s, 1)
		if !ok {
			continue
		}
		c := []rune((*s)[from:to])[0]
		if c == '\uFFFD' || c < ' ' {
			continue // it may stand for bytes that are no character
		}
		*s = (*s)[:from] + fmt.Sprintf(one(d.r, []string{"&#%d;", "&#x%x;", "&#x%X;", "&#%04d;", "&#x%06x;"}), c) + (*s)[to:]
		return true
	}
	return false
}

// spaceInTag puts white space where a tag may have more of it.
func (d *draft) spaceInTag(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		space := one(d.r, []string{" ", "  ", "\n", "\t", "\r\n", " \n\t"})
		if len(e.attrs) > 0 && chance(d.r, 2) {
			a := &e.attrs[d.r.IntN(len(e.attrs))]
			if chance(d.r, 2) {
				a = &e.attrs[0] // behind the name, where parsers go wrong most
			}
			switch d.r.IntN(4) {
			case 0:
				a.gap += space
			case 3:
				a.gap = space
			case 1:
				a.equals = space + a.equals
			default:
				a.equals += space
			}
			return true
		}
		if chance(d.r, 2) && !e.isEmpty() && !e.open {
			e.end += space
			return true
		}
		e.tail += space
		return true
	})
}

// redeclare declares a namespace that is the default already.
func (d *draft) redeclare(doc *node) bool {
	return d.some(doc, func(e *node) bool {
		if e.attr("xmlns") != nil || strings.Contains(e.name, ":") {
			return false
		}
		for n := e.up; n.kind == element; n = n.up {
			if x := n.attr("xmlns"); x != nil {
				e.set("xmlns", x.value)
				return true
			}
		}
		if top := topOf(e); !top.isStanza() || d.hasComponent() {
			return false
		}
		e.set("xmlns", content(d.p))
		return true
	})
}

// hasComponent reports whether there is a stream whose default namespace is not that of clients.
func (d *draft) hasComponent() bool {
	return slices.ContainsFunc(d.p.Ops, func(op program.Op) bool {
		return op.Verb == program.DialComponent || op.Verb == program.Login && op.Arg == program.ComponentLogin
	})
}

// topOf is the element of the first level that e is in.
func topOf(e *node) *node {
	for e.up.kind == element {
		e = e.up
	}
	return e
}
