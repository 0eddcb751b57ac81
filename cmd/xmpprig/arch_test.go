package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "xmpprig/"

// layer is one line of the README's table: a package and what it may import
// beside the standard library.
type layer struct {
	ours, theirs []string
	anything     bool // of ours
}

// testsMayImport is what tests of every package may use beside what its line
// allows: inputs, the two ends of a connection, and the syntax under both.
var testsMayImport = []string{"corpus", "loadgen/loopback", "loadgen/xmpp", "loadgen/xmpp/wire"}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

// TestArchitecture holds the packages to the table in the README.
func TestArchitecture(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := architecture(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	packages, err := listPackages("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range violations(table, packages) {
		t.Error(err)
	}
	for _, p := range packages {
		if n, err := packageDocs(p); err != nil || n != 1 {
			t.Errorf("%s has %d package docs, want 1 (%v)", p.ImportPath, n, err)
		}
	}
}

// TestArchitectureTells plants violations, each of which must be told.
func TestArchitectureTells(t *testing.T) {
	table, err := architecture("## Architecture\n\n```\nlow   be low    —\nhigh  be high   low [gonum/plot]\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	low := listed{ImportPath: "xmpprig/low", Imports: []string{"fmt", "go/ast"}}
	high := listed{ImportPath: "xmpprig/high", Imports: []string{"xmpprig/low", "example.org/gonum/plot/v2"}, TestImports: []string{"xmpprig/loadgen/loopback"}}
	if errs := violations(table, []listed{low, high}); len(errs) > 0 {
		t.Errorf("a good tree: %v", errs)
	}
	for _, c := range []struct {
		planted listed
		want    string
	}{
		{listed{ImportPath: "xmpprig/low", Imports: []string{"xmpprig/high"}}, "low imports high, which the table does not allow"},
		{listed{ImportPath: "xmpprig/low", TestImports: []string{"xmpprig/high"}}, "a test of low imports high, which the table does not allow"},
		{listed{ImportPath: "xmpprig/low", XTestImports: []string{"github.com/stretchr/testify"}}, "a test of low imports github.com/stretchr/testify, which the table does not allow"},
		{listed{ImportPath: "xmpprig/low", Imports: []string{"example.org/gonum/plotting"}}, "low imports example.org/gonum/plotting, which the table does not allow"},
	} {
		if errs := violations(table, []listed{c.planted, high}); len(errs) != 1 || errs[0].Error() != c.want {
			t.Errorf("got %v, want %s", errs, c.want)
		}
	}
	if errs := violations(table, []listed{low}); len(errs) != 1 {
		t.Errorf("a line without a package: %v", errs)
	}
	if errs := violations(table, []listed{low, high, {ImportPath: "xmpprig/new"}}); len(errs) != 1 {
		t.Errorf("a package without a line: %v", errs)
	}
}

// architecture reads the table: the first fenced block under its heading. A
// line is the package, its sentence, and what it may import, with two spaces
// or more between them; third-party modules stand in brackets.
func architecture(readme string) (map[string]layer, error) {
	_, rest, found := strings.Cut(readme, "\n## Architecture\n")
	if strings.HasPrefix(readme, "## Architecture\n") {
		rest, found = readme, true
	}
	_, rest, fenced := strings.Cut(rest, "```\n")
	block, _, closed := strings.Cut(rest, "```")
	if !found || !fenced || !closed {
		return nil, errors.New("the README has no architecture table")
	}
	table := map[string]layer{}
	lines := strings.Split(strings.TrimSpace(block), "\n")
	for _, line := range lines {
		cells := slices.DeleteFunc(strings.Split(line, "  "), func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(cells) != 3 {
			return nil, fmt.Errorf("a line of the table has %d cells: %q", len(cells), line)
		}
		table[cells[0]] = parseLayer(cells[2])
	}
	return table, fullNames(table)
}

func parseLayer(cell string) (l layer) {
	ours, theirs, _ := strings.Cut(strings.TrimSpace(cell), "[")
	l.theirs = strings.Fields(strings.TrimSuffix(theirs, "]"))
	switch ours = strings.TrimSpace(ours); ours {
	case "—":
	case "anything":
		l.anything = true
	default:
		l.ours = strings.Fields(ours)
	}
	return l
}

// fullNames replaces short names, such as wire, by the packages they mean.
func fullNames(table map[string]layer) error {
	for name, l := range table {
		for i, short := range l.ours {
			var meant []string
			for full := range table {
				if full == short || strings.HasSuffix(full, "/"+short) {
					meant = append(meant, full)
				}
			}
			if len(meant) != 1 {
				return fmt.Errorf("%s may import %q, which names %d packages", name, short, len(meant))
			}
			l.ours[i] = meant[0]
		}
	}
	return nil
}

// violations compares the packages with the table.
func violations(table map[string]layer, packages []listed) (errs []error) {
	seen := map[string]bool{}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		l, ok := table[name]
		if !ok {
			errs = append(errs, fmt.Errorf("%s is not in the table", name))
			continue
		}
		seen[name] = true
		for _, i := range p.Imports {
			if !l.allows(i) {
				errs = append(errs, fmt.Errorf("%s imports %s, which the table does not allow", name, strings.TrimPrefix(i, module)))
			}
		}
		for _, i := range slices.Concat(p.TestImports, p.XTestImports) {
			own := strings.TrimPrefix(i, module)
			if !l.allows(i) && own != name && !slices.Contains(testsMayImport, own) {
				errs = append(errs, fmt.Errorf("a test of %s imports %s, which the table does not allow", name, own))
			}
		}
	}
	for name := range table {
		if !seen[name] {
			errs = append(errs, fmt.Errorf("the table has %s, which is no package", name))
		}
	}
	return errs
}

func (l layer) allows(path string) bool {
	if own, ok := strings.CutPrefix(path, module); ok {
		return l.anything || slices.Contains(l.ours, own)
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(l.theirs, func(m string) bool { return strings.Contains("/"+path+"/", "/"+m+"/") })
}

func listPackages(root string) (all []listed, err error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

// packageDocs counts the files that document the package.
func packageDocs(p listed) (n int, err error) {
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return 0, err
		}
		if f.Doc != nil {
			n++
		}
	}
	return n, nil
}
