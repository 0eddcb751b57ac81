package scenarios

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// manual returns the package documentation.
func manual(t *testing.T) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	return f.Doc.Text()
}

// examples returns the indented blocks of the documentation that begin so.
func examples(doc, beginning string) (blocks []string) {
	for _, paragraph := range strings.Split("\n"+doc, "\n\n") {
		if !strings.HasPrefix(paragraph, "\t") {
			continue
		}
		block := strings.ReplaceAll(strings.TrimPrefix(paragraph, "\t"), "\n\t", "\n") + "\n"
		if strings.HasPrefix(block, beginning) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

func indented(block string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n  ") + "\n"
}

// TestManual holds if the examples of the manual are scenarios.
func TestManual(t *testing.T) {
	doc := manual(t)
	wholes := append(examples(doc, "name: "), examples(doc, "# ")...)
	if len(wholes) != 2 {
		t.Fatalf("%d scenarios in the manual, want 2", len(wholes))
	}
	for _, whole := range wholes {
		parsed(t, whole)
	}
	const head, load = "name: x\nusers: {name: 'u{n}', password: p}\ntarget: {stream-management: resume}\n", "load:\n  sessions: 100\n"
	bounds := examples(doc, "objectives:\n")
	if len(bounds) != 1 {
		t.Fatalf("%d lists of objectives in the manual, want 1", len(bounds))
	}
	parsed(t, wholes[1]+bounds[0]) // the chat
	phases, steps := examples(doc, "phases:\n"), examples(doc, "work:\n")
	if len(phases) != 1 || len(steps) < 4 {
		t.Fatalf("%d lists of phases and %d of steps in the manual, want 1 and 4 or more", len(phases), len(steps))
	}
	parsed(t, head+load+indented(phases[0])+"session: {start: [login], work: [ping]}\n")
	for i, work := range steps {
		session := "session:\n  start: [login]\n"
		if i == 0 {
			session, work = "session:\n", work+"  - logout\n" // it begins with login
		}
		rooms := ""
		if strings.Contains(work, "join") {
			rooms = examples(doc, "rooms: ")[0]
		}
		parsed(t, head+load+"  phases: [{name: p, duration: 1s, closed: {}}]\n"+rooms+session+indented(work))
	}
}

// TestManualIsWhole holds if the manual names every key, step and placeholder.
func TestManualIsWhole(t *testing.T) {
	doc := manual(t)
	words := append(Placeholders(), mechanisms()...)
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for k := range properties {
					words = append(words, k)
				}
			}
			for _, inner := range v {
				look(inner)
			}
		case []any:
			for _, inner := range v {
				look(inner)
			}
		}
	}
	look(readSchema(t))
	for _, w := range words {
		if !strings.Contains(doc, strings.TrimSuffix(w, "-PLUS")) {
			t.Errorf("the manual says nothing of %q", w)
		}
	}
}
