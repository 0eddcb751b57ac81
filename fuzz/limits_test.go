package fuzz

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp/websocket"
)

// tightValues are the settings of the servers of tight.
func tightValues() map[program.Setting]string {
	return map[program.Setting]string{
		program.Silence: "2", program.Idle: "2", program.StanzaBytes: "262144", program.Attempts: "200", program.Recipients: "30",
		program.Unacked: "100", program.Stored: "10", program.Disabled: "disabled", program.Unavailable: "unavailable",
	}
}

// tight starts a loopback server with limits that are met in seconds.
func tight(t *testing.T, defects ...string) *Site {
	t.Helper()
	srv, err := loopback.New(loopback.Options{Domain: "localhost", Users: loopback.UserPattern("user{n}", "secret{n}", 3), Iterations: 1, Defects: defects,
		LoginTimeout: 2 * time.Second, Bounds: loopback.Bounds{Idle: 2 * time.Second, Attempts: 200, Recipients: 30, Unacked: 100}, Offline: 10,
		Disabled: []string{"disabled"}, Unavailable: []string{"unavailable"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if err := errors.Join(srv.Listen("127.0.0.1:0"), srv.ListenTLS("127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CAPEM())
	return &Site{Addr: srv.Addr().String(), DirectTLSAddr: srv.TLSAddr().String(), WebTLSAddr: srv.TLSAddr().String(), WebPath: websocket.DefaultPath, Domain: "localhost",
		TLS: &tls.Config{RootCAs: roots}, Users: account, Patience: 3 * time.Second, Settings: tightValues()}
}

// limitRows are the rows of limits that are announced or set, by the planted defects with which they fail.
func limitRows() map[string][]string {
	return map[string][]string{
		"limit-overstated":       {"O-109 at", "O-110 at", "O-110 below", "O-110 configured-below", "O-110 auth-at", "O-110 idle"},
		"limit-not-enforced":     {"O-110 above", "O-110 configured-above", "O-110 auth-above"},
		"silent-peer-kept":       {"O-111 silent", "O-111 opened", "O-111 secured", "O-111 authenticated", "O-111 websocket", "O-111 white-space", "O-111 slow-auth"},
		"idle-session-kept":      {"O-110 idle-over", "O-111 idle"},
		"attempts-unbounded":     {"O-107 row"},
		"recipients-unbounded":   {"O-109 above"},
		"unacked-unbounded":      {"O-121 unacknowledged"},
		"offline-unbounded":      {"O-112 offline"},
		"disabled-account-in":    {"O-67 disabled"},
		"outage-lets-in":         {"O-67 unavailable"},
		"renegotiation-answered": {"O-45 renegotiation"},
	}
}

// bounded reports whether a defect shows only on a server with a limit that no campaign's server has: TestRowsOfLimits looks for it.
func bounded(defect string) bool {
	elsewhere := []string{"limit-overstated", "limit-not-enforced", "renegotiation-answered"}
	return limitRows()[defect] != nil && !slices.Contains(elsewhere, defect)
}

// ofLimits reports whether a row is about a limit that is announced or set, of those that the loopback server has.
func ofLimits(p *program.Program) bool {
	return len(p.Settings) > 0 && p.Row != 148 || len(lessons(p)) > 0
}

// TestRowsOfLimits plays each row that is about a limit on a server that keeps it, which conforms, and on one with a planted defect, which
// deviates. Each has a server of its own, as most of the time goes by waiting.
func TestRowsOfLimits(t *testing.T) {
	defects := map[string]string{}
	for defect, names := range limitRows() {
		for _, name := range names {
			defects[name] = defect
		}
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, p := range rows(t) {
		defect := defects[p.Name()]
		if defect == "" && ofLimits(p) {
			t.Errorf("%s: no defect shows that it can fail", p.Name())
		}
		if defect == "" {
			continue
		}
		delete(defects, p.Name())
		good, bad := tight(t), tight(t, defect)
		wg.Go(func() { comesTo(t, good, p, oracle.Conform) })
		wg.Go(func() { comesTo(t, bad, p, oracle.Deviation) })
	}
	for name := range defects {
		t.Errorf("there is no row %s", name)
	}
}

// comesTo holds a server to an outcome of a program. What leads up to the mark can be late on a busy machine, and is tried again.
func comesTo(t *testing.T, site *Site, p *program.Program, want oracle.Outcome) {
	var r Row
	var err error
	for range 5 {
		r, err = judge(t.Context(), site, p)
		if _, early := errors.AsType[*StepError](err); !early {
			break
		}
	}
	if err != nil || r.Judgement.Outcome != want {
		t.Errorf("%s: %v: %s, not %s: %s %s\n%.3000s", p.Name(), err, r.Judgement.Outcome, want, r.Judgement.Seen, r.Reason, r.Transcript)
	}
}
