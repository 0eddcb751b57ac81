package fuzz

import (
	"testing"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/loadgen/loopback"
)

// climbed is what the ladder shows of a loopback server.
func climbed(t *testing.T, defects ...string) map[string]oracle.Finding {
	t.Helper()
	site := served(t, loopback.Options{Compression: true, Defects: defects})
	site.Glance = 300 * time.Millisecond
	found := map[string]oracle.Finding{}
	for _, p := range ladder(site) {
		if err := p.Check(); err != nil {
			t.Fatalf("%s: %v", p.Name(), err)
		}
		transcript, err := Play(t.Context(), site, p)
		if err != nil {
			t.Errorf("%s: %v", p.Name(), err)
			continue
		}
		for _, f := range oracle.Examine(&oracle.Case{Program: p, Transcript: transcript, Domain: site.Domain}) {
			found[f.Title] = f
		}
	}
	return found
}

// TestLadder finds limits that hold over some transports alone, and nothing where all are the same.
func TestLadder(t *testing.T) {
	for _, c := range []struct {
		defect string
		want   []string
	}{
		{"", nil},
		{"wider-limit-over-websocket", []string{"an element that is refused over TCP is taken over WebSocket"}},
		{"no-limit-over-bosh", []string{"an element that is refused over TCP is taken over BOSH"}},
		{"limit-lost-after-starttls", []string{"an element that is refused over BOSH is taken over TCP"}},
		{"inflated-unbounded", []string{"an element that is refused over TCP is taken over a compressed stream"}},
	} {
		t.Run(c.defect, func(t *testing.T) {
			t.Parallel()
			var defects []string
			if c.defect != "" {
				defects = []string{c.defect}
			}
			found := climbed(t, defects...)
			for _, title := range c.want {
				if f, ok := found[title]; !ok || f.Oracle != oracle.Limit {
					t.Errorf("not found: %s", title)
				}
			}
			for title := range found {
				if c.want == nil {
					t.Errorf("found on a server without defects: %s", title)
				} else {
					t.Log(title)
				}
			}
		})
	}
}
