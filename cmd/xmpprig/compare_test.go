package main

import (
	"bytes"
	"math"
	"testing"

	"xmpprig/results"
)

// TestInPairs sorts runs into pairs, by what their records say of them, which may be anything.
func TestInPairs(t *testing.T) {
	run := func(dir, side string, number int) keptRun {
		return keptRun{dir, &results.Run{Repeat: &results.Repeat{Side: side, Number: number}}}
	}
	for _, c := range []struct {
		name string
		kept []keptRun
		want []string
	}{
		{"two pairs", []keptRun{run("a/base/001", "base", 1), run("a/base/002", "base", 2), run("a/head/001", "head", 1), run("a/head/002", "head", 2)},
			[]string{"a/base/001", "a/head/001", "a/base/002", "a/head/002"}},
		{"of two directories", []keptRun{run("a/base/001", "base", 1), run("a/head/001", "head", 1), run("b/base/001", "base", 1), run("b/head/001", "head", 1)},
			[]string{"a/base/001", "a/head/001", "b/base/001", "b/head/001"}},
		{"half a pair", []keptRun{run("a/base/001", "base", 1), run("a/head/001", "head", 1), run("a/base/002", "base", 2)}, []string{"a/base/001", "a/head/001"}},
		{"numbers without end", []keptRun{run("a/base/x", "base", math.MaxInt), run("a/head/x", "head", math.MaxInt), run("a/base/y", "base", -1)}, []string{"a/base/x", "a/head/x"}},
		{"one side", []keptRun{run("a/base/001", "base", 1)}, nil},
		{"no side", []keptRun{run("a/001", "", 1), run("a/base/001", "base", 1)}, nil},
		{"no place", []keptRun{{"a", &results.Run{}}}, nil},
	} {
		got, paired := inPairs(c.kept)
		if paired != (c.want != nil) || paired && len(got) != len(c.want) {
			t.Errorf("%s: %d runs, paired %t", c.name, len(got), paired)
			continue
		}
		for i, dir := range c.want {
			if got[i].dir != dir {
				t.Errorf("%s: %s at %d, want %s", c.name, got[i].dir, i, dir)
			}
		}
	}
}

// TestSayIsHarmless: refusals quote what records hold.
func TestSayIsHarmless(t *testing.T) {
	var b bytes.Buffer
	(&ui{err: &b}).say("the scenario differs: %s", "\x1b]0;owned\x07\u202e")
	if got, want := b.String(), `xmpprig: the scenario differs: \x1b]0;owned\a\u202e`+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
