package loopback

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/loadgen/xmpp/wire"
)

// Server is one XMPP server. Make it with New, end it with Close.
type Server struct {
	options   Options
	tally     counters
	authority *authority // nil when the certificate was given
	clientCAs *x509.CertPool
	identity  atomic.Pointer[identity]
	secret    [32]byte // salts come of it
	keys      keyCache

	clock      *clock
	startClock sync.Once
	delays     *sampler // nil without the fault
	loginDelay *sampler
	timed      bool // arrival times matter
	queue      rateQueue
	swaps      swaps
	messages   atomic.Int64 // what the faults on messages count by
	turn       int          // of the bystanders; guarded by mu
	overtaking overtaking
	firstBound atomic.Pointer[time.Time]
	ended      atomic.Pointer[time.Time]

	planted *planted // nil without defects
	foreign foreign

	attempts  attempts
	accounts  directory
	tokens    tokenStore
	upgraded  upgradeNotes
	rooms     conferences
	resumable resumable
	files     files
	mu        sync.Mutex // guards rosters, presence and the lists of sessions
	sessions  []*session
	pushes    int64                      // roster pushes, for their ids
	nodes     map[string]*node           // of the publish-subscribe service
	wishes    map[string]map[string]bool // what clients ask to be told of, by version

	carbonsWanted atomic.Bool // some session asked for carbons once

	connsMu   sync.Mutex
	conns     map[*conn]struct{}
	listeners []net.Listener
	addrs     []net.IP
	plain     net.Listener
	direct    net.Listener
	closed    bool
	stopping  chan struct{}

	boshMu sync.Mutex
	bosh   map[string]*boshStream // sessions over BOSH, by sid
	wg     sync.WaitGroup
}

// errTooManyAttempts says that an address is not served for the moment.
var errTooManyAttempts = errors.New("too many connections from this address")

// ErrClosed is what a closed server answers.
var ErrClosed = errors.New("server is closed")

// New makes a server that serves nobody yet: call Listen, ListenTLS or Dial.
func New(o Options) (*Server, error) {
	if err := o.settle(); err != nil {
		return nil, fmt.Errorf("make loopback server: %w", err)
	}
	f := o.Faults
	s := &Server{
		options: o, conns: map[*conn]struct{}{}, stopping: make(chan struct{}),
		delays: newSampler(f.Delay, f.Seed, 1), loginDelay: newSampler(f.LoginDelay, f.Seed, 2),
		timed: f.Delay.Law != NoDelay || f.LoginDelay.Law != NoDelay || f.Rate > 0,
	}
	if !s.options.NoRooms {
		s.rooms.domain = "conference." + s.options.Domain
	}
	rand.Read(s.secret[:])
	s.planted = plant(&s.options)
	s.foreign.peer = s.newPeer()
	if err := s.certify(); err != nil {
		return nil, fmt.Errorf("make loopback server: %w", err)
	}
	return s, nil
}

// certify takes the certificate given, or makes an authority and a certificate for all addresses so far.
func (s *Server) certify() (err error) {
	s.clientCAs = s.options.ClientCAs
	cert := s.options.Certificate
	if cert == nil {
		if s.authority == nil {
			if s.authority, err = newAuthority(); err != nil {
				return err
			}
		}
		if cert, err = s.authority.server(s.options.Domain, s.addrs); err != nil {
			return err
		}
		if s.clientCAs == nil {
			s.clientCAs = x509.NewCertPool()
			s.clientCAs.AddCert(s.authority.cert)
		}
	}
	id, err := newIdentity(cert, s.options.Tickets)
	if err == nil {
		s.identity.Store(id)
	}
	return err
}

// CAPEM returns the certificate, in PEM, that a client must trust: that of the server's own authority, or the last
// of Options.Certificate.
func (s *Server) CAPEM() []byte {
	if s.authority != nil {
		return s.authority.pem()
	}
	chain := s.options.Certificate.Certificate
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[len(chain)-1]})
}

// ClientCertificate issues a certificate of the server's own authority that lets a client log in as local by EXTERNAL.
func (s *Server) ClientCertificate(local string) (*tls.Certificate, error) {
	if s.authority == nil {
		return nil, errors.New("issue a client certificate: the server has no authority of its own")
	}
	return s.authority.client(local)
}

// Listen serves plain TCP, on which STARTTLS is offered, at addr: "127.0.0.1:0".
func (s *Server) Listen(addr string) error { return s.listen(addr, &s.plain, false) }

// ListenTLS serves TLS from the first byte (XEP-0368) at addr.
func (s *Server) ListenTLS(addr string) error { return s.listen(addr, &s.direct, true) }

