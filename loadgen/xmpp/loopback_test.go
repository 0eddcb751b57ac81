package xmpp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// serve starts a loopback server with all mechanisms.
func serve(t *testing.T, o loopback.Options) (*loopback.Server, *x509.CertPool) {
	t.Helper()
	o.Users = loopback.UserPattern("user{n}", "pass{n}", 0)
	if o.Mechanisms == nil {
		o.Mechanisms = xmpp.Mechanisms()
	}
	o.PlainWithoutTLS = true
	s, err := loopback.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Listen("127.0.0.1:0"), s.ListenTLS("127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CAPEM())
	return s, pool
}

func dialer(s *loopback.Server, pool *x509.CertPool, mode xmpp.TLSMode) *xmpp.Dialer {
	d := &xmpp.Dialer{Addr: s.Addr().String(), Domain: s.Domain(), TLS: mode, TLSConfig: &tls.Config{RootCAs: pool}, AllowPlainWithoutTLS: true, Keys: new(xmpp.SCRAMKeys)}
	if mode == xmpp.DirectTLS {
		d.Addr = s.TLSAddr().String()
	}
	return d
}

// TestMechanisms logs in by every mechanism and TLS mode to a server that shares
// no code above the syntax, and sends a message around.
func TestMechanisms(t *testing.T) {
	s, pool := serve(t, loopback.Options{})
	certificate, err := s.ClientCertificate("user1")
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.StartTLS, xmpp.DirectTLS} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, m := range append([]string{""}, xmpp.Mechanisms()...) {
				bound := m == "EXTERNAL" || strings.HasSuffix(m, "-PLUS")
				if mode == xmpp.NoTLS && (bound || version == tls.VersionTLS13) {
					continue
				}
				t.Run(fmt.Sprintf("%v/%s/%s", mode, tls.VersionName(version), m), func(t *testing.T) {
					d := dialer(s, pool, mode)
					d.Mechanism, d.TLSConfig.MaxVersion = m, version
					a := xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}
					if m == "EXTERNAL" {
						a.Certificate = certificate
					}
					roundTrip(t, d, a)
					if mode != xmpp.StartTLS {
						d = dialer(s, pool, mode)
						d.Mechanism, d.TLSConfig.MaxVersion, d.WebSocket = m, version, websocket.DefaultPath
						roundTrip(t, d, a)
					}
				})
			}
		}
	}
}

var strongest = map[xmpp.TLSMode]string{xmpp.NoTLS: "SCRAM-SHA-512", xmpp.StartTLS: "SCRAM-SHA-512-PLUS", xmpp.DirectTLS: "SCRAM-SHA-512-PLUS"}

func roundTrip(t *testing.T, d *xmpp.Dialer, a xmpp.Account) {
	c, timings, err := d.Login(t.Context(), a, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)})
	if err != nil {
		t.Fatal(err)
	}
	if d.Mechanism == "" && c.Mechanism() != strongest[d.TLS] || d.Mechanism != "" && c.Mechanism() != d.Mechanism {
		t.Errorf("mechanism %q", c.Mechanism())
	}
	if timings.Connect <= 0 || timings.SASL <= 0 || timings.Bind <= 0 || (timings.TLS > 0) != (d.TLS != xmpp.NoTLS) ||
		(timings.Upgrade > 0) != (d.WebSocket != "") {
		t.Errorf("timings %+v", timings)
	}
	if err := c.Send(wire.AppendMessage(nil, wire.Addressing{To: c.JID(), ID: "m", Type: "chat"}, "hello", nil)); err != nil {
		t.Fatal(err)
	}
	var got string
	for got == "" {
		if _, err := c.Receive(time.Now().Add(10*time.Second), func(e *wire.Element) error {
			got = string(e.Attr("id")) + string(e.Attr("from"))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if got != "m"+c.JID() {
		t.Errorf("received %q", got)
	}
	if err := c.Close(t.Context()); err != nil || !c.Ended() {
		t.Errorf("close: %v, ended %v", err, c.Ended())
	}
}

// TestTickets resumes TLS sessions of accounts that have certificates: none may
// come in by the ticket of another, as a resumed session shows the server the
// certificate of the first (RFC 8446 §4.6.1).
func TestTickets(t *testing.T) {
	s, pool := serve(t, loopback.Options{Tickets: true})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		d := dialer(s, pool, xmpp.DirectTLS)
		d.Mechanism, d.TLSConfig.MaxVersion = "EXTERNAL", version
		d.TLSConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
		d.TLSConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return nil, errors.New("not the account's certificate")
		}
		for _, user := range []string{"user1", "user2", "user1"} {
			certificate, err := s.ClientCertificate(user)
			if err != nil {
				t.Fatal(err)
			}
			c, _, err := d.Login(t.Context(), xmpp.Account{Local: user, Resource: "r", Certificate: certificate}, nil)
			if err != nil {
				t.Fatalf("%s, %s: %v", tls.VersionName(version), user, err)
			}
			if c.JID() != user+"@localhost/r" {
				t.Errorf("%s: %s came in as %s", tls.VersionName(version), user, c.JID())
			}
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestRefusals checks what a wrong password, a missing user and a wrong
// certificate come to.
func TestRefusals(t *testing.T) {
	s, pool := serve(t, loopback.Options{})
	for _, m := range []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "OAUTHBEARER", "DIGEST-MD5"} {
		for _, a := range []xmpp.Account{{Local: "user1", Password: "wrong"}, {Local: "nobody", Password: "pass1"}} {
			d := dialer(s, pool, xmpp.StartTLS)
			d.Mechanism = m
			_, _, err := d.Login(t.Context(), a, nil)
			refused, ok := errors.AsType[*xmpp.SASLError](err)
			failed, _ := errors.AsType[*xmpp.LoginError](err)
			if !ok || refused.Condition != "not-authorized" || refused.Mechanism != m || failed.Stage != xmpp.SASL {
				t.Errorf("%s as %s: %v", m, a.Local, err)
			}
		}
	}
}

// TestManyLogins has one Dialer used by many goroutines at once.
func TestManyLogins(t *testing.T) {
	s, pool := serve(t, loopback.Options{})
	for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.StartTLS, xmpp.DirectTLS} {
		d := dialer(s, pool, mode)
		var logins sync.WaitGroup
		for i := range 40 {
			logins.Go(func() {
				a := xmpp.Account{Local: fmt.Sprint("user", i), Password: fmt.Sprint("pass", i), Resource: "r"}
				c, _, err := d.Login(context.Background(), a, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if c.JID() != a.Local+"@localhost/r" {
					t.Errorf("bound %q", c.JID())
				}
				var waiter sync.WaitGroup
				waiter.Go(func() { c.Receive(time.Time{}, func(*wire.Element) error { return nil }) })
				c.Wake()
				waiter.Wait()
				if err := c.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		logins.Wait()
	}
}
