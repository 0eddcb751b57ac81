package wire

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
	case w.stream == nil && w.wrapped:
		return w.body(i, empty)
	case w.stream == nil:
		return w.root(i, empty)
	case len(w.open) == 1 && w.isHeader(n):
		return w.fail(0, BadFormat, "stream header inside a stream")
	case empty:
		return w.pop(top, i+1)
	}
	w.state = stateText
	return i + 1
}

// isHeader tells a start tag that would open a stream.
func (w *work) isHeader(n *node) bool {
	local := w.base[n.name:n.nameEnd]
	if n.colon > 0 {
		local = w.base[n.colon+1 : n.nameEnd]
	}
	return string(local) == "stream" && string(w.uri(n.space)) == NSStream
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
