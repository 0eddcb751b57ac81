package loadgen

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// Prosody, with the modules of the community, lets sessions in by SASL2 with Bind 2, and again by a token of FAST, in TLS sessions
// that are resumed. ejabberd 23.01 has none of it: sessions that do as clients would come in by SASL, and with whole handshakes.
func TestInlineLoginOnRealServers(t *testing.T) {
	type inlined struct {
		login, by string
		tokens    bool
	}
	cases := map[string]inlined{
		"prosody":  {"fast", "SASL2, Bind 2, FAST", true},
		"ejabberd": {"auto", "SASL", false},
	}
	onRealServers(t, func(t *testing.T, driver string) {
		c := cases[driver]
		const sessions = 12
		srv := startServer(t, target.Spec{Driver: driver, Sessions: sessions + 8, Login: c.login, TLSResume: true,
			Users: target.Users{Count: sessions, Name: "user{n}", Password: "secret"}})
		length, warmUp := 2*time.Second, time.Duration(0)
		run := runOn(t, srv, readScenario(t, "login-storm", scenarios.Overrides{Login: c.login,
			Sessions: sessions, Rate: 20, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret",
		}))
		if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass && code != results.ExitLimited {
			t.Errorf("verdict %+v", run.Verdict)
		}
		l, opened := run.Logins, run.Sessions.Opened
		if l == nil || opened < 24 || run.Target.Login != c.by || len(run.Errors) > 0 || len(run.Server.Crashes) > 0 {
			t.Fatalf("%s: %+v of %+v, errors %+v, crashes %+v", run.Target.Login, l, run.Sessions, run.Errors, run.Server.Crashes)
		}
		inline := strings.HasPrefix(c.by, "SASL2")
		if (l.SASL2 == opened) != inline || (l.Bind2 == opened) != inline || l.TokensRefused != 0 || l.Handshakes != opened {
			t.Errorf("%+v of %d logins", l, opened)
		}
		if want := opened - sessions; c.tokens && l.ByToken < want || !c.tokens && l.ByToken != 0 {
			t.Errorf("%d of %d logins by token", l.ByToken, opened)
		}
		if want := opened - sessions; inline && l.Resumed < want || !inline && l.Resumed != 0 {
			t.Errorf("%d of %d handshakes resumed", l.Resumed, opened)
		}
		t.Logf("%d logins: %+v", opened, *l)
	})
}

// Certificates that the rig makes let users in by EXTERNAL.
func TestExternalOnRealServers(t *testing.T) {
	onRealServers(t, func(t *testing.T, driver string) {
		const sessions = 8
		srv := startServer(t, target.Spec{Driver: driver, Sessions: sessions + 8, Mechanism: "EXTERNAL",
			Users: target.Users{Count: sessions, Name: "user{n}", Password: "secret"}})
		length, warmUp := time.Second, time.Duration(0)
		run := runOn(t, srv, readScenario(t, "login-storm", scenarios.Overrides{Mechanism: "EXTERNAL",
			Sessions: sessions, Rate: 20, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret",
		}))
		if run.Target.Mechanism != "EXTERNAL" || run.Sessions.Opened < sessions || run.Sessions.Failed > 0 || len(run.Errors) > 0 {
			t.Errorf("%s: %+v, errors %+v", run.Target.Mechanism, run.Sessions, run.Errors)
		}
	})
}

// shown are certificates for the users of a scenario that logs them in by EXTERNAL.
func shown(t *testing.T, srv *target.Server, s *scenarios.Scenario) func(string) *tls.Certificate {
	if s.Target.Mechanism != "EXTERNAL" {
		return nil
	}
	t.Helper()
	all := map[string]*tls.Certificate{}
	users := target.Users{Count: s.UserCount(), Name: s.Users.Name}
	for n := range users.Count {
		name, _ := users.User(n)
		c, err := srv.ClientCertificate(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	return func(local string) *tls.Certificate { return all[local] }
}
