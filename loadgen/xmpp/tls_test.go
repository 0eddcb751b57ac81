package xmpp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"testing"
)

// TestVerification checks that a certificate must be trusted and name the domain.
func TestVerification(t *testing.T) {
	for _, mode := range []TLSMode{StartTLS, DirectTLS} {
		f := listen(t, mode, func(c net.Conn) { io.Copy(io.Discard, c) })
		trusted := roots(t, f.config.Certificates[0])
		for _, c := range []struct {
			name   string
			domain string
			config *tls.Config
			check  func(error) bool
		}{
			{"trusted", "example.com", &tls.Config{RootCAs: trusted}, func(err error) bool { return err == nil }},
			{"unknown authority", "example.com", nil, isA[x509.UnknownAuthorityError]},
			{"other name", "example.net", &tls.Config{RootCAs: trusted}, isA[x509.HostnameError]},
			{"name of choice", "example.net", &tls.Config{RootCAs: trusted, ServerName: "example.com"}, func(err error) bool { return err == nil }},
			{"name in another script", "b\u00fccher.example", &tls.Config{RootCAs: trusted}, func(err error) bool { return err == nil }},
			{"its capitals", "B\u00dcCHER.example", &tls.Config{RootCAs: trusted}, func(err error) bool { return err == nil }},
			{"other name in another script", "k\u00fcche.example", &tls.Config{RootCAs: trusted}, isA[x509.HostnameError]},
			{"insecure", "example.net", &tls.Config{InsecureSkipVerify: true}, func(err error) bool { return err == nil }},
		} {
			t.Run(mode.String()+"/"+c.name, func(t *testing.T) {
				d := f.dialer(t)
				d.Domain, d.TLSConfig = c.domain, c.config
				conn, timings, err := d.Login(t.Context(), fixtureUser, nil)
				if !c.check(err) {
					t.Fatalf("error %v", err)
				}
				if err != nil {
					if failed, ok := errors.AsType[*LoginError](err); !ok || failed.Stage != TLS || timings.Connect == 0 || timings.TLS != 0 {
						t.Fatalf("%v after %+v", err, timings)
					}
					return
				}
				defer conn.Abort()
				if state, ok := conn.TLS(); !ok || state.Version != tls.VersionTLS13 {
					t.Errorf("state %v, %+v", ok, state)
				}
			})
		}
	}
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// secured returns the client's end of a TLS connection.
func secured(t *testing.T, server *tls.Config) *tls.Conn {
	t.Helper()
	a, b := net.Pipe()
	s, c := tls.Server(b, server), tls.Client(a, &tls.Config{InsecureSkipVerify: true})
	done := make(chan error)
	go func() { done <- s.Handshake() }()
	if err := errors.Join(c.Handshake(), <-done); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return c
}

func TestChoose(t *testing.T) {
	pair := &tls.Config{Certificates: []tls.Certificate{certificate(t, "example.com")}}
	old := pair.Clone()
	old.MaxVersion = tls.VersionTLS12
	tls13, tls12 := secured(t, pair), secured(t, old)
	all := []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS", "ANONYMOUS", "EXTERNAL"}
	plain := all[:4]
	user := Account{Local: "user", Password: "pencil"}
	certified := Account{Local: "user", Certificate: &pair.Certificates[0]}
	for _, c := range []struct {
		name     string
		tls      *tls.Conn
		dialer   *Dialer
		account  Account
		offered  []string
		bindings []string
		want     string // mechanism
		gs2      string
		err      error
	}{
		{"strongest, TLS 1.3", tls13, &Dialer{}, user, all, []string{"tls-exporter"}, "SCRAM-SHA-512-PLUS", "p=tls-exporter,,", nil},
		{"no list, TLS 1.3", tls13, &Dialer{}, user, all, nil, "SCRAM-SHA-512", "n,,", nil},
		{"no list, TLS 1.2", tls12, &Dialer{}, user, all, nil, "SCRAM-SHA-512-PLUS", "p=tls-unique,,", nil},
		{"TLS 1.2, tls-unique not listed", tls12, &Dialer{}, user, all, []string{"tls-exporter", "tls-server-end-point"}, "SCRAM-SHA-512-PLUS", "p=tls-server-end-point,,", nil},
		{"listed binding", tls13, &Dialer{}, user, all, []string{"tls-unique", "tls-server-end-point"}, "SCRAM-SHA-512-PLUS", "p=tls-server-end-point,,", nil},
		{"both bindings listed", tls13, &Dialer{}, user, all, []string{"tls-server-end-point", "tls-exporter"}, "SCRAM-SHA-512-PLUS", "p=tls-exporter,,", nil},
		{"no binding in common", tls13, &Dialer{}, user, all, []string{"tls-unique"}, "SCRAM-SHA-512", "n,,", nil},
		{"server cannot bind", tls13, &Dialer{}, user, plain, nil, "SCRAM-SHA-512", "y,,", nil},
		{"unencrypted", nil, &Dialer{}, user, all, nil, "SCRAM-SHA-512", "n,,", nil},
		{"bound by name", tls13, &Dialer{Mechanism: "SCRAM-SHA-1-PLUS"}, user, all, nil, "SCRAM-SHA-1-PLUS", "p=tls-exporter,,", nil},
		{"unbound by name", tls13, &Dialer{Mechanism: "SCRAM-SHA-1"}, user, all, nil, "SCRAM-SHA-1", "n,,", nil},
		{"bound by name, unencrypted", nil, &Dialer{Mechanism: "SCRAM-SHA-1-PLUS"}, user, all, nil, "", "", NoBinding},
		{"unknown", tls13, &Dialer{Mechanism: "GSSAPI"}, user, all, nil, "", "", NoMechanism},
		{"certificate", tls13, &Dialer{}, certified, all, nil, "EXTERNAL", "", nil},
		{"certificate, unencrypted", nil, &Dialer{}, certified, all[8:], nil, "", "", NoMechanism},
		{"nobody", tls13, &Dialer{}, Account{}, all, nil, "ANONYMOUS", "", nil},
		{"somebody is not anonymous", tls13, &Dialer{}, user, all[7:8], nil, "", "", NoMechanism},
		{"anonymous by name", tls13, &Dialer{Mechanism: "ANONYMOUS"}, user, all, nil, "ANONYMOUS", "", nil},
		{"plain", tls13, &Dialer{}, user, all[:1], nil, "PLAIN", "", nil},
		{"plain, unencrypted", nil, &Dialer{}, user, all[:1], nil, "", "", PlainWithoutTLS},
		{"authorization", nil, &Dialer{}, Account{Local: "user", Password: "x", Authzid: "a=b,c"}, plain, nil, "SCRAM-SHA-512", "n,a=a=3Db=2Cc,", nil},
		{"forbidden authorization", tls13, &Dialer{}, Account{Local: "user", Password: "x", Authzid: "a\x00root"}, plain[:1], nil, "PLAIN", "", errAny},
		{"forbidden name", nil, &Dialer{}, Account{Local: "us\x00er", Password: "x"}, plain, nil, "SCRAM-SHA-512", "", errAny},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.dialer.Domain = "example.com"
			n := &negotiation{dialer: c.dialer, account: c.account, tls: c.tls, offer: offer{mechanisms: c.offered, bindings: c.bindings}}
			m, err := choose(n)
			var x exchange
			if err == nil {
				x, err = m.begin(n, m)
			}
			if m.name != c.want || err != c.err && (c.err != errAny || err == nil) {
				t.Fatalf("chose %q, %v", m.name, err)
			}
			if s, ok := x.(*scram); ok && s.gs2 != c.gs2 {
				t.Errorf("GS2 header %q, want %q", s.gs2, c.gs2)
			}
		})
	}
}

var errAny = errors.New("any")
