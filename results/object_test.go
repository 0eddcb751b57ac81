package results

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCampaignReadsBack(t *testing.T) {
	c := &Campaign{
		Schema: 1, Tool: Tool{Name: "xmpprig", Go: "go1.26"}, Command: []string{"xmpprig", "fuzz"}, Started: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC),
		Seconds: 1200.5, Seed: 1<<63 + 7, Server: Examined{Driver: "prosody", Address: "127.0.0.1:5222"}, Programs: 12345, Coverage: Coverage{9, 120, 44},
		Layers: []LayerWork{{"tree", 100, 3}}, Samples: []Progress{{Seconds: 1, Programs: 20, Coverage: Coverage{2, 3, 4}}},
		Findings: []Finding{{Fingerprint: "aa", Evidence: []Evidence{{1, 2, 3, `<a>\x00`}}, Minimal: Size{3, 40}}}, Doubts: []Finding{}, Restarts: []Restart{},
		Attacks: []Attack{{1, 2, "p", ""}}, Honest: []Honest{{Seconds: 1, Count: 5, P50: 7}}, Verdict: Outcome{"failed", ExitFinding, nil},
	}
	dir := filepath.Join(t.TempDir(), "new")
	if err := WriteCampaign(dir, c); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCampaign(dir)
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%v\n%+v\n%+v", err, got, c)
	}
	if err := WriteCampaign(dir, &Campaign{}); err != nil {
		t.Fatal(err)
	}
	if text := string(readFile(t, filepath.Join(dir, CampaignFile))); strings.Contains(text, "null") || !strings.Contains(text, `"schema": 1`) {
		t.Errorf("an empty campaign is written as\n%s", text)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestLongCampaignIsWritten(t *testing.T) {
	c := &Campaign{Attacks: make([]Attack, 8*maxAttacks)}
	c.Attacks[7].Finding = "aa"
	dir := t.TempDir()
	if err := WriteCampaign(dir, c); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadCampaign(dir); err != nil || len(got.Attacks) != 1 || got.Attacks[0].Finding != "aa" || len(c.Attacks) != 8*maxAttacks {
		t.Errorf("%v, %d attacks are read back", err, len(got.Attacks))
	}
}

func TestConformanceReadsBack(t *testing.T) {
	c := NewConformance(Tool{Name: "xmpprig"}, Examined{Software: "S"}, time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC))
	c.Add(Judged{Row: "O-28", Outcome: RowConform, Level: LevelMust})
	c.Add(Judged{Row: "O-29", Outcome: RowDeviation, Level: LevelShould, Record: "file"})
	if c.Verdict.ExitCode != ExitPass {
		t.Errorf("without a deviation from a MUST the verdict is %v", c.Verdict)
	}
	crashed := NewConformance(c.Tool, c.Server, c.Started)
	crashed.AddCrash(Breakdown{"O-28 a", "traceback", "nil"})
	c.Add(Judged{Row: "O-30", Outcome: RowDeviation, Level: LevelMust})
	for _, v := range []Outcome{c.Verdict, crashed.Verdict} {
		if v.ExitCode != ExitFinding || v.Status != StatusFailed {
			t.Errorf("the verdict is %v", v)
		}
	}
	dir := t.TempDir()
	if err := WriteConformance(dir, c); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadConformance(dir); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%v\n%+v\n%+v", err, got, c)
	}
}

func TestReadCampaignRefuses(t *testing.T) {
	kind := func(err error) string {
		switch {
		case errors.As(err, new(*AbsentError)):
			return "absent"
		case errors.As(err, new(*NewerError)):
			return "newer"
		case errors.As(err, new(*FormatError)):
			return "format"
		}
		return "none"
	}
	for _, c := range []struct{ text, want string }{
		{"", "format"}, {"{", "format"}, {"[]", "format"}, {"{}", "format"}, {`{"schema":-1}`, "format"}, {`{"schema":2}`, "newer"},
		{`{"schema":99999999999999999999}`, "format"}, {`{"schema":1,"findings":7}`, "format"}, {`{"schema":1,"seconds":1e999}`, "format"},
		{`{"schema":1` + strings.Repeat(" ", maxObject) + "}", "format"}, {strings.Repeat("[", 1<<20), "format"}, {`{"schema":1,"unknown":[]}`, "none"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, CampaignFile), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadCampaign(dir)
		if got := kind(err); got != c.want {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := ReadCampaign(t.TempDir()); kind(err) != "absent" {
		t.Errorf("nothing there: %v", err)
	}
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, CampaignFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadCampaign(dir); kind(err) != "format" {
		t.Errorf("a pipe: %v", err)
	}
}

func TestEncodeObjectEscapes(t *testing.T) {
	text := "a\x00\x1b\x7f\u009b\u202e\U000e0001\u00a0<ü漢🙂>\n"
	var b strings.Builder
	if err := EncodeObject(&b, text); err != nil {
		t.Fatal(err)
	}
	if want := `"a\u0000\u001b\u007f\u009b\u202e\udb40\udc01\u00a0<ü漢🙂>\n"` + "\n"; b.String() != want {
		t.Errorf("%s, want %s", b.String(), want)
	}
	var back string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back != text {
		t.Errorf("%q, %v", back, err)
	}
}
