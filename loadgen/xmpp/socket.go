package xmpp

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// bufferSize is the most bytes of one read, and of one TLS record's content
// (RFC 8446 §5.1), so that one read of a TLS connection drains a record.
const bufferSize = 16 << 10

type buffer [bufferSize]byte

// bufferPool lends read buffers to the sessions that have something to read.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) borrow() *buffer {
	if b, ok := p.pool.Get().(*buffer); ok {
		return b
	}
	return new(buffer)
}

func (p *bufferPool) giveBack(b *buffer) { p.pool.Put(b) }

var (
	errIdle      = errors.New("nothing came before the deadline or a wake")
	errCancelled = errors.New("login cancelled")
)

// wouldBlock tells crypto/tls that there is no more for now. Being temporary it
// is not kept, and the next read goes on where this one stopped.
type wouldBlock struct{}

func (wouldBlock) Error() string   { return "no more bytes for now" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// socket is a transport connection that waits for bytes without a buffer.
//
// wait blocks until there are bytes and borrows a buffer only then. Above it,
// plain sessions take the bytes from data; TLS sessions have crypto/tls call
// Read, which hands out data and then says wouldBlock. So an idle session
// holds no buffer, whether it is encrypted or not.
type socket struct {
	net.Conn
	raw     syscall.RawConn // nil where the connection has none, as net.Pipe
	attempt func(fd uintptr) bool
	buffers *bufferPool
	timeout time.Duration // of a write

	buf  *buffer // borrowed while data is not empty
	data []byte  // read and not yet handed out
	err  error   // of the last attempt
	poll bool    // do not wait

	parked    bool // Read hands out data rather than read itself
	records   recordCount
	readBy    time.Time // deadline that is set; meaningless unless readSet
	readSet   bool
	writeBy   time.Time
	woken     atomic.Bool
	cancelled atomic.Bool
	aborted   atomic.Bool
}

func (s *socket) init(c net.Conn, buffers *bufferPool, timeout time.Duration) {
	c = bare(c)
	s.Conn, s.buffers, s.timeout, s.readSet = c, buffers, timeout, true
	if sc, ok := c.(syscall.Conn); ok && canAttempt {
		if raw, err := sc.SyscallConn(); err == nil {
			s.raw, s.attempt = raw, s.tryRead
		}
	}
}

// wait fills data. It returns errIdle at the deadline and when woken,
// errCancelled when cancelled, io.EOF at the end. A deadline that has passed
// still takes what is there already.
func (s *socket) wait(deadline time.Time) error {
	s.poll = s.raw != nil && !deadline.IsZero() && !time.Now().Before(deadline)
	until := deadline
	if s.poll {
		until = time.Time{}
	}
	for {
		if err := s.setReadDeadline(until); err != nil {
			return s.closing(err)
		}
		// Only after the deadline is set: whoever raises a flag lowers the
		// deadline next, so one of the two is seen.
		if s.interrupted() {
			return s.interruption()
		}
		err := s.read()
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return s.closing(err)
		}
		s.readSet = false
		if s.interrupted() {
			return s.interruption()
		}
		if !until.IsZero() && !time.Now().Before(until) {
			return errIdle
		}
	}
}

func (s *socket) interrupted() bool { return s.cancelled.Load() || s.woken.Load() }

func (s *socket) interruption() error {
	if s.cancelled.Load() {
		return errCancelled
	}
	s.woken.Store(false)
	s.readSet = false
	return errIdle
}

func (s *socket) setReadDeadline(t time.Time) error {
	if s.readSet && s.readBy.Equal(t) {
		return nil
	}
	s.readBy, s.readSet = t, true
	return s.Conn.SetReadDeadline(t)
}

// read waits for bytes and reads what is there.
func (s *socket) read() error {
	if s.raw == nil {
		return s.readBlocking()
	}
	if err := s.raw.Read(s.attempt); err != nil {
		return err
	}
	return s.took(len(s.data), s.err)
}

// readBlocking holds a buffer while it waits, unless the connection can wait by itself.
func (s *socket) readBlocking() error {
	if c, ok := s.Conn.(awaiter); ok {
		if err := c.Await(); err != nil {
			return err
		}
	}
	s.buf = s.buffers.borrow()
	n, err := s.Conn.Read(s.buf[:])
	s.data = s.buf[:n]
	return s.took(n, err)
}

func (s *socket) took(n int, err error) error {
	if n > 0 {
		s.records.pass(s.data)
		return nil
	}
	s.release()
	return err
}

// release gives the buffer back. What was not handed out is lost.
func (s *socket) release() {
	if s.buf != nil {
		s.buffers.giveBack(s.buf)
		s.buf, s.data = nil, nil
	}
}

// Read serves crypto/tls: straight from the connection during the handshake,
// later what wait has read.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		if s.parked {
			return 0, wouldBlock{}
		}
		n, err := s.Conn.Read(p)
		s.records.pass(p[:n])
		return n, err
	}
	n := copy(p, s.data)
	if s.data = s.data[n:]; len(s.data) == 0 {
		s.release()
	}
	return n, nil
}

// Write writes all of p. The deadline is moved on only when half of it is used
// up, so a write that the peer does not take ends after between half and all
// of the timeout.
func (s *socket) Write(p []byte) (int, error) {
	if now := time.Now(); s.writeBy.Sub(now) < s.timeout/2 {
		s.writeBy = now.Add(s.timeout)
		if err := s.Conn.SetWriteDeadline(s.writeBy); err != nil {
			return 0, s.closing(err)
		}
	}
	if s.cancelled.Load() {
		return 0, errCancelled
	}
	n, err := s.Conn.Write(p)
	return n, s.closing(err)
}

// closing makes net.ErrClosed of whatever comes of an abort.
func (s *socket) closing(err error) error {
	if err != nil && s.aborted.Load() {
		return net.ErrClosed
	}
	return err
}

// wake ends the wait under way or the next one, from any goroutine.
func (s *socket) wake() {
	s.woken.Store(true)
	s.Conn.SetReadDeadline(past())
}

// cancel ends every wait and write from now on, from any goroutine.
func (s *socket) cancel() {
	s.cancelled.Store(true)
	s.Conn.SetDeadline(past())
}

func past() time.Time { return time.Unix(1, 0) }

// abort drops the connection at once, from any goroutine; TCP sends a reset,
// which leaves no port waiting.
func (s *socket) abort() error {
	s.aborted.Store(true)
	if c, ok := s.Conn.(interface{ SetLinger(sec int) error }); ok {
		c.SetLinger(0)
	}
	return s.Conn.Close()
}

// recordCount counts the TLS records (RFC 8446 §5.1) that end in the bytes
// passed, to tell when crypto/tls has no whole record left. It may count too
// many, as records of the handshake never reach the reader, but not too few.
type recordCount struct {
	ended  int
	body   int // bytes to come of the record under way
	header [5]byte
	have   int // bytes of the header
}

func (r *recordCount) pass(b []byte) {
	for len(b) > 0 {
		if r.body == 0 {
			r.header[r.have] = b[0]
			r.have++
			b = b[1:]
			if r.have == len(r.header) {
				r.body, r.have = int(r.header[3])<<8|int(r.header[4]), 0
			}
			continue
		}
		n := min(r.body, len(b))
		b = b[n:]
		if r.body -= n; r.body == 0 {
			r.ended++
		}
	}
}

// atEnd reports whether err means that no more bytes will come.
func atEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
