package corpus

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed rows/*.xp
var files embed.FS

// Entry is one input.
type Entry struct {
	File string // name of the file: O-028-element.xp
	Row  int
	Case string // tells the entries of a row apart
	Hash string // SHA-256 of Text, in hexadecimal
	Text []byte
}

// Rows returns the programs of the answer table, sorted by row and then by case.
func Rows() ([]Entry, error) {
	names, err := files.ReadDir("rows")
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	var all []Entry
	for _, n := range names {
		e, err := load(n.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Case, b.Case)) })
	return all, nil
}

func load(file string) (Entry, error) {
	rest, isRow := strings.CutPrefix(strings.TrimSuffix(file, ".xp"), "O-")
	number, name, isCase := strings.Cut(rest, "-")
	row, err := strconv.Atoi(number)
	if err != nil || !isRow || !isCase {
		return Entry{}, fmt.Errorf("corpus: %s is not named O-ROW-CASE.xp", file)
	}
	text, err := files.ReadFile(path.Join("rows", file))
	if err != nil {
		return Entry{}, fmt.Errorf("read the corpus: %w", err)
	}
	sum := sha256.Sum256(text)
	return Entry{File: file, Row: row, Case: name, Hash: hex.EncodeToString(sum[:]), Text: text}, nil
}

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
