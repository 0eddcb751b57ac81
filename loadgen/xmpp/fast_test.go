package xmpp

import (
	"net"
	"strings"
	"testing"
	"time"
)

const deviceID = "d4565fa7-4d72-4749-b3d3-740edbf87770" // of the examples in XEP-0388

// TestFASTScripts plays logins with tokens, and answers of hostile peers to them.
func TestFASTScripts(t *testing.T) {
	token := token{"HT-SHA-256-NONE", "secret-token:x", time.Now().Add(time.Hour)}
	used := Means{SASL2: true, Bind2: true, FAST: true, Token: true}
	given := Means{SASL2: true, Bind2: true, Token: true}
	for _, c := range []struct {
		script string
		has    bool // the device has a token
		left   string
		means  Means
		want   error
	}{
		{script: "fast-request", left: "HT-SHA-256-NONE secret-token:x", means: given},
		{script: "fast-ungiven", means: Means{SASL2: true, Bind2: true}},
		{script: "fast-token", has: true, left: "HT-SHA-256-NONE secret-token:y", means: used},
		{script: "fast-refused", has: true, left: "HT-SHA-256-NONE secret-token:y", means: Means{SASL2: true, Bind2: true, TokenRefused: true, Token: true}},
		{script: "fast-other-mechanism", has: true, left: "HT-SHA-512-NONE secret-token:y", means: given},
		{script: "fast-bound-only", means: Means{SASL2: true, Bind2: true}},
		{script: "fast-bad-proof", has: true, want: BadProof},
		{script: "fast-echo", has: true, want: BadProof},
		{script: "fast-no-proof", has: true, want: EarlySuccess},
		{script: "fast-challenge", has: true, want: Unexpected},
		{script: "fast-long", want: BadToken},
		{script: "fast-empty", want: BadToken},
		{script: "fast-no-expiry", want: BadToken},
		{script: "fast-bad-expiry", want: BadToken},
		{script: "fast-none", want: NoFAST},
	} {
		t.Run(c.script, func(t *testing.T) {
			a := Account{Local: "user", Password: "pencil", Resource: "r", Device: &Device{ID: deviceID}}
			if c.has {
				a.Device.token = token
			}
			conn, err := inlineScript(t, c.script, FASTLogin, a)
			if c.want != nil {
				checkLoginError(t, err, SASL, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if left := strings.TrimSpace(a.Device.token.mechanism + " " + a.Device.token.secret); left != c.left || conn.Means() != c.means {
				t.Errorf("token %q, %+v", left, conn.Means())
			}
		})
	}
	if _, err := inlineScript(t, "fast-unasked", SASL2Login, Account{Local: "user", Password: "pencil", Resource: "r", Device: &Device{ID: deviceID}}); err == nil {
		t.Error("a token was taken that nobody had asked for")
	} else {
		checkLoginError(t, err, SASL, BadToken)
	}
}

// inlineScript logs in to the peer of a script.
func inlineScript(t *testing.T, script string, mode LoginMode, a Account) (*Conn, error) {
	t.Helper()
	dial, wait := peer(t, func(p net.Conn) error { return play(p, loadScript(t, script)) })
	d := &Dialer{Dial: dial, Domain: "example.com", LoginMode: mode, AllowPlainWithoutTLS: true,
		nonce: func() string { return "rOprNGfwEbeRWgbNEkqO" }}
	conn, _, err := d.Login(t.Context(), a, nil)
	if played := wait(); played != nil {
		t.Fatalf("peer: %v (login: %v)", played, err)
	}
	return conn, err
}

// TestExpiredToken does not use a token whose time is over, nor ask for one without a device to keep it.
func TestExpiredToken(t *testing.T) {
	a := Account{Local: "user", Password: "pencil", Resource: "r", Device: &Device{ID: deviceID, token: token{"HT-SHA-256-NONE", "x", time.Now().Add(-time.Second)}}}
	if a.Device.HasToken() {
		t.Error("it counts as usable")
	}
	conn, err := inlineScript(t, "fast-request", FASTLogin, a)
	if err != nil || !conn.Means().Token || !a.Device.HasToken() {
		t.Error(err)
	}
	if a.Device.Forget(); a.Device.HasToken() {
		t.Error("a token that was forgotten is there")
	}
}

// TestDeviceID makes UUIDs of version 4, and keeps them.
func TestDeviceID(t *testing.T) {
	var d, other Device
	id := d.id()
	if len(id) != 36 || id[14] != '4' || !strings.ContainsRune("89ab", rune(id[19])) || strings.Count(id, "-") != 4 || id != d.id() || id == other.id() {
		t.Errorf("%q, then %q; another %q", id, d.id(), other.id())
	}
}

// TestUpgradeScripts plays logins with upgrades to other SCRAM mechanisms.
func TestUpgradeScripts(t *testing.T) {
	for _, c := range []struct {
		script string
		want   error
	}{
		{"upgrade", nil},
		{"upgrade-unproved", EarlySuccess},
		{"upgrade-unasked", UnknownTask},
		{"upgrade-twice", UnknownTask},
		{"upgrade-iterations", IterationError{4000000000, 1, DefaultMaxIterations}},
		{"upgrade-no-salt", BadTask},
		{"upgrade-no-count", BadTask},
		{"upgrade-refused", &SASLError{"SCRAM-SHA-256", "not-authorized", ""}},
		{"upgrade-challenge", UnexpectedAnswer},
	} {
		t.Run(c.script, func(t *testing.T) {
			conn, err := inlineScript(t, c.script, SASL2Login, Account{Local: "user", Password: "pencil", Resource: "r"})
			if c.want != nil {
				checkLoginError(t, err, SASL, c.want)
			} else if err != nil || conn.Means() != (Means{SASL2: true, Bind2: true, Upgraded: true}) {
				t.Error(err)
			}
		})
	}
}
