package loadgen

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// buffer is where a stanza is written before it is sent.
type buffer struct{ b []byte }

var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, 1024)} }}

func borrow() *buffer { return buffers.Get().(*buffer) }

// transmit sends the buffer's stanza and gives the buffer back.
func (s *session) transmit(buf *buffer) error {
	defer buffers.Put(buf)
	c := s.conn.Load()
	if c == nil {
		return errNoConnection
	}
	if err := c.Send(buf.b); err != nil {
		s.broke()
		return err
	}
	s.count.out.Add(1)
	return nil
}

// handle takes each stanza that arrives. It runs on the session's goroutine,
// inside Conn.Receive.
func (s *session) handle(e *wire.Element) error {
	if e.Kind != wire.Stanza {
		return nil
	}
	s.count.in.Add(1)
	at := s.reading.ReadAt().Sub(s.zero)
	switch string(e.Local()) {
	case "message":
		s.onMessage(e, at)
	case "presence":
		s.onPresence(e, at)
	case "iq":
		if err := s.onIQ(e, at); err != nil {
			return err
		}
	}
	for i := range s.program.expects {
		if s.program.expects[i].matches(e) {
			s.arrived[i]++
		}
	}
	return nil
}

func (s *session) onMessage(e *wire.Element, at time.Duration) {
	if s.program.extends && s.onExtension(e, at) {
		return
	}
	kind := e.Attr("type")
	if string(kind) == "groupchat" && s.engine.rooms != nil {
		s.onGroupchat(e, at)
		return
	}
	if s.program.carbons {
		if of, sent, ok := carbonOf(e); ok {
			s.onCopy(&of, sent, at)
			return
		}
	}
	st, ok := parseStamp(e.Attr("id"))
	if ok && st.kind == 'g' && string(kind) == "error" && st.run == s.ledger.run {
		s.onRoomError(e, st, at)
		return
	}
	if ok && s.program.receipts.any && s.onReceipt(e, st, at) {
		return
	}
	if !ok || st.kind != 'm' || st.run != s.ledger.run {
		return
	}
	if string(kind) == "error" {
		if int(st.from) == s.n {
			err := xmpp.ParseStanzaError(e)
			s.ledger.refuse(st, err.Error())
			s.erred(err, at)
		}
		return
	}
	first := true
	if s.users.devices == 1 {
		s.ledger.arrive(st, s.user, s.resumed)
	} else {
		first = s.ledger.arriveAt(st, s.user, s.nth, s.resumed)
	}
	if !s.waited(e, at) {
		s.delivered(s.program.messages, st, at)
	}
	if !first { // what is to be said to it the user's other device says
		return
	}
	if s.program.receipts.any {
		s.confirm(e)
	}
	if s.program.fetches {
		s.onLink(e, st, at)
	}
}

func (s *session) onPresence(e *wire.Element, at time.Duration) {
	if s.rooms != nil && s.onRoomPresence(e, at) {
		return
	}
	kind := e.Attr("type")
	switch string(kind) {
	case "subscribe":
		s.approve(e.Attr("from"))
		return
	case "error":
		s.erred(xmpp.ParseStanzaError(e), at)
		return
	case "", "subscribed":
		s.approvedBy(e.Attr("from"))
		s.sees(e.Attr("from"))
	}
	st, ok := parseStamp(e.Attr("id"))
	if ok && st.kind == 'p' && st.run == s.ledger.run && int(st.from) != s.n {
		s.delivered(s.program.presences, st, at)
	}
}

// delivered times a stanza from when its sender was due to send it.
func (s *session) delivered(series int, st stamp, at time.Duration) {
	if series < 0 {
		return
	}
	s.board.answered(s.board.at(st.due), series, st.due, st.sent, max(at, st.sent))
}

// approve lets whoever asks see this user's presence (RFC 6121 section 3.1.4).
func (s *session) approve(from []byte) {
	if from == nil {
		return
	}
	buf := borrow()
	b := append(buf.b[:0], "<presence type='subscribed'"...)
	b = wire.AppendAttr(b, "to", from)
	buf.b = append(b, "/>"...)
	if err := s.transmit(buf); err != nil {
		s.erred(err, s.now())
	}
}

// onIQ takes answers, and accepts roster pushes (RFC 6121 section 2.1.6).
// Other requests are answered by the connection.
func (s *session) onIQ(e *wire.Element, at time.Duration) error {
	kind := e.Attr("type")
	switch string(kind) {
	case "result", "error":
		s.onAnswer(e, string(kind) == "error", at)
	case "get":
		if s.describe(e) {
			return xmpp.Claimed
		}
	case "set":
		if query, ok := e.Child(wire.NSRoster, "query"); ok {
			s.accept(e, &query)
			return xmpp.Claimed
		}
	}
	return nil
}

func (s *session) accept(push, query *wire.Element) {
	for item := range query.Children() {
		if state := string(item.Attr("subscription")); state == "to" || state == "both" {
			s.approvedBy(item.Attr("jid"))
			s.sees(item.Attr("jid"))
		}
	}
	buf := borrow()
	b := append(buf.b[:0], "<iq type='result'"...)
	b = wire.AppendAttr(b, "id", push.Attr("id"))
	buf.b = append(b, "/>"...)
	if err := s.transmit(buf); err != nil {
		s.erred(err, s.now())
	}
}

func (s *session) onAnswer(e *wire.Element, isError bool, at time.Duration) {
	id := e.Attr("id")
	if !s.answer.waiting || len(id) < 2 || id[0] != 'q' {
		return
	}
	if n, ok := parseBase36(id[1:]); !ok || n != uint64(s.iq) {
		return // late: its request has been given up
	}
	a := &s.answer
	a.waiting, a.at = false, at
	switch {
	case isError:
		if err := xmpp.ParseStanzaError(e); !a.lenient || !errors.Is(err, &xmpp.StanzaError{Condition: "item-not-found"}) {
			a.err = err
		}
	case a.take != nil:
		a.take(e)
	}
}

// match is what an expect waits for, with what is sought in bytes.
type match struct {
	scenarios.Match
	from, contains []byte
}

func newMatch(m scenarios.Match) match { return match{m, []byte(m.From), []byte(m.Contains)} }

// matches says whether a stanza is what an expect waits for.
func (m *match) matches(e *wire.Element) bool {
	switch {
	case m.Stanza != "" && string(e.Local()) != m.Stanza:
		return false
	case m.Type != "" && string(e.Attr("type")) != m.Type:
		return false
	case m.From != "" && !isFrom(e.Attr("from"), m.from):
		return false
	}
	return m.Contains == "" || bytes.Contains(e.Raw(), m.contains)
}

// isFrom compares a full address with a full or bare one.
func isFrom(from, want []byte) bool {
	rest, ok := bytes.CutPrefix(from, want)
	return ok && (len(rest) == 0 || rest[0] == '/')
}
