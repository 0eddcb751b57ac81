package scenarios

import (
	"strings"
	"testing"
)

// hostile is input that parsers have choked on.
func hostile() []string {
	const n = 100_000
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+",", 8) + "*" + p + "]\n"
	}
	steep := ""
	for i := range 1200 {
		steep += strings.Repeat(" ", i) + "a:\n"
	}
	return []string{
		"", "\n", "\x00", "\xff\xfe", "\ufeff", "---\n...\n", "--- |\n", "? ", ": ", "- ", "-", "?", ":", "!", "&", "*", "|", ">", "%", "@", "`", "{", "[", "}", "]",
		"%YAML 1.2\n---\nname: x\n", "name: x\n---\nname: y\n", "&a *a", "*a", "a: &a {<<: *a}", "<<: {a: b}", "!!binary x", "!<x> y", "a: !!", "a: &", "a: *",
		"? [a, b]\n: c\n", "{? a}", "{a, b: }", "[a: b]", "a: |1\n x", "a: |-\n\n\n", "a: >+\n\n x\n  y", "a: |9", "a: 'x", "a: \"\\", "a: \"\\xZZ\"", "a: \"\\u12\"", "a: \"\\UFFFFFFFF\"", "a: \"\\ud800\"",
		"null: x", "~: x", "1: x", "true: x", ".inf: x", "[]: x", "{}: x", "a:\r\rb", "a:\tb", "\ta: b", "a: b\n\tc: d", "#", "# x", "a: #", "- - - -", "a:\n- b\n -c",
		strings.Repeat("[", n), strings.Repeat("{", n), strings.Repeat("{a: ", n), strings.Repeat("[a,", n), strings.Repeat("[", n/2) + strings.Repeat("]", n/2),
		strings.Repeat("- ", n), strings.Repeat("? ", n), strings.Repeat("a: ", n), strings.Repeat("- a\n", n), strings.Repeat("!x ", n), strings.Repeat("&x ", n),
		strings.Repeat("*x ", n), strings.Repeat("|\n", n), strings.Repeat("---\n", n), strings.Repeat("\"", n), strings.Repeat("'", n), strings.Repeat("#\n", n),
		strings.Repeat("\n", n), strings.Repeat(" ", n), strings.Repeat("a", n), "a: " + strings.Repeat("x y\n   ", n/5), "a: |\n" + strings.Repeat("  x\n", n/4),
		"a: \"" + strings.Repeat("\\n", n) + "\"", "a: '" + strings.Repeat("''", n) + "'", strings.Repeat("a: b\n", n/5), strings.Repeat(":", n), strings.Repeat("-\n", n),
		"name: [" + strings.Repeat("x,", n) + "]", "a: {" + strings.Repeat("x: 1,", n/5) + "}", bomb, steep, strings.Repeat("a: b\n", maxTokens/3), strings.Repeat("- {a: b}\n", maxTokens/7), strings.Repeat("a: b\nb: é\n", maxTokens/7), strings.Repeat("é: ü\n", n/10),
		"session: {work: [" + strings.Repeat("{repeat: {times: 9, do: [", 200) + "ping" + strings.Repeat("]}}", 200) + "]}",
	}
}

// TestHostile holds if every input is refused in a sensible time and words.
func TestHostile(t *testing.T) {
	for _, src := range hostile() {
		name := src[:min(len(src), 24)]
		s, err := Parse("hostile.yaml", []byte(src))
		if err == nil {
			t.Errorf("%q parses as %+v", name, s)
			continue
		}
		for _, e := range err.(Errors) {
			if e.Line < 1 || e.Column < 1 || e.Reason == "" {
				t.Errorf("%q: error without a place or a reason: %+v", name, e)
			}
		}
		if len(err.Error()) > 100_000 {
			t.Errorf("%q: the error is %d bytes long", name, len(err.Error()))
		}
	}
}
