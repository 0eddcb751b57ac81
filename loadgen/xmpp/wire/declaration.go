package wire

import "bytes"

// declaration scans the XML declaration at the start of the stream (XML 1.0 §2.8) on from i.
func (w *work) declaration(b []byte, i int) int {
	const open = "<?xml"
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case i < len(open) && c != open[i], i == len(open) && classes[c]&namePart != 0:
			return w.fail(0, RestrictedXML, "processing instruction")
		case i == len(open) && classes[c]&space == 0, c == '<', c >= 0x80, c < ' ' && classes[c]&space == 0:
			return w.fail(i, NotWellFormed, "malformed XML declaration")
		case c == '>':
			return w.endDeclaration(b[:i+1])
		}
	}
	return i
}

// endDeclaration judges a whole declaration.
func (w *work) endDeclaration(b []byte) int {
	s, found := bytes.CutSuffix(b[len("<?xml"):], []byte("?>"))
	if !found {
		return w.fail(len(b)-1, NotWellFormed, "malformed XML declaration")
	}
	version, s, ok := pseudoAttr(s, "version")
	if !ok || len(version) < 3 || string(version[:2]) != "1." || !digits(version[2:]) {
		return w.fail(0, NotWellFormed, "XML declaration without version 1.0")
	}
	encoding, s, ok := pseudoAttr(s, "encoding")
	if ok && !isEncodingName(encoding) {
		return w.fail(0, NotWellFormed, "malformed XML declaration")
	}
	utf8 := !ok || bytes.EqualFold(encoding, []byte("UTF-8"))
	standalone, s, ok := pseudoAttr(s, "standalone")
	if ok && string(standalone) != "yes" && string(standalone) != "no" || skipSpace(s) != len(s) {
		return w.fail(0, NotWellFormed, "malformed XML declaration")
	}
	if !utf8 {
		return w.fail(0, UnsupportedEncoding, "encoding other than UTF-8 declared")
	}
	w.state = stateDone
	return ^len(b)
}

// pseudoAttr takes white space, name, '=' and a quoted value from the front of s. If they are not there, rest is s.
func pseudoAttr(s []byte, name string) (value, rest []byte, ok bool) {
	n := skipSpace(s)
	t, found := bytes.CutPrefix(s[n:], []byte(name))
	if n == 0 || !found {
		return nil, s, false
	}
	t, found = bytes.CutPrefix(t[skipSpace(t):], []byte("="))
	t = t[skipSpace(t):]
	if !found || len(t) == 0 || t[0] != '\'' && t[0] != '"' {
		return nil, s, false
	}
	end := bytes.IndexByte(t[1:], t[0])
	if end < 0 {
		return nil, s, false
	}
	return t[1 : end+1], t[end+2:], true
}

func digits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// isEncodingName tells the EncName of XML 1.0 §4.3.3.
func isEncodingName(s []byte) bool {
	for i, c := range s {
		if classes[c]&namePart == 0 || i == 0 && (classes[c]&nameStart == 0 || c == '_') {
			return false
		}
	}
	return len(s) > 0
}
