package corpus

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func entriesOf(names string) (all []Entry) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, Entry{File: name, Hash: hash([]byte(name)), Text: []byte(name)})
	}
	return all
}

func letters(e Entry) []string { return strings.Split(e.File, "") }

func filesOf(all []Entry) string {
	var names []string
	for _, e := range all {
		names = append(names, e.File)
	}
	return strings.Join(names, " ")
}

func TestCover(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"a", "a"},
		{"a ab abc", "abc"},
		{"abc ab a", "abc"},
		{"ab bc cd", "ab cd"},
		{"aaaa a", "a"},                     // the shorter of two that have the same
		{"bcde abx cdy efz", "abx cdy efz"}, // what is taken first becomes needless
		{"ab cd ef abcdef", "abcdef"},
	} {
		if got := filesOf(Cover(entriesOf(c.in), letters)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
	if got := Cover(entriesOf("a b"), func(Entry) []string { return nil }); got != nil {
		t.Errorf("entries without edges are kept: %v", got)
	}
}

// TestCoverHoldsAlways looks at many random sets: all edges are there, no entry is needless, and order does not matter.
func TestCoverHoldsAlways(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		in := randomEntries(r)
		few := Cover(in, letters)
		times := map[string]int{}
		for _, e := range few {
			for _, l := range distinct(e) {
				times[l]++
			}
		}
		for _, e := range in {
			for _, l := range letters(e) {
				if times[l] == 0 {
					t.Fatalf("%s of %s is not in %s", l, filesOf(in), filesOf(few))
				}
			}
		}
		for _, e := range few {
			needed := false
			for _, l := range distinct(e) {
				needed = needed || times[l] == 1
			}
			if !needed {
				t.Fatalf("%s of %s is needless", e.File, filesOf(few))
			}
		}
		shuffled := append([]Entry(nil), in...)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := Cover(shuffled, letters); len(again) != len(few) {
			t.Fatalf("%s: %s, and in another order %s", filesOf(in), filesOf(few), filesOf(again))
		}
	}
}

func randomEntries(r *rand.Rand) []Entry {
	var words []string
	for range 1 + r.IntN(12) {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteByte('a' + byte(r.IntN(12)))
		}
		words = append(words, b.String())
	}
	return entriesOf(strings.Join(words, " "))
}

func distinct(e Entry) (all []string) {
	seen := map[string]bool{}
	for _, l := range letters(e) {
		if !seen[l] {
			all = append(all, l)
		}
		seen[l] = true
	}
	return all
}
