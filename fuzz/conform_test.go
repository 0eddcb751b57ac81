package fuzz

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"xmpprig/corpus"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp/websocket"
)

func rows(t *testing.T) []*program.Program { return parse(t, corpus.Rows) }

func account(i int) (name, password string) {
	return fmt.Sprintf("user%d", i), fmt.Sprintf("secret%d", i)
}

// serve starts a loopback server.
func serve(t *testing.T) *Site { return served(t, loopback.Options{Compression: true}) }

// served starts one with options.
func served(t *testing.T, o loopback.Options) *Site {
	t.Helper()
	authority := openAuthority(t)
	o.Domain, o.Users, o.Iterations, o.Federation = "localhost", loopback.UserPattern("user{n}", "secret{n}", 3), 1, elsewhere(authority.Federation().Via)
	srv, err := loopback.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if err := errors.Join(srv.Listen("127.0.0.1:0"), srv.ListenTLS("127.0.0.1:0"), srv.ListenServers("127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CAPEM())
	return &Site{Addr: srv.Addr().String(), DirectTLSAddr: srv.TLSAddr().String(), WebAddr: srv.Addr().String(), WebTLSAddr: srv.TLSAddr().String(), WebPath: websocket.DefaultPath, BOSHPath: "/http-bind", ServerAddr: srv.ServersAddr().String(), Authority: authority, Domain: "localhost",
		TLS: &tls.Config{RootCAs: roots}, Users: account, Patience: 10 * time.Second}
}

// whole is a loopback server, a process of its own, that has all that the programs ask for.
func whole(t *testing.T) *Site {
	t.Helper()
	_, site := child(t)
	site.Patience = 10 * time.Second
	return site
}

// TestLoopbackConforms holds the loopback server to every row.
func TestLoopbackConforms(t *testing.T) { conforms(t, whole(t)) }

// TestLoopbackConformsOverWebSocket has the attacker come over WebSocket, where a row has a counterpart there.
func TestLoopbackConformsOverWebSocket(t *testing.T) {
	site := whole(t)
	site.Over = program.WSS
	conforms(t, site)
}

// TestLoopbackConformsOverBOSH does the same over BOSH.
func TestLoopbackConformsOverBOSH(t *testing.T) {
	site := serve(t)
	site.Over, site.Glance = program.BOSH, 200*time.Millisecond
	conforms(t, site)
}

// elsewhere is all other domains at one address.
func elsewhere(addr string) *loopback.Federation {
	return &loopback.Federation{Find: func(string) (string, bool) { return addr, true }}
}

func conforms(t *testing.T, site *Site) {
	t.Helper()
	err := Conform(t.Context(), site, rows(t), func(r Row) error {
		if n := len(r.Transcript); n > 0 && r.Transcript[n-1].At > time.Second {
			t.Logf("%s took %v", r.Program.Name(), r.Transcript[n-1].At)
		}
		if r.Judgement.Outcome == oracle.Deviation {
			t.Errorf("%s: %s %s: %s: %s\n%s", r.Program.Name(), r.Judgement.Outcome, r.Judgement.Level, r.Judgement.Seen, r.Reason, r.Transcript)
		} else {
			t.Logf("%s: %s: %s %s", r.Program.Name(), r.Judgement.Outcome, r.Judgement.Seen, r.Reason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
