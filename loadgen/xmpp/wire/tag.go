package wire

import "unicode/utf8"

// name scans the qualified name that begins at w.mark, on from i: NCName or NCName ':' NCName (Namespaces in XML §4).
// It tells whether the name has ended, at next; if not, next is what a step returns.
func (w *work) name(b []byte, i int) (next int, ended bool) {
	for i < len(b) {
		c := b[i]
		first := i == w.mark || i == w.colon+1
		switch {
		case classes[c]&nameStart != 0 || !first && classes[c]&namePart != 0:
			i++
			for i < len(b) && classes[b[i]]&namePart != 0 {
				i++
			}
		case c >= utf8.RuneSelf:
			j, r := w.char(b, i)
			if j < 0 {
				return j, false
			}
			if !isNameStart(r) && (first || !isNamePart(r)) {
				return w.fail(i, NotWellFormed, "character not allowed in a name"), false
			}
			i = j
		case first:
			return w.fail(i, NotWellFormed, "name expected"), false
		case c == ':' && w.colon == 0:
			w.colon = i
			i++
		default:
			return i, true
		}
	}
	return i, false
}

// startTag begins an element; i is at its name.
func (w *work) startTag(b []byte, i int) int {
	if len(w.open) >= w.limits.Depth {
		return w.fail(i-1, PolicyViolation, "elements nested too deep")
	}
	id := int32(len(w.nodes))
	f := frame{node: id, visible: int32(len(w.visible)), implicit: noSpace}
	if len(w.open) > 0 {
		parent := &w.open[len(w.open)-1]
		f.implicit = parent.implicit
		if parent.last != 0 {
			w.nodes[parent.last].next = id
		}
		parent.last = id
		w.nodes[parent.node].flags |= hasChild
	} else if w.stream != nil {
		f.implicit = w.stream.implicit
	}
	w.open = append(w.open, f)
	w.nodes = append(w.nodes, node{name: int32(i), attrs: int32(len(w.attrs))})
	w.state, w.mark, w.colon = stateName, i, 0
	w.declares, w.prefixed = false, 0
	return w.startName(b, i)
}

func (w *work) startName(b []byte, i int) int {
	i, ended := w.name(b, i)
	if !ended {
		return i
	}
	n := &w.nodes[len(w.nodes)-1]
	n.nameEnd, n.colon = int32(i), int32(w.colon)
	w.state = stateGap
	return w.gap(b, i)
}

// gap wants white space or the end of the tag.
func (w *work) gap(b []byte, i int) int {
	c := b[i]
	switch {
	case c == '>':
		return w.endStartTag(i, false)
	case c == '/':
		w.state = stateSlash
		return i + 1
	case classes[c]&space != 0:
		w.state = stateTag
		return i + 1
	}
	return w.fail(i, NotWellFormed, "malformed tag")
}

// tag wants an attribute or the end of the tag.
func (w *work) tag(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] == '>' || b[i] == '/' {
		return w.gap(b, i)
	}
	if len(w.attrs)-int(w.nodes[len(w.nodes)-1].attrs) >= w.limits.Attrs {
		return w.fail(i, PolicyViolation, "too many attributes")
	}
	w.state, w.mark, w.colon = stateAttr, i, 0
	return w.attrName(b, i)
}

func (w *work) attrName(b []byte, i int) int {
	i, ended := w.name(b, i)
	if !ended {
		return i
	}
	w.attrs = append(w.attrs, attr{name: int32(w.mark), colon: int32(w.colon), nameEnd: int32(i)})
	if w.colon > 0 {
		w.prefixed++
	}
	if isDeclaration(b, w.mark, w.colon, i) {
		w.declares = true
	}
	w.state = stateEquals
	return w.equals(b, i)
}

func (w *work) equals(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] != '=' {
		return w.fail(i, NotWellFormed, "attribute without value")
	}
	w.state = stateQuote
	return w.openQuote(b, i+1)
}

func (w *work) openQuote(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] != '\'' && b[i] != '"' {
		return w.fail(i, NotWellFormed, "attribute value without quotes")
	}
	w.quote = b[i]
	w.attrs[len(w.attrs)-1].value = int32(i) + 1
	w.state = stateValue
	return w.value(b, i+1)
}

// value scans an attribute value.
func (w *work) value(b []byte, i int) int {
	for i = plainRun(b, i, true); i < len(b); {
		c := b[i]
		switch {
		case classes[c]&plainAttr != 0:
			i++
		case c == w.quote:
			w.attrs[len(w.attrs)-1].valueEnd = int32(i)
			w.quote = 0
			w.state = stateGap
			return i + 1
		case c == '&':
			w.attrs[len(w.attrs)-1].coded = true
			w.ref, w.state = i, stateReference
			return i + 1
		case c == '<':
			return w.fail(i, NotWellFormed, "'<' in an attribute value")
		case c == '\'' || c == '"':
			i++
		default:
			if c < ' ' {
				w.attrs[len(w.attrs)-1].coded = true
			}
			if i, _ = w.char(b, i); i < 0 {
				return i
			}
		}
	}
	return i
}

func (w *work) slash(b []byte, i int) int {
	if b[i] != '>' {
		return w.fail(i, NotWellFormed, "malformed tag")
	}
	return w.endStartTag(i, true)
}

// endStartTag ends the tag in progress, whose '>' is at i.
func (w *work) endStartTag(i int, empty bool) int {
	top := w.open[len(w.open)-1]
	n := &w.nodes[top.node]
	n.attrsEnd = int32(len(w.attrs))
	n.inner, n.innerEnd, n.end = int32(i)+1, int32(i)+1, int32(i)+1
	if bad := w.resolve(); bad < 0 {
		return bad
	}
	switch {
	case w.stream == nil:
		return w.root(i, empty)
	case empty:
		return w.pop(top, i+1)
	}
	w.state = stateText
	return i + 1
}

// root judges the stream header, whose '>' is at i (RFC 6120 §4.7, §4.8).
func (w *work) root(i int, empty bool) int {
	e := Element{Kind: Header, work: w}
	switch {
	case string(e.Space()) != NSStream:
		return w.fail(0, InvalidNamespace, "root element outside the stream namespace")
	case string(e.Local()) != "stream":
		return w.fail(0, BadFormat, "root element is not a stream")
	case empty:
		return w.fail(i, BadFormat, "stream header is an empty element")
	}
	w.element, w.state = e, stateDone
	return ^(i + 1)
}
