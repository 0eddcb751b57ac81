package inproc_test

import (
	"bytes"
	"runtime/debug"
	"slices"
	"testing"

	"xmpprig/fuzz/inproc"
)

// The targets under their own names, for go test -fuzz.
func FuzzStreamActions(f *testing.F) { native(f) }
func FuzzRoundTrip(f *testing.F)     { native(f) }
func FuzzDiffParser(f *testing.F)    { native(f) }
func FuzzJID(f *testing.F)           { native(f) }
func FuzzSCRAM(f *testing.F)         { native(f) }
func FuzzSASLToken(f *testing.F)     { native(f) }
func FuzzClient(f *testing.F)        { native(f) }
func FuzzProgram(f *testing.F)       { native(f) }
func FuzzTranscript(f *testing.F)    { native(f) }
func FuzzShrink(f *testing.F)        { native(f) }
func FuzzScenario(f *testing.F)      { native(f) }
func FuzzObjective(f *testing.F)     { native(f) }
func FuzzRecord(f *testing.F)        { native(f) }
func FuzzMellium(f *testing.F)       { native(f) }
func FuzzMelliumJID(f *testing.F)    { native(f) }

// native drives the target of the test's name. The panics of findings are passed over, so that others come to light.
func native(f *testing.F) {
	i := slices.IndexFunc(inproc.Targets(), func(t inproc.Target) bool { return t.Name == f.Name() })
	if i < 0 {
		f.Fatal("no such target")
	}
	target := inproc.Targets()[i]
	seeds, err := target.Seeds()
	if err != nil || len(seeds) == 0 {
		f.Fatal(len(seeds), "seeds", err)
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		broken := run(target, data)
		if broken == nil {
			return
		}
		if k, ok := broken.known(target.Name); ok {
			t.Log(inproc.KnownFinding, k.name)
			return
		}
		t.Fatalf("%s\n%s", broken.text, broken.stack)
	})
}

// panicked is a panic of a target.
type panicked struct {
	text  string
	stack []byte
}

func run(target inproc.Target, data []byte) (broken *panicked) {
	defer func() {
		if r := recover(); r != nil {
			broken = &panicked{text(r), debug.Stack()}
		}
	}()
	target.Fuzz(data)
	return nil
}

func text(r any) string {
	switch r := r.(type) {
	case error:
		return r.Error()
	case string:
		return r
	}
	return "panic of another type"
}

// TestTargets holds the table to the native targets above, and the targets to their seeds: some must be worth more.
func TestTargets(t *testing.T) {
	for _, target := range inproc.Targets() {
		seeds, err := target.Seeds()
		if err != nil {
			t.Fatal(target.Name, err)
		}
		worthMore := 0
		for _, s := range seeds {
			if run(target, s) == nil && target.Fuzz(s) == 1 {
				worthMore++
			}
		}
		if worthMore == 0 {
			t.Errorf("%s: none of %d seeds gets far", target.Name, len(seeds))
		}
	}
}

func TestNativeFiles(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, raw := range [][]byte{nil, all, []byte("\")\n\u00e9\u2028\xff"), []byte("[]byte(\"\")")} {
		back, err := inproc.FromNative(inproc.ToNative(raw))
		if err != nil || !bytes.Equal(back, raw) {
			t.Errorf("%q comes back as %q, %v", raw, back, err)
		}
	}
	for _, bad := range []string{"", "go test fuzz v1\n", "go test fuzz v2\n[]byte(\"\")\n", "go test fuzz v1\nstring(\"\")\n",
		"go test fuzz v1\n[]byte(\"\n", "go test fuzz v1\n[]byte(\"a\")\nint(1)\n", "go test fuzz v1\n[]byte(a)\n"} {
		if raw, err := inproc.FromNative([]byte(bad)); err == nil {
			t.Errorf("%q passes as %q", bad, raw)
		}
	}
}
