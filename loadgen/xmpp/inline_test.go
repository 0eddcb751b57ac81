package xmpp_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// TestFASTLogin asks for tokens and uses them, by each mechanism that a server and a connection have.
func TestFASTLogin(t *testing.T) {
	s, pool := serve(t, loopback.Options{SASL2: true, FAST: true, Upgrades: []string{"SCRAM-SHA-512"}})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		d := dialer(s, pool, xmpp.DirectTLS)
		d.LoginMode, d.TLSConfig.MaxVersion = xmpp.FASTLogin, version
		want := map[uint16]string{tls.VersionTLS12: "HT-SHA-256-ENDP", tls.VersionTLS13: "HT-SHA-256-EXPR"}[version]
		a := xmpp.Account{Local: fmt.Sprint("user", version), Password: fmt.Sprint("pass", version), Resource: "r", Device: new(xmpp.Device)}
		first := login(t, d, a)
		if m := first.Means(); !m.Token || m.FAST || !m.Upgraded || first.Mechanism() != "SCRAM-SHA-512-PLUS" {
			t.Errorf("first login by %s, %+v", first.Mechanism(), m)
		}
		second := login(t, d, a)
		if m := second.Means(); !m.FAST || m.Token || m.Upgraded || second.Mechanism() != want || second.JID() != first.JID() {
			t.Errorf("second login by %s as %s, %+v", second.Mechanism(), second.JID(), m)
		}
		other := a // a token is that of a user and a device
		other.Local, other.Password = "user7", "pass7"
		third := login(t, d, other)
		if m := third.Means(); m.FAST || !m.TokenRefused || !m.Token {
			t.Errorf("third login %+v", m)
		}
	}
	if tally := s.Tally(); tally.Tokens != 4 || tally.Upgraded != 3 || tally.Inline != 6 || tally.AuthFailed != 2 {
		t.Errorf("tally %+v", tally)
	}
}

// TestTokenRotation has a token replaced when half its time is over; the one before is good until the new one is used.
func TestTokenRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := loopback.New(loopback.Options{Users: loopback.UserPattern("user{n}", "pass{n}", 0), SASL2: true, FAST: true, TokenLife: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		d := &xmpp.Dialer{Dial: func(context.Context, net.Addr) (net.Conn, error) { return s.Dial() }, Domain: "localhost", TLS: xmpp.StartTLS,
			TLSConfig: &tls.Config{InsecureSkipVerify: true}, LoginMode: xmpp.FASTLogin}
		a := xmpp.Account{Local: "user1", Password: "pass1", Resource: "r", Device: new(xmpp.Device)}
		for i, c := range []struct {
			after time.Duration
			means xmpp.Means
		}{
			{0, xmpp.Means{Token: true}},
			{20 * time.Minute, xmpp.Means{FAST: true}},
			{20 * time.Minute, xmpp.Means{FAST: true, Token: true}},
			{time.Minute, xmpp.Means{FAST: true}},
			{2 * time.Hour, xmpp.Means{Token: true}}, // it is over, and so not tried
		} {
			time.Sleep(c.after)
			c.means.SASL2, c.means.Bind2 = true, true
			before := *a.Device
			if got := login(t, d, a).Means(); got != c.means {
				t.Errorf("login %d: %+v, want %+v", i, got, c.means)
			}
			if c.means.FAST && c.means.Token { // as if the answer had been lost
				a.Device, before = &before, *a.Device
				if got := login(t, d, a).Means(); !got.FAST {
					t.Errorf("the token before is good no more: %+v", got)
				}
			}
		}
	})
}

func login(t *testing.T, d *xmpp.Dialer, a xmpp.Account) *xmpp.Conn {
	t.Helper()
	c, _, err := d.Login(t.Context(), a, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return c
}

// TestInlineMechanisms logs in by every mechanism with SASL2.
func TestInlineMechanisms(t *testing.T) {
	s, pool := serve(t, loopback.Options{SASL2: true})
	certificate, err := s.ClientCertificate("user1")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range xmpp.Mechanisms() {
		d := dialer(s, pool, xmpp.DirectTLS)
		d.LoginMode, d.Mechanism = xmpp.SASL2Login, m
		a := xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}
		if m == "EXTERNAL" {
			a.Certificate = certificate
		}
		if c := login(t, d, a); c.Mechanism() != m || !c.Means().Bind2 {
			t.Errorf("%s: %s, %+v", m, c.Mechanism(), c.Means())
		}
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
