package wire

// markup judges the byte after '<'.
func (w *work) markup(b []byte, i int) int {
	c := b[i]
	switch {
	case c == '/':
		return w.endTag(b, i)
	case c == '!':
		w.state, w.mark = stateBang, i-1
		return i + 1
	case c == '?':
		if w.phase != atStart {
			return w.fail(i-1, RestrictedXML, "processing instruction")
		}
		w.state = stateDeclaration
		return i + 1
	case w.phase == inEpilog:
		return w.fail(i, NotWellFormed, "markup after the root element")
	case w.phase == atStart && c == 0:
		return w.fail(i-1, UnsupportedEncoding, "not UTF-8")
	}
	return w.startTag(b, i)
}

// bang goes on after "<!", which w.mark points to.
func (w *work) bang(b []byte, i int) int {
	const cdata = "<![CDATA["
	for ; i < len(b); i++ {
		k, c := i-w.mark, b[i]
		switch {
		case k == 2 && c == '-':
		case k == 3 && b[i-1] == '-':
			if c == '-' {
				return w.fail(w.mark, RestrictedXML, "comment")
			}
			return w.fail(i, NotWellFormed, "malformed markup")
		case k == 2 && classes[c]&nameStart != 0:
			return w.fail(w.mark, RestrictedXML, "document type declaration")
		case c != cdata[k]:
			return w.fail(i, NotWellFormed, "malformed markup")
		case k == len(cdata)-1:
			return w.openCData(i + 1)
		}
	}
	return i
}

// openCData begins a CDATA section, which is text.
func (w *work) openCData(i int) int {
	switch {
	case len(w.open) > 0:
		w.nodes[w.current()].flags |= codedText
		w.state = stateCData
		return i
	case w.phase == inStream:
		return w.fail(w.mark, BadFormat, "text between elements")
	}
	return w.fail(w.mark, NotWellFormed, "text outside the root element")
}

// current is the innermost open element.
func (w *work) current() int32 { return w.open[len(w.open)-1].node }

// endTag begins an end tag; i is at its slash.
func (w *work) endTag(b []byte, i int) int {
	if len(w.open) == 0 {
		if w.phase != inStream {
			return w.fail(i-1, NotWellFormed, "end tag without start tag")
		}
		w.nodes = append(w.nodes, node{name: int32(i) + 1, space: w.stream.space})
	}
	i++
	w.state, w.mark, w.colon = stateEndName, i, 0
	if i == len(b) {
		return i
	}
	return w.endName(b, i)
}

// wanted is the name that the end tag in progress must have.
func (w *work) wanted(b []byte) []byte {
	if len(w.open) == 0 {
		return w.stream.name
	}
	n := &w.nodes[w.current()]
	return b[n.name:n.nameEnd]
}

func (w *work) endName(b []byte, i int) int {
	want := w.wanted(b)
	if i == w.mark { // most end tags lie here whole, and fit
		end := i + len(want)
		if end < len(b) && b[end] == '>' && string(b[i:end]) == string(want) {
			return w.closeElement(end)
		}
	}
	i, ended := w.name(b, i)
	if !ended {
		return i
	}
	if string(b[w.mark:i]) != string(want) {
		return w.fail(w.mark, NotWellFormed, "end tag does not match")
	}
	w.state = stateEndSpace
	return i
}

func (w *work) endSpace(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] != '>' {
		return w.fail(i, NotWellFormed, "malformed end tag")
	}
	return w.closeElement(i)
}

// closeElement ends the innermost open element, or the stream; i is at the '>' of the tag.
func (w *work) closeElement(i int) int {
	if len(w.open) == 0 {
		w.footer(i + 1)
		return ^(i + 1)
	}
	top := w.open[len(w.open)-1]
	n := &w.nodes[top.node]
	n.innerEnd, n.end = int32(w.mark)-2, int32(i)+1
	return w.pop(top, i+1)
}

// pop takes the innermost open element from the stack; i is the byte after it.
func (w *work) pop(top frame, i int) int {
	w.visible = w.visible[:top.visible]
	w.open = w.open[:len(w.open)-1]
	if len(w.open) == 0 {
		w.whole()
		return ^i
	}
	parent := w.current()
	w.nodes[parent].flags |= w.nodes[top.node].flags & streamName
	w.state = stateText
	return i
}

// whole makes the first-level element, all of which is scanned.
func (w *work) whole() {
	w.state = stateDone
	w.element = Element{Kind: Nonza, work: w}
	if w.stream.isStanza(w.element.Space(), w.element.Local()) {
		w.element.Kind = Stanza
	}
}

// footer makes the end of the stream an element; end is the byte after it.
func (w *work) footer(end int) {
	w.state = stateDone
	n := &w.nodes[0]
	n.nameEnd = n.name + int32(len(w.stream.name))
	n.colon = w.stream.colon(n.name)
	n.inner, n.innerEnd, n.end = int32(end), int32(end), int32(end)
	w.element = Element{Kind: Footer, work: w}
}
