package wire

import "bytes"

// Namespaces are numbers inside an element: from 0 on they are indices of work.decls.
const (
	noSpace     int32 = -1 // no namespace
	xmlSpace    int32 = -2 // that of the prefix xml
	streamSpace int32 = -3 // -3-i is the i-th declaration of the stream header
)

var xmlURI = []byte(NSXML)

// uri is the name of a namespace.
func (w *work) uri(space int32) []byte {
	switch {
	case space == noSpace:
		return nil
	case space == xmlSpace:
		return xmlURI
	case space <= streamSpace:
		return w.stream.decls[streamSpace-space].uri
	}
	d := &w.decls[space]
	if d.coded {
		return w.scratch[d.uri:d.uriEnd]
	}
	return w.base[d.uri:d.uriEnd]
}

// isDeclaration tells attribute names that declare a namespace: xmlns and xmlns:….
func isDeclaration(b []byte, name, colon, end int) bool {
	if colon > 0 {
		end = colon
	}
	return end-name == len("xmlns") && string(b[name:end]) == "xmlns"
}

// resolve binds the names of the tag that has just been scanned to namespaces, and checks that its attributes differ.
// It returns a negative number when that fails.
func (w *work) resolve() int {
	f := &w.open[len(w.open)-1]
	n := &w.nodes[f.node]
	attrs := w.attrs[n.attrs:n.attrsEnd]
	if bad := w.unequal(attrs); bad < 0 {
		return bad
	}
	if w.declares {
		for i := range attrs {
			if bad := w.declare(f, &attrs[i]); bad < 0 {
				return bad
			}
		}
	}
	n.space = f.implicit
	if n.colon > 0 {
		if n.space = w.lookup(w.base[n.name:n.colon]); n.space == noSpace {
			return w.unbound(n.name, n.colon)
		}
	}
	if n.space <= streamSpace && n.colon > 0 {
		n.flags |= streamName
	}
	if w.prefixed > 0 {
		return w.resolveAttrs(n, attrs)
	}
	return 0
}

// unequal checks that no two attributes have the same qualified name (XML 1.0 §3.1).
func (w *work) unequal(attrs []attr) int {
	b := w.base
	for i := 1; i < len(attrs); i++ {
		a := &attrs[i]
		name := b[a.name:a.nameEnd]
		for j := range attrs[:i] {
			if other := &attrs[j]; string(b[other.name:other.nameEnd]) == string(name) {
				return w.fail(int(a.name), NotWellFormed, "attribute twice")
			}
		}
	}
	return 0
}

// resolveAttrs binds prefixed attributes, and checks that their expanded names differ (Namespaces in XML §6.3).
func (w *work) resolveAttrs(n *node, attrs []attr) int {
	for i := range attrs {
		a := &attrs[i]
		a.space = noSpace
		if a.colon == 0 || isDeclaration(w.base, int(a.name), int(a.colon), int(a.nameEnd)) {
			continue
		}
		if a.space = w.lookup(w.base[a.name:a.colon]); a.space == noSpace {
			return w.unbound(a.name, a.colon)
		}
		if a.space <= streamSpace {
			n.flags |= streamName
		}
		for j := range attrs[:i] {
			if other := &attrs[j]; other.space != noSpace && w.sameName(a, other) {
				return w.fail(int(a.name), NotWellFormed, "attribute twice by its expanded name")
			}
		}
	}
	return 0
}

func (w *work) sameName(a, o *attr) bool {
	b := w.base
	return string(b[a.colon:a.nameEnd]) == string(b[o.colon:o.nameEnd]) && bytes.Equal(w.uri(a.space), w.uri(o.space))
}

// unbound fails for the prefix from name to colon.
func (w *work) unbound(name, colon int32) int {
	if string(w.base[name:colon]) == "xmlns" {
		return w.fail(int(name), NotWellFormed, "prefix xmlns on an element")
	}
	return w.fail(int(name), NotWellFormed, "prefix is not bound to a namespace")
}

// lookup is the namespace that a prefix is bound to, or noSpace.
func (w *work) lookup(prefix []byte) int32 {
	for i := len(w.visible) - 1; i >= 0; i-- {
		d := &w.decls[w.visible[i]]
		if string(w.base[d.prefix:d.prefixEnd]) == string(prefix) {
			return w.visible[i]
		}
	}
	if string(prefix) == "xml" {
		return xmlSpace
	}
	if w.stream != nil {
		return w.stream.lookup(prefix)
	}
	return noSpace
}

// declare enters the declaration that a makes, if it is one, under the constraints of Namespaces in XML §3.
func (w *work) declare(f *frame, a *attr) int {
	if !isDeclaration(w.base, int(a.name), int(a.colon), int(a.nameEnd)) {
		return 0
	}
	d := decl{uri: a.value, uriEnd: a.valueEnd, coded: a.coded}
	if a.colon > 0 {
		d.prefix, d.prefixEnd = a.colon+1, a.nameEnd
	}
	if d.coded {
		start := len(w.scratch)
		w.scratch = appendValue(w.scratch, w.base[a.value:a.valueEnd])
		d.uri, d.uriEnd = int32(start), int32(len(w.scratch))
	}
	id := int32(len(w.decls))
	w.decls = append(w.decls, d)
	if !allowedBinding(w.base[d.prefix:d.prefixEnd], w.uri(id)) {
		return w.fail(int(a.name), NotWellFormed, "namespace declaration not allowed")
	}
	if a.colon > 0 {
		w.visible = append(w.visible, id)
	} else {
		f.implicit = id
	}
	return 0
}

// allowedBinding tells whether prefix (empty: the default namespace) may be bound to uri.
func allowedBinding(prefix, uri []byte) bool {
	if string(prefix) == "xml" || string(uri) == NSXML {
		return string(prefix) == "xml" && string(uri) == NSXML
	}
	return string(prefix) != "xmlns" && string(uri) != nsXMLNS && (len(uri) > 0 || len(prefix) == 0)
}
