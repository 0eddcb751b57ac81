package target

import (
	"crypto/tls"
	"testing"

	"xmpprig/loadgen/xmpp"
)

// TestExaminedServers has passwords work beside certificates on servers that are sent hostile input, and the certificates too.
func TestExaminedServers(t *testing.T) {
	onEach(t, realServers(t), func(t *testing.T, name string) {
		users := accounts(2)
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: users}.Examined("secret"))
		e := s.Endpoint()
		if err := login(t.Context(), e, users, 0, xmpp.StartTLS, "PLAIN"); err != nil {
			t.Errorf("by password: %v", err)
		}
		if !s.Certifies() {
			return
		}
		local, _ := users.User(1)
		cert, err := s.Certificate([]Claim{{"cn", local}, {"xmpp", local + "@rig.test"}})
		if err != nil {
			t.Fatal(err)
		}
		d := xmpp.Dialer{Addr: e.Addr, Domain: e.Domain, TLS: xmpp.StartTLS, TLSConfig: &tls.Config{RootCAs: e.CAs}, Mechanism: "EXTERNAL",
			Certificates: func(string) *tls.Certificate { return cert }}
		conn, _, err := loginAnew(t.Context(), &d, xmpp.Account{Local: local, Resource: "test"})
		if err != nil {
			t.Fatalf("by certificate: %v", err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if s.Component().Domain != "component.rig.test" || e.ComponentAddr == "" {
			t.Errorf("there is no component: %+v", e)
		}
	})
}
