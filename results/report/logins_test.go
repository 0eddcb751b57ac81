package report

import (
	"testing"

	"xmpprig/results"
)

func TestLogins(t *testing.T) {
	for _, c := range []struct {
		l      results.Logins
		resume bool
		want   string
	}{
		{results.Logins{Handshakes: 40}, false, ""},
		{results.Logins{Handshakes: 40, Resumed: 31}, true, "31 of 40 TLS handshakes resumed (77.5%)"},
		{results.Logins{SASL2: 40, Bind2: 39, ByToken: 30, TokensRefused: 1, Upgraded: 2}, true,
			"40 by SASL2, 39 with Bind 2, 30 in one round by a token, 1 after a token was refused, 2 with an upgrade to another mechanism"},
	} {
		if got := logins(&c.l, c.resume); got != c.want {
			t.Errorf("%+v: %q, want %q", c.l, got, c.want)
		}
	}
}
