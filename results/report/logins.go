package report

import (
	"fmt"
	"strings"

	"xmpprig/results"
)

// logins says of what kinds the logins were; of resumed handshakes only where they were asked for.
func logins(l *results.Logins, resume bool) string {
	var parts []string
	add := func(n int64, what string) {
		if n > 0 {
			parts = append(parts, count(n)+" "+what)
		}
	}
	add(l.SASL2, "by SASL2")
	add(l.Bind2, "with Bind 2")
	add(l.ByToken, "in one round by a token")
	add(l.TokensRefused, "after a token was refused")
	add(l.Upgraded, "with an upgrade to another mechanism")
	if resume && l.Handshakes > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s resumed (%.1f%%)", count(l.Resumed), plural(l.Handshakes, "TLS handshake"), 100*float64(l.Resumed)/float64(l.Handshakes)))
	}
	return strings.Join(parts, ", ")
}
