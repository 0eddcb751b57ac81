package wire

// text scans character data up to the next markup.
func (w *work) text(b []byte, i int) int {
	for i = plainRun(b, i, false); i < len(b); {
		c := b[i]
		switch {
		case classes[c]&plainText != 0:
			i++
		case c == '<':
			w.state = stateOpen
			if i++; i < len(b) {
				return w.markup(b, i)
			}
			return i
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
			i++ // what stands before the section is a '[', so that a look back stays within it
			if b[i-2] == ']' && b[i-3] == ']' {
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
	if i == w.ref+1 {
		w.mark, w.colon = i, 0
	}
	if b[w.ref+1] == '#' {
		return w.numeric(b, i)
	}
	i, ended := w.name(b, i)
	switch {
	case !ended:
		return i
	case b[i] != ';':
		return w.fail(i, NotWellFormed, "malformed reference")
	case w.colon > 0:
		return w.fail(w.colon, NotWellFormed, "colon in the name of an entity")
	}
	if _, ok := predefined(b[w.mark:i]); !ok {
		return w.fail(w.ref, RestrictedXML, "entity reference")
	}
	return w.endReference(i)
}

// numeric scans a character reference on from i.
func (w *work) numeric(b []byte, i int) int {
	for i == w.ref+1 || i < len(b) && classes[b[i]]&namePart != 0 {
		i++
	}
	if i >= len(b) {
		return i
	}
	if b[i] != ';' {
		return w.fail(i, NotWellFormed, "malformed reference")
	}
	if _, ok := charReference(b[w.ref+2 : i]); !ok {
		return w.fail(w.ref, NotWellFormed, "reference to no character of XML")
	}
	return w.endReference(i)
}

// endReference goes back to where the reference stands; i is at its semicolon.
func (w *work) endReference(i int) int {
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
