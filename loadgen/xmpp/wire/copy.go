package wire

import "bytes"

// AppendElement appends e so that it means the same in a stream whose default namespace is implicit: prefixes that the
// header of e's stream declared are declared again where they are used. The fields of a that are not empty take the place
// of the attributes of that name. Kinds other than Stanza, Nonza and Child append nothing.
func AppendElement(dst []byte, e *Element, implicit string, a Addressing) []byte {
	if e.Kind != Stanza && e.Kind != Nonza && e.Kind != Child {
		return dst
	}
	if e.Kind != Child && e.stands(implicit) {
		return appendVerbatim(dst, e, a)
	}
	return appendCanonical(dst, e, []byte(implicit), a)
}

// AppendAlone appends e as a document of its own, with the declarations that it needs for that. Kinds other than Stanza,
// Nonza and Child append nothing.
func AppendAlone(dst []byte, e *Element) []byte {
	if e.Kind != Stanza && e.Kind != Nonza {
		return dst
	}
	if n := e.at(); n.flags&streamName != 0 || n.colon != 0 {
		return appendCanonical(dst, e, nil, Addressing{})
	}
	name := e.Name()
	dst = append(append(dst, '<'), name...)
	if !e.declaresDefault() {
		dst = AppendAttr(dst, "xmlns", e.Space())
	}
	return append(dst, e.Raw()[1+len(name):]...)
}

// stands tells whether the first-level element e means the same, as it is written, wherever the default namespace is
// implicit.
func (e *Element) stands(implicit string) bool {
	n := e.at()
	return n.flags&streamName == 0 && n.colon == 0 && (string(e.Space()) == implicit || e.declaresDefault())
}

func (e *Element) declaresDefault() bool {
	w, n := e.work, e.at()
	for _, a := range w.attrs[n.attrs:n.attrsEnd] {
		if string(w.base[a.name:a.nameEnd]) == "xmlns" {
			return true
		}
	}
	return false
}

// appendVerbatim appends e as it was written, but for the attributes that r replaces.
func appendVerbatim(dst []byte, e *Element, r Addressing) []byte {
	w, n := e.work, e.at()
	dst = append(dst, '<')
	dst = append(dst, e.Name()...)
	for _, a := range w.attrs[n.attrs:n.attrsEnd] {
		if !r.replaces(w.base[a.name:a.nameEnd]) {
			dst = append(dst, ' ')
			dst = append(dst, w.base[a.name:a.valueEnd+1]...)
		}
	}
	dst = r.append(dst)
	if n.inner == n.innerEnd {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	dst = append(dst, e.Inner()...)
	dst = append(dst, "</"...)
	dst = append(dst, e.Name()...)
	return append(dst, '>')
}

// appendCanonical appends e without prefixes on elements, each namespace declared where it begins.
func appendCanonical(dst []byte, e *Element, implicit []byte, r Addressing) []byte {
	dst = append(dst, '<')
	dst = append(dst, e.Local()...)
	if !bytes.Equal(e.Space(), implicit) {
		dst = AppendAttr(dst, "xmlns", e.Space())
	}
	dst = r.append(appendAttrs(dst, e, r))
	w, n := e.work, e.at()
	from, tag := n.inner, len(dst)
	dst = append(dst, '>')
	for c, ok := e.First(); ok; c, ok = c.Next() {
		dst = w.appendRun(dst, from, c.at().name-1)
		dst = appendCanonical(dst, &c, e.Space(), Addressing{})
		from = c.at().end
	}
	if dst = w.appendRun(dst, from, n.innerEnd); len(dst) == tag+1 {
		return append(dst[:tag], "/>"...)
	}
	dst = append(dst, "</"...)
	dst = append(dst, e.Local()...)
	return append(dst, '>')
}

// appendAttrs appends the attributes of e that r does not replace, with the declarations that their prefixes need.
func appendAttrs(dst []byte, e *Element, r Addressing) []byte {
	w, n := e.work, e.at()
	attrs := w.attrs[n.attrs:n.attrsEnd]
	for i := range attrs {
		a := &attrs[i]
		name := w.base[a.name:a.nameEnd]
		if isDeclaration(w.base, int(a.name), int(a.colon), int(a.nameEnd)) || r.replaces(name) {
			continue
		}
		if a.colon > 0 && a.space != xmlSpace && w.firstOfPrefix(attrs[:i], a) {
			dst = AppendAttr(dst, "xmlns:"+string(w.base[a.name:a.colon]), w.uri(a.space))
		}
		dst = AppendAttr(dst, string(name), w.attrValue(a))
	}
	return dst
}

// firstOfPrefix tells whether none of the attributes before a has its prefix.
func (w *work) firstOfPrefix(before []attr, a *attr) bool {
	for i := range before {
		if o := &before[i]; o.colon > 0 && string(w.base[o.name:o.colon]) == string(w.base[a.name:a.colon]) {
			return false
		}
	}
	return true
}

// appendRun appends the text between two positions, escaped anew.
func (w *work) appendRun(dst []byte, from, to int32) []byte {
	if from == to {
		return dst
	}
	start := len(w.scratch)
	w.scratch = appendCharData(w.scratch, w.base[from:to])
	dst = AppendText(dst, w.scratch[start:])
	w.scratch = w.scratch[:start]
	return dst
}

// replaces tells whether a has a value for the attribute of this name.
func (a Addressing) replaces(name []byte) bool {
	switch string(name) {
	case "to":
		return a.To != ""
	case "from":
		return a.From != ""
	case "id":
		return a.ID != ""
	case "type":
		return a.Type != ""
	}
	return false
}

// append appends the attributes that are set.
func (a Addressing) append(dst []byte) []byte {
	dst = appendSet(dst, "to", a.To)
	dst = appendSet(dst, "from", a.From)
	dst = appendSet(dst, "id", a.ID)
	return appendSet(dst, "type", a.Type)
}
