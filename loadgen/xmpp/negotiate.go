package xmpp

import (
	"crypto/tls"
	"io"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// state is what has been negotiated.
type state uint8

const (
	encrypted state = 1 << iota // as far as the Dialer's mode asks for it
	authenticated
	bound
	established // the session of RFC 3921 §3
)

// feature is one thing that a stream can negotiate. The first in the table
// that is offered, and whose needs are met, is next.
type feature struct {
	stage       Stage
	needs, bars state // what must be negotiated before, and must not
	gives       state
	missing     Fault // why a login fails without it; empty: it goes on without
	restarts    bool  // a new stream follows (RFC 6120 §4.3.3)
	offered     func(*offer) bool
	run         func(*negotiation) error
}

var features = [...]feature{
	{TLS, 0, encrypted, encrypted, NoStartTLS, true, func(o *offer) bool { return o.startTLS }, (*negotiation).startTLS},
	{SASL, encrypted, authenticated, authenticated, "", false, func(o *offer) bool { return o.sasl2 != nil }, (*negotiation).authenticateInline},
	{SASL, encrypted, authenticated, authenticated, NoMechanism, true, func(o *offer) bool { return len(o.mechanisms) > 0 }, (*negotiation).authenticate},
	{Bind, authenticated, bound, bound, NoBind, false, func(o *offer) bool { return o.bind }, (*negotiation).bind},
	{Bind, bound, established, established, "", false, func(o *offer) bool { return o.session }, (*negotiation).establish},
}

// negotiation is all that is needed until a session is bound, and not after.
type negotiation struct {
	dialer  *Dialer
	account Account
	seen    func(features *wire.Element) // may be nil
	conn    *Conn
	tls     *tls.Conn // nil while unencrypted
	offer   offer
	state   state
	data    []byte // received and not yet scanned
	early   []byte // stanzas that came before the login was over

	wanted   string   // mechanism of the token that was asked for (XEP-0484)
	upgrades []string // tasks that were asked for and not done yet (XEP-0480)
	upgraded bool

	resumption *Resumption // nil: a new session
	registers  bool        // an account is made, and no session

	stage      Stage
	mark       time.Time // end of the last stage
	derivation time.Duration
	timings    Timings
}

// lap ends a stage.
func (n *negotiation) lap(d *time.Duration) {
	now := time.Now()
	*d, n.mark = now.Sub(n.mark), now
}

func (n *negotiation) run() error {
	switch n.dialer.TLS {
	case NoTLS:
		n.state = encrypted
	case DirectTLS:
		n.stage = TLS
		if err := n.handshake(); err != nil {
			return err
		}
		n.state = encrypted
	}
	if n.dialer.WebSocket != "" {
		n.stage = Upgrade
		if err := n.upgrade(); err != nil {
			return err
		}
	}
	n.conn.socket.parked = n.tls != nil
	if n.conn.bosh != nil && n.tls != nil {
		n.conn.bosh.config = n.dialer.tlsConfig(&n.account)
	}
	if n.registers {
		return n.enroll()
	}
	for n.state&bound == 0 {
		n.stage = Stream
		if err := n.open(); err != nil {
			return err
		}
		if err := n.negotiate(); err != nil {
			return err
		}
	}
	if err := n.enable(); err != nil {
		return err
	}
	if !n.conn.means.Bind2 || n.conn.sm != nil {
		n.lap(&n.timings.Bind)
	}
	return n.handOver()
}

// handOver leaves nothing behind in the connection but bytes that came early.
func (n *negotiation) handOver() error {
	c := n.conn
	if len(n.early) > 0 {
		n.data = append(n.early, n.data...)
	}
	c.keep(n.data)
	if len(n.data) == 0 {
		// What crypto/tls has read ahead is taken here, on this stack, and not
		// by the first Receive.
		data, err := c.more()
		if err != nil && c.web == nil { // which keeps it for the first Receive
			return err
		}
		c.keep(data)
	}
	_, _, err := c.scanner.Next(nil) // lets go of the last element
	return err
}

// negotiate runs the features of one stream, until one asks for a new stream
// or none is left.
func (n *negotiation) negotiate() error {
	for {
		f, err := n.pick()
		if f == nil {
			return err
		}
		n.stage = f.stage
		if err := f.run(n); err != nil {
			return err
		}
		n.state |= f.gives
		if f.restarts {
			return nil
		}
	}
}

// pick returns the next feature; with none left, an error unless the session is bound.
func (n *negotiation) pick() (*feature, error) {
	for i := range features {
		f := &features[i]
		if n.state&f.needs != f.needs || n.state&f.bars != 0 {
			continue
		}
		if f.offered(&n.offer) {
			return f, nil
		}
		if n.state&bound == 0 && f.missing != "" {
			n.stage = f.stage
			return nil, f.missing
		}
	}
	return nil, nil
}

// open sends a stream header and reads the peer's, and its features.
func (n *negotiation) open() error {
	if err := n.conn.beginStream(n.dialer.Limits); err != nil {
		return err
	}
	h := wire.StreamHeader{To: n.dialer.Domain, From: n.claim(), Version: "1.0", Lang: n.dialer.Lang, Namespace: wire.NSClient}
	if err := n.send(wire.AppendHeader(nil, h)); err != nil {
		return err
	}
	e, err := n.element()
	if err != nil {
		return err
	}
	if n.conn.bosh != nil { // whose wrapper takes the place of the header
		return n.takeFeatures(e)
	}
	if !n.conn.isHeader(e) || !version1(e.Attr("version")) {
		return NotStream
	}
	return n.readFeatures()
}

// readFeatures waits for the features of a stream.
func (n *negotiation) readFeatures() error {
	e, err := n.element()
	if err != nil {
		return err
	}
	return n.takeFeatures(e)
}

// takeFeatures reads the features of a stream.
func (n *negotiation) takeFeatures(e *wire.Element) error {
	if !e.Is(wire.NSStream, "features") {
		return NotFeatures
	}
	n.offer = readOffer(e)
	if n.seen != nil {
		n.seen(e)
	}
	return n.settle()
}

// version1 reports whether a version is 1.0 or later (RFC 6120 §4.7.5).
func version1(v []byte) bool {
	return len(v) >= 3 && v[0] >= '1' && v[0] <= '9'
}

// send writes b, and the element that the peer sends next answers it.
func (n *negotiation) send(b []byte) error { return n.conn.Send(b) }

// element waits for the next element, valid until the next call. A stream
// error is returned as such, the end of the stream as io.ErrUnexpectedEOF.
func (n *negotiation) element() (*wire.Element, error) {
	for {
		e, used, err := n.conn.element(n.data)
		n.data = n.data[used:]
		switch {
		case err == io.EOF:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case n.conn.isEnd(e):
			return nil, io.ErrUnexpectedEOF
		case e.Is(wire.NSStream, "error"):
			return nil, parseStreamError(e)
		case e.Kind != wire.None:
			return e, nil
		}
		n.conn.done()
		if n.data, err = n.conn.fill(time.Time{}); err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		} else if err != nil && err != errIdle {
			return nil, err
		}
	}
}

// request sends b and returns the answer.
func (n *negotiation) request(b []byte) (*wire.Element, error) {
	if err := n.send(b); err != nil {
		return nil, err
	}
	return n.element()
}
