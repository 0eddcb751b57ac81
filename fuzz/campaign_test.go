package fuzz

import (
	"testing"

	"xmpprig/corpus"
	"xmpprig/fuzz/program"
)

func shipped(t testing.TB) (programs []*program.Program) {
	t.Helper()
	entries, err := corpus.All()
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
