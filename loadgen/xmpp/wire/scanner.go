package wire

// Scanner cuts one direction of an XMPP stream into first-level elements. It is small, and holds a buffer only while an
// element is unfinished or being read. The zero value is ready, with the default limits. It is for one goroutine at a time.
type Scanner struct {
	limits Limits
	offset int64   // of the element in progress, or of the next byte
	err    error   // the SyntaxError that ended the stream
	stream *stream // what the header declared; nil before it
	work   *work   // the element in progress or being read; nil when there is none
	phase  phase

	wrapped bool // a <body/> of BOSH stands in the place of the stream header
}

// phase is how far a stream has come.
type phase uint8

const (
	atStart    phase = iota // no byte yet: the XML declaration may come
	inProlog                // before the header
	inStream                // between header and footer
	inEpilog                // after the footer
	atEmptyEnd              // after the start tag of an empty <body/>
)

// none is what Next returns when it has no element. Nothing writes to it.
var none Element

// Reset forgets everything, and expects a new stream within l, as after STARTTLS and SASL (RFC 6120 §4.3.3).
func (s *Scanner) Reset(l Limits) {
	s.release()
	*s = Scanner{limits: l.effective()}
}

// Next scans one element from data and says how many bytes it used. White space between elements is skipped, and the XML
// declaration before the header too. When data ends inside an element, the scanner keeps what it needs of it; when data
// holds no whole element, the answer is an element of kind None, and n is len(data). The element and all that it returns
// are valid until the next call. The error is a SyntaxError; every later call returns the same.
func (s *Scanner) Next(data []byte) (e *Element, n int, err error) {
	if s.err != nil {
		return &none, 0, s.err
	}
	s.forget()
	if s.phase == atEmptyEnd {
		s.phase = inEpilog
		return &emptyEnd, 0, nil
	}
	for n < len(data) {
		if !s.pending() {
			gap := s.skip(data[n:])
			n += gap
			if n == len(data) {
				break
			}
			s.begin(data[n])
		}
		n += s.feed(data[n:])
		if s.work.state == stateFailed {
			return &none, n, s.fail()
		}
		if s.work.state == stateDone {
			if e := s.finish(); e.Kind != None {
				return e, n, nil
			}
		}
	}
	if !s.pending() {
		s.release()
	}
	return &none, n, nil
}

// Pending is the number of bytes that the scanner holds of an unfinished element. It never exceeds Limits.Bytes.
func (s *Scanner) Pending() int {
	if !s.pending() {
		return 0
	}
	return len(s.work.buf)
}

// Offset is the number of bytes of the stream before the element in progress, or, between elements, before the next byte.
func (s *Scanner) Offset() int64 { return s.offset }

// pending tells whether an element is unfinished.
func (s *Scanner) pending() bool {
	return s.work != nil && s.work.state != stateIdle && s.work.state != stateDone
}

// forget ends the life of the element that the last call returned, and keeps its tables for the next.
func (s *Scanner) forget() {
	if s.work != nil && s.work.state == stateDone {
		s.work.clear()
	}
}

// skip passes over white space between elements, and leaves the place where the XML declaration may stand.
func (s *Scanner) skip(data []byte) int {
	n := skipSpace(data)
	if n > 0 && s.phase == atStart {
		s.phase = inProlog
	}
	s.offset += int64(n)
	return n
}

// begin makes ready for an element whose first byte is c.
func (s *Scanner) begin(c byte) {
	if s.limits.Bytes == 0 {
		s.limits = DefaultLimits()
	}
	if s.work == nil {
		s.work = borrow()
	}
	w := s.work
	w.limits, w.stream, w.phase, w.wrapped = s.limits, s.stream, s.phase, s.wrapped
	w.state = stateStray
	if c == '<' {
		w.state, w.pos = stateOpen, 1
	}
}

// feed gives data to the element in progress and says how much of it was used. Positions are relative to the first byte of
// the element, so it makes no difference to the machine whether it runs on data itself or on the bytes kept so far.
func (s *Scanner) feed(data []byte) int {
	w := s.work
	if len(w.buf) > 0 {
		return s.feedHeld(data)
	}
	w.base = data[:min(len(data), s.limits.Bytes)]
	w.run()
	if w.state.ended() {
		return w.pos
	}
	if len(data) > len(w.base) {
		w.fail(len(w.base), PolicyViolation, "element too long")
		return w.pos
	}
	w.buf = append(w.buf, data...)
	w.base = w.buf
	return len(data)
}

// feedHeld goes on with an element of which some bytes are kept. It takes data by doubling steps, so that little is copied
// in vain when the element soon ends.
func (s *Scanner) feedHeld(data []byte) int {
	w := s.work
	n := 0
	for n < len(data) {
		held := len(w.buf)
		step := min(len(data)-n, max(1024, held), s.limits.Bytes-held)
		if step == 0 {
			w.fail(held, PolicyViolation, "element too long")
			return n
		}
		w.buf = append(w.buf, data[n:n+step]...)
		w.base = w.buf
		w.run()
		if w.state.ended() {
			return n + max(0, w.pos-held)
		}
		n += step
	}
	return n
}

// fail makes the failure of the element in progress that of the stream.
func (s *Scanner) fail() error {
	bad := s.work.failure
	bad.Offset += s.offset
	s.err = bad
	s.release()
	return s.err
}

// finish takes a whole element over: it moves the stream on and returns the element.
func (s *Scanner) finish() *Element {
	w := s.work
	w.base = w.base[:w.pos]
	s.offset += int64(w.pos)
	switch w.element.Kind {
	case None: // the XML declaration
		s.phase = inProlog
		w.clear()
		return &none
	case Header:
		s.phase = inStream
		if !s.wrapped {
			s.stream = w.declared()
			break
		}
		if s.stream = w.declaredBody(); w.empty {
			s.phase = atEmptyEnd
		}
	case Footer:
		s.phase = inEpilog
	}
	return &w.element
}

// release gives the working state back.
func (s *Scanner) release() {
	if s.work != nil {
		giveBack(s.work)
		s.work = nil
	}
}
