package inproc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// peer is the far end of a connection. Each read gets one piece of its script, whatever was written; then the connection is
// at its end. Nothing ever waits, so there is nothing to time out.
type peer struct {
	script [][]byte
	answer func(piece []byte) []byte // what to say for a piece; nil: the piece
	rest   []byte
	writes [][]byte
	said   int // bytes written
	closed bool
}

// mostSaid bounds what a client may write to a peer that sends n bytes: with the answer to each request, and six bytes for a
// character of an address that is escaped, it stays far below.
func mostSaid(n int) int { return 8<<10 + 64*n }

func (p *peer) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.closed {
			return 0, net.ErrClosed
		}
		if len(p.script) == 0 {
			return 0, io.EOF
		}
		p.rest, p.script = p.script[0], p.script[1:]
		if p.answer != nil {
			p.rest = p.answer(p.rest)
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *peer) Write(b []byte) (int, error) {
	if p.closed {
		return 0, net.ErrClosed
	}
	p.writes = append(p.writes, bytes.Clone(b))
	p.said += len(b)
	return len(b), nil
}

func (p *peer) Close() error                     { p.closed = true; return nil }
func (p *peer) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (p *peer) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 5222} }
func (p *peer) SetDeadline(time.Time) error      { return nil }
func (p *peer) SetReadDeadline(time.Time) error  { return nil }
func (p *peer) SetWriteDeadline(time.Time) error { return nil }

var identifier = regexp.MustCompile(` id=['"]([^'"]*)['"]`)

// withID replaces {id} by the last id that was written: some clients draw theirs.
func (p *peer) withID(piece []byte) []byte {
	if !bytes.Contains(piece, []byte("{id}")) {
		return piece
	}
	all := identifier.FindAllSubmatch(bytes.Join(p.writes, nil), -1)
	if len(all) == 0 {
		return piece
	}
	return bytes.ReplaceAll(piece, []byte("{id}"), all[len(all)-1][1])
}

// headers counts the stream headers that were written.
func (p *peer) headers() (n int) {
	for _, w := range p.writes {
		if bytes.HasPrefix(w, []byte("<?xml")) {
			n++
		}
	}
	return n
}

// iterations bounds the PBKDF2 of the targets, so that they stay fast.
const iterations = 16

func login(p *peer, d *xmpp.Dialer) (*xmpp.Conn, error) {
	d.Domain, d.MaxIterations = "localhost", iterations
	d.Dial = func(context.Context, net.Addr) (net.Conn, error) { return p, nil }
	c, _, err := d.Login(context.Background(), xmpp.Account{Local: "user", Password: "pencil", Resource: "r"}, nil)
	return c, err
}

// wellSaid holds the client to whole elements in well-formed streams, each begun by a header.
func wellSaid(writes [][]byte) {
	var s wire.Scanner
	for _, w := range writes {
		if bytes.HasPrefix(w, []byte("<?xml")) {
			s.Reset(roomy())
		}
		for rest := w; ; {
			e, n, err := s.Next(rest)
			require(err == nil, "the client writes a stream that is not well-formed")
			if rest = rest[n:]; e.Kind == wire.None {
				break
			}
		}
		require(s.Pending() == 0, "the client writes a part of an element")
	}
}

// typed tells the errors that a login or a session may end with.
func typed(err error) bool {
	var (
		stream    *xmpp.StreamError
		stanza    *xmpp.StanzaError
		refused   *xmpp.SASLError
		count     xmpp.IterationError
		scram     xmpp.SCRAMError
		fault     xmpp.Fault
		malformed wire.SyntaxError
	)
	return errors.As(err, &stream) || errors.As(err, &stanza) || errors.As(err, &refused) || errors.As(err, &count) ||
		errors.As(err, &scram) || errors.As(err, &fault) || errors.As(err, &malformed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
