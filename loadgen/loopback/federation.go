package loopback

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
)

// Federation says how the server deals with the servers of other domains (RFC 6120 §4.8.2). A domain proves itself by dialback
// (XEP-0220), or over TLS by a certificate and EXTERNAL (XEP-0178).
type Federation struct {
	// Find tells where the server of a domain is, as host:port, in place of the DNS. It is called from many goroutines.
	Find func(domain string) (addr string, ok bool)
	// Authorities vouch for other domains, which are offered EXTERNAL then. Nil: nobody is.
	Authorities *x509.CertPool
	NoTLS       bool // neither offer STARTTLS to other servers nor use it
	RequireTLS  bool // talk to them over TLS alone
	NoDialback  bool // believe certificates alone; with RequireTLS
	Pairs       int  // most pairs of domains that a stream of another server may be for; 1,000 when 0
}

func (f *Federation) settle() error {
	switch {
	case f == nil:
		return nil
	case f.Find == nil:
		return errors.New("nothing says where other servers are")
	case f.NoTLS && (f.RequireTLS || f.NoDialback):
		return errors.New("TLS between servers cannot be required and left out")
	}
	return nil
}

// newPeer makes the server's side towards other servers; nil where it has none.
func (s *Server) newPeer() *trunk.Peer {
	f := s.options.Federation
	if f == nil {
		return nil
	}
	o := trunk.PeerOptions{
		Local: s.local, Dial: f.dial, Domain: domainPart, Return: s.returned, Pairs: f.Pairs,
		Deliver: s.fromServer,
		Limits:  trunk.Limits{Elements: s.options.Limits, Timeout: s.options.LoginTimeout},
	}
	if s.planted != nil {
		o.Flaws = trunk.Flaws{
			Has: func(f trunk.Flaw) bool { return s.bug(string(f)) }, Keep: s.planted.keep,
			Crash: func() { s.survive(func() { panic("a dialback key for no stream") }) },
		}
	}
	if !f.NoTLS {
		o.Security = trunk.Security{Certificate: s.certificateOf, Authorities: f.Authorities, Required: f.RequireTLS || f.NoDialback, NoDialback: f.NoDialback}
	}
	return trunk.NewPeer(o)
}

// local tells whether other servers find a domain here.
func (s *Server) local(domain string) bool {
	_, component := s.options.Components[domain]
	return component || domain == s.options.Domain
}

func (f *Federation) dial(ctx context.Context, domain string) (net.Conn, error) {
	addr, ok := f.Find(domain)
	if !ok {
		return nil, fmt.Errorf("%s: %w", domain, trunk.ErrNoSuchDomain)
	}
	return (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", addr)
}

// certificateOf is the one that the server has, whichever of its domains is asked for.
func (s *Server) certificateOf(string) (*tls.Certificate, error) {
	return &s.identity.Load().config.Certificates[0], nil
}

// domainPart is the domain of an address, as it is compared.
func domainPart(jid []byte) (string, bool) {
	a, err := parseAddress(jid)
	return string(a.domain), err == nil
}

// ListenServers serves the servers of other domains at addr. Options.Federation must be set.
func (s *Server) ListenServers(addr string) error {
	if s.foreign.peer == nil {
		return errors.New("listen for servers: the server is not federated")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for servers: %w", err)
	}
	f := &s.foreign
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || f.servers != nil {
		_ = l.Close()
		return fmt.Errorf("listen for servers: %w", ErrClosed)
	}
	s.startClock.Do(func() { s.runClock(pace.NewAlarm()) })
	f.servers = l.Addr()
	f.peer.Serve(l)
	return nil
}

// ServersAddr is where ListenServers listens; nil before.
func (s *Server) ServersAddr() net.Addr {
	s.foreign.mu.RLock()
	defer s.foreign.mu.RUnlock()
	return s.foreign.servers
}

// fromServer delivers a stanza of a domain that the other server proved to be.
func (s *Server) fromServer(e *wire.Element, at time.Time) {
	domain, _ := domainPart(e.Attr("from"))
	s.fromAbroad(domain, e, at)
}

// returned answers a stanza that found no way to its domain as RFC 6120 §10.4 asks for.
func (s *Server) returned(from, _ string, stanza []byte, condition string) {
	s.tally.returned.Add(1)
	var scan wire.Scanner
	if _, _, err := scan.Next(wire.AppendHeader(nil, wire.StreamHeader{Namespace: wire.NSServer})); err != nil {
		return
	}
	e, _, err := scan.Next(stanza)
	if err != nil || e.Kind != wire.Stanza || mustStayUnanswered(e) {
		return
	}
	back := appendStanzaError(nil, e, string(e.Attr("from")), errorKind(condition), condition)
	if from != s.options.Domain {
		s.sendAbroad(from, back)
		return
	}
	to, err := parseAddress(e.Attr("from"))
	if err != nil {
		return
	}
	if n := s.accounts.find(to.local).session(to.resource); n != nil && !s.closing() {
		s.emit(n, back, s.moment())
	}
}

// mustStayUnanswered tells of what no error may answer (RFC 6120 §8.3.1, §8.2.3).
func mustStayUnanswered(e *wire.Element) bool {
	kind := string(e.Attr("type"))
	return kind == "error" || kind == "result" && string(e.Local()) == "iq"
}
