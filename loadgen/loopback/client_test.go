package loopback

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// client is a client that says what the test says and hands back what the server says.
type client struct {
	t       testing.TB
	conn    net.Conn
	scanner wire.Scanner
	data    []byte
	jid     string
}

const header = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"

// newServer makes a server with users user0, user1, … of password pw0, pw1, … that takes PLAIN anywhere.
func newServer(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Users == nil {
		o.Users = UserPattern("user{n}", "pw{n}", 0)
	}
	o.PlainWithoutTLS = true
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func faulty(t testing.TB, faults ...string) *Server {
	t.Helper()
	f, err := ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, Options{Faults: f})
}

func dial(t testing.TB, s *Server) *client {
	t.Helper()
	conn, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn}
}

// dialTCP connects to a listener of the server.
func dialTCP(t testing.TB, a net.Addr) *client {
	t.Helper()
	conn, err := net.Dial("tcp", a.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn}
}

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatalf("send %.200q: %v", text, err)
	}
}

// next returns the next element that the server sends, as text.
func (c *client) next() (string, error) {
	for {
		e, n, err := c.scanner.Next(c.data)
		c.data = c.data[n:]
		if err != nil {
			return "", err
		}
		if e.Kind != wire.None {
			return string(e.Raw()), nil
		}
		b := make([]byte, 4096)
		m, err := c.conn.Read(b)
		if m == 0 {
			return "", err
		}
		c.data = b[:m]
	}
}

// expect reads the next element, which must hold every part.
func (c *client) expect(parts ...string) string {
	c.t.Helper()
	got, err := c.next()
	if err != nil {
		c.t.Fatalf("%s: want an element with %q, got %v", c.jid, parts, err)
	}
	for _, p := range parts {
		if !strings.Contains(got, p) {
			c.t.Fatalf("%s: want an element with %q, got %s", c.jid, parts, got)
		}
	}
	return got
}

// expectEnd reads the end of the stream and of the connection.
func (c *client) expectEnd() {
	c.t.Helper()
	c.expect("</stream:stream>")
	c.expectClosed()
}

func (c *client) expectClosed() {
	c.t.Helper()
	if got, err := c.next(); err == nil {
		c.t.Fatalf("want the connection closed, got %s", got)
	} else if errors.Is(err, errSilent) {
		c.t.Fatal("want the connection closed, but it stays open")
	}
}

var errSilent = errors.New("nothing came")

func (c *client) open() string {
	c.t.Helper()
	c.scanner.Reset(wire.Limits{})
	c.data = nil
	c.send(header)
	c.expect("<stream:stream ")
	return c.expect("<stream:features>")
}

const auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='%s'>%s</auth>"

// authenticate logs user n in by PLAIN.
func (c *client) authenticate(n int) {
	c.t.Helper()
	c.open()
	c.send(auth, "PLAIN", b64(fmt.Sprintf("\x00user%d\x00pw%d", n, n)))
	c.expect("<success ")
	c.open()
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func (c *client) bind(resource string) {
	c.t.Helper()
	c.send("<iq id='b' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>", resource)
	got := c.expect("type='result'", "<jid>")
	_, jid, _ := strings.Cut(got, "<jid>")
	c.jid, _, _ = strings.Cut(jid, "<")
}

// loginAs binds user n to the resource r.
func loginAs(t testing.TB, s *Server, n int) *client {
	t.Helper()
	c := dial(t, s)
	c.authenticate(n)
	c.bind("r")
	return c
}

// logins binds users 0 to n-1.
func logins(t testing.TB, s *Server, n int) []*client {
	t.Helper()
	clients := make([]*client, n)
	for i := range clients {
		clients[i] = loginAs(t, s, i)
	}
	return clients
}

// available sends initial presence and takes the copy that comes back.
func (c *client) available() *client {
	c.t.Helper()
	c.send("<presence/>")
	c.expect("<presence", "from='"+c.jid+"'")
	return c
}

// expectNothing has the server answer a ping, before which nothing else may come.
func (c *client) expectNothing() {
	c.t.Helper()
	c.send("<iq type='get' id='sync' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")
	c.expect("type='result'", "id='sync'")
}

// secure makes the connection TLS, trusting the server's own authority.
func (c *client) secure(s *Server, config *tls.Config) {
	c.t.Helper()
	if config == nil {
		config = &tls.Config{}
	}
	config.RootCAs = x509.NewCertPool()
	config.RootCAs.AppendCertsFromPEM(s.CAPEM())
	if config.ServerName == "" {
		config.ServerName = s.Domain()
	}
	tc := tls.Client(c.conn, config)
	if err := tc.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn, c.data = tc, nil
}

// patient gives up on a server that is silent.
func (c *client) patient() *client {
	_ = c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	return c
}
