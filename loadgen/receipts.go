package loadgen

import (
	"bytes"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// Series of what recipients say of a message, timed from when it was due.
const (
	seriesReceipt = "message.receipt"
	seriesMarker  = "message.marker"
	seriesOffline = "message.offline" // from the presence of whom it waited for
)

// receipts is what the scenario does with messages beside sending them.
type receipts struct {
	any             bool // some message asks for an answer, or refers to another
	receipt, marker int  // series; -1: none is asked for
	offline         int  // series of what waited for its recipient; -1: nobody is ever away
	refers          bool // some message refers to another
	stores          bool // some message is to wait for its recipient
}

func (r *receipts) note(p *program, m *scenarios.Message) {
	if m.Receipt {
		r.any, r.receipt = true, p.name(seriesReceipt)
	}
	if m.Marker {
		r.any, r.marker = true, p.name(seriesMarker)
	}
	r.stores = r.stores || m.Store
	r.refers = r.refers || m.Reaction != "" || m.Retract
	r.any = r.any || r.refers
}

// receiptCount is the account of receipts and markers.
type receiptCount struct{ asked, returned atomic.Int64 }

func (c *receiptCount) account() *results.Receipts {
	if c.asked.Load() == 0 {
		return nil
	}
	return &results.Receipts{Asked: c.asked.Load(), Returned: c.returned.Load()}
}

// outstanding is how many may still come.
func (c *receiptCount) outstanding() int64 {
	returned := c.returned.Load()
	return c.asked.Load() - returned
}

// references are ids of messages that others refer to.
type references struct{ heard, told []byte }

// appendExtras writes what goes with a message, or stands for its body.
func (o *message) appendExtras(b []byte, s *session, id []byte) []byte {
	if o.Receipt {
		b = append(b, "<request xmlns='"+wire.NSReceipts+"'/>"...)
	}
	if o.Marker {
		b = append(b, "<markable xmlns='"+wire.NSMarkers+"'/>"...)
	}
	switch {
	case o.Reaction != "":
		b = append(wire.AppendAttr(append(b, "<reactions xmlns='"+wire.NSReactions+"'"...), "id", orOwn(s.refers.heard, id)), "><reaction>"...)
		b = append(wire.AppendText(b, o.Reaction), "</reaction></reactions>"...)
	case o.Retract:
		b = append(wire.AppendAttr(append(b, "<retract xmlns='"+wire.NSRetract+"'"...), "id", orOwn(s.refers.told, id)), "/>"...)
	}
	if o.Store || o.Reaction != "" || o.Retract {
		b = append(b, "<store xmlns='"+wire.NSHints+"'/>"...)
	}
	return b
}

// orOwn is an id to refer to; a session that has none yet refers to its own message.
func orOwn(id, own []byte) []byte {
	if id == nil {
		return own
	}
	return id
}

// asks notes that a message left which asks for answers.
func (o *message) asks(s *session, st stamp) {
	for _, wanted := range [...]bool{o.Receipt, o.Marker} {
		if wanted && st.kind == 'm' {
			s.ledger.receipts.asked.Add(1)
		}
	}
	if s.program.receipts.refers && o.Reaction == "" && !o.Retract {
		var id [80]byte
		s.refers.told = append(s.refers.told[:0], st.append(id[:0])...)
	}
}

// confirm answers a message that asks for it, once it has been accounted for.
func (s *session) confirm(e *wire.Element) {
	if s.conn.Load() == nil {
		return // the stream is being closed
	}
	id, from := e.Attr("id"), e.Attr("from")
	if s.program.receipts.refers {
		s.refers.heard = append(s.refers.heard[:0], id...)
	}
	if _, ok := e.Child(wire.NSReceipts, "request"); ok {
		s.testify(from, id, 'r', "received", wire.NSReceipts)
	}
	if _, ok := e.Child(wire.NSMarkers, "markable"); ok {
		s.testify(from, id, 'd', "displayed", wire.NSMarkers)
	}
}

// testify sends a receipt or a marker, whose id is that of the message with
// another kind, so that it is not taken for a message.
func (s *session) testify(to, about []byte, kind byte, name, space string) {
	buf := borrow()
	b := wire.AppendAttr(append(buf.b[:0], "<message type='chat'"...), "to", to)
	b = append(append(b, " id='"...), kind)
	b = append(append(b, about[1:]...), "'><"...)
	b = append(append(append(append(b, name...), " xmlns='"...), space...), '\'')
	b = append(wire.AppendAttr(b, "id", about), "/></message>"...)
	buf.b = b
	if err := s.transmit(buf); err != nil {
		s.erred(err, s.now())
	}
}

// onReceipt takes a receipt or a marker of a message of this session; false
// where it is none.
func (s *session) onReceipt(e *wire.Element, st stamp, at time.Duration) bool {
	series, name, space := s.program.receipts.receipt, "received", wire.NSReceipts
	switch st.kind {
	case 'r':
	case 'd':
		series, name, space = s.program.receipts.marker, "displayed", wire.NSMarkers
	default:
		return false
	}
	if string(e.Attr("type")) == "error" {
		s.erred(xmpp.ParseStanzaError(e), at)
		return true
	}
	said, ok := e.Child(space, name)
	if ok && int(st.from) == s.n && st.run == s.ledger.run && sameMessage(said.Attr("id"), e.Attr("id")) {
		s.ledger.receipts.returned.Add(1)
		s.delivered(series, st, at)
	}
	return true
}

// sameMessage compares ids but for their kinds.
func sameMessage(a, b []byte) bool { return len(a) > 1 && len(b) > 1 && bytes.Equal(a[1:], b[1:]) }

// waited reports whether a message waited for its recipient (XEP-0203), and
// times it from when that one showed himself.
func (s *session) waited(e *wire.Element, at time.Duration) bool {
	if s.program.receipts.offline < 0 {
		return false
	}
	if _, ok := e.Child(wire.NSDelay, "delay"); !ok {
		return false
	}
	s.ledger.offline.Add(1)
	if shown := time.Duration(s.shown.Load()); shown > 0 {
		s.board.answered(s.phase, s.program.receipts.offline, shown, shown, max(at, shown))
	}
	return true
}

// overhear takes what comes while the stream is being closed. Messages have
// arrived then, too; nothing is answered any more.
func (s *session) overhear(e *wire.Element) {
	if string(e.Local()) == "message" && s.engine.rooms == nil {
		s.count.in.Add(1)
		s.onMessage(e, s.reading.ReadAt().Sub(s.zero))
	}
}
