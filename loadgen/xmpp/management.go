package xmpp

import (
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// StreamManagement says how sessions use stream management (XEP-0198).
type StreamManagement struct {
	// Resume has the server keep the session for a while when its connection is
	// lost, so that [Dialer.Resume] can go on with it.
	Resume bool
	// AckEvery asks for an acknowledgement after so many stanzas; less than 1:
	// DefaultAckEvery. What is not acknowledged is kept in memory.
	AckEvery int
}

// DefaultAckEvery is after how many stanzas an acknowledgement is asked for.
const DefaultAckEvery = 5

// Payloads of XEP-0198 §4.
const (
	smRequest = "<r xmlns='" + wire.NSSM + "'/>"
	smRoot    = "<stream:stream xmlns='" + wire.NSClient + "' xmlns:stream='" + wire.NSStream + "'>"
)

// management is what stream management keeps of a session, also when its
// connection is lost. Counters go round at 2^32 (XEP-0198 §4).
type management struct {
	in    uint32 // stanzas that this side has handled
	out   uint32 // that it has sent
	acked uint32 // of these, those that the peer has handled
	due   uint32 // value of out at which an acknowledgement is asked for
	every uint32

	unacked   *queue // nil: nothing is unacknowledged
	sent      wire.Scanner
	whenAcked func(stanza []byte)

	id  string // names the session at its resumption; empty: it cannot be resumed
	max time.Duration
}

func newManagement(o *StreamManagement) *management {
	m := &management{every: DefaultAckEvery}
	if o.AckEvery > 0 {
		m.every = uint32(o.AckEvery)
	}
	m.due = m.every
	m.begin()
	return m
}

// begin readies the scanner of what is sent.
func (m *management) begin() {
	m.sent.Reset(unlimited)
	m.sent.Next([]byte(smRoot))
	m.sent.Next(nil) // the header has been looked at: a session that sends nothing holds none of it
}

// unlimited are limits for what this side itself sends.
var unlimited = wire.Limits{Depth: 1 << 20, Attrs: 1 << 20, Bytes: 1 << 30}

// maxUnacked bounds the bytes kept for a peer that acknowledges nothing.
const maxUnacked = 16 << 20

// keep counts the stanzas that end in b, keeps them until they are
// acknowledged, and reports whether to ask for that now. What is no XML, as a
// raw step may send, is not counted: the peer ends the stream for it.
func (m *management) keep(b []byte) (ask bool, err error) {
	for {
		e, n, failed := m.sent.Next(b)
		b = b[n:]
		if failed != nil {
			m.begin()
			return false, nil
		}
		if e.Kind == wire.None {
			break
		}
		if e.Kind != wire.Stanza {
			continue
		}
		if m.unacked == nil {
			m.unacked = borrowQueue()
		}
		m.unacked.push(e.Raw())
		m.out++
	}
	if m.unacked != nil && m.unacked.size() > maxUnacked {
		return false, Unacknowledged
	}
	if int32(m.out-m.due) < 0 {
		return false, nil
	}
	m.due = m.out + m.every
	return true, nil
}

// acknowledge takes the peer's count of handled stanzas.
func (m *management) acknowledge(h uint32) error {
	n := h - m.acked
	if n > m.out-m.acked {
		return BadAcknowledgement
	}
	m.acked = h
	for range n {
		stanza := m.unacked.pop()
		if m.whenAcked != nil {
			m.whenAcked(stanza)
		}
	}
	if m.unacked != nil && m.unacked.empty() {
		m.unacked.giveBack()
		m.unacked = nil
	}
	return nil
}

// parseHandled reads h (XEP-0198 §4).
func parseHandled(v []byte) (uint32, error) {
	n, err := strconv.ParseUint(string(v), 10, 32)
	if err != nil {
		return 0, BadAcknowledgement
	}
	return uint32(n), nil
}

func (m *management) appendAck(dst []byte) []byte {
	dst = append(dst, "<a xmlns='"+wire.NSSM+"' h='"...)
	return append(strconv.AppendUint(dst, uint64(m.in), 10), "'/>"...)
}

// Managed reports whether stream management is on.
func (c *Conn) Managed() bool { return c.sm != nil }

// WhenAcked has f called with each stanza that the peer acknowledges from now
// on, also on connections that resume this session; it is valid until f returns.
// The session must be managed. f runs on the session's goroutine.
func (c *Conn) WhenAcked(f func(stanza []byte)) { c.sm.whenAcked = f }

// Unacked returns how many stanzas were sent that the peer has not acknowledged,
// 0 without stream management.
func (c *Conn) Unacked() int {
	if c.sm == nil {
		return 0
	}
	return int(c.sm.out - c.sm.acked)
}

// AskAck asks the peer to acknowledge what it has handled, which Receive takes
// in. The session must be managed.
func (c *Conn) AskAck() error { return c.sendOut([]byte(smRequest)) }

// sendManaged is Send with stream management.
func (c *Conn) sendManaged(b []byte) error {
	ask, err := c.sm.keep(b)
	if err != nil {
		return err
	}
	if !ask {
		return c.sendOut(b)
	}
	lent := c.socket.buffers.borrow()
	defer c.socket.buffers.giveBack(lent)
	return c.sendOut(append(append(lent[:0], b...), smRequest...))
}

// managed counts stanzas that come, and deals with elements of stream
// management; true: the handler need not see the element.
func (c *Conn) managed(e *wire.Element) (bool, error) {
	switch {
	case e.Kind == wire.Stanza:
		c.sm.in++
		return false, nil
	case string(e.Space()) != wire.NSSM:
		return false, nil
	case string(e.Local()) == "r":
		c.answers = c.sm.appendAck(c.answers)
		return true, nil
	case string(e.Local()) == "a":
		h, err := parseHandled(e.Attr("h"))
		if err == nil {
			err = c.sm.acknowledge(h)
		}
		return true, err
	}
	return false, nil
}
