package main

import (
	"strings"
	"testing"

	"xmpprig/results"
	"xmpprig/results/compare"
)

// TestTooFew counts the metrics that differ and have a say.
func TestTooFew(t *testing.T) {
	pair := func(gated bool, base, head float64) results.Compared {
		return results.Compared{Gated: gated, Base: []float64{base}, Head: []float64{head}}
	}
	o := compare.Options{Paired: true}
	eight := &results.Comparison{Metrics: []results.Compared{pair(true, 5, 5), pair(false, 1, 2)}}
	if text := tooFew(eight, 4, o); text != "" {
		t.Errorf("nothing differs: %s", text)
	}
	for range 8 {
		eight.Metrics = append(eight.Metrics, pair(true, 1, 2))
	}
	if text := tooFew(eight, 7, o); !strings.Contains(text, "8 metrics, it takes 9") {
		t.Errorf("seven pairs: %q", text)
	}
	if text := tooFew(eight, 9, o); text != "" {
		t.Errorf("nine pairs: %s", text)
	}
}
