package corpus

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestEmbedded(t *testing.T) {
	for _, c := range []struct {
		of    func() ([]Entry, error)
		kind  Kind
		least int
	}{{Rows, Row, 140}, {Seeds, Seed, 60}, {Regressions, Regression, 100}} {
		all, err := c.of()
		if err != nil || len(all) < c.least {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		if !slices.IsSortedFunc(all, func(a, b Entry) int { return a.Row - b.Row }) ||
			!slices.IsSortedFunc(all, func(a, b Entry) int { return strings.Compare(a.Class, b.Class) }) {
			t.Errorf("%s: the entries are not sorted", c.kind)
		}
		for _, e := range all {
			if e.Kind != c.kind || e.Case == "" || (e.Row > 0) != (c.kind == Row) || (e.Class != "") != (c.kind == Regression) {
				t.Errorf("%s: %+v", e.File, e)
			}
		}
	}
}

func TestIndex(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
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

func TestEmbeddedRefusesOtherNames(t *testing.T) {
	refuse := func(*Entry, string) bool { return false }
	if _, err := embedded("rows", refuse); err == nil {
		t.Error("names that are refused are taken")
	}
	if _, err := embedded("nowhere", refuse); err == nil {
		t.Error("a directory that is not there is read")
	}
}

func TestName(t *testing.T) {
	if got, want := Name([]byte("abc")), "ba7816bf8f01.xp"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnreached(t *testing.T) {
	last := 0
	gaps := Unreached()
	slices.SortFunc(gaps, func(a, b Gap) int { return a.Record - b.Record })
	for _, g := range gaps {
		if g.Record <= last || g.Record > Entries || g.Reason == "" {
			t.Errorf("%+v is out of order, out of the record, or without a reason", g)
		}
		last = g.Record
	}
}

func TestDictionaries(t *testing.T) {
	for _, name := range Dictionaries() {
		words, err := Dictionary(name)
		if err != nil || len(words) < 40 {
			t.Errorf("%s: %d words, %v", name, len(words), err)
		}
		seen := map[string]bool{}
		for _, w := range words {
			if seen[w] {
				t.Errorf("%s: %q is there twice", name, w)
			}
			seen[w] = true
		}
	}
	if _, err := Dictionary("../rows/O-001-root-namespace"); err == nil {
		t.Error("a dictionary that there is not was read")
	}
	bytes, err := Dictionary("bytes")
	if err != nil || !slices.Contains(bytes, "\xc0\xaf") {
		t.Errorf("the bytes C0 AF are not among %q, %v", bytes, err)
	}
}