func (s *Server) listen(addr string, as *net.Listener, direct bool) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.connsMu.Lock()
	defer s.connsMu.Unlock()
	if s.closed {
		_ = l.Close()
		return fmt.Errorf("listen: %w", ErrClosed)
	}
	if ip := hostIP(l.Addr()); ip != nil && s.authority != nil {
		s.addrs = append(s.addrs, ip)
		if err := s.certify(); err != nil {
			_ = l.Close()
			return fmt.Errorf("listen: %w", err)
		}
	}
	s.startClock.Do(func() { s.runClock(pace.NewAlarm()) })
	*as = l
	s.listeners = append(s.listeners, l)
	s.wg.Go(func() { s.accept(l, direct) })
	return nil
}

// runClock starts the clock, with the alarm that suits the first connection's kind.
func (s *Server) runClock(a pace.Alarm) {
	s.clock = newClock(a)
	s.wg.Go(s.clock.run)
}

func (s *Server) accept(l net.Listener, direct bool) {
	for {
		c, err := l.Accept()
		if err != nil {
			select {
			case <-s.stopping:
				return
			case <-time.After(10 * time.Millisecond): // out of descriptors, most likely: some may come free
				continue
			}
		}
		_ = s.serve(c, direct) // it is closed already where it is not served
	}
}

// serve takes a connection over.
func (s *Server) serve(raw net.Conn, direct bool) error {
	if !s.mayConnect(raw.RemoteAddr(), time.Now()) {
		_ = raw.Close()
		return errTooManyAttempts
	}
	c := s.newConn(raw, direct)
	s.connsMu.Lock()
	defer s.connsMu.Unlock()
	if s.closed {
		_ = raw.Close()
		return ErrClosed
	}
	s.conns[c] = struct{}{} // as misconnect counts them
	s.misconnect()
	s.tally.connections.Add(1)
	s.begin(c, direct)
	return nil
}

func (s *Server) newConn(raw net.Conn, direct bool) *conn {
	c := &conn{srv: s, twist: s.planted.twist(direct)}
	c.t.srv = s
	c.t.open(raw)
	return c
}

// begin serves a connection; connsMu is held.
func (s *Server) begin(c *conn, direct bool) {
	s.conns[c] = struct{}{}
	s.wg.Go(func() { c.serve(direct) })
}

// Dial connects to the server in memory, by a net.Pipe. It works in a bubble of testing/synctest; there, and wherever
// Dial comes before the first Listen, delays keep to timers of package time.
func (s *Server) Dial() (net.Conn, error) {
	s.startClock.Do(func() { s.runClock(pace.NewTimer()) })
	client, server := net.Pipe()
	if err := s.serve(server, false); err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	return client, nil
}

// Addr is where Listen listens; nil before. With several it is the last.
func (s *Server) Addr() net.Addr { return s.addrOf(&s.plain) }

// TLSAddr is where ListenTLS listens; nil before.
func (s *Server) TLSAddr() net.Addr { return s.addrOf(&s.direct) }

func (s *Server) addrOf(l *net.Listener) net.Addr {
	s.connsMu.Lock()
	defer s.connsMu.Unlock()
	if *l == nil {
		return nil
	}
	return (*l).Addr()
}

// Domain is the domain served.
func (s *Server) Domain() string { return s.options.Domain }

// Close ends every stream with system-shutdown, lets held output go, and returns when nothing of the server runs any
// more. Peers that do not read are given a second. It may be called again.
func (s *Server) Close() error {
	s.connsMu.Lock()
	if s.closed {
		s.connsMu.Unlock()
		s.wg.Wait()
		return nil
	}
	s.closed = true
	now := time.Now()
	s.ended.Store(&now)
	close(s.stopping)
	for _, l := range s.listeners {
		_ = l.Close()
	}
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.connsMu.Unlock()
	s.foreign.close()
	if s.clock != nil {
		s.clock.stop()
	}
	for _, c := range conns {
		c.end(wire.SystemShutdown, "")
	}
	s.wg.Wait()
	s.planted.dispose()
	return nil
}

func (s *Server) closing() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

func (s *Server) forget(c *conn) {
	s.connsMu.Lock()
	delete(s.conns, c)
	s.connsMu.Unlock()
	if c.t.bosh != nil {
		c.t.bosh.forget()
	}
}

// stallLeft is how long the stall that holds now still lasts; 0 when none holds.
func (s *Server) stallLeft() time.Duration {
	stall := s.options.Faults.Stall
	if stall.For <= 0 {
		return 0
	}
	age := s.age(time.Now())
	if age < 0 {
		return 0
	}
	return stall.untilEnd(age)
}

// awaitStallEnd returns at once unless a stall holds.
func (s *Server) awaitStallEnd() {
	if d := s.stallLeft(); d > 0 {
		s.awaitTime(time.Now().Add(d))
	}
}

// awaitTime returns at t, or when the server closes.
func (s *Server) awaitTime(t time.Time) {
	reached := make(chan struct{})
	s.clock.at(t, func(bool) { close(reached) })
	<-reached
}
