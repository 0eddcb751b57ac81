package wire

import "unicode/utf8"

// state is where in the syntax of an element the machine stands. It can stop after any byte and go on later.
type state uint8

const (
	stateIdle state = iota
	stateStray
	stateOpen
	stateBang
	stateDeclaration
	stateName
	stateGap
	stateTag
	stateAttr
	stateEquals
	stateQuote
	stateValue
	stateSlash
	stateText
	stateReference
	stateCData
	stateEndName
	stateEndSpace
	stateDone
	stateFailed
)

// ended tells that no more bytes are wanted.
func (s state) ended() bool { return s >= stateDone }

// run scans on from w.pos to the end of the element or of w.base. Each step returns the position it came to, or the
// complement of it when the run is over: the element has ended or failed, or a character is cut by the end of w.base.
func (w *work) run() {
	b, i := w.base, w.pos
	for i >= 0 && i < len(b) {
		i = w.step(b, i)
	}
	if i < 0 {
		i = ^i
	}
	w.pos = i
}

func (w *work) step(b []byte, i int) int {
	switch w.state {
	case stateText:
		return w.text(b, i)
	case stateOpen:
		return w.markup(b, i)
	case stateName:
		return w.startName(b, i)
	case stateGap:
		return w.gap(b, i)
	case stateTag:
		return w.tag(b, i)
	case stateAttr:
		return w.attrName(b, i)
	case stateEquals:
		return w.equals(b, i)
	case stateQuote:
		return w.openQuote(b, i)
	case stateValue:
		return w.value(b, i)
	case stateSlash:
		return w.slash(b, i)
	case stateReference:
		return w.reference(b, i)
	case stateCData:
		return w.cdata(b, i)
	case stateEndName:
		return w.endName(b, i)
	case stateEndSpace:
		return w.endSpace(b, i)
	case stateBang:
		return w.bang(b, i)
	case stateDeclaration:
		return w.declaration(b, i)
	}
	return w.stray(b, i)
}

// fail ends the run at byte i.
func (w *work) fail(i int, c Condition, reason string) int {
	w.failure = SyntaxError{Condition: c, Offset: int64(i), Reason: reason}
	w.state = stateFailed
	w.pos = i
	return ^i
}

// char steps over the character at i that is not ASCII, or is a control.
func (w *work) char(b []byte, i int) (next int, r rune) {
	if b[i] < utf8.RuneSelf {
		if !isChar(rune(b[i])) {
			return w.fail(i, NotWellFormed, "character that XML forbids"), 0
		}
		return i + 1, rune(b[i])
	}
	if c := b[i]; c >= 0xC2 && c <= 0xDF && i+1 < len(b) && b[i+1]&0xC0 == 0x80 { // two bytes: most alphabets
		return i + 2, rune(c&0x1F)<<6 | rune(b[i+1]&0x3F)
	}
	r, size := utf8.DecodeRune(b[i:])
	switch {
	case r == utf8.RuneError && size == 1:
		if !utf8.FullRune(b[i:]) {
			return ^i, 0
		}
		return w.fail(i, UnsupportedEncoding, "not UTF-8"), 0
	case r == 0xFFFE || r == 0xFFFF:
		return w.fail(i, NotWellFormed, "character that XML forbids"), 0
	}
	return i + size, r
}

// stray judges the character at i, which stands where only markup and white space may.
func (w *work) stray(b []byte, i int) int {
	if w.phase == atStart && b[i] == 0 {
		return w.fail(i, UnsupportedEncoding, "not UTF-8")
	}
	next, _ := w.char(b, i)
	if next < 0 {
		return next
	}
	if w.phase == inStream {
		return w.fail(i, BadFormat, "text between elements")
	}
	return w.fail(i, NotWellFormed, "text outside the root element")
}
