package target

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestOverlaid(t *testing.T) {
	base := "loglevel: info\nlisten:\n  - {port: 1}\nmodules:\n  mod_a: {x: 1}\n  mod_b: {}\n"
	for _, c := range []struct{ over, want, not string }{
		{"loglevel: debug\n", "loglevel: debug", "info"},
		{"modules: {mod_c: {}}\n", "mod_c", ""},
		{"modules: {mod_a: {z: 2}}\n", "z: 2", "x: 1"},
		{"c2s_access: none\n", "c2s_access: none", ""},
		{"", "mod_b", ""},
	} {
		got, err := overlaid([]byte(base), c.over)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), c.want) || c.not != "" && strings.Contains(string(got), c.not) || !strings.Contains(string(got), "mod_b") {
			t.Errorf("%q: %s", c.over, got)
		}
		var back map[string]any
		if err := yaml.Unmarshal(got, &back); err != nil || len(back["listen"].([]any)) != 1 {
			t.Errorf("%q: %v, %s", c.over, err, got)
		}
	}
	for _, bad := range []string{"[1]", "a: [", "just text", "a: 1\na: 2\n"} {
		if _, err := overlaid([]byte(base), bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
