package target

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each file in testdata/logs is an excerpt of what real programs wrote, after a
// line "# <name of the log>: <kinds of the crashes in it, in order>".
func TestCrashesInLogs(t *testing.T) {
	files, err := filepath.Glob("testdata/logs/*.log")
	if err != nil || len(files) < 20 {
		t.Fatalf("excerpts: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, kinds, body := excerpt(t, file)
			want := strings.Split(kinds, ", ")
			if kinds == "none" {
				want = nil
			}
			var got []string
			for _, c := range detect(source, body) {
				got = append(got, c.Kind)
			}
			if !slices.Equal(got, want) {
				t.Errorf("crashes %q, want %q", got, want)
			}
		})
	}
}

// excerpt reads a file of testdata/logs.
func excerpt(t *testing.T, file string) (source, kinds, body string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(data), "\n")
	source, kinds, ok := strings.Cut(strings.TrimPrefix(head, "# "), ": ")
	if !ok {
		t.Fatalf("header %q", head)
	}
	return source, kinds, body
}

// detect returns the crashes in a log by the rules of whose log it is.
func detect(source, text string) []Crash {
	rules := processRules
	switch source {
	case "prosody.log":
		rules = prosodyRules
	case "router.log", "sm.log", "s2s.log", "c2s.log":
		rules = jabberdRules
	case "ejabberd.log", "erl_crash.dump", "stdout.log":
		rules = erlangRules
	}
	if strings.Contains(text, "lua") && source != "ejabberd.log" {
		rules = prosodyRules
	}
	var all []Crash
	note := func(c Crash) { all = append(all, c) }
	d := detector{rules: rules}
	for line := range strings.Lines(text) {
		d.line(source, source == "stdout.log" || source == "stderr.log", strings.TrimSuffix(line, "\n"), note)
	}
	d.flush(note)
	return all
}

// What a client sends and a server quotes must not pass for a crash.
func TestQuotedTextIsNoCrash(t *testing.T) {
	for _, line := range []string{
		"Nov 23 01:42:22 c2s1\tinfo\tAuthentication failed for panic: boom",
		"Nov 23 01:42:22 c2s1\twarn\tTraceback[c2s]: quoted",
		"Nov 23 01:42:22 c2s1\terror\tReceived ' Traceback[c2s]: quoted",
		"Nov 23 01:42:22 c2s1\tinfo\tmod\terror\tfatal error: quoted",
		"2026-11-23 01:42:25.1+00:00 [info] <0.1.0>@a:b/1:2 Failed login for CRASH REPORT: x",
		"2026-11-23 01:42:25.1+00:00 [warning] <0.1.0>@a:b/1:2 Error in process <0.1.0> said a client",
		"2026-11-23 01:42:25.1+00:00 [error] <0.1.0>@a:b/1:2 dropped 'Error in process <0.1.0>'",
		"a stanza held ERROR: AddressSanitizer",
		"goroutine 1 [running]:",
		"said: panic: at the disco",
		"2026/11/24 06:01:48 panic: at the disco",
		"2026/11/24 06:01:48 http: panic serving nobody: and no stack follows\nsaid one\ngoroutine dead [said]:",
		`time=2026-11-24T06:01:48Z level=INFO msg="said \"stack=\\\"goroutine 1 [running]:\\n"`,
		"2026-11-23 01:42:25.1+00:00 [info] <0.1.0>@a:b/1:2 said =CRASH REPORT==== and Error in process <0.1.0> with exit value:",
		"he said lua: o.lua:1: and terminate called without an active exception",
	} {
		for _, source := range []string{"prosody.log", "ejabberd.log", "stdout.log", "stderr.log"} {
			if got := detect(source, line+"\n"); len(got) > 0 {
				t.Errorf("%s: %q: %q", source, line, got)
			}
		}
	}
}

func TestCrashTextIsWholeAndBounded(t *testing.T) {
	d := detector{rules: processRules}
	var got []Crash
	note := func(c Crash) { got = append(got, c) }
	d.line("stderr.log", true, "panic: boom", note)
	for range 1000 {
		d.line("stderr.log", true, "\tmain.go:1", note)
	}
	d.flush(note)
	if len(got) != 1 || strings.Count(got[0].Text, "\n") != crashLines-1 || !strings.HasPrefix(got[0].Text, "panic: boom\n\tmain.go:1") {
		t.Errorf("got %d crashes: %.80q…", len(got), got)
	}
}

func TestFollowerReadsLinesHoweverTheyArrive(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "own.log")
	var lines []string
	f := follow(dir, []string{"own.log"}, nil, func(line string) { lines = append(lines, line) })
	f.poll() // before the file exists
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"on", "e\ntw", "o\r\n\nthree", "\n", strings.Repeat("x", 3*logLine) + "\n", "last"} {
		if _, err := w.WriteString(piece); err != nil {
			t.Fatal(err)
		}
		f.poll()
	}
	if err := w.Truncate(0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteAt([]byte("anew\n"), 0); err != nil {
		t.Fatal(err)
	}
	f.close()
	want := []string{"one", "two", "", "three", strings.Repeat("x", logLine), "anew"}
	if !slices.Equal(lines, want) {
		t.Errorf("lines %.60q, want %.60q", lines, want)
	}
	if got := f.tail(2); len(got) != 2 || got[1] != "own: anew" {
		t.Errorf("tail %.60q", got)
	}
}
