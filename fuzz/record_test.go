package fuzz

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// everything is one entry of each kind.
func everything() []entry {
	f := results.Finding{Fingerprint: "0123456789abcdef", Oracle: "crash", Title: "<\x1b[31m\u2028", Directory: "findings/x"}
	return []entry{
		{Begin: &start{7, "loopback", time.Unix(1, 0).UTC(), "chat"}},
		{Edge: &seenEdge{"bound | a\nb | c", "bound", 28}},
		{Suspect: &suspected{oracle.Finding{Oracle: oracle.Hang, Title: "t"}, pingText, 3, 1.5, 9}},
		{Found: &f}, {Doubt: &f}, {Shrunk: f.Fingerprint},
		{Restart: &results.Restart{Seconds: 1, After: "a", Reason: "b"}},
		{Attack: &results.Attack{From: 1, To: 2, Program: "p", Finding: "f"}},
		{Sample: &results.Progress{Seconds: 3, Programs: 4}, Work: &work{[]results.LayerWork{{Layer: "tree", Tried: 3, Found: 1}}, 1, 2}},
	}
}

func TestJournalRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "rec")
	want := everything()
	for i, e := range want {
		j, err := openJournal(dir) // each time anew, as who resumes does
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.write(e), j.close()); err != nil {
			t.Fatal(err)
		}
		got, err := pastOf(dir, true)
		if err != nil || !reflect.DeepEqual(got, want[:i+1]) {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if _, err := pastOf(dir, false); err == nil {
		t.Error("a campaign is begun where there is one")
	}
}

func TestJournalSurvivesWhatIsTorn(t *testing.T) {
	dir := t.TempDir()
	begin := `{"begin":{"seed":7,"server":"loopback"}}`
	for _, torn := range []string{"", "{", `{"edge":{"ed`, "\x00\xff", "null", "[]", `{"begin":3}`} {
		file := filepath.Join(dir, JournalFile)
		if err := os.WriteFile(file, []byte(begin+"\n"+torn), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.write(entry{Shrunk: "f"}), j.close()); err != nil {
			t.Fatal(err)
		}
		got, err := pastOf(dir, true)
		if n := len(got); err != nil || n < 2 || got[0].Begin == nil || got[n-1].Shrunk != "f" {
			t.Errorf("%q: %+v, %v", torn, got, err)
		}
	}
}

