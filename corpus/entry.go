package corpus

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Kind is what an entry is for.
type Kind string

// The kinds.
const (
	Row        Kind = "row"        // one of the table of required answers
	Seed       Kind = "seed"       // leads somewhere
	Regression Kind = "regression" // a shape of the record of robustness bugs
	Added      Kind = "added"      // of a directory
)

// Entry is one input.
type Entry struct {
	File  string // name of the file: O-028-element.xp, SM-nested.xp, bound.xp, 0123456789ab.xp
	Kind  Kind
	Row   int    // of a row; else 0
	Class string // of a regression; else empty
	Case  string // tells the entries of a row or class apart, or the seeds
	Hash  string // SHA-256 of Text, in hexadecimal
	Text  []byte
}

// Rows returns the programs of the answer table, sorted by row and then by case.
func Rows() ([]Entry, error) {
	all, err := embedded("rows", func(e *Entry, name string) bool {
		rest, isRow := strings.CutPrefix(name, "O-")
		number, name, isCase := strings.Cut(rest, "-")
		var err error
		e.Kind, e.Case = Row, name
		e.Row, err = strconv.Atoi(number)
		return err == nil && isRow && isCase
	})
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Case, b.Case)) })
	return all, err
}

// Seeds returns the programs that only lead somewhere, sorted by name.
func Seeds() ([]Entry, error) {
	return embedded("seeds", func(e *Entry, name string) bool {
		e.Kind, e.Case = Seed, name
		return true
	})
}

// Regressions returns the programs after the record of robustness bugs, sorted by class and then by case.
func Regressions() ([]Entry, error) {
	return embedded("regress", func(e *Entry, name string) bool {
		var ok bool
		e.Kind = Regression
		e.Class, e.Case, ok = strings.Cut(name, "-")
		return ok && slices.Contains(Classes(), e.Class)
	})
}

// All returns all that is shipped: rows, seeds and regressions.
func All() (all []Entry, err error) {
	for _, some := range []func() ([]Entry, error){Rows, Seeds, Regressions} {
		entries, err := some()
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, nil
}

// embedded reads a directory of ours. Named takes what the name of a file says, and reports whether it is one.
func embedded(dir string, named func(e *Entry, name string) bool) (all []Entry, err error) {
	names, err := files.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	for _, n := range names {
		text, err := files.ReadFile(path.Join(dir, n.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the corpus: %w", err)
		}
		e := Entry{File: n.Name(), Hash: hash(text), Text: text}
		if !named(&e, strings.TrimSuffix(n.Name(), ".xp")) {
			return nil, fmt.Errorf("corpus: %s/%s is not named as it should be", dir, n.Name())
		}
		all = append(all, e)
	}
	return all, nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Name is the file name of an entry that a campaign adds: the first twelve digits of its hash.
func Name(text []byte) string { return hash(text)[:12] + ".xp" }

// Index returns the entries by their hashes. Entries with the same bytes are one too many, and an error.
func Index(entries []Entry) (map[string]Entry, error) {
	index := make(map[string]Entry, len(entries))
	for _, e := range entries {
		if other, twice := index[e.Hash]; twice {
			return nil, fmt.Errorf("corpus: %s and %s are the same", other.File, e.File)
		}
		index[e.Hash] = e
	}
	return index, nil
}
