package xmpp

import (
	"errors"
	"net"
	"testing"
)

func TestLoginScripts(t *testing.T) {
	user := Account{Local: "user", Password: "pencil", Resource: "r"}
	for _, c := range []struct {
		script    string
		dialer    *Dialer
		account   Account
		nonce     string
		mechanism string
		want      error // cause of the failure
		stage     Stage
	}{
		{script: "plain", dialer: &Dialer{AllowPlainWithoutTLS: true}, account: user, mechanism: "PLAIN"},
		{script: "plain", dialer: &Dialer{Mechanism: "PLAIN"}, account: user, mechanism: "PLAIN"},
		{script: "scram-sha-1", account: user, nonce: "fyko+d2lbbFgONRv9qkxdawL", mechanism: "SCRAM-SHA-1"},
		{script: "scram-sha-1", dialer: &Dialer{Keys: new(SCRAMKeys)}, account: user, nonce: "fyko+d2lbbFgONRv9qkxdawL", mechanism: "SCRAM-SHA-1"},
		{script: "scram-sha-256", account: user, nonce: "rOprNGfwEbeRWgbNEkqO", mechanism: "SCRAM-SHA-256"},
		{script: "scram-last-challenge", account: user, nonce: "rOprNGfwEbeRWgbNEkqO", mechanism: "SCRAM-SHA-256"},
		{script: "scram-sha-512", account: user, nonce: "rOprNGfwEbeRWgbNEkqO", mechanism: "SCRAM-SHA-512"},
		{script: "anonymous", mechanism: "ANONYMOUS"},
		{script: "session", dialer: &Dialer{AllowPlainWithoutTLS: true, Lang: "en"}, account: user, mechanism: "PLAIN"},
		{script: "authzid", dialer: &Dialer{Mechanism: "PLAIN"}, account: Account{Local: "user", Password: "pencil", Authzid: "admin"}, mechanism: "PLAIN"},
		{script: "no-starttls", dialer: &Dialer{TLS: StartTLS}, account: user, want: NoStartTLS, stage: TLS},
		{script: "starttls-refused", dialer: &Dialer{TLS: StartTLS}, account: user, want: StartTLSRefused, stage: TLS},
		{script: "starttls-injection", dialer: &Dialer{TLS: StartTLS}, account: user, want: InjectedBytes, stage: TLS},
		{script: "no-mechanism", account: user, want: NoMechanism, stage: SASL},
		{script: "no-mechanism", dialer: &Dialer{Mechanism: "SCRAM-SHA-1"}, account: user, want: NotOffered, stage: SASL},
		{script: "only-plain", account: user, want: PlainWithoutTLS, stage: SASL},
		{script: "only-plain", dialer: &Dialer{AllowPlainWithoutTLS: true}, account: Account{Password: "x"}, want: NoMechanism, stage: SASL},
		{script: "not-authorized", dialer: &Dialer{Mechanism: "PLAIN"}, account: user, want: &SASLError{"PLAIN", "not-authorized", "wrong <password>"}, stage: SASL},
		{script: "bind-conflict", dialer: &Dialer{Mechanism: "PLAIN"}, account: user, want: &StanzaError{"cancel", "conflict", ""}, stage: Bind},
		{script: "bind-empty", dialer: &Dialer{Mechanism: "PLAIN"}, account: user, want: BadJID, stage: Bind},
		{script: "no-bind", dialer: &Dialer{Mechanism: "PLAIN"}, account: user, want: NoBind, stage: Bind},
		{script: "host-unknown", account: user, want: &StreamError{"host-unknown", "", ""}, stage: Stream},
		{script: "see-other-host", account: user, want: &StreamError{"see-other-host", "moved", "[::1]:5269"}, stage: Stream},
		{script: "version-0", account: user, want: NotStream, stage: Stream},
		{script: "no-features", account: user, want: NotFeatures, stage: Stream},
	} {
		t.Run(c.script, func(t *testing.T) {
			dial, wait := peer(t, func(p net.Conn) error { return play(p, loadScript(t, c.script)) })
			d := c.dialer
			if d == nil {
				d = new(Dialer)
			}
			d.Dial, d.Domain = dial, "example.com"
			d.nonce = func() string { return c.nonce }
			conn, _, err := d.Login(t.Context(), c.account, nil)
			if played := wait(); played != nil {
				t.Fatalf("peer: %v (login: %v)", played, err)
			}
			if c.want != nil {
				checkLoginError(t, err, c.stage, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if conn.Mechanism() != c.mechanism || conn.JID() != "user@example.com/r" {
				t.Errorf("mechanism %q, address %q", conn.Mechanism(), conn.JID())
			}
		})
	}
}

// checkLoginError wants a LoginError of this stage whose cause equals want as a value.
func checkLoginError(t *testing.T, err error, stage Stage, want error) {
	t.Helper()
	failed, ok := errors.AsType[*LoginError](err)
	if !ok || failed.Stage != stage {
		t.Fatalf("error %v, want one of stage %v", err, stage)
	}
	same := errors.Is(err, want)
	switch w := want.(type) {
	case *SASLError:
		got, ok := errors.AsType[*SASLError](err)
		same = ok && *got == *w
	case *StanzaError:
		got, ok := errors.AsType[*StanzaError](err)
		same = ok && *got == *w
	case *StreamError:
		got, ok := errors.AsType[*StreamError](err)
		same = ok && *got == *w
	}
	if !same {
		t.Fatalf("error %v, want %v", err, want)
	}
}