// FuzzJournal resumes what anybody may have written.
func FuzzJournal(f *testing.F) {
	dir := f.TempDir()
	j, err := openJournal(dir)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range everything() {
		err = errors.Join(err, j.write(e))
	}
	text, err2 := os.ReadFile(filepath.Join(dir, JournalFile))
	if err := errors.Join(err, err2, j.close()); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"begin":{}}` + "\n" + `{"found":{"fingerprint":"../../x","oracle":"crash"}}` + "\n"))
	f.Add([]byte(`{"begin":{}}` + "\n" + `{"sample":{"programs":-1e18,"t_s":-1e308}}` + "\n"))
	f.Add([]byte("{\"begin\":{}}\nnull\n{}\n[]\n\"\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, JournalFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
		entries, err := pastOf(dir, true)
		if err != nil {
			return
		}
		c := &campaign{plan: Plan{Record: dir, Corpus: []*program.Program{programNamed(t, pingText)}}, start: time.Now(), known: map[string]bool{}, doubted: map[string]int{}}
		if err := c.open(entries); err != nil {
			return
		}
		c.snapshot()
		if err := c.journal.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestBaselineRoundTrip(t *testing.T) {
	found := []results.Finding{
		{Fingerprint: "0123456789abcdef", Oracle: "crash", Title: "a # b\n\"c\" \x00\u2028ä"},
		{Fingerprint: "fedcba9876543210", Oracle: "answer", Title: ""},
	}
	text := FormatBaseline(found)
	b, err := ParseBaseline("f", []byte(text))
	if err != nil || len(b) != 2 || !b.Accepts("0123456789abcdef") || !b.Accepts("fedcba9876543210") || b.Accepts("0000000000000000") {
		t.Errorf("%v, %v of\n%s", b, err, text)
	}
	if strings.Count(text, "\n") != 3 {
		t.Errorf("a title breaks lines:\n%s", text)
	}
}

func TestParseBaseline(t *testing.T) {
	for _, c := range []struct{ text, want, wrong string }{
		{"", "", ""},
		{"# only this\r\n\n  \n", "", ""},
		{"0123456789abcdef", "0123456789abcdef", ""},
		{" 0123456789abcdef  what # why\r\n", "0123456789abcdef", ""},
		{"0123456789abcdef\n0123456789abcde\nxyz\n0123456789ABCDEF a", "0123456789abcdef", "f:2:1: f:3:1: f:4:1: "},
		{"\x00\xff", "", "f:1:1: "},
	} {
		b, err := ParseBaseline("f", []byte(c.text))
		if c.want == "" && len(b) > 0 || c.want != "" && (len(b) != 1 || !b.Accepts(c.want)) {
			t.Errorf("%q: %v", c.text, b)
		}
		for where := range strings.FieldsSeq(c.wrong) {
			if err == nil || !strings.Contains(err.Error(), where) {
				t.Errorf("%q: nothing about %s in: %v", c.text, where, err)
			}
		}
		if c.wrong == "" && err != nil {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestExhibitRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "f")
	p := programNamed(t, pingText)
	f := oracle.Finding{Oracle: oracle.Metamorphic, Level: program.Must, State: "bound", Input: "no XML", Title: "t \x1b"}
	k := kept{finding: results.Finding{Oracle: string(f.Oracle), Level: string(f.Level), State: f.State, Input: f.Input, Title: f.Title}, program: p, minimal: p, spelled: 1<<64 - 1}
	if err := k.write(dir); err != nil {
		t.Fatal(err)
	}
	x, err := ReadExhibit(dir)
	if err != nil || x.spelled != k.spelled || x.Program.String() != p.String() || x.Finding.Fingerprint() != f.Fingerprint() {
		t.Errorf("%+v, %v", x, err)
	}
	x, err = ReadExhibit(filepath.Join(dir, ProgramFile))
	if err != nil || x.Finding != nil || x.spelled != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestReadExhibitIsSafe(t *testing.T) {
	good := `{"oracle":"crash","title":"t"}`
	for name, make := range map[string]func(dir string) error{
		"empty":      func(string) error { return nil },
		"no program": func(dir string) error { return write(dir, FindingFile, good) },
		"no finding": func(dir string) error { return write(dir, MinimalFile, pingText) },
		"torn": func(dir string) error {
			return errors.Join(write(dir, FindingFile, `{"oracle`), write(dir, MinimalFile, pingText))
		},
		"another shape": func(dir string) error {
			return errors.Join(write(dir, FindingFile, `[1]`), write(dir, MinimalFile, pingText))
		},
		"broken program": func(dir string) error {
			return errors.Join(write(dir, FindingFile, good), write(dir, MinimalFile, "\xff\x00"))
		},
		"no seed": func(dir string) error {
			return errors.Join(write(dir, FindingFile, good), write(dir, MinimalFile, "# spelled x\n"+pingText))
		},
		"a pipe": func(dir string) error {
			return errors.Join(write(dir, FindingFile, good), syscall.Mkfifo(filepath.Join(dir, MinimalFile), 0o600))
		},
		"a loop": func(dir string) error {
			return errors.Join(write(dir, MinimalFile, pingText), os.Symlink(FindingFile, filepath.Join(dir, FindingFile)))
		},
		"endless": func(dir string) error {
			return errors.Join(write(dir, MinimalFile, pingText), os.Symlink("/dev/zero", filepath.Join(dir, FindingFile)))
		},
		"large": func(dir string) error {
			return errors.Join(write(dir, FindingFile, good), write(dir, MinimalFile, pingText), os.Truncate(filepath.Join(dir, MinimalFile), 1<<40))
		},
		"a folder": func(dir string) error {
			return errors.Join(write(dir, FindingFile, good), os.Mkdir(filepath.Join(dir, MinimalFile), 0o700))
		},
	} {
		dir := t.TempDir()
		if err := make(dir); err != nil {
			t.Fatal(err)
		}
		if x, err := ReadExhibit(dir); err == nil {
			t.Errorf("%s is taken for %+v", name, x)
		}
	}
}

func write(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
}

func TestEvidenceIsClipped(t *testing.T) {
	said := program.Transcript{{Actor: program.Attacker, What: program.Received, Data: []byte("ab\x00\xff" + strings.Repeat("x", 1000))}}
	for _, c := range []struct {
		span oracle.Span
		want string
	}{
		{oracle.Span{Event: 0, From: 0, To: 2}, "ab"},
		{oracle.Span{Event: 0, From: 1, To: 4}, `b\x00\xff`},
		{oracle.Span{Event: 0, From: 4}, strings.Repeat("x", evidenceKept)},
		{oracle.Span{Event: 0, From: 1003, To: 9999}, "x"},
		{oracle.Span{Event: 0, From: 5000, To: 9999}, ""},
		{oracle.Span{Event: 0, From: 3, To: 2}, ""},
		{oracle.Span{Event: 1, From: 0, To: 2}, ""},
		{oracle.Span{Event: -1}, ""},
	} {
		if got := evidence(said, c.span); got.Text != c.want {
			t.Errorf("%+v: %.60q, want %.60q", c.span, got.Text, c.want)
		}
	}
}

func TestResumeRefusesAnotherServer(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, JournalFile, `{"begin":{"seed":7,"server":"loopback"}}`+"\n"); err != nil {
		t.Fatal(err)
	}
	entries, err := pastOf(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	c := &campaign{plan: Plan{Record: dir, Corpus: []*program.Program{programNamed(t, pingText)}}, report: results.Campaign{Server: results.Examined{Driver: "prosody"}}}
	if err := c.open(entries); !errors.As(err, new(*UnfitError)) {
		t.Errorf("%v", err)
	}
}
