package wire

// text scans character data up to the next markup.
func (w *work) text(b []byte, i int) int {
	for i < len(b) {
		c := b[i]
		switch {
		case classes[c]&plainText != 0:
			i++
		case c == '<':
			w.state = stateOpen
			return i + 1
		case c == '&':
			w.nodes[w.current()].flags |= codedText
			w.ref, w.state = i, stateReference
			return i + 1
		case c == '>':
			// What stands before text is a '>', so that a look back stays within it.
			if b[i-1] == ']' && b[i-2] == ']' {
				return w.fail(i-2, NotWellFormed, "']]>' in text")
			}
			i++
		default:
			if c == '\r' {
				w.nodes[w.current()].flags |= codedText
			}
			if i, _ = w.char(b, i); i < 0 {
				return i
			}
		}
	}
	return i
}

// cdata scans a CDATA section up to its "]]>".
func (w *work) cdata(b []byte, i int) int {
	for i < len(b) {
		c := b[i]
		switch {
		case c == '>':
			i++
			if b[i-2] == ']' && b[i-3] == ']' && i-3 >= w.mark+len("<![CDATA[") {
				w.state = stateText
				return i
			}
		case c >= ' ' && c < 0x80:
			i++
		default:
			if i, _ = w.char(b, i); i < 0 {
				return i
			}
		}
	}
	return i
}

// reference scans a reference on from i; its ampersand is at w.ref.
func (w *work) reference(b []byte, i int) int {
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case c == ';':
			return w.endReference(b, i)
		case c == '#' && i == w.ref+1:
		case classes[c]&namePart != 0 || c == ':':
		case c >= 0x80:
			j, r := w.char(b, i)
			if j < 0 {
				return j
			}
			if !isNamePart(r) {
				return w.fail(i, NotWellFormed, "malformed reference")
			}
			i = j - 1
		default:
			return w.fail(i, NotWellFormed, "malformed reference")
		}
	}
	return i
}

// endReference judges the reference whose semicolon is at i, and goes back to where it stands.
func (w *work) endReference(b []byte, i int) int {
	name := b[w.ref+1 : i]
	if len(name) > 0 && name[0] == '#' {
		if _, ok := charReference(name[1:]); !ok {
			return w.fail(w.ref, NotWellFormed, "reference to no character of XML")
		}
	} else if len(name) == 0 || classes[name[0]]&(namePart) != 0 && classes[name[0]]&nameStart == 0 {
		return w.fail(w.ref, NotWellFormed, "malformed reference")
	} else if _, ok := predefined(name); !ok {
		return w.fail(w.ref, RestrictedXML, "entity reference")
	}
	w.state = stateText
	if w.quote != 0 {
		w.state = stateValue
	}
	return i + 1
}

// charReference is the character of a reference "&#…;" of XML 1.0 §4.1, given what follows its '#'.
func charReference(s []byte) (r rune, ok bool) {
	base := rune(10)
	if len(s) > 0 && s[0] == 'x' {
		base, s = 16, s[1:]
	}
	for _, c := range s {
		d := rune(99)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if d >= base {
			return 0, false
		}
		if r = r*base + d; r > 0x10FFFF {
			return 0, false
		}
	}
	return r, len(s) > 0 && isChar(r)
}

// predefined is the character of one of the five entities of XML 1.0 §4.6.
func predefined(name []byte) (r rune, ok bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	return 0, false
}
