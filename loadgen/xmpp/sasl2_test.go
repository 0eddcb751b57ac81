package xmpp

import (
	"net"
	"testing"
)

// TestInlineScripts plays logins by SASL2, good ones and those of hostile peers.
func TestInlineScripts(t *testing.T) {
	for _, c := range []struct {
		script, mechanism string
		means             Means
		want              error // cause of the failure
		stage             Stage
	}{
		{script: "sasl2-scram", mechanism: "SCRAM-SHA-256", means: Means{SASL2: true, Bind2: true}},
		{script: "sasl2-spaces", mechanism: "SCRAM-SHA-256", means: Means{SASL2: true, Bind2: true}},
		{script: "sasl2-plain", mechanism: "PLAIN", means: Means{SASL2: true}},
		{script: "sasl2-unbound", mechanism: "PLAIN", means: Means{SASL2: true}},
		{script: "sasl2-bind-failed", want: &StanzaError{"cancel", "conflict", ""}, stage: Bind},
		{script: "sasl2-bind-bare", want: BadJID, stage: Bind},
		{script: "sasl2-none", want: NoSASL2, stage: SASL},
		{script: "sasl2-empty", want: NoSASL2, stage: SASL},
		{script: "sasl2-failure", want: &SASLError{"PLAIN", "not-authorized", "wrong <password>"}, stage: SASL},
		{script: "sasl2-bad-final", want: BadSignature, stage: SASL},
		{script: "sasl2-no-final", want: EarlySuccess, stage: SASL},
		{script: "sasl2-early", want: EarlySuccess, stage: SASL},
		{script: "sasl2-nameless", want: NoIdentifier, stage: SASL},
		{script: "sasl2-not-base64", want: BadEncoding, stage: SASL},
		{script: "sasl2-challenge-not-base64", want: BadEncoding, stage: SASL},
		{script: "sasl2-task", want: UnknownTask, stage: SASL},
		{script: "sasl2-other-answer", want: UnexpectedAnswer, stage: SASL},
		{script: "sasl2-no-features", want: NotFeatures, stage: SASL},
		{script: "sasl2-no-bind", want: NoBind, stage: Bind},
	} {
		t.Run(c.script, func(t *testing.T) {
			dial, wait := peer(t, func(p net.Conn) error { return play(p, loadScript(t, c.script)) })
			d := &Dialer{Dial: dial, Domain: "example.com", LoginMode: SASL2Login, AllowPlainWithoutTLS: true,
				nonce: func() string { return "rOprNGfwEbeRWgbNEkqO" }}
			conn, timings, err := d.Login(t.Context(), Account{Local: "user", Password: "pencil", Resource: "r"}, nil)
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
			if conn.Mechanism() != c.mechanism || conn.JID() != "user@example.com/r" || conn.Means() != c.means {
				t.Errorf("mechanism %q, address %q, %v", conn.Mechanism(), conn.JID(), conn.Means())
			}
			if timings.SASL <= 0 || (timings.Bind > 0) == c.means.Bind2 {
				t.Errorf("timings %+v", timings)
			}
		})
	}
}

// TestAutoLoginInTheClear keeps SASL2 to TLS: it is not used where others could read it, nor is it said who logs in.
func TestAutoLoginInTheClear(t *testing.T) {
	script := loadScript(t, "plain")
	script[2].text = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>" +
		"<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></authentication></stream:features>"
	dial, wait := peer(t, func(p net.Conn) error { return play(p, script) })
	d := &Dialer{Dial: dial, Domain: "example.com", LoginMode: AutoLogin, AllowPlainWithoutTLS: true}
	_, _, err := d.Login(t.Context(), Account{Local: "user", Password: "pencil", Resource: "r"}, nil)
	if played := wait(); played != nil || err != nil {
		t.Fatalf("peer: %v, login: %v", played, err)
	}
}
