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

// skipSpace is the number of white space bytes at the start of b.
func skipSpace(b []byte) int {
	i := 0
	for i < len(b) && classes[b[i]]&space != 0 {
		i++
	}
	return i
}
