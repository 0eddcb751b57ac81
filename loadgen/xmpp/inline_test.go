package xmpp_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/websocket"
)

// TestInlineLogin logs in by SASL2 and Bind 2 to a server that shares no code above the syntax.
func TestInlineLogin(t *testing.T) {
	s, pool := serve(t, loopback.Options{SASL2: true})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, mode := range []xmpp.LoginMode{xmpp.SASL2Login, xmpp.AutoLogin} {
			for _, path := range []string{"", websocket.DefaultPath} {
				t.Run(fmt.Sprint(tls.VersionName(version), mode, path), func(t *testing.T) {
					d := dialer(s, pool, xmpp.DirectTLS)
					d.LoginMode, d.WebSocket, d.TLSConfig.MaxVersion = mode, path, version
					c, timings, err := d.Login(t.Context(), xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)})
					if err != nil {
						t.Fatal(err)
					}
					defer c.Abort()
					if c.Means() != (xmpp.Means{SASL2: true, Bind2: true}) || c.Mechanism() != "SCRAM-SHA-512-PLUS" || !strings.HasPrefix(c.JID(), "user1@localhost/r/") {
						t.Errorf("%v, %s, %s", c.Means(), c.Mechanism(), c.JID())
					}
					if timings.SASL <= 0 || timings.Bind != 0 {
						t.Errorf("timings %+v", timings)
					}
				})
			}
		}
	}
	if tally := s.Tally(); tally.Inline != 8 || tally.Logins != 8 || tally.AuthFailed != 0 {
		t.Errorf("tally %+v", tally)
	}
}

// TestInlineManagement turns stream management on after Bind 2, and resumes in place of it.
func TestInlineManagement(t *testing.T) {
	s, pool := serve(t, loopback.Options{SASL2: true})
	d := dialer(s, pool, xmpp.DirectTLS)
	d.LoginMode, d.StreamManagement = xmpp.SASL2Login, &xmpp.StreamManagement{Resume: true}
	a := xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}
	c, timings, err := d.Login(t.Context(), a, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Managed() || !c.Means().Bind2 || timings.Bind <= 0 {
		t.Fatalf("managed %v, %v, %+v", c.Managed(), c.Means(), timings)
	}
	c.Abort()
	again, _, err := d.Resume(t.Context(), a, c.Resumption(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Abort()
	if resumed, why := again.Resumed(); !resumed || why != nil || again.JID() != c.JID() || again.Means() != (xmpp.Means{SASL2: true}) {
		t.Errorf("resumed %v, %v: %s, %v", resumed, why, again.JID(), again.Means())
	}
}

// TestAutoLoginWithoutSASL2 falls back to the SASL of RFC 6120, which SASL2Login does not.
func TestAutoLoginWithoutSASL2(t *testing.T) {
	s, pool := serve(t, loopback.Options{})
	d := dialer(s, pool, xmpp.StartTLS)
	d.LoginMode = xmpp.AutoLogin
	c, _, err := d.Login(t.Context(), xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Abort()
	if c.Means() != (xmpp.Means{}) || c.JID() != "user1@localhost/r" {
		t.Errorf("%v, %s", c.Means(), c.JID())
	}
}
