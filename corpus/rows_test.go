package corpus

import (
	"bytes"
	"slices"
	"testing"
)

func TestRows(t *testing.T) {
	all, err := Rows()
	if err != nil || len(all) < 40 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	if !slices.IsSortedFunc(all, func(a, b Entry) int { return a.Row - b.Row }) {
		t.Error("the entries are not sorted by row")
	}
	index, err := Index(all)
	if err != nil || len(index) != len(all) {
		t.Fatalf("%d of %d are in the index, %v", len(index), len(all), err)
	}
	for _, e := range all {
		if got := index[e.Hash]; got.File != e.File {
			t.Errorf("the hash of %s leads to %s", e.File, got.File)
		}
		if bytes.ContainsRune(e.Text, '\r') {
			t.Errorf("%s has line ends of another system", e.File)
		}
	}
	if _, err := Index(append(all, all[0])); err == nil {
		t.Error("an entry that is there twice is not noticed")
	}
}

func TestLoadRefusesOtherNames(t *testing.T) {
	for _, name := range []string{"x.xp", "O-x-a.xp", "O-1.xp", "O-001-missing.xp"} {
		if _, err := load(name); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}
