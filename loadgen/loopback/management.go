package loopback

import (
	"bytes"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// StreamManagement says how XEP-0198 is served. The zero value offers it, with
// resumption.
type StreamManagement struct {
	Off      bool          // do not offer it
	NoResume bool          // acknowledge, and keep no session whose connection is lost
	KeepFor  time.Duration // how long such a session is kept; one minute when 0
	AckEvery int           // stanzas after which an acknowledgement is asked for; 5 when 0
}

// managed is what the server keeps of a session with stream management, beside
// its first connection, which stays the address of all that is sent to it.
type managed struct {
	id      string // names it at its resumption; empty: it cannot be resumed
	session *session
	handled atomic.Uint32 // stanzas of the client's
	attend  sync.Mutex    // held while one of them is handled, and while another connection takes over

	// Guarded by the mutex of the first connection's outbox.
	live     *conn // nil while the client is away
	away     int   // how often it was
	over     bool
	asked    bool
	out      uint32 // stanzas sent, acknowledged or not; goes round
	unacked  []keptStanza
	bytes    int
	counters *counters
}

type keptStanza struct {
	data    []byte
	message bool
}

// managed is the state of the connection's session; nil without one.
func (c *conn) managed() *managed {
	if c.session == nil {
		return nil
	}
	return c.session.conn.out.managed
}

// manage serves an element of XEP-0198 on a bound session.
func (c *conn) manage(e *wire.Element) error {
	m := c.managed()
	if c.twist != nil && m != nil && c.mismanage(e, m) {
		return nil
	}
	switch name := string(e.Local()); {
	case c.srv.options.StreamManagement.Off:
		return unexpected(e)
	case name == "enable" && m == nil:
		c.enable(e)
	case name == "enable", name == "resume":
		c.sendNow(appendFailed(nil, "unexpected-request"))
	case name == "r" && m != nil:
		c.sendNow(appendCount(nil, "a", m.handled.Load()))
	case name == "a" && m != nil:
		h, ok := parseCount(e.Attr("h"))
		if first := c.session.conn; !ok || !first.acknowledged(h) {
			return streamError{wire.UndefinedCondition, "acknowledged is more than was sent"}
		}
	default:
		return unexpected(e)
	}
	return nil
}

// enable turns stream management on: what is sent behind its answer counts.
func (c *conn) enable(e *wire.Element) {
	o := c.srv.options.StreamManagement
	m := &managed{session: c.session, live: c, counters: &c.srv.tally}
	answer := "<enabled xmlns='" + wire.NSSM + "'/>"
	if want := string(e.Attr("resume")); (want == "true" || want == "1") && !o.NoResume {
		m.id = c.srv.resumable.add(m)
		answer = "<enabled xmlns='" + wire.NSSM + "' resume='true' id='" + m.id + "' max='" + strconv.Itoa(int(o.KeepFor/time.Second)) + "'/>"
	}
	out := &c.out
	out.mu.Lock()
	defer out.mu.Unlock()
	c.take([]byte(answer), 0)
	out.managed = m
}

// sendManaged is send for a session with stream management, whose first
// connection c is; its outbox is locked. What is sent to a client that is away
// waits for it.
func (c *conn) sendManaged(b []byte, messages int) bool {
	m := c.out.managed
	if m.over {
		c.srv.tally.discarded.Add(int64(messages))
		return false
	}
	m.unacked = append(m.unacked, keptStanza{bytes.Clone(b), messages > 0})
	m.bytes += len(b)
	m.out++
	if c.srv.tooMuch(m) {
		c.srv.tally.slowReaders.Add(1)
		m.end()
		return false
	}
	if m.live == nil {
		return true
	}
	if !m.asked && len(m.unacked) >= c.srv.options.StreamManagement.AckEvery {
		m.asked = true
		b = append(bytes.Clone(b), "<r xmlns='"+wire.NSSM+"'/>"...)
	}
	m.pass(c, b)
	return true
}

// pass puts b into the outbox of the connection in charge.
func (m *managed) pass(first *conn, b []byte) {
	if m.live == first {
		first.take(b, 0)
		return
	}
	m.live.sendNow(b)
}

// end gives up what was kept; the first connection's outbox is locked.
func (m *managed) end() {
	if m.over {
		return
	}
	m.over = true
	for _, k := range m.unacked {
		if k.message {
			m.counters.unacked.Add(1)
		}
	}
	m.unacked, m.bytes = nil, 0
	if live := m.live; live != nil {
		live.t.drop()
	}
}

// acknowledged takes the client's count; false where it is more than was sent.
func (c *conn) acknowledged(h uint32) bool {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return c.out.managed.settle(h)
}

func (m *managed) settle(h uint32) bool {
	n := int(h - (m.out - uint32(len(m.unacked))))
	if n > len(m.unacked) {
		return false
	}
	for _, k := range m.unacked[:n] {
		m.bytes -= len(k.data)
		if k.message {
			m.counters.delivered.Add(1)
		}
	}
	if m.unacked = m.unacked[n:]; len(m.unacked) == 0 {
		m.unacked = nil
	}
	m.asked = false
	return true
}
