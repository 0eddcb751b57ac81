package wire

import "iter"

// Kind is what an Element is.
type Kind uint8

// The kinds of elements.
const (
	None   Kind = iota // none yet: more bytes are wanted
	Header             // <stream:stream …>: the start tag alone (RFC 6120 §4.2)
	Stanza             // message, presence or iq in the content namespace (RFC 6120 §8)
	Nonza              // any other first-level element: features, error, proceed, challenge, success, …
	Footer             // </stream:stream>
	Child              // an element inside another
)

// String names the kind in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

var kindNames = [...]string{"none", "header", "stanza", "nonza", "footer", "child"}

// Element is one first-level element, or one inside it. It is a view: it and all slices that it returns are valid until
// the next call of Scanner.Next or Scanner.Reset, and must not be changed. Copies of it are as good as itself.
type Element struct {
	Kind Kind
	node int32
	work *work
}

// at is the node of e; e must not be of kind None.
func (e *Element) at() *node { return &e.work.nodes[e.node] }

// Local is the name without its prefix.
func (e *Element) Local() []byte {
	if e.work == nil {
		return nil
	}
	n := e.at()
	if n.colon > 0 {
		return e.work.base[n.colon+1 : n.nameEnd]
	}
	return e.work.base[n.name:n.nameEnd]
}

// Name is the qualified name as it was written, with its prefix if it has one.
func (e *Element) Name() []byte {
	if e.work == nil {
		return nil
	}
	n := e.at()
	return e.work.base[n.name:n.nameEnd]
}

// Space is the namespace that the name is in; empty if it is in none.
func (e *Element) Space() []byte {
	if e.work == nil {
		return nil
	}
	return e.work.uri(e.at().space)
}

// Is tells whether e has this expanded name.
func (e *Element) Is(space, local string) bool {
	return string(e.Local()) == local && string(e.Space()) == space
}

// Attr is the value of an attribute, by its qualified name as written: "to", "xml:lang". It is unescaped and its white
// space normalised (XML 1.0 §3.3.3). It is nil if there is no such attribute, and not nil if its value is empty.
func (e *Element) Attr(name string) []byte {
	if e.work == nil {
		return nil
	}
	w, n := e.work, e.at()
	for i := n.attrs; i < n.attrsEnd; i++ {
		a := &w.attrs[i]
		if string(w.base[a.name:a.nameEnd]) == name {
			return w.attrValue(a)
		}
	}
	return nil
}

// Attrs ranges over the attributes, namespace declarations included, as qualified name and unescaped value.
func (e *Element) Attrs() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		if e.work == nil {
			return
		}
		w, n := e.work, e.at()
		for i := n.attrs; i < n.attrsEnd; i++ {
			a := &w.attrs[i]
			if !yield(w.base[a.name:a.nameEnd], w.attrValue(a)) {
				return
			}
		}
	}
}

// Raw is the element as it was received, from '<' to '>'.
func (e *Element) Raw() []byte {
	if e.work == nil {
		return nil
	}
	if e.Kind != Child {
		return e.work.base
	}
	n := e.at()
	return e.work.base[n.name-1 : n.end]
}

// Inner is the content of the element as it was received: what lies between its tags.
func (e *Element) Inner() []byte {
	if e.work == nil {
		return nil
	}
	n := e.at()
	return e.work.base[n.inner:n.innerEnd]
}

// First is the first element inside e.
func (e *Element) First() (Element, bool) {
	if e.work == nil || e.at().flags&hasChild == 0 {
		return Element{}, false
	}
	return Element{Kind: Child, node: e.node + 1, work: e.work}, true
}

// Next is the next sibling of an element that First, Next, Child or Children gave.
func (e *Element) Next() (Element, bool) {
	if e.Kind != Child || e.at().next == 0 {
		return Element{}, false
	}
	return Element{Kind: Child, node: e.at().next, work: e.work}, true
}

// Children ranges over the elements directly inside e.
func (e *Element) Children() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for c, ok := e.First(); ok; c, ok = c.Next() {
			if !yield(c) {
				return
			}
		}
	}
}

// Child is the first element directly inside e with this expanded name.
func (e *Element) Child(space, local string) (Element, bool) {
	c, ok := e.First()
	for ok && !c.Is(space, local) {
		c, ok = c.Next()
	}
	return c, ok
}

// Text is the character data directly in e, unescaped, with its line ends normalised (XML 1.0 §2.11). Where it is one run
// without references it is a view; else it is put together, once for each call.
func (e *Element) Text() []byte {
	if e.work == nil {
		return nil
	}
	w, n := e.work, e.at()
	if n.flags&(hasChild|codedText) == 0 {
		return w.base[n.inner:n.innerEnd]
	}
	start, from := len(w.scratch), n.inner
	for c, ok := e.First(); ok; c, ok = c.Next() {
		w.scratch = appendCharData(w.scratch, w.base[from:c.at().name-1])
		from = c.at().end
	}
	w.scratch = appendCharData(w.scratch, w.base[from:n.innerEnd])
	return w.scratch[start:len(w.scratch):len(w.scratch)]
}
