package wire

func (w *work) attrName(b []byte, i int) int {
	i, ended := w.name(b, i)
	if !ended {
		return i
	}
	w.attrs = append(w.attrs, attr{name: int32(w.mark), colon: int32(w.colon), nameEnd: int32(i)})
	if w.colon > 0 {
		w.prefixed++
	}
	if isDeclaration(b, w.mark, w.colon, i) {
		w.declares = true
	}
	w.state = stateEquals
	return w.equals(b, i)
}

func (w *work) equals(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] != '=' {
		return w.fail(i, NotWellFormed, "attribute without value")
	}
	w.state = stateQuote
	return w.openQuote(b, i+1)
}

func (w *work) openQuote(b []byte, i int) int {
	i += skipSpace(b[i:])
	if i == len(b) {
		return i
	}
	if b[i] != '\'' && b[i] != '"' {
		return w.fail(i, NotWellFormed, "attribute value without quotes")
	}
	w.quote = b[i]
	w.attrs[len(w.attrs)-1].value = int32(i) + 1
	w.state = stateValue
	return w.value(b, i+1)
}

// value scans an attribute value.
func (w *work) value(b []byte, i int) int {
	for i = plainRun(b, i, true); i < len(b); {
		c := b[i]
		switch {
		case classes[c]&plainAttr != 0:
			i++
		case c == w.quote:
			w.attrs[len(w.attrs)-1].valueEnd = int32(i)
			w.quote = 0
			w.state = stateGap
			return i + 1
		case c == '&':
			w.attrs[len(w.attrs)-1].coded = true
			w.ref, w.state = i, stateReference
			return i + 1
		case c == '<':
			return w.fail(i, NotWellFormed, "'<' in an attribute value")
		case c == '\'' || c == '"':
			i++
		default:
			if c < ' ' {
				w.attrs[len(w.attrs)-1].coded = true
			}
			if i, _ = w.char(b, i); i < 0 {
				return i
			}
		}
	}
	return i
}
