package wire

// AppendRehomed appends the stanza e as it is written in a stream of another content namespace, to which what is in that of e's own
// stream moves with it: so stanzas go from clients to servers and components (RFC 6120 §4.8.3). The fields of a that are not empty take
// the place of the attributes of that name. Kinds other than Stanza append nothing.
func AppendRehomed(dst []byte, e *Element, a Addressing) []byte {
	if e.Kind != Stanza {
		return dst
	}
	w, n := e.work, e.at()
	if n.colon != 0 || n.flags&streamName != 0 {
		return appendCanonical(dst, e, e.Space(), a)
	}
	dst = append(append(dst, '<'), e.Name()...)
	for _, at := range w.attrs[n.attrs:n.attrsEnd] {
		if name := w.base[at.name:at.nameEnd]; !a.replaces(name) && string(name) != "xmlns" {
			dst = append(append(dst, ' '), w.base[at.name:at.valueEnd+1]...)
		}
	}
	dst = a.append(dst)
	if n.inner == n.innerEnd {
		return append(dst, "/>"...)
	}
	dst = append(append(dst, '>'), e.Inner()...)
	return AppendEnd(dst, string(e.Name()))
}
