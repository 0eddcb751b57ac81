package loopback

import (
	"crypto/x509"
	"testing"
	"time"
)

// TestCertificate verifies what the server shows as clients would, from the clock of testing/synctest to the end of the century.
func TestCertificate(t *testing.T) {
	s, err := New(Options{Domain: "xmpp.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.ListenTLS("127.3.4.5:0"); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.CAPEM()) {
		t.Fatal("no certificate in CAPEM")
	}
	leaf := s.identity.Load().config.Certificates[0].Leaf
	for _, now := range []time.Time{time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 12, 31, 0, 0, 0, 0, time.UTC)} {
		for _, name := range []string{"xmpp.example", "localhost", "127.0.0.1", "::1", "127.3.4.5"} {
			if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now}); err != nil {
				t.Errorf("%s in %d: %v", name, now.Year(), err)
			}
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.2", CurrentTime: now}); err == nil {
			t.Error("the certificate holds for an address that is not listened on")
		}
	}
}
