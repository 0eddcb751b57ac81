package trunk

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Limits bounds what a peer may do to a stream.
type Limits struct {
	Elements wire.Limits   // of one element; fields not set: wire.DefaultLimits
	Timeout  time.Duration // of negotiation, and of a write that the peer does not take; zero: 30 s

	// AnyHandshake and AnyAddress have [AcceptComponent] pass over what a component proves itself with, and whom it says its
	// stanzas are from: a server that is wrong on purpose needs them.
	AnyHandshake, AnyAddress bool
}

func (l Limits) timeout() time.Duration {
	if l.Timeout > 0 {
		return l.Timeout
	}
	return 30 * time.Second
}

// bufferSize is the most bytes of one read.
const bufferSize = 32 << 10

// stream is a stream with a peer over one connection. One goroutine reads. Before start, the same one writes, with say; after it
// anybody may, with send.
type stream struct {
	conn    net.Conn
	limits  Limits
	scanner wire.Scanner
	buf     []byte
	rest    []byte // read and not scanned
	readAt  time.Time
	out     outbox
}

func newStream(conn net.Conn, l Limits) *stream {
	s := &stream{conn: conn, limits: l, buf: make([]byte, bufferSize)}
	s.out.init(s.deliver)
	return s
}

// next waits for an element, which is valid until the next call. The end of the peer's stream is errHungUp, a stream error of the
// peer's or one that answers bad XML a *StreamError.
func (s *stream) next() (*wire.Element, error) {
	for {
		e, n, err := s.scanner.Next(s.rest)
		s.rest = s.rest[n:]
		if bad, ok := errors.AsType[wire.SyntaxError](err); ok {
			return nil, refuse(bad.Condition, bad.Reason)
		}
		switch {
		case e.Kind == wire.Footer:
			return nil, errHungUp
		case e.Kind == wire.Nonza && e.Is(wire.NSStream, "error"):
			return nil, parseStreamError(e)
		case e.Kind != wire.None:
			return e, nil
		}
		k, err := s.conn.Read(s.buf)
		if k == 0 && err != nil {
			return nil, err
		}
		s.rest, s.readAt = s.buf[:k], time.Now()
	}
}

// open sends a header and returns the peer's.
func (s *stream) open(h wire.StreamHeader) (wire.StreamHeader, error) {
	s.scanner.Reset(s.limits.Elements)
	if err := s.say(wire.AppendHeader(nil, h)); err != nil {
		return wire.StreamHeader{}, err
	}
	return s.header(h.Namespace)
}

// header waits for the peer's header.
func (s *stream) header(namespace string) (wire.StreamHeader, error) {
	e, err := s.next()
	if err != nil {
		return wire.StreamHeader{}, err
	}
	if e.Kind != wire.Header {
		return wire.StreamHeader{}, ErrNotStream
	}
	h := e.StreamHeader()
	if h.Namespace != namespace {
		return h, refuse(wire.InvalidNamespace, "the content namespace is "+namespace)
	}
	return h, nil
}

// within has cancelling ctx, or the limit of negotiation, end what the connection waits for. The func returned ends that, and says
// why it was cut short if it was.
func (s *stream) within(ctx context.Context) (release func() error) {
	deadline := time.Now().Add(s.limits.timeout())
	if by, ok := ctx.Deadline(); ok && by.Before(deadline) {
		deadline = by
	}
	raw := s.conn
	raw.SetDeadline(deadline)
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		raw.SetDeadline(time.Unix(1, 0))
		close(fired)
	})
	return func() error {
		if !stop() {
			<-fired
			return context.Cause(ctx)
		}
		raw.SetDeadline(time.Time{})
		return nil
	}
}

// say writes b at once.
func (s *stream) say(b []byte) error {
	_, err := s.conn.Write(b)
	return err
}

// send has b written soon, after what others sent before.
func (s *stream) send(b []byte) error { return s.out.put(b) }

// deliver is say with a time limit of its own.
func (s *stream) deliver(b []byte) error {
	s.conn.SetWriteDeadline(time.Now().Add(s.limits.timeout()))
	return s.say(b)
}

// end tells the peer why the stream ends, if it is for this side to say, and drops the connection.
func (s *stream) end(why error) {
	var last []byte
	if bad, ok := errors.AsType[*StreamError](why); ok && bad.Local {
		last = wire.AppendStreamError(nil, bad.Condition, bad.Text)
	}
	s.conn.SetWriteDeadline(time.Now().Add(time.Second))
	s.out.close(wire.AppendFooter(last))
	if t, ok := s.conn.(*tls.Conn); ok {
		_ = t.CloseWrite() // a courtesy
	}
	_ = s.conn.Close()
}

// drop ends the connection at once, from any goroutine.
func (s *stream) drop() { _ = s.conn.Close() }

// hungUp tells an end that is no fault from others.
func hungUp(err error) bool {
	return errors.Is(err, errHungUp) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)
}
