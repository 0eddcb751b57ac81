package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Summary is a shipped scenario's name and description.
type Summary struct{ Name, Description string }

// Shipped returns the scenarios that are part of the program, by name.
func Shipped() []Summary {
	var all []Summary
	for _, name := range shippedNames() {
		s, err := loadShipped(name)
		if err != nil {
			panic(err) // the files are part of the program, and a test reads them all
		}
		all = append(all, Summary{s.Name, s.Description})
	}
	return all
}

func shippedNames() []string {
	found, _ := fs.Glob(files, "shipped/*.yaml") // the pattern is well-formed
	for i, f := range found {
		found[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return found
}

// NotFoundError says that no shipped scenario has the name.
type NotFoundError struct {
	Name       string
	Suggestion string   // the nearest name that there is; may be empty
	Known      []string // all names
}

func (e *NotFoundError) Error() string {
	hint := ""
	if e.Suggestion != "" {
		hint = fmt.Sprintf(", did you mean %q?", e.Suggestion)
	}
	return fmt.Sprintf("no scenario is named %q%s (there are %s; a file is written with its path or its ending .yaml)",
		e.Name, hint, strings.Join(e.Known, ", "))
}

// Read reads a scenario: a shipped one by its name, or a file where the
// argument holds a path separator or ends in .yaml or .yml. The error is a
// *NotFoundError, one of package fs, or Errors.
func Read(nameOrPath string) (*Scenario, error) {
	if strings.ContainsRune(nameOrPath, os.PathSeparator) || strings.HasSuffix(nameOrPath, ".yaml") || strings.HasSuffix(nameOrPath, ".yml") {
		return loadFile(nameOrPath)
	}
	s, err := loadShipped(nameOrPath)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		known := shippedNames()
		return nil, &NotFoundError{Name: nameOrPath, Suggestion: closest(nameOrPath, known), Known: known}
	}
	return s, err
}

func loadShipped(name string) (*Scenario, error) {
	src, err := files.ReadFile("shipped/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	return Parse(name+".yaml", src)
}

func loadFile(name string) (*Scenario, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1)) // one more, so that Parse refuses it
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	return Parse(name, src)
}
