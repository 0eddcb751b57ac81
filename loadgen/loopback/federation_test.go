package loopback

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
)

// abroadAt federates a server for localhost with one for far.test, and returns what the latter gets.
func abroadAt(t *testing.T, o Options, y trunk.Security) (*Server, *trunk.Peer, chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Federation.Find = func(domain string) (string, bool) { return l.Addr().String(), strings.HasSuffix(domain, ".test") }
	s := newServer(t, o)
	if err := s.ListenServers("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 10)
	p := trunk.NewPeer(trunk.PeerOptions{
		Local: func(d string) bool { return d == "far.test" }, Security: y, Limits: trunk.Limits{Timeout: 10 * time.Second},
		Dial: func(ctx context.Context, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", s.ServersAddr().String())
		},
		Deliver: func(e *wire.Element, _ time.Time) { got <- string(e.Raw()) },
	})
	p.Serve(l)
	t.Cleanup(p.Close)
	return s, p, got
}

// arrives waits for a stanza that holds every part.
func arrives(t *testing.T, got chan string, parts ...string) {
	t.Helper()
	select {
	case s := <-got:
		for _, part := range parts {
			if !strings.Contains(s, part) {
				t.Errorf("arrived %s, want %s in it", s, part)
			}
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nothing arrived of %v", parts)
	}
}

// Messages go to another server and come from it, by dialback, over TLS where both can.
func TestServers(t *testing.T) {
	s, p, got := abroadAt(t, Options{Federation: &Federation{}}, trunk.Security{})
	c := loginAs(t, s, 0).available().patient()
	c.send("<message to='v@far.test' id='1'><body>there</body></message>")
	arrives(t, got, "from='user0@localhost/r'", "to='v@far.test'", "<body>there</body>")
	for _, said := range []string{"<body>back</body>", "<db:x/><body>prefixed</body>"} {
		if err := p.Send("far.test", "localhost", []byte("<message from='v@far.test/q' to='user0@localhost'>"+said+"</message>")); err != nil {
			t.Fatal(err)
		}
	}
	c.expect("<message", "from='v@far.test/q'", "<body>back</body>")
	c.expect("<message", "<x xmlns='jabber:server:dialback'/><body>prefixed</body>")
	if err := p.Send("far.test", "localhost", []byte("<iq type='get' id='p' from='far.test' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")); err != nil {
		t.Fatal(err)
	}
	arrives(t, got, "type='result'", "id='p'", "from='localhost'")
	if n := s.Tally(); n.Abroad != 1 || n.Routed != 3 || n.Returned != 0 {
		t.Errorf("tally %+v", n)
	}
}

// A stanza for a domain that cannot be reached comes back (RFC 6120 §10.4), and so does one that the other server refuses.
func TestServersOutOfReach(t *testing.T) {
	s, _, _ := abroadAt(t, Options{Federation: &Federation{NoTLS: true}}, trunk.Security{})
	c := loginAs(t, s, 0).patient()
	for domain, want := range map[string]string{
		"example.org": "remote-server-not-found",
		"other.test":  "remote-server-not-found", // host-unknown there
		"x.localhost": "remote-server-not-found",
	} {
		c.send("<iq type='get' id='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", domain, domain)
		c.expect("id='"+domain+"'", "type='error'", "from='"+domain+"'", want)
	}
	c.send("<message type='error' to='v@example.org'/>")
	c.expectNothing()
}

// With certificates alone, each end believes the other's, and dialback is not offered.
func TestServersByCertificate(t *testing.T) {
	far, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, err := far.server("far.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(far.cert)
	mine := x509.NewCertPool()
	s, p, got := abroadAt(t, Options{Federation: &Federation{Authorities: pool, RequireTLS: true, NoDialback: true}}, trunk.Security{
		Certificate: func(string) (*tls.Certificate, error) { return cert, nil }, Authorities: mine, NoDialback: true,
	})
	mine.AppendCertsFromPEM(s.CAPEM())
	c := loginAs(t, s, 0).available().patient()
	c.send("<message to='v@far.test'><body>there</body></message>")
	arrives(t, got, "<body>there</body>")
	if err := p.Send("far.test", "localhost", []byte("<message from='v@far.test' to='user0@localhost'><body>back</body></message>")); err != nil {
		t.Fatal(err)
	}
	c.expect("<body>back</body>")
	if n := p.Counts(); n.External != 1 || n.Vouched != 1 || n.Valid+n.Verified != 0 || n.Encrypted != 2 {
		t.Errorf("streams %+v", n)
	}
}

// A component talks to other servers over those of its server, in its own name.
func TestComponentAndServers(t *testing.T) {
	s, p, got := abroadAt(t, Options{Federation: &Federation{}, Components: map[string]string{"bots.localhost": "word"}}, trunk.Security{})
	if err := s.ListenComponents("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.ComponentAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	k, err := trunk.OpenComponent(t.Context(), conn, "bots.localhost", "word", trunk.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 10)
	done := make(chan error, 1)
	go func() { done <- k.Run(func(e *wire.Element, _ time.Time) { heard <- string(e.Raw()) }) }()
	if err := k.Send([]byte("<message from='b@bots.localhost' to='v@far.test'><body>there</body></message>")); err != nil {
		t.Fatal(err)
	}
	arrives(t, got, "from='b@bots.localhost'", "<body>there</body>")
	if err := p.Send("far.test", "bots.localhost", []byte("<message from='v@far.test' to='b@bots.localhost'><body>back</body></message>")); err != nil {
		t.Fatal(err)
	}
	arrives(t, heard, "from='v@far.test'", "<body>back</body>")
	if err := k.Send([]byte("<message id='x' from='b@bots.localhost' to='v@example.org'/>")); err != nil {
		t.Fatal(err)
	}
	arrives(t, heard, "id='x'", "type='error'", "remote-server-not-found")
	k.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
