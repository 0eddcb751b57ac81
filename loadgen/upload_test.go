package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/upload"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// withFiles runs a scenario on a loopback server that takes files.
func withFiles(t *testing.T, text string, faults ...string) *results.Run {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	f, err := loopback.ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := loopback.New(loopback.Options{Faults: f, Users: loopback.UserPattern("user{n}", "secret", s.UserCount()), Mechanisms: []string{"PLAIN"}, PlainWithoutTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if err := errors.Join(srv.Listen("127.0.0.1:0"), srv.ListenFiles("127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(srv.CAPEM())
	addr := srv.Addr().String()
	run, err := Run(t.Context(), Options{
		Scenario: s, Seed: 1, Record: filepath.Join(t.TempDir(), "record"),
		Dialer: &xmpp.Dialer{Addr: addr, Dial: target.DialGuarded(addr), Domain: "localhost", Mechanism: "PLAIN", TLSConfig: &tls.Config{RootCAs: pool}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// Files are put, told of, fetched and compared.
func TestUpload(t *testing.T) {
	run := withFiles(t, scenario(4, "{name: steady, duration: 1s, open: {rate: 20/s}}", "{upload: {size: 10KB, to: random, fetch: true}}"))
	u := run.Ledger.Uploads
	if u == nil || u.Asked < 15 || u.Made != u.Asked || u.Fetched != u.Made || u.Bytes != 10_000*u.Made || u.FetchedBytes != u.Bytes || len(run.Errors) > 0 {
		t.Fatalf("%+v, errors %+v", u, run.Errors)
	}
	if l := run.Ledger; l.Sent != u.Made || l.Delivered != l.Sent {
		t.Errorf("ledger %+v", l)
	}
	for _, name := range []string{"upload", "upload.slot", "upload.put", "upload.get", "message.delivery"} {
		n := int64(0) // what a busy machine puts off is timed in the drain
		for _, s := range run.Series {
			if s.Name == name && s.Kind == results.Response {
				n += s.Count
			}
		}
		if n != u.Made {
			t.Errorf("%d times of %s, want %d", n, name, u.Made)
		}
	}
}

// What the server will not take is counted, and why.
func TestUploadRefused(t *testing.T) {
	run := withFiles(t, scenario(2, "{name: steady, duration: 1s, open: {rate: 10/s}}", "{upload: {size: 10KB, to: random, fetch: true}}"), "without="+wire.NSUpload)
	if u := run.Ledger.Uploads; u.Refused != u.Asked || u.Asked < 5 || u.Made != 0 || run.Ledger.Sent != 0 || run.Errors[0].Class != "stanza:service-unavailable" {
		t.Errorf("%+v, errors %+v", u, run.Errors)
	}
}

// A server may name any URL; the rig connects to none that is not of this machine, and to none at
// all where the server itself is elsewhere.
func TestUploadGuard(t *testing.T) {
	asked := false
	victim := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer victim.Close()
	here, elsewhere := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.7")
	for _, c := range []struct {
		server netip.Addr
		url    string
	}{{here, "http://192.0.2.1/x"}, {here, "https://169.254.169.254/latest"}, {here, "http://[2001:db8::1]:80/"}, {here, "http://0.0.0.0:1/"}, {elsewhere, victim.URL}, {elsewhere, "http://192.0.2.7/"}} {
		u := newUploads(&Options{Dialer: &xmpp.Dialer{}}, c.server)
		err := u.client.Put(t.Context(), upload.Slot{Put: c.url}, nil, 1)
		if _, ok := errors.AsType[*target.ForeignError](err); !ok || classify(err) != "foreign-address" {
			t.Errorf("%s of a server at %s: %v", c.url, c.server, err)
		}
	}
	if asked {
		t.Error("a door of this machine was knocked at for a server elsewhere")
	}
	u := newUploads(&Options{Dialer: &xmpp.Dialer{}}, here)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := u.client.Put(ctx, upload.Slot{Put: victim.URL}, &net.TCPAddr{IP: net.IPv4(127, 64, 0, 1)}, 1)
	if class := classify(err); !asked || class != "http:2xx" {
		t.Errorf("%v (%s), asked: %v", err, class, asked)
	}
}
