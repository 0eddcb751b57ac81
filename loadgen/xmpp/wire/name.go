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

// isNameStart tells the non-ASCII characters that begin a name, XML 1.0 §2.3.
func isNameStart(r rune) bool {
	switch {
	case r < 0x300:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7
	case r < 0x2000:
		return r >= 0x370 && r != 0x37E
	case r < 0x3001:
		return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF
	case r < 0x10000:
		return r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD
	}
	return r <= 0xEFFFF
}

// isNamePart tells the non-ASCII characters that continue a name, XML 1.0 §2.3.
func isNamePart(r rune) bool {
	return isNameStart(r) || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
