package wire

import "unicode/utf8"

// Classes of bytes, as bits.
const (
	nameStart uint8 = 1 << iota // begins a name (ASCII, no colon)
	namePart                    // continues a name (ASCII, no colon)
	space                       // XML white space
	plainText                   // needs no look in character data
	plainAttr                   // needs no look in an attribute value
)

// classes maps each byte to its classes; all bytes from 0x80 on have none.
var classes = classify()

func classify() (t [256]uint8) {
	for c := 0; c < utf8.RuneSelf; c++ {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if letter {
			t[c] |= nameStart
		}
		if letter || c >= '0' && c <= '9' || c == '-' || c == '.' {
			t[c] |= namePart
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			t[c] |= space
		}
		if (c >= ' ' || c == '\t' || c == '\n') && c != '<' && c != '&' && c != '>' {
			t[c] |= plainText
		}
		if c >= ' ' && c != '<' && c != '&' && c != '\'' && c != '"' {
			t[c] |= plainAttr
		}
	}
	return t
}

// isChar tells the characters of XML 1.0 §2.2.
func isChar(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r >= 0xD800 && r <= 0xDFFF:
		return false
	}
	return r <= utf8.MaxRune && r != 0xFFFE && r != 0xFFFF
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

// skipSpace is the number of white space bytes at the start of b.
func skipSpace(b []byte) int {
	i := 0
	for i < len(b) && classes[b[i]]&space != 0 {
		i++
	}
	return i
}
