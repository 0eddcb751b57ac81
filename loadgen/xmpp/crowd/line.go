package crowd

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// line is the connection of one user, as the user's session has it.
type line struct {
	crowd              *Crowd
	bare, full, domain string

	// Of the session's goroutine.
	scanner wire.Scanner

	mu       sync.Mutex
	in       []byte // for the user, and not read
	ended    bool   // the user has said goodbye
	closed   bool
	deadline time.Time
	timer    *time.Timer
	bell     chan struct{} // rung when Read has to look again

	presence []byte              // what was broadcast last, without to; nil: unavailable
	watchers map[string]struct{} // bare addresses that were approved
	directed map[string]struct{} // addresses that were sent presence
}

// Root is the header that a line's stream would have.
const Root = "<stream:stream xmlns='" + wire.NSClient + "' xmlns:stream='" + wire.NSStream + "'>"

// mostUnread is how many bytes a user may leave unread.
const mostUnread = 4 << 20

func newLine(c *Crowd, bare, domain, resource string) *line {
	l := &line{crowd: c, bare: bare, full: bare + "/" + resource, domain: domain, bell: make(chan struct{}, 1)}
	l.scanner.Next([]byte(Root))
	return l
}

// Write takes whole stanzas of the user. What is no XML ends the connection.
func (l *line) Write(b []byte) (int, error) {
	rest := b
	for {
		e, n, err := l.scanner.Next(rest)
		rest = rest[n:]
		if err == nil && e.Kind == wire.None {
			return len(b), nil
		}
		if err == nil {
			err = l.say(e)
		}
		if err != nil {
			l.Close()
			return 0, err
		}
	}
}

func (l *line) say(e *wire.Element) error {
	if l.isOver() {
		return net.ErrClosed
	}
	switch e.Kind {
	case wire.Footer:
		l.goodbye()
	case wire.Stanza:
		return l.serve(e)
	}
	return nil
}

func (l *line) isOver() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed || l.ended
}

// goodbye answers the footer.
func (l *line) goodbye() {
	l.depart()
	l.mu.Lock()
	l.in = wire.AppendFooter(l.in)
	l.ended = true
	l.mu.Unlock()
	l.ring()
}

// hear gives the user a stanza.
func (l *line) hear(e *wire.Element) {
	l.mu.Lock()
	if !l.closed && !l.ended && len(l.in) < mostUnread {
		l.in = wire.AppendRehomed(l.in, e, wire.Addressing{})
	}
	l.mu.Unlock()
	l.ring()
}

// hearText is hear of a stanza that is written out.
func (l *line) hearText(b []byte) {
	l.mu.Lock()
	if !l.closed && !l.ended {
		l.in = append(l.in, b...)
	}
	l.mu.Unlock()
	l.ring()
}

// end is the end of a connection that nobody asked for.
func (l *line) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.ring()
}

func (l *line) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// Await waits until Read has something to return.
func (l *line) Await() error {
	for {
		ready, err := l.ready()
		if ready || err != nil {
			return err
		}
		<-l.bell
	}
}

func (l *line) ready() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return false, net.ErrClosed
	case len(l.in) > 0:
		return true, nil
	case l.ended:
		return false, io.EOF
	case !l.deadline.IsZero() && !time.Now().Before(l.deadline):
		return false, os.ErrDeadlineExceeded
	}
	return false, nil
}

// Read returns what came for the user.
func (l *line) Read(p []byte) (int, error) {
	if err := l.Await(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := copy(p, l.in)
	if l.in = l.in[:copy(l.in, l.in[n:])]; len(l.in) == 0 && cap(l.in) > bufferKept {
		l.in = nil
	}
	return n, nil
}

// bufferKept is the largest buffer that an idle user keeps.
const bufferKept = 1 << 10

// SetReadDeadline ends Await and Read at t; zero: never.
func (l *line) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	l.deadline = t
	switch left := time.Until(t); {
	case t.IsZero() || left <= 0:
		if l.timer != nil {
			l.timer.Stop()
		}
	case l.timer == nil:
		l.timer = time.AfterFunc(left, l.ring)
	default:
		l.timer.Reset(left)
	}
	l.mu.Unlock()
	l.ring()
	return nil
}

// SetWriteDeadline does nothing: writes wait for the carrier alone.
func (l *line) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline is SetReadDeadline.
func (l *line) SetDeadline(t time.Time) error { return l.SetReadDeadline(t) }

// Close has the user gone, without a word if none was said.
func (l *line) Close() error {
	l.depart()
	l.mu.Lock()
	l.closed, l.in = true, nil
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	l.ring()
	return nil
}

// LocalAddr is the user's address.
func (l *line) LocalAddr() net.Addr { return addr(l.full) }

// RemoteAddr is the user's domain.
func (l *line) RemoteAddr() net.Addr { return addr(l.domain) }

type addr string

func (addr) Network() string  { return "xmpp" }
func (a addr) String() string { return string(a) }

// appendFrom writes e as it goes out, from an address of the user.
func (l *line) appendFrom(dst []byte, e *wire.Element, from, to string) []byte {
	return wire.AppendRehomed(dst, e, wire.Addressing{From: from, To: to})
}

// send sends stanzas to somebody, here or elsewhere.
func (l *line) send(to []byte, stanzas []byte) error {
	domain := domainOf(to)
	if l.crowd.local(domain) {
		return l.crowd.deliverText(stanzas)
	}
	return l.crowd.carrier.Send(l.domain, string(domain), stanzas)
}

// deliverText delivers stanzas from one user of the crowd to another.
func (c *Crowd) deliverText(stanzas []byte) error {
	var s wire.Scanner
	s.Next([]byte("<stream:stream xmlns='" + c.namespace + "' xmlns:stream='" + wire.NSStream + "'>"))
	for rest := bytes.Clone(stanzas); ; {
		e, n, err := s.Next(rest)
		rest = rest[n:]
		if err != nil || e.Kind == wire.None {
			return err
		}
		c.Deliver(e, time.Time{})
	}
}
