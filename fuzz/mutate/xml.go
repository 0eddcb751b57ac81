package mutate

import "strings"

// node is a piece of what is sent: printed unchanged, it is what it was parsed from, however broken that is.
type node struct {
	kind  kind
	text  string // of text and markup, as written
	name  string // of an element, with its prefix
	attrs []attr
	tail  string // white space before the > of the start tag
	empty bool   // written as <a/>, as long as there are no kids
	kids  []*node
	open  bool   // it has no end tag
	end   string // what stands in the end tag
	up    *node
}

type kind uint8

const (
	document kind = iota
	element
	text
	markup // anything else: comments, CDATA, tags that are none
)

// attr is an attribute as written: gap name equals quote value quote.
type attr struct{ gap, name, equals, quote, value string }

// newAttr is an attribute in the usual spelling. A value with an apostrophe is put between the other quotes.
func newAttr(name, value string) attr {
	quote := "'"
	if strings.Contains(value, "'") {
		quote = `"`
	}
	return attr{" ", name, "=", quote, value}
}

// print is the piece as it is sent.
func (n *node) print() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	if n.kind == text || n.kind == markup {
		b.WriteString(n.text)
		return
	}
	if n.kind == element {
		n.writeTag(b)
	}
	for _, k := range n.kids {
		k.write(b)
	}
	if n.kind == element && !n.open && !n.isEmpty() {
		b.WriteString("</")
		b.WriteString(n.end)
		b.WriteByte('>')
	}
}

func (n *node) isEmpty() bool { return n.empty && len(n.kids) == 0 }

func (n *node) writeTag(b *strings.Builder) {
	b.WriteByte('<')
	b.WriteString(n.name)
	for _, a := range n.attrs {
		for _, s := range [...]string{a.gap, a.name, a.equals, a.quote, a.value, a.quote} {
			b.WriteString(s)
		}
	}
	b.WriteString(n.tail)
	if n.isEmpty() {
		b.WriteByte('/')
	}
	b.WriteByte('>')
}

// clone is a copy of all of n.
func (n *node) clone() *node {
	c := *n
	c.attrs = append([]attr(nil), n.attrs...)
	c.kids = nil
	for _, k := range n.kids {
		c.add(k.clone())
	}
	return &c
}

// add puts kids behind those there are.
func (n *node) add(kids ...*node) {
	for _, k := range kids {
		k.up = n
	}
	n.kids = append(n.kids, kids...)
}

// at is the place of n among the kids of its parent.
func (n *node) at() int {
	for i, k := range n.up.kids {
		if k == n {
			return i
		}
	}
	return 0
}

// elements are all elements in n.
func (n *node) elements() []*node {
	var all []*node
	for _, k := range n.kids {
		if k.kind == element {
			all = append(all, k)
			all = append(all, k.elements()...)
		}
	}
	return all
}

// texts are all texts in n that have more than white space.
func (n *node) texts() []*node {
	var all []*node
	for _, k := range n.kids {
		if k.kind == text && strings.Trim(k.text, " \t\r\n") != "" {
			all = append(all, k)
		}
		all = append(all, k.texts()...)
	}
	return all
}

// attr is the attribute of that name, or nil.
func (n *node) attr(name string) *attr {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return &n.attrs[i]
		}
	}
	return nil
}

// set gives an attribute a value, adding it where it is not there.
func (n *node) set(name, value string) {
	a := newAttr(name, value)
	if old := n.attr(name); old != nil {
		old.quote, old.value = a.quote, value
		return
	}
	n.attrs = append(n.attrs, a)
}

// drop removes an attribute and tells whether it was there.
func (n *node) drop(name string) bool {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			n.attrs = append(n.attrs[:i:i], n.attrs[i+1:]...)
			return true
		}
	}
	return false
}

// rename changes the name in both tags.
func (n *node) rename(name string) {
	if n.end == n.name {
		n.end = name
	}
	n.name = name
}

// isStanza tells message, presence and iq by their names.
func (n *node) isStanza() bool {
	return n.kind == element && (n.name == "message" || n.name == "presence" || n.name == "iq")
}
