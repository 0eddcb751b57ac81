package xmpp

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Conn is a session with a bound resource. One goroutine uses it; only Wake and
// Abort may be called from others. After an error of Send, or any of Receive
// that is not the handler's, the session is over: Close or Abort it.
type Conn struct {
	link                // over BOSH the first of two
	web     *webSocket  // nil: not over WebSocket
	bosh    *requests   // nil: not over BOSH
	sm      *management // nil: without stream management
	scanner wire.Scanner
	rest    []byte // received and not yet scanned
	answers []byte // to requests of the batch being read

	jid       string
	mechanism string
	means     Means
	readAt    time.Time
	err       error // why nothing more is received
	ended     bool  // the peer's footer came
	closed    bool  // ours is sent
	resumed   bool  // the session began on another connection
	refused   error // why it did not, where that was asked for

	in, out int64
}

func newConn(d *Dialer, transport net.Conn) *Conn {
	c := &Conn{}
	c.socket.init(transport, &d.buffers, d.timeout())
	if d.BOSH != "" && d.Join == nil {
		c.bosh = newRequests(d, c)
	}
	return c
}

// JID returns the full address that the server bound, as it wrote it.
func (c *Conn) JID() string { return c.jid }

// Mechanism returns the SASL mechanism that authenticated the session.
func (c *Conn) Mechanism() string { return c.mechanism }

// TLS returns the state of the encryption, and false without any.
func (c *Conn) TLS() (tls.ConnectionState, bool) {
	if c.tls == nil {
		return tls.ConnectionState{}, false
	}
	return c.tls.ConnectionState(), true
}

// LocalAddr returns this end of the transport connection.
func (c *Conn) LocalAddr() net.Addr { return c.socket.LocalAddr() }

// BytesIn returns how many bytes of XML came, those of the login included.
func (c *Conn) BytesIn() int64 { return c.in }

// BytesOut returns how many bytes of XML were sent, those of the login included, and
// those that Send adds for WebSocket or BOSH not.
func (c *Conn) BytesOut() int64 { return c.out }

// ReadAt returns when the current batch of Receive was read.
func (c *Conn) ReadAt() time.Time { return c.readAt }

// Ended reports whether the peer ended its stream with a footer, rather than
// just the connection.
func (c *Conn) Ended() bool { return c.ended }

// Send writes all of b, which is one or more whole stanzas. When the peer takes
// no bytes it fails within the Dialer's Timeout.
func (c *Conn) Send(b []byte) error {
	if c.sm != nil {
		return c.sendManaged(b)
	}
	return c.sendOut(b)
}

// sendOut sends elements that stream management need not know of.
func (c *Conn) sendOut(b []byte) error {
	var n int
	var err error
	switch {
	case c.web != nil:
		n, err = c.sendMessages(b)
	case c.bosh != nil:
		n, err = c.bosh.send(b)
	default:
		n, err = c.write(b)
	}
	c.out += int64(n)
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// keep puts received bytes by for the next Receive.
func (c *Conn) keep(data []byte) {
	c.rest = nil
	if len(data) > 0 {
		c.rest = bytes.Clone(data)
		c.in -= int64(len(data))
	}
	c.done()
}

// fill waits for bytes. They are valid until done.
func (c *Conn) fill(deadline time.Time) ([]byte, error) {
	data, err := c.next(deadline)
	c.in += int64(len(data))
	return data, err
}

// done gives back the buffer of the bytes that fill or more returned.
func (c *Conn) done() {
	if c.bosh != nil {
		c.bosh.release()
		return
	}
	c.release()
}

// next waits for bytes of the stream. Over TCP and WebSocket it waits equally deep: where goroutines that wait need more than 1,120 bytes of
// stack on average, the Go runtime gives new ones twice as much to begin with, and all sessions keep that.
func (c *Conn) next(deadline time.Time) ([]byte, error) {
	if data := c.rest; len(data) > 0 {
		c.rest = nil
		return data, nil
	}
	if c.bosh != nil {
		return c.nextAnswers(deadline)
	}
	for {
		if c.web != nil && c.web.err != nil {
			return nil, c.web.err
		}
		data, err := c.nextBytes(deadline)
		if c.web == nil || err != nil {
			return data, err
		}
		if data, err = c.messages(data); len(data) > 0 || err != nil {
			return data, err
		}
	}
}

// more returns what is here behind what fill returned, if anything.
func (c *Conn) more() ([]byte, error) {
	if c.bosh != nil {
		return nil, nil // nextAnswers finds it
	}
	data, err := c.decrypt()
	for c.web != nil && len(data) > 0 {
		if data, err = c.unframe(data); len(data) > 0 {
			break
		}
		if c.release(); err == nil {
			data, err = c.decrypt()
		}
	}
	c.in += int64(len(data))
	return data, err
}
