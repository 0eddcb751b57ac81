package scenarios

import (
	"strings"
	"testing"
)

// TestPositions holds if every word of a file is where the parser says it is.
func TestPositions(t *testing.T) {
	const odd = "# ü comment\né: {ü: [ä, \"ö\", 'ß'], x: \"é\"}\n\nlist:\n  - one\n  - |\n    block\n    é\n  - two: 2\n    three: {four: 4} # é\n  - - five\n    - 6\n  - >-\n    folded\n    text\n  - last\n"
	for _, src := range []string{odd, string(everything(t))} {
		checkPositions(t, src, src)
		checkPositions(t, strings.ReplaceAll(src, "\n", "\r\n"), src)
		checkPositions(t, "\ufeff"+src, src)
	}
}

func checkPositions(t *testing.T, src, plain string) {
	t.Helper()
	c := &reading{}
	src = strings.TrimPrefix(strings.ReplaceAll(src, "\r\n", "\n"), "\ufeff")
	root := readYAML(c, src)
	if root == nil || len(c.errors) > 0 {
		t.Fatalf("%v", c.errors)
	}
	lines := strings.Split(plain, "\n")
	var look func(n *node)
	look = func(n *node) {
		rest := string([]rune(lines[n.pos.Line-1])[n.pos.Column-1:])
		if n.kind < mapping && n.kind != null && !strings.HasPrefix(rest, n.text) && !strings.ContainsAny(rest[:1], `"'|>`) {
			t.Errorf("%q is said to be at %v, where %q stands", n.text, n.pos, rest)
		}
		for _, k := range n.keys {
			look(k)
		}
		for _, i := range n.items {
			look(i)
		}
	}
	look(root)
}

// TestLineEnds holds if a file from another system says the same.
func TestLineEnds(t *testing.T) {
	src := string(everything(t))
	for _, variant := range []string{strings.ReplaceAll(src, "\n", "\r\n"), "\ufeff" + src, strings.TrimSuffix(src, "\n")} {
		if model(t, parsed(t, variant)) != model(t, parsed(t, src)) {
			t.Errorf("%.20q changes the scenario", variant)
		}
	}
}

// TestErrorsAreBounded holds if a file of mistakes gets a list that ends.
func TestErrorsAreBounded(t *testing.T) {
	_, err := Parse("x.yaml", []byte(strings.ReplaceAll(frame, "work: [ping]", "work: ["+strings.Repeat("pong,", 500)+"]")))
	list, ok := err.(Errors)
	if !ok || len(list) != maxErrors+1 {
		t.Fatalf("%d errors, want %d", len(list), maxErrors+1)
	}
	if last := list[maxErrors]; last.Reason != "400 more errors are not shown" {
		t.Errorf("the list ends with %q", last.Reason)
	}
}

// TestCaret holds if the caret stays under a place far along a long line.
func TestCaret(t *testing.T) {
	_, err := Parse("x.yaml", []byte(strings.ReplaceAll(frame, "work: [ping]", "work: ["+strings.Repeat("ping, ", 100)+"pong]")))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 4 || len(lines[1]) > widest+4 {
		t.Fatalf("%q", lines)
	}
	if at := strings.Index(lines[2], "^"); !strings.HasPrefix(lines[1][at:], "pong") {
		t.Errorf("the caret is elsewhere:\n%v", err)
	}
}
