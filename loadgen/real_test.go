package loadgen

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// skipped says whether the operator asked by name to leave a server out:
// XMPPRIG_SKIP_SERVERS=prosody,ejabberd.
func skipped(server string) bool {
	return slices.Contains(strings.Split(os.Getenv("XMPPRIG_SKIP_SERVERS"), ","), server)
}

// onRealServers runs a test on each server that is not left out, all at once and beside other tests: they wait most of the time.
func onRealServers(t *testing.T, test func(t *testing.T, driver string)) {
	t.Parallel()
	for _, driver := range []string{"prosody", "ejabberd"} {
		if skipped(driver) {
			t.Logf("%s is left out by XMPPRIG_SKIP_SERVERS", driver)
			continue
		}
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, driver)
		})
	}
}

// The shipped chat with 1,500 sessions on real servers, over STARTTLS and
// SCRAM: no error, and every message accounted for. It is alone: this measures.
func TestChatOnRealServers(t *testing.T) {
	for _, driver := range []string{"prosody", "ejabberd"} {
		t.Run(driver, func(t *testing.T) {
			if skipped(driver) {
				t.Log("left out by XMPPRIG_SKIP_SERVERS")
				return
			}
			const sessions = 1500
			srv := startReal(t, driver, sessions, "secret")
			length, warmUp := 4*time.Second, time.Second
			run := runOn(t, srv, readScenario(t, "chat", scenarios.Overrides{
				Sessions: sessions, Rate: 500, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret",
			}))
			if len(run.Errors) > 0 {
				t.Errorf("errors: %+v", run.Errors)
			}
			l := run.Ledger
			if l.Sent < 1700 || l.Delivered != l.Sent || l.Lost+l.Duplicated+l.Reordered+l.Misdelivered+l.Refused != 0 {
				t.Errorf("the ledger does not close: %+v", l)
			}
			if run.Sessions.Opened != sessions || run.Sessions.Peak != sessions || !strings.HasPrefix(run.Target.Mechanism, "SCRAM-SHA-256") || !run.Target.Verified {
				t.Errorf("%+v over %+v", run.Sessions, run.Target)
			}
			if s := run.Server; !s.Observed || s.CPUMean <= 0 || s.BytesPerSession < 1000 || s.CPUPerMsgNS <= 0 || len(s.Crashes) > 0 {
				t.Errorf("server cost %+v", s)
			}
			// On a busy machine the rig may have to say that it was late itself.
			if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass && code != results.ExitLimited {
				t.Errorf("verdict %+v", run.Verdict)
			}
			t.Logf("%s %s: %d B a session, %d ns of CPU a stanza, verdict %+v", run.Target.Software, run.Target.Version,
				run.Server.BytesPerSession, run.Server.CPUPerMsgNS, run.Verdict)
		})
	}
}

// Every shipped scenario, small and short, on each real server.
func TestShippedOnRealServers(t *testing.T) {
	onRealServers(t, func(t *testing.T, driver string) {
		const sessions = 40
		srv := startServer(t, target.Spec{Driver: driver, Sessions: sessions + 8, Services: target.Services(),
			Users: target.Users{Count: sessions, Name: "user{n}", Password: "secret"}})
		for _, shipped := range scenarios.Shipped() {
			// The steps of archive and pubsub are those of TestEveryRequestOnRealServers, and TestModernOnRealServers has its own.
			if slices.Contains(storms, shipped.Name) || slices.Contains(modern, shipped.Name) || shipped.Name == "archive" || shipped.Name == "pubsub" {
				continue
			}
			t.Run(shipped.Name, func(t *testing.T) { onShipped(t, srv, driver, shipped.Name, sessions) })
		}
	})
}

// gentle is the rate of a shipped scenario where it is not the load that matters and other tests run beside it; 0: its own.
func gentle(name string) float64 {
	return map[string]float64{"chat": 200, "ping": 200}[name]
}

// hurry has no run wait for what is lost on connections that break on purpose.
func hurry(s *scenarios.Scenario) {
	if s.Name == "reconnect-churn" {
		s.Load.Drain = time.Second
	}
}

// onShipped runs a shipped scenario.
func onShipped(t *testing.T, srv *target.Server, driver, name string, sessions int) {
	length, warmUp := 2*time.Second, time.Duration(0)
	s := readScenario(t, name, scenarios.Overrides{
		Rate: gentle(name), Sessions: sessions, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret",
	})
	if s.Elsewhere != nil {
		return // package away runs these
	}
	hurry(s)
	run := runOn(t, srv, s)
	if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass && code != results.ExitLimited {
		t.Errorf("verdict %+v", run.Verdict)
	}
	// What was stored while a user was away may come behind what was sent when he was back.
	if l := run.Ledger; l.Duplicated+l.Misdelivered != 0 || l.Reordered != 0 && name != "reconnect-churn" {
		t.Errorf("ledger %+v", l)
	}
	// Connections that break on purpose lose what was on its way.
	if name != "reconnect-churn" && (len(run.Errors) > 0 || run.Ledger.Lost+run.Ledger.Refused > 0) {
		t.Errorf("errors %+v, ledger %+v", run.Errors, run.Ledger)
	}
	if len(run.Server.Crashes) > 0 {
		t.Errorf("crashes %+v", run.Server.Crashes)
	}
}

