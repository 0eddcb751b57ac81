package mutate

import (
	"fmt"
	"strings"
)

func volumeOperations() []operation {
	return []operation{
		onTree("text", (*draft).longText),
		onElement("name", (*draft).longName),
		onElement("value", func(d *draft, e *node) bool {
			return d.onAttr(e, func(a *attr) { a.value = one(d.r, []string{a.value, ""}) + times(d.rung(1), "v") })
		}),
		onElement("attributes", (*draft).manyAttributes),
		onElement("namespaces", (*draft).manyNamespaces),
		onElement("children", (*draft).manyChildren),
		onElement("nesting", (*draft).deep),
		onElement("white-space", func(d *draft, e *node) bool { e.tail += times(d.rung(1), " "); return true }),
		onTree("endless", (*draft).endless),
		onTree("copies", (*draft).copies),
		onTree("markup", func(d *draft, doc *node) bool {
			return d.many(doc, one(d.r, []string{"&amp;", "&#x41;", "<![CDATA[a]]>", "<![CDATA[]]>", "]", "&lt;", "\r\n", "\u00e9"}))
		}),
		{"between", (*draft).between},
		{"repeat", (*draft).repeatSend},
		{"churn", (*draft).churn},
		{"failed-logins", (*draft).failedLogins},
		{"slow-write", (*draft).slowWrite},
		{"placeholder", (*draft).otherRung},
	}
}

// ladder are the sizes in bytes, so that what they cost can be compared.
func ladder() []int { return []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10} }

// rung draws how often a piece of some bytes is to be repeated to come to a size of the ladder, or one off it.
func (d *draft) rung(bytes int) int {
	return max(1, one(d.r, ladder())/bytes+one(d.r, []int{0, 0, 0, -1, 1}))
}

func (d *draft) longText(doc *node) bool { return d.many(doc, "x") }

// many puts a piece many times into a text, or into an element.
func (d *draft) many(doc *node, piece string) bool {
	long := times(d.rung(len(piece)), piece)
	if all := doc.texts(); len(all) > 0 {
		t := one(d.r, all)
		at := one(d.r, cuts(t.text))
		t.text = t.text[:at] + long + t.text[at:]
		return true
	}
	e := d.element(doc)
	if e == nil {
		return false
	}
	d.put(e, &node{kind: text, text: long})
	return true
}

func (d *draft) longName(e *node) bool {
	long := times(d.rung(1), "n")
	switch {
	case len(e.attrs) > 0 && chance(d.r, 2):
		return d.onAttr(e, func(a *attr) { a.name += long })
	case chance(d.r, 3) && !strings.Contains(e.name, ":"):
		e.rename(long + ":" + e.name)
	default:
		e.rename(e.name + long)
	}
	return true
}

// manyAttributes has so many attributes that comparing each with each is felt (CVE-2026-45186).
func (d *draft) manyAttributes(e *node) bool {
	n := one(d.r, []int{16, 64, 65, 256, 1024, 4096})
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	e.tail = b.String() + e.tail
	return true
}

func (d *draft) manyNamespaces(e *node) bool {
	n := one(d.r, []int{16, 64, 256, 1024})
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " xmlns:n%d='urn:example:%d'", i, i)
	}
	if chance(d.r, 2) {
		for i := range n {
			fmt.Fprintf(&b, " n%d:a=''", i)
		}
	}
	e.tail = b.String() + e.tail
	return true
}

func (d *draft) manyChildren(e *node) bool {
	child := one(d.r, []string{"<a/>", "<body>x</body>", "<x xmlns='urn:example:a'/>", "<group>g</group>", "<item jid='a@{domain}'/>"})
	if own := (&node{kind: document, kids: e.kids}).elements(); len(own) > 0 && chance(d.r, 3) {
		child = one(d.r, own).print()
	}
	all := times(d.rung(size(child)), child)
	d.put(e, &node{kind: markup, text: all})
	return isTemplate(all)
}

// deep has elements in elements, each closed or none.
func (d *draft) deep(e *node) bool {
	open, end := "<a>", "</a>"
	if chance(d.r, 3) {
		open = "<a xmlns='urn:example:a'>"
	}
	n := d.rung(len(open))
	s := times(n, open) + "x"
	if !chance(d.r, 3) {
		s += times(n, end)
	}
	d.put(e, &node{kind: markup, text: s})
	return true
}

// endless leaves the last element open and goes on with it (twisted#12707).
func (d *draft) endless(doc *node) bool {
	s := d.stanza(doc)
	if s == nil || s.open {
		return false
	}
	s.open, s.empty = true, false
	piece := one(d.r, []string{"x", "<a/>", "<a>", "<!-- a -->", "&amp;", " "})
	s.kids = append(s.kids, &node{kind: markup, text: times(d.rung(len(piece)), piece)})
	s.up.kids = s.up.kids[:s.at()+1]
	return true
}

// copies sends one thing many times in one piece.
func (d *draft) copies(doc *node) bool {
	s := d.stanza(doc)
	if s == nil || s.open {
		return false
	}
	text := s.print()
	doc.kids[s.at()] = &node{kind: markup, text: times(min(d.rung(size(text)), 4096), text)}
	return isTemplate(doc.print())
}

// between has white space where elements end.
func (d *draft) between() bool {
	op := d.send()
	if op == nil {
		return false
	}
	op.Arg = one(d.r, []string{times(d.rung(1), " ") + op.Arg, op.Arg + times(d.rung(1), "\n")})
	return true
}

// otherRung changes the number in a placeholder that repeats.
func (d *draft) otherRung() bool {
	all := d.sends()
	for _, i := range d.r.Perm(len(all)) {
		op := &d.p.Ops[all[i]]
		places := cuts(op.Arg)
		for _, k := range d.r.Perm(len(places) - 1) {
			number, inside, ok := strings.Cut(op.Arg[places[k]:places[k+1]], "*")
			if !ok || strings.Trim(number, "{0123456789") != "" {
				continue
			}
			inside = strings.TrimSuffix(inside, "}")
			op.Arg = op.Arg[:places[k]] + times(d.rung(max(1, size(inside))), inside) + op.Arg[places[k+1]:]
			return true
		}
	}
	return false
}
