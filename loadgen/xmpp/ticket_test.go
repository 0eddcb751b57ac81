package xmpp_test

import (
	"crypto/tls"
	"testing"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
)

// TestResumeTLS resumes the TLS session of a device, and only of that one; where the server gives no tickets, none.
func TestResumeTLS(t *testing.T) {
	for _, tickets := range []bool{true, false} {
		s, pool := serve(t, loopback.Options{Tickets: tickets})
		certificate, err := s.ClientCertificate("user1")
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, mode := range []xmpp.TLSMode{xmpp.StartTLS, xmpp.DirectTLS} {
				for _, a := range []xmpp.Account{
					{Local: "user1", Password: "pass1", Resource: "r", Device: new(xmpp.Device)},
					{Local: "user1", Resource: "r", Device: new(xmpp.Device), Certificate: certificate},
				} {
					d := dialer(s, pool, mode)
					d.ResumeTLS, d.TLSConfig.MaxVersion = true, version
					for i := range 3 {
						if got, want := login(t, d, a).Means().TLSResumed, i > 0 && tickets; got != want {
							t.Errorf("%s, %v, %s: login %d: resumed %v, want %v", tls.VersionName(version), mode, a.Password, i, got, want)
						}
					}
					other := a
					if other.Device = new(xmpp.Device); login(t, d, other).Means().TLSResumed {
						t.Error("a device resumed the session of another")
					}
					other.Device, d.ResumeTLS = a.Device, false
					if d = dialer(s, pool, mode); login(t, d, other).Means().TLSResumed {
						t.Error("a session was resumed that was not to be")
					}
				}
			}
		}
	}
}
