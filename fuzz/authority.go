package fuzz

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/loadgen/names"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp/wire"
)

// Authority is where a server under test finds the servers of all domains that programs make up. It listens on a loopback address and
// passes each connection on to the play whose domain it is for; connections for other domains are told that there is no such host.
type Authority struct {
	listener net.Listener
	names    *names.Server
	running  sync.WaitGroup

	mu     sync.Mutex
	plays  int
	booths map[string]*booth     // by domain
	open   map[net.Conn]struct{} // that no play has yet
	closed bool
}

// madeUp is what all domains of the authority end in; it is reserved for tests (RFC 6761 §6.2).
const madeUp = ".rig.test"

// booth is where one play waits for the server to connect.
type booth struct {
	own, other string // domains of the attacker and the accomplice
	arrivals   chan *arrival
	missed     int // that came when too many waited; guarded by Authority.mu
}

// arrival is a connection that the server under test made.
type arrival struct {
	conn net.Conn
	said []byte // by the server already, its header being in it
	from string // of that header
	to   string
	old  bool // it has no version, and so wants no features (RFC 6120 §4.7.5)
}

// Bounds of what waits to be looked at.
const (
	mostArrivals = 64       // of one play
	mostHeader   = 16 << 10 // bytes before the header is whole
	headerTime   = 5 * time.Second
)

// OpenAuthority listens at ports of 127.0.0.1.
func OpenAuthority() (*Authority, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen as a server: %w", err)
	}
	a := &Authority{listener: l, booths: map[string]*booth{}, open: map[net.Conn]struct{}{}}
	port := l.Addr().(*net.TCPAddr).Port
	a.names, err = names.Listen(func(domain string) int {
		if strings.HasSuffix(domain, madeUp) {
			return port
		}
		return 0
	})
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	a.running.Go(a.accept)
	return a, nil
}

// Federation is what the server under test has to be told, so that it finds the authority.
func (a *Authority) Federation() target.Federation {
	return target.Federation{Via: a.listener.Addr().String(), Names: a.names.Addr()}
}

// Close ends it. No program must be under way.
func (a *Authority) Close() {
	if a == nil {
		return
	}
	_ = a.listener.Close()
	a.names.Close()
	a.mu.Lock()
	a.closed = true
	for conn := range a.open {
		_ = conn.Close()
	}
	a.mu.Unlock()
	a.running.Wait()
}

// attend opens a booth, for domains that nobody had before: servers remember what they were told of one.
func (a *Authority) attend() *booth {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.plays++
	b := &booth{own: fmt.Sprintf("a%d%s", a.plays, madeUp), other: fmt.Sprintf("b%d%s", a.plays, madeUp), arrivals: make(chan *arrival, mostArrivals)}
	a.booths[b.own], a.booths[b.other] = b, b
	return b
}

// leave closes a booth, and returns how many connections nobody looked at.
func (a *Authority) leave(b *booth) (ignored int) {
	a.mu.Lock()
	delete(a.booths, b.own)
	delete(a.booths, b.other)
	ignored = b.missed
	a.mu.Unlock()
	for { // nothing is put in any more
		select {
		case c := <-b.arrivals:
			ignored++
			_ = c.conn.Close()
		default:
			return ignored
		}
	}
}

func (a *Authority) accept() {
	for {
		conn, err := a.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil && a.note(conn) {
			a.running.Go(func() { a.receive(conn) })
		}
	}
}

func (a *Authority) note(conn net.Conn) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		_ = conn.Close()
		return false
	}
	a.open[conn] = struct{}{}
	return true
}

// receive reads the header of a connection, and gives it to whom it is for.
func (a *Authority) receive(conn net.Conn) {
	c, err := greeted(conn)
	if err == nil && a.pass(c) {
		return
	}
	if err == nil {
		_ = conn.SetWriteDeadline(time.Now().Add(headerTime)) // who does not read is not told
		_, _ = conn.Write(append(c.header("unknown"), "<stream:error><host-unknown xmlns='"+wire.NSStreams+"'/></stream:error></stream:stream>"...))
	}
	_ = conn.Close()
	a.mu.Lock()
	delete(a.open, conn)
	a.mu.Unlock()
}

// pass gives a connection to the play that waits for it, if any does.
func (a *Authority) pass(c *arrival) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.boothOf(strings.ToLower(c.to))
	if b == nil || a.closed {
		return false
	}
	select {
	case b.arrivals <- c:
		delete(a.open, c.conn)
		return true
	default:
		b.missed++
		return false
	}
}

// boothOf is that of a domain, or of what it is below; nil where nobody waits. Authority.mu is held.
func (a *Authority) boothOf(domain string) *booth {
	for b := a.booths[domain]; ; b = a.booths[domain] {
		_, above, ok := strings.Cut(domain, ".")
		if b != nil || !ok {
			return b
		}
		domain = above
	}
}

// greeted reads what the server says up to its header.
func greeted(conn net.Conn) (*arrival, error) {
	_ = conn.SetReadDeadline(time.Now().Add(headerTime)) // Read fails where this does
	c := &arrival{conn: conn}
	var s wire.Scanner
	s.Reset(oracle.Limits())
	var b [4 << 10]byte
	for at := 0; len(c.said) < mostHeader; {
		n, err := conn.Read(b[:])
		c.said = append(c.said, b[:n]...)
		for at < len(c.said) {
			e, took, bad := s.Next(c.said[at:])
			if bad != nil {
				return nil, fmt.Errorf("read the header of a server: %w", bad)
			}
			at += took
			if e.Kind == wire.Header {
				c.from, c.to, c.old = string(e.Attr("from")), string(e.Attr("to")), e.Attr("version") == nil
				return c, nil
			}
			if took == 0 || e.Kind == wire.None {
				break
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errors.New("read the header of a server: it is too long")
}

// header is the answer to the header of the server.
func (c *arrival) header(id string) []byte {
	return wire.AppendHeader(nil, wire.StreamHeader{From: c.to, To: c.from, ID: id, Version: "1.0", Namespace: wire.NSServer})
}
