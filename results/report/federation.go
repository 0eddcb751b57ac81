package report

import (
	"fmt"
	"strings"

	"xmpprig/results"
)

// federation says what became of the streams between the server and the domains of the rig.
func federation(f *results.Federation) string {
	parts := []string{fmt.Sprintf("%s opened and %s accepted, %s of them encrypted", plural(f.Opened, "stream"), count(f.Accepted), count(f.Encrypted))}
	add := func(n int64, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, count(n)))
		}
	}
	add(f.Dialback, "%s proven by dialback")
	add(f.External, "%s by a certificate")
	add(f.Refused, "%s refused")
	add(f.Unsent, "%s stanzas found no way")
	for _, h := range f.Handshakes {
		text := fmt.Sprintf("%s: %s", h.Name, plural(h.Count, "time"))
		if h.P50NS != nil {
			text += ", p50 " + latency(float64(*h.P50NS))
		}
		parts = append(parts, text+", max "+latency(float64(h.MaxNS)))
	}
	return strings.Join(parts, "; ")
}
