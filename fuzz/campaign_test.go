package fuzz

import (
	"testing"

	"xmpprig/corpus"
	"xmpprig/fuzz/program"
)

func shipped(t testing.TB) []*program.Program { return parse(t, corpus.All) }

func parse(t testing.TB, of func() ([]corpus.Entry, error)) (programs []*program.Program) {
	t.Helper()
	entries, err := of()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, p)
	}
	return programs
}
