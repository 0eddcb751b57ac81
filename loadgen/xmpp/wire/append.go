package wire

import "unicode/utf8"

// Text is what the Append functions take for text.
type Text interface{ ~string | ~[]byte }

// AppendText appends s as character data or as part of an attribute value: & < > ' " become references, so do carriage
// returns, which a reader would else take for line ends; characters that XML forbids and bytes that are not UTF-8 become
// U+FFFD.
func AppendText[T Text](dst []byte, s T) []byte { return appendEscaped(dst, s, false) }

// AppendAttr appends an attribute with a leading space: " name='value'". Tabs and line ends in the value become
// references, since a reader would else take them for spaces. The name is not checked.
func AppendAttr[T Text](dst []byte, name string, value T) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, '=', '\'')
	dst = appendEscaped(dst, value, true)
	return append(dst, '\'')
}

// appendEscaped appends s as it is, as far as that is plain, and the rest character by character.
func appendEscaped[T Text](dst []byte, s T, attr bool) []byte {
	start := len(dst)
	dst = append(dst, s...)
	end := plainRun(dst, start, true)
	for end < len(dst) && classes[dst[end]]&(plainText&plainAttr) != 0 {
		end++
	}
	if end == len(dst) {
		return dst
	}
	return appendSpecial(dst[:end], s[end-start:], attr)
}

// appendSpecial appends s, whose first byte is not plain.
func appendSpecial[T Text](dst []byte, s T, attr bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if classes[c]&(plainText&plainAttr) != 0 {
			i++
			continue
		}
		esc, size := escape(string(s[i:min(i+utf8.UTFMax, len(s))]), attr)
		if esc != "" {
			dst = append(dst, s[from:i]...)
			dst = append(dst, esc...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}

// escape is what stands for the first character of s, empty if that is the character itself, and how long the latter is.
func escape(s string, attr bool) (esc string, size int) {
	switch s[0] {
	case '&':
		return "&amp;", 1
	case '<':
		return "&lt;", 1
	case '>':
		return "&gt;", 1
	case '\'':
		return "&apos;", 1
	case '"':
		return "&quot;", 1
	case '\r':
		return "&#xD;", 1
	case '\t':
		if attr {
			return "&#x9;", 1
		}
		return "", 1
	case '\n':
		if attr {
			return "&#xA;", 1
		}
		return "", 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 || !isChar(r) {
		return "\uFFFD", size
	}
	return "", size
}
