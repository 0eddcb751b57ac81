package loopback

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// conn is one connection. Its goroutine reads, judges and routes; others only put things in its outbox and end it.
type conn struct {
	srv     *Server
	t       transport
	scanner wire.Scanner
	rest    []byte    // read but not scanned
	arrived time.Time // when that was read; kept only where a fault needs it
	leave   time.Time // when the stanza in hand is served; zero: at once
	out     outbox
	lang    string      // xml:lang of the client's stream
	session *session    // nil until bound
	scratch []byte      // for building stanzas; nil while waiting
	twist   *twist      // what defects have to do with this connection; nil without any
	sentTo  *recipients // nil unless they are counted

	relaying atomic.Bool // it carries requests of BOSH, and no stream
}

// streamError ends a stream (RFC 6120 §4.9).
type streamError struct {
	condition wire.Condition
	text      string
}

func (e streamError) Error() string {
	if e.text == "" {
		return string(e.condition)
	}
	return fmt.Sprintf("%s: %s", e.condition, e.text)
}

// errFooter says that the peer has closed its stream.
var errFooter = errors.New("stream closed by the peer")

// farewell bounds how long a connection is kept for a peer to take the last word.
const farewell = time.Second

func (c *conn) serve(direct bool) {
	defer c.srv.forget(c)
	err := c.converse(direct)
	if c.twist != nil {
		c.misleave(err)
	}
	c.part(err)
	switch bad, ok := errors.AsType[streamError](err); {
	case ok:
		c.end(bad.condition, bad.text)
	case err == errTLS:
		c.abandon() // no stream is left to close (RFC 6120 §5.4.3.2)
	case err == errNoRequest:
		c.sendLast(nil, new(atomic.Int64)) // none was begun
		c.bound()
	default: // the peer has closed its stream or is gone, or was told to go
		c.sendLast(wire.AppendFooter(nil), &c.srv.tally.footers)
		c.bound()
	}
	c.linger()
	c.scanner.Reset(wire.Limits{})
	c.t.releaseAll()
	returnBytes(c.scratch)
}

func (c *conn) converse(direct bool) error {
	if !c.srv.bug("silent-peer-kept") {
		deadline := time.Now().Add(c.srv.options.LoginTimeout)
		_ = c.t.raw.SetReadDeadline(deadline) // a connection that takes none is closed already
	}
	l := &login{conn: c}
	if err := l.run(direct); err != nil {
		if isTimeout(err) && !c.ending() {
			if !l.opened {
				return errNoRequest // there is no stream in which to say so
			}
			return streamError{wire.PolicyViolation, "no session was bound in time"}
		}
		return err
	}
	_ = c.t.raw.SetReadDeadline(time.Time{})
	if c.ending() { // somebody's deadline may have been overwritten just now
		return io.EOF
	}
	return c.attend()
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

// next returns the next element; it is valid until the call after. Errors are streamError where the peer is to be told.
func (c *conn) next() (*wire.Element, error) {
	for {
		e, n, err := c.scanner.Next(c.rest)
		c.rest = c.rest[n:]
		if bad, ok := errors.AsType[wire.SyntaxError](err); ok {
			if c.twist != nil {
				c.stumble(bad)
			}
			return nil, streamError{bad.Condition, bad.Reason}
		}
		if e.Kind != wire.None {
			if c.scratch == nil {
				c.scratch = borrowBytes()
			}
			if c.twist != nil {
				err = c.misuse(e)
			}
			return e, err
		}
		returnBytes(c.scratch)
		c.scratch = nil
		if err := c.more(); err != nil {
			return nil, err
		}
	}
}

// more waits for bytes of the stream.
func (c *conn) more() (err error) {
	if err = c.listen(); err != nil {
		c.rest = nil
		return err
	}
	if c.twist != nil {
		c.rest = c.misread(c.rest)
	}
	if c.srv.timed {
		c.arrived = time.Now()
	}
	return nil
}

// end sends a stream error and the end of the stream, and wakes the connection's goroutine to see to the rest. It
// may be called from any goroutine, and more than once.
func (c *conn) end(condition wire.Condition, text string) {
	if c.relaying.Load() {
		_ = c.t.raw.SetReadDeadline(time.Now()) // whoever waits for an answer gets it before
		return
	}
	last := wire.AppendStreamError(nil, condition, text)
	if condition == wire.UndefinedCondition && text == processingFailed {
		last = []byte(processingFailedError)
	}
	if !c.srv.bug("no-stream-close") {
		last = wire.AppendFooter(last)
	}
	c.sendLast(last, &c.srv.tally.streamErrors)
	c.bound()
	_ = c.t.raw.SetReadDeadline(time.Now())
}

// bound gives the last word its time to be written.
func (c *conn) bound() {
	_ = c.t.raw.SetWriteDeadline(time.Now().Add(farewell + c.srv.stallLeft()))
}

// linger lets the last word reach the peer: closing a socket with bytes unread would destroy it on its way.
func (c *conn) linger() {
	_ = c.t.raw.SetReadDeadline(time.Now().Add(farewell + c.srv.stallLeft()))
	b := readBuffers.Get().(*readBuffer)
	for read := 0; read < 1<<20; {
		n, err := c.t.raw.Read(b[:])
		if isTimeout(err) {
			_ = c.t.raw.Close() // its time is up, even if something is still to be written
		}
		if err != nil {
			break
		}
		read += n
	}
	readBuffers.Put(b)
	c.flush()
	_ = c.t.raw.Close()
}

// cut drops the connection without a word.
func (c *conn) cut() bool {
	if c.ending() {
		return false
	}
	c.abandon()
	return true
}

// attend handles the stanzas of a bound session.
func (c *conn) attend() error {
	for {
		e, err := c.next()
		if err == nil {
			err = c.attendTo(e)
		}
		if err != nil && (c.twist == nil || !c.survives(err)) {
			return err
		}
	}
}

func (c *conn) attendTo(e *wire.Element) error {
	switch e.Kind {
	case wire.Footer:
		return errFooter
	case wire.Stanza:
		if err := c.checkStanza(e); err != nil {
			return err
		}
		if m := c.managed(); m != nil {
			return c.attendManaged(m, e)
		}
		c.stanza(e)
		return nil
	}
	if string(e.Space()) == wire.NSSM {
		return c.manage(e)
	}
	if string(e.Space()) == nsCSI {
		return c.clientState(e)
	}
	return unexpected(e)
}

// unexpected is the answer to a first-level element that the server does not know (RFC 6120 §4.8).
func unexpected(e *wire.Element) error {
	switch string(e.Local()) {
	case "message", "presence", "iq":
		switch string(e.Space()) {
		case wire.NSServer, wire.NSComponent:
			return streamError{wire.InvalidNamespace, "this is a client's stream"}
		}
	}
	return streamError{wire.UnsupportedStanzaType, ""}
}

// checkStanza enforces what RFC 6120 §4.8 and §8.1.2.1 ask of every stanza.
func (c *conn) checkStanza(e *wire.Element) error {
	if string(e.Space()) != wire.NSClient {
		return streamError{wire.InvalidNamespace, "this is a client's stream"}
	}
	if len(e.Name()) != len(e.Local()) {
		return streamError{wire.BadNamespacePrefix, "stanzas carry no prefix"}
	}
	from := e.Attr("from")
	if from == nil || c.session == nil || string(from) == c.session.full {
		return nil
	}
	if c.twist != nil && c.mayForge(e) {
		return nil
	}
	a, err := parseAddress(from)
	if err != nil || !c.session.owns(a) {
		return streamError{wire.InvalidFrom, ""}
	}
	return nil
}
