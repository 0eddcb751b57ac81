package wire

import (
	"bytes"
	"unicode/utf8"
)

// attrValue is the value of a, in scratch if it had to be changed.
func (w *work) attrValue(a *attr) []byte {
	v := w.base[a.value:a.valueEnd:a.valueEnd]
	if !a.coded {
		return v
	}
	start := len(w.scratch)
	w.scratch = appendValue(w.scratch, v)
	return w.scratch[start:len(w.scratch):len(w.scratch)]
}

// appendValue appends the attribute value that raw stands for (XML 1.0 §2.11, §3.3.3). raw has been scanned.
func appendValue(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '&':
			var n int
			dst, n = appendReference(dst, raw[i:])
			i += n - 1
		case '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			dst = append(dst, ' ')
		case '\t', '\n':
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendCharData appends the text that raw stands for, which holds text, references and CDATA sections and has been scanned.
func appendCharData(dst, raw []byte) []byte {
	const open, end = "<![CDATA[", "]]>"
	for {
		text, rest, found := bytes.Cut(raw, []byte(open))
		dst = appendText(dst, text, true)
		if !found {
			return dst
		}
		cdata, after, _ := bytes.Cut(rest, []byte(end))
		dst = appendText(dst, cdata, false)
		raw = after
	}
}

// appendText appends raw with its line ends normalised and, if so told, its references resolved.
func appendText(dst, raw []byte, references bool) []byte {
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '&' && references:
			var n int
			dst, n = appendReference(dst, raw[i:])
			i += n - 1
		case c == '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			dst = append(dst, '\n')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendReference appends the character of the reference at the start of raw, and says how long the reference is.
func appendReference(dst, raw []byte) (out []byte, n int) {
	end := bytes.IndexByte(raw, ';')
	name := raw[1:end]
	r, ok := predefined(name)
	if !ok {
		r, _ = charReference(name[1:])
	}
	return utf8.AppendRune(dst, r), end + 1
}
