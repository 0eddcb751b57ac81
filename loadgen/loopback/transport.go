package loopback

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// transport is one connection as bytes. A socket that is idle holds no buffer: transport waits until there is
// something to read before it borrows one.
type transport struct {
	srv    *Server
	raw    net.Conn        // a socket or a pipe
	sys    syscall.RawConn // of a socket that can be read without waiting; else nil
	tls    *tls.Conn       // nil before TLS
	web    *webSocket      // nil if not over WebSocket
	bosh   *boshStream     // raw, of a session over BOSH; else nil
	packed *packed         // what compression needs; nil without
	lent   *readBuffer     // holds what read returned

	sealed *readBuffer // encrypted bytes that TLS has not taken yet: sealed[from:to]
	from   int
	to     int
	up     bool // the TLS handshake is over

	attempt func(fd uintptr) bool // tryRead, made once
	got     int
	failure error
}

type readBuffer [16 << 10]byte

var readBuffers = sync.Pool{New: func() any { return new(readBuffer) }}

func (t *transport) open(raw net.Conn) {
	t.raw = raw
	t.bosh, _ = raw.(*boshStream)
	if s, ok := raw.(syscall.Conn); ok && canReadWithoutWaiting {
		if sys, err := s.SyscallConn(); err == nil {
			t.sys, t.attempt = sys, t.tryRead
		}
	}
}

// read waits for bytes of the stream. They are valid until the next call.
func (t *transport) read() ([]byte, error) {
	if t.web != nil {
		return t.readMessages()
	}
	if t.packed != nil {
		return t.readPacked()
	}
	return t.readBytes()
}

// readBytes waits for bytes as they come.
func (t *transport) readBytes() ([]byte, error) {
	t.release()
	if t.tls != nil {
		return t.readTLS()
	}
	n, err := t.fill()
	if err != nil {
		t.release()
		return nil, err
	}
	return t.lent[:n], nil
}

// fill waits for bytes and borrows the buffer lent for them.
func (t *transport) fill() (int, error) {
	if t.bosh != nil {
		t.bosh.await()
	}
	if t.sys == nil {
		t.lent = readBuffers.Get().(*readBuffer)
		return t.raw.Read(t.lent[:])
	}
	if err := t.sys.Read(t.attempt); err != nil {
		return 0, err
	}
	if t.failure == nil && t.got == 0 {
		return 0, io.EOF
	}
	return t.got, t.failure
}

// tryRead reads what there is, and reports false when that is nothing.
func (t *transport) tryRead(fd uintptr) bool {
	t.lent = readBuffers.Get().(*readBuffer)
	n, again, err := readWithoutWaiting(fd, t.lent[:])
	t.got, t.failure = n, err
	if again {
		t.release()
	}
	return !again
}

func (t *transport) release() {
	if t.lent != nil {
		readBuffers.Put(t.lent)
		t.lent = nil
	}
}

func (t *transport) readTLS() ([]byte, error) {
	for {
		t.lent = readBuffers.Get().(*readBuffer)
		n, err := t.tls.Read(t.lent[:])
		if n > 0 {
			return t.lent[:n], nil
		}
		t.release()
		if err != errNothingYet {
			return nil, err
		}
		if n, err = t.fill(); err != nil {
			t.release()
			return nil, err
		}
		if t.renegotiates(t.lent[:n]) {
			t.release()
			return nil, streamError{wire.PolicyViolation, "TLS is negotiated once"}
		}
		t.sealed, t.from, t.to, t.lent = t.lent, 0, n, nil
	}
}

// handshake makes the connection a TLS one, as its server.
func (t *transport) handshake(config *tls.Config) error {
	t.release()
	c := tls.Server((*sealedConn)(t), config)
	if err := c.Handshake(); err != nil {
		return err
	}
	t.tls, t.up = c, true
	return nil
}

// http reports whether the stream goes over HTTP, where it has no STARTTLS.
func (t *transport) http() bool { return t.web != nil || t.bosh != nil }

// private reports whether the stream is encrypted.
func (t *transport) private() bool { return t.tls != nil || t.bosh != nil && t.bosh.private }

// write writes all of b, a piece of the stream, once no stall holds.
func (t *transport) write(b []byte) error {
	if t.web != nil {
		return t.writeMessages(b)
	}
	if t.packed != nil {
		return t.writePacked(b)
	}
	return t.writeBytes(b)
}

func (t *transport) writeBytes(b []byte) error {
	var err error
	if t.tls != nil {
		_, err = t.tls.Write(b)
	} else {
		_, err = (*sealedConn)(t).Write(b)
	}
	return err
}

// closeWrite tells the peer that nothing more comes. Where it cannot be told so, the connection is closed.
func (t *transport) closeWrite() {
	if t.web != nil {
		_ = t.writeBytes(websocket.AppendClose(nil, false)) // as what follows
	}
	if t.tls != nil {
		_ = t.tls.CloseWrite() // a peer that is gone already needs no telling
	}
	if half, ok := t.raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = t.raw.Close()
}

// drop ends the connection at once, without a word; a TCP peer sees a reset.
func (t *transport) drop() {
	if tcp, ok := t.raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = t.raw.Close()
}

// sealedConn is what lies below TLS: its Read gives up rather than wait, once the handshake is over, so that an
// idle connection holds no buffer; its Write waits for stalls to end.
type sealedConn transport

// errNothingYet is what sealedConn.Read answers in place of waiting. TLS lets temporary errors pass and can go on.
var errNothingYet net.Error = nothingYet{}

type nothingYet struct{}

func (nothingYet) Error() string   { return "nothing to read yet" }
func (nothingYet) Timeout() bool   { return true }
func (nothingYet) Temporary() bool { return true }

func (s *sealedConn) Read(p []byte) (int, error) {
	if s.sealed != nil {
		n := copy(p, s.sealed[s.from:s.to])
		if s.from += n; s.from == s.to {
			readBuffers.Put(s.sealed)
			s.sealed = nil
		}
		return n, nil
	}
	if s.up && s.sys != nil {
		return 0, errNothingYet
	}
	return s.raw.Read(p)
}

func (s *sealedConn) Write(p []byte) (int, error) {
	s.srv.awaitStallEnd()
	return s.raw.Write(p)
}

func (s *sealedConn) Close() error                       { return s.raw.Close() }
func (s *sealedConn) LocalAddr() net.Addr                { return s.raw.LocalAddr() }
func (s *sealedConn) RemoteAddr() net.Addr               { return s.raw.RemoteAddr() }
func (s *sealedConn) SetDeadline(t time.Time) error      { return s.raw.SetDeadline(t) }
func (s *sealedConn) SetReadDeadline(t time.Time) error  { return s.raw.SetReadDeadline(t) }
func (s *sealedConn) SetWriteDeadline(t time.Time) error { return s.raw.SetWriteDeadline(t) }
