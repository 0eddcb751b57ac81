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

// The shipped chat with 3,000 sessions on real servers, over STARTTLS and
// SCRAM: no error, and every message accounted for.
func TestChatOnRealServers(t *testing.T) {
	for _, driver := range []string{"prosody", "ejabberd"} {
		t.Run(driver, func(t *testing.T) {
			if skipped(driver) {
				t.Skip("left out by XMPPRIG_SKIP_SERVERS")
			}
			run := chatOn(t, driver, 3000)
			if len(run.Errors) > 0 {
				t.Errorf("errors: %+v", run.Errors)
			}
			l := run.Ledger
			if l.Sent < 4000 || l.Delivered != l.Sent || l.Lost+l.Duplicated+l.Reordered+l.Misdelivered+l.Refused != 0 {
				t.Errorf("the ledger does not close: %+v", l)
			}
			if run.Sessions.Opened != 3000 || run.Sessions.Peak != 3000 || !strings.HasPrefix(run.Target.Mechanism, "SCRAM-SHA-256") || !run.Target.Verified {
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

func chatOn(t *testing.T, driver string, sessions int) *results.Run {
	t.Helper()
	chat, err := scenarios.Read("chat")
	if err != nil {
		t.Fatal(err)
	}
	length, warmUp := 10*time.Second, 2*time.Second
	chat, err = chat.With(scenarios.Overrides{Sessions: sessions, Rate: 500, Duration: &length, WarmUp: &warmUp, Server: driver})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := target.Start(t.Context(), target.Spec{
		Driver: driver, Domain: chat.Target.Domain, Sessions: sessions,
		Users: target.Users{Count: chat.UserCount(), Name: chat.Users.Name, Password: chat.Users.Password},
	})
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
	at := srv.Endpoint()
	software, version := srv.Software()
	run, err := Run(t.Context(), Options{
		Scenario: chat, Server: srv, Seed: 1, Record: filepath.Join(t.TempDir(), "record"),
		Dialer: &xmpp.Dialer{
			Addr: at.Addr, Dial: target.DialGuarded(at.Addr), Domain: at.Domain, TLS: xmpp.StartTLS,
			TLSConfig: &tls.Config{RootCAs: at.CAs}, Mechanism: chat.Target.Mechanism, Keys: new(xmpp.SCRAMKeys),
		},
		Head: results.Run{Target: results.Target{Driver: driver, Software: software, Version: version, Verified: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
