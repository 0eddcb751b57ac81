package wire

import "sync"

// work is what scanning and reading one element takes. Scanners borrow it while they need it.
// All positions are relative to the first byte of the element.
type work struct {
	base    []byte // the bytes of the element, and maybe more
	buf     []byte // own copy of them, when they came in pieces
	scratch []byte // values with their references resolved

	nodes   []node  // the elements, in document order
	attrs   []attr  // their attributes, in document order
	decls   []decl  // the namespaces declared in this element
	visible []int32 // indices of those in scope
	open    []frame // the elements not yet closed

	element Element
	failure SyntaxError
	limits  Limits
	stream  *stream // nil before the header

	pos      int // bytes scanned
	mark     int // where the name or markup in progress began
	colon    int // the colon in the name in progress; 0: none
	ref      int // the ampersand of the reference in progress
	state    state
	phase    phase
	quote    byte // what closes the attribute value in progress; 0: no value in progress
	wrapped  bool // the root is <body/>
	empty    bool // and it is an empty element
	declares bool // the tag in progress declares namespaces
	prefixed int  // prefixed attributes of the tag in progress
}

// node is one element.
type node struct {
	name, colon, nameEnd int32 // qualified name; colon is 0 without prefix
	attrs, attrsEnd      int32 // its attributes in work.attrs
	inner, innerEnd, end int32 // its content, and the byte after its end tag
	next                 int32 // the next sibling in work.nodes; 0: none
	space                int32 // namespace, see work.uri
	flags                uint8
}

const (
	hasChild   uint8 = 1 << iota // holds an element
	codedText                    // its text holds references, CDATA or carriage returns
	streamName                   // it or something in it uses a prefix that the header declared
)

// attr is one attribute.
type attr struct {
	name, colon, nameEnd int32
	value, valueEnd      int32
	space                int32
	coded                bool // the value holds references, or white space to normalise
}

// decl is one namespace declaration; its URI lies in base, or in scratch when it held references.
type decl struct {
	prefix, prefixEnd int32
	uri, uriEnd       int32
	coded             bool
}

// frame is one open element.
type frame struct {
	node     int32
	last     int32 // its last child so far; 0: none
	implicit int32 // default namespace inside it
	visible  int32 // length of work.visible before its declarations
}

var works = sync.Pool{New: func() any { return new(work) }}

func borrow() *work { return works.Get().(*work) }

// giveBack returns w to the pool, unless an uncommonly large element has made it grow.
func giveBack(w *work) {
	if w.poolable() {
		w.clear()
		works.Put(w)
	}
}

// poolable tells whether w is small enough to be kept.
func (w *work) poolable() bool {
	const bytes, nodes, attrs = 32 << 10, 256, 512
	return cap(w.buf)+cap(w.scratch) <= bytes && cap(w.nodes) <= nodes && cap(w.attrs) <= attrs && cap(w.decls) <= attrs
}

// clear makes w ready for the next element.
func (w *work) clear() {
	w.base, w.buf, w.scratch = nil, w.buf[:0], w.scratch[:0]
	w.nodes, w.attrs, w.decls = w.nodes[:0], w.attrs[:0], w.decls[:0]
	w.visible, w.open = w.visible[:0], w.open[:0]
	w.element, w.stream = Element{}, nil
	w.pos, w.state, w.quote = 0, stateIdle, 0
}
