package trunk

import (
	"errors"
	"net"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// The digest of XEP-0114 §3: lower-case hex of SHA-1 over stream id and secret.
func TestDigest(t *testing.T) {
	if got, want := digest("3BF96D32", "test"), "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// connected is the two ends of a TCP connection.
func connected(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// ends is the two ends of a component's stream.
func ends(t *testing.T, secret string) (*Component, *Component, error) {
	t.Helper()
	a, b := connected(t)
	type accepted struct {
		c   *Component
		err error
	}
	server := make(chan accepted, 1)
	go func() {
		c, err := AcceptComponent(b, func(domain string) (string, bool) { return "word", domain == "bots.test" }, Limits{Timeout: 5 * time.Second})
		server <- accepted{c, err}
	}()
	domain := "bots.test"
	if secret == "elsewhere" {
		domain = "others.test"
	}
	c, err := OpenComponent(t.Context(), a, domain, secret, Limits{Timeout: 5 * time.Second})
	s := <-server
	return c, s.c, errors.Join(err, s.err)
}

func TestComponentIsLetIn(t *testing.T) {
	c, s, err := ends(t, "word")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 2)
	ended := make(chan error, 2)
	go func() {
		ended <- s.Run(func(e *wire.Element, _ time.Time) { got <- string(e.Attr("from")) + " " + string(e.Local()) })
	}()
	go func() {
		ended <- c.Run(func(e *wire.Element, _ time.Time) { got <- string(e.Attr("from")) + " " + string(e.Local()) })
	}()
	if err := c.Send([]byte("<message from='a@bots.test' to='b@test'/>")); err != nil {
		t.Fatal(err)
	}
	if v := <-got; v != "a@bots.test message" {
		t.Errorf("the server got %q", v)
	}
	if err := s.Send([]byte("<iq from='b@test' to='a@bots.test' type='get' id='1'/><message xmlns='jabber:client' from='c@test' to='a@bots.test'/>")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"b@test iq", "c@test message"} {
		if v := <-got; v != want {
			t.Errorf("the component got %q, want %s", v, want)
		}
	}
	go c.Close()
	for range 2 {
		if err := <-ended; err != nil {
			t.Errorf("a proper end is %v", err)
		}
	}
	if err := c.Send([]byte("<message/>")); !errors.Is(err, ErrClosed) {
		t.Errorf("send after the end: %v", err)
	}
}

func TestComponentIsRefused(t *testing.T) {
	for secret, want := range map[string]wire.Condition{"wrong": wire.NotAuthorized, "elsewhere": wire.HostUnknown} {
		c, _, err := ends(t, secret)
		bad, ok := errors.AsType[*StreamError](err)
		if c != nil || !ok || bad.Condition != want {
			t.Errorf("%s: %v, want %s", secret, err, want)
		}
	}
}