// Over WebSocket and BOSH real servers pass the shipped scenarios that use most of the protocol, with nothing lost.
func TestWebOnRealServers(t *testing.T) {
	onRealServers(t, func(t *testing.T, driver string) {
		const sessions = 40
		srv := startServer(t, target.Spec{Driver: driver, Sessions: sessions + 8, WebSocket: true, BOSH: true,
			Users: target.Users{Count: sessions, Name: "user{n}", Password: "secret"}})
		for _, run := range []struct{ transport, name string }{
			{scenarios.WebSocket, "chat"}, {scenarios.WebSocket, "login-storm"},
			{scenarios.BOSH, "chat"}, {scenarios.BOSH, "login-storm"}, {scenarios.BOSH, "ping"},
			// What is lost in reconnect-churn may come to the next run as offline messages: it is the last.
			{scenarios.WebSocket, "reconnect-churn"},
		} {
			t.Run(run.transport+"/"+run.name, func(t *testing.T) { onWeb(t, srv, driver, run.transport, run.name, sessions) })
		}
	})
}

// onWeb runs a shipped scenario over a transport.
func onWeb(t *testing.T, srv *target.Server, driver, transport, name string, sessions int) {
	length, warmUp := 2*time.Second, time.Duration(0)
	if transport == scenarios.BOSH {
		length = time.Second
	}
	s := readScenario(t, name, scenarios.Overrides{Transport: transport,
		Rate: gentle(name), Sessions: sessions, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret",
	})
	hurry(s)
	run := runOn(t, srv, s)
	if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass && code != results.ExitLimited {
		t.Errorf("verdict %+v", run.Verdict)
	}
	if l := run.Ledger; l.Duplicated+l.Reordered+l.Misdelivered != 0 {
		t.Errorf("ledger %+v", l)
	}
	wrong := run.Errors
	if driver == "ejabberd" && transport == scenarios.BOSH && len(wrong) == 1 && wrong[0].Class == "timeout" && wrong[0].Count <= 2 {
		wrong = nil // it loses track of a session in which a request overtakes an empty one
	}
	if name != "reconnect-churn" && (len(wrong) > 0 || run.Ledger.Lost+run.Ledger.Refused > 0) {
		t.Errorf("errors %+v, ledger %+v", run.Errors, run.Ledger)
	}
	if len(run.Server.Crashes) > 0 {
		t.Errorf("crashes %+v", run.Server.Crashes)
	}
	t.Logf("%d B a session, %d ns of CPU a stanza", run.Server.BytesPerSession, run.Server.CPUPerMsgNS)
}

func readScenario(t *testing.T, name string, o scenarios.Overrides) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.With(o); err != nil {
		t.Fatal(err)
	}
	return s
}

func startReal(t *testing.T, driver string, users int, password string) *target.Server {
	t.Helper()
	return startServer(t, target.Spec{
		Driver: driver, Sessions: users + 8, Users: target.Users{Count: users, Name: "user{n}", Password: password},
	})
}

func startServer(t *testing.T, spec target.Spec) *target.Server {
	t.Helper()
	srv, err := target.Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := srv.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return srv
}

func runOn(t *testing.T, srv *target.Server, s *scenarios.Scenario) *results.Run {
	t.Helper()
	at := srv.Endpoint()
	software, version := srv.Software()
	addr, web, bosh, mode := at.Addr, "", "", xmpp.StartTLS
	switch s.Target.Transport {
	case scenarios.WebSocket:
		addr, web, mode = at.WebTLSAddr, at.WebPath, xmpp.DirectTLS
	case scenarios.BOSH:
		addr, bosh, mode = at.WebTLSAddr, at.BOSHPath, xmpp.DirectTLS
	}
	login, err := xmpp.ParseLoginMode(s.Target.Login)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Run(t.Context(), Options{
		Scenario: s, Server: srv, Seed: 1, Record: filepath.Join(t.TempDir(), "record"),
		Dialer: &xmpp.Dialer{
			Addr: addr, Dial: target.DialGuarded(addr), Domain: at.Domain, WebSocket: web, BOSH: bosh, TLS: mode,
			LoginMode: login, ResumeTLS: login != xmpp.ClassicLogin, Certificates: shown(t, srv, s),
			StreamManagement: managing(s.Target.StreamManagement),
			TLSConfig:        &tls.Config{RootCAs: at.CAs}, Mechanism: s.Target.Mechanism, Keys: new(xmpp.SCRAMKeys),
		},
		Head: results.Run{Target: results.Target{Driver: s.Target.Server, Software: software, Version: version, Verified: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
