package xmpp_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// overBOSH is a dialer for http or https.
func overBOSH(t *testing.T, o loopback.Options, mode xmpp.TLSMode) (*loopback.Server, *xmpp.Dialer) {
	s, pool := serve(t, o)
	d := dialer(s, pool, mode)
	d.BOSH = bosh.DefaultPath
	return s, d
}

// TestBOSH: sessions over http and https send themselves messages, more at a time than requests may be under way.
func TestBOSH(t *testing.T) {
	for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.DirectTLS} {
		t.Run(mode.String(), func(t *testing.T) {
			s, d := overBOSH(t, loopback.Options{Session: true}, mode)
			c, timings, err := d.Login(t.Context(), xmpp.Account{Local: "user1", Password: "pass1", Resource: "r"}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)})
			if err != nil {
				t.Fatal(err)
			}
			if timings.SASL <= 0 || timings.Bind <= 0 || timings.Upgrade != 0 || c.Mechanism() != "SCRAM-SHA-512" {
				t.Errorf("%+v by %s", timings, c.Mechanism())
			}
			var got []string
			for round := range 5 {
				for i := range 4 {
					id := string(rune('a'+round)) + string(rune('0'+i))
					if err := c.Send(wire.AppendMessage(nil, wire.Addressing{To: c.JID(), ID: id}, strings.Repeat("x", i*10_000), nil)); err != nil {
						t.Fatal(err)
					}
				}
				for deadline := time.Now().Add(10 * time.Second); len(got) < 4*(round+1); {
					if _, err := c.Receive(deadline, func(e *wire.Element) error { got = append(got, string(e.Attr("id"))); return nil }); err != nil || time.Now().After(deadline) {
						t.Fatal(got, err)
					}
				}
			}
			if all := strings.Join(got, " "); all != "a0 a1 a2 a3 b0 b1 b2 b3 c0 c1 c2 c3 d0 d1 d2 d3 e0 e1 e2 e3" {
				t.Error(all)
			}
			if err := c.Close(t.Context()); err != nil || !c.Ended() {
				t.Errorf("close: %v, ended %v", err, c.Ended())
			}
			if n := s.Tally().Connections; n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// TestBOSHRefused: what a server that has no BOSH, or no such account, comes to.
func TestBOSHRefused(t *testing.T) {
	_, d := overBOSH(t, loopback.Options{}, xmpp.NoTLS)
	_, _, err := d.Login(t.Context(), xmpp.Account{Local: "user1", Password: "wrong"}, nil)
	if refused, ok := errors.AsType[*xmpp.SASLError](err); !ok || refused.Condition != "not-authorized" {
		t.Errorf("wrong password: %v", err)
	}
	_, d = overBOSH(t, loopback.Options{}, xmpp.NoTLS)
	d.Domain = "elsewhere"
	if _, _, err = d.Login(t.Context(), xmpp.Account{Local: "user1", Password: "pass1"}, nil); !errors.Is(err, &xmpp.StreamError{Condition: wire.HostUnknown}) {
		t.Errorf("another host: %v", err)
	}
}
