package mutate

import "strings"

// changeNamespace declares another namespace, none, or the one of another element.
func (d *draft) changeNamespace(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	if chance(d.r, 4) {
		return e.drop("xmlns")
	}
	e.set("xmlns", d.namespace())
	return true
}

func (d *draft) changeName(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	e.rename(d.name())
	return true
}

// changeKind makes another kind of stanza of one.
func (d *draft) changeKind(doc *node) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	s.rename(one(d.r, []string{"message", "presence", "iq", "IQ", "Message", "iq2", "stream:features", "stream:error"}))
	return true
}

// changeAttribute adds, drops or changes an attribute, or moves it to another element.
func (d *draft) changeAttribute(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	if len(e.attrs) == 0 || chance(d.r, 3) {
		e.set(d.attribute(), d.value())
		return true
	}
	a := one(d.r, e.attrs)
	switch d.r.IntN(4) {
	case 0:
		e.drop(a.name)
	case 1:
		d.element(doc).set(a.name, strings.ReplaceAll(a.value, "'", "&apos;"))
	default:
		e.set(a.name, one(d.r, []string{d.value(), d.value(), d.address(), d.number(), d.words()}))
	}
	return true
}

// changeText changes or adds the text of an element.
func (d *draft) changeText(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	if all := doc.texts(); len(all) > 0 && chance(d.r, 2) {
		one(d.r, all).text = d.words()
		return true
	}
	d.put(e, &node{kind: text, text: one(d.r, []string{d.words(), d.words(), d.number(), d.address(), d.value()})})
	return true
}

// addChild adds an element made of words.
func (d *draft) addChild(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	name := d.name()
	c := &node{kind: element, name: name, end: name, empty: true}
	if !chance(d.r, 4) {
		c.set("xmlns", d.namespace())
	}
	if chance(d.r, 2) {
		c.set(d.attribute(), d.value())
	}
	if chance(d.r, 2) {
		c.add(&node{kind: text, text: d.words()})
	}
	d.put(e, c)
	return true
}
