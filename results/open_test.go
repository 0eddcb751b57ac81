package results

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var recordFiles = []string{RunFile, LogFile, SeriesFile}

// copyRecord copies the record in dir, with the named files' bytes replaced.
func copyRecord(t testing.TB, dir string, replaced map[string][]byte) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range recordFiles {
		text, ok := replaced[name]
		if !ok {
			text = readFile(t, filepath.Join(dir, name))
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKilledRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	w := writeSmall(t, dir)
	defer w.Close(Run{})
	r := open(t, dir) // as it would be if the process died here
	checkIntervals(t, r)
	if !r.Run.Unfinished || r.Run.ElapsedNS != 5e9 || r.Run.Verdict.ExitCode != int(ExitIncomplete) || r.Run.Verdict.Status != StatusIncomplete {
		t.Errorf("unfinished %v, elapsed %d, verdict %+v", r.Run.Unfinished, r.Run.ElapsedNS, r.Run.Verdict)
	}
	if !reflect.DeepEqual(r.Run.Series, w.Summaries()) {
		t.Errorf("series:\n%+v\nwant:\n%+v", r.Run.Series, w.Summaries())
	}
	wantPhases := []Phase{
		{Name: "login", Kind: PhaseLogin, EndNS: 1e9, Offered: 10, Completed: 10},
		{Name: "steady", Kind: PhaseOpen, Rate: 100, StartNS: 1e9, EndNS: 4e9, Offered: 200, Completed: 198, Failed: 2},
		{Name: "drain", Kind: PhaseDrain, StartNS: 4e9, EndNS: 5e9},
	}
	if !reflect.DeepEqual(r.Run.Phases, wantPhases) {
		t.Errorf("phases:\n%+v\nwant:\n%+v", r.Run.Phases, wantPhases)
	}
	if want := []ErrorClass{{Class: "timeout", Count: 2, FirstNS: 3e9}}; !reflect.DeepEqual(r.Run.Errors, want) {
		t.Errorf("errors: %+v", r.Run.Errors)
	}
	if r.Run.Ledger.Sent != 210 || r.Run.Ledger.Delivered != 207 || r.Run.Sessions.Peak != 10 {
		t.Errorf("ledger %+v, sessions %+v", r.Run.Ledger, r.Run.Sessions)
	}
	if s := r.Run.Server; !s.Observed || s.RSSPeak != 3e6 || s.CPUMax != 0.375 || r.Run.Generator.CPUMax != 0.375 {
		t.Errorf("server %+v, generator %+v", s, r.Run.Generator)
	}
	if len(r.Warnings) > 0 {
		t.Errorf("warnings: %v", r.Warnings)
	}
}

// writeTiny records two seconds of one series, without closing.
func writeTiny(t testing.TB, dir string) *Recorder {
	t.Helper()
	r, err := Create(dir, Run{Started: started})
	if err != nil {
		t.Fatal(err)
	}
	for s := range 2 {
		r.Series("ping", "steady", Response).Record(int64(s+1) * 1e6)
		if err := r.Tick(Tick{time.Duration(s+1) * time.Second, "steady", []Metric{{"offered", float64(s + 1)}, {"sessions", 10}}}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestKilledAtEveryByte cuts each file after each byte. Only a run.json that
// is not whole, which renaming rules out, may make Open fail.
func TestKilledAtEveryByte(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	defer writeTiny(t, dir).Close(Run{})
	whole := open(t, dir)
	for _, name := range recordFiles {
		text := readFile(t, filepath.Join(dir, name))
		cut := copyRecord(t, dir, nil)
		for n := range text {
			if err := os.WriteFile(filepath.Join(cut, name), text[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := Open(cut)
			if name == RunFile {
				if err == nil && n < len(text)-1 {
					t.Fatalf("%s cut after %d bytes is accepted", name, n)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s cut after %d bytes: %v", name, n, err)
			}
			checkCut(t, r, whole, name, text[:n])
		}
	}
}

// checkCut checks that whole lines, and only they, were read.
func checkCut(t *testing.T, r, whole *Record, name string, text []byte) {
	t.Helper()
	lines := bytes.Count(text, []byte("\n"))
	torn := len(text) > 0 && text[len(text)-1] != '\n'
	rows, wholeRows, header := len(r.Intervals), len(whole.Intervals), 4
	if name == SeriesFile {
		rows, wholeRows, header = rowCount(r), rowCount(whole), 1
	}
	want := max(0, lines-header)
	if rows != want && !(torn && name == LogFile && rows == want+1 && len(r.Warnings) == 0) {
		t.Fatalf("%s cut after %d bytes: %d of %d rows, want %d; warnings %v", name, len(text), rows, wholeRows, want, r.Warnings)
	}
	for _, w := range r.Warnings {
		if w := w.(*Warning); w.File != name || w.Line != lines+1 || !torn {
			t.Fatalf("%s cut after %d bytes: warning %v", name, len(text), w)
		}
	}
	if torn && lines > header && rows == want && len(r.Warnings) != 1 {
		t.Fatalf("%s cut after %d bytes: warnings %v", name, len(text), r.Warnings)
	}
}

func rowCount(r *Record) (n int) {
	for _, t := range r.Ticks {
		n += len(t.Metrics)
	}
	return n
}

func TestOpenRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	defer writeSmall(t, dir).Close(Run{})
	for _, c := range []struct {
		name, text string
		want       error
		reason     string
	}{
		{"newer", `{"schema_version": 2, "phases": "changed"}`, VersionError{2}, "use a newer one"},
		{"no schema", `{}`, nil, "no schema_version"},
		{"not JSON", `{"schema_version": 1`, nil, "unexpected end"},
		{"huge number", `{"schema_version": 1e400}`, nil, "cannot unmarshal"},
		{"wrong type", `{"schema_version": 1, "elapsed_ns": 1e30}`, nil, "cannot unmarshal"},
		{"deep", `{"schema_version": 1, "x": ` + strings.Repeat("[", 100_000), nil, "exceeded max depth"},
	} {
		_, err := Open(copyRecord(t, dir, map[string][]byte{RunFile: []byte(c.text)}))
		if err == nil || !strings.Contains(err.Error(), c.reason) || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
	empty := t.TempDir()
	if _, err := Open(empty); !errors.Is(err, NoRecordError{empty}) {
		t.Errorf("no run.json: %v", err)
	}
	if _, err := Open(filepath.Join(empty, "none")); !errors.Is(err, NoRecordError{filepath.Join(empty, "none")}) {
		t.Errorf("no directory: %v", err)
	}
}

func TestMissingFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	if err := writeSmall(t, dir).Close(finalRun()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{LogFile, SeriesFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r := open(t, dir)
	if len(r.Warnings) != 2 || r.Warnings[0].Error() != "latency.hlog: the file is missing" {
		t.Errorf("warnings: %v", r.Warnings)
	}
	if got := r.Merged("message", "steady", Response); got == nil || got.TotalCount() != 200 {
		t.Errorf("merged from run.json alone: %v", got)
	}
}

func TestBadLines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	defer writeSmall(t, dir).Close(Run{})
	whole := open(t, dir)
	for _, c := range []struct{ file, line, reason string }{
		{LogFile, "nonsense", "not an interval"},
		{LogFile, "0.1,1.0,2.0,HISTFAAA", "not an interval"},
		{LogFile, "Tag=message,0,1,2,HISTFAAA", "is not NAME/PHASE/KIND"},
		{LogFile, "Tag=a/b%zz/c,0,1,2,HISTFAAA", "invalid URL escape"},
		{LogFile, "Tag=a/b/c,-1,1,2,HISTFAAA", "number of seconds"},
		{LogFile, "Tag=a/b/c,1,NaN,2,HISTFAAA", "number of seconds"},
		{LogFile, "Tag=a/b/c,1e300,1,2,HISTFAAA", "number of seconds"},
		{LogFile, "Tag=a/b/c,1,1,2,HISTFAAA", "not an HdrHistogram"},
		{LogFile, strings.Repeat("x", maxLine+1), "longer than"},
		{LogFile, strings.Repeat("\x00", 4096), "not an interval"},
		{SeriesFile, "1,steady,sessions", "3 fields"},
		{SeriesFile, "x,steady,sessions,1", "number of seconds"},
		{SeriesFile, "1,steady,sessions,many", "is not a number"},
		{SeriesFile, "1,steady,sessions,Inf", "is not a number"},
		{SeriesFile, "1,steady,%,1", "invalid URL escape"},
		{SeriesFile, strings.Repeat("9", 8*maxLine), "longer than"},
	} {
		text := strings.SplitAfter(string(readFile(t, filepath.Join(dir, c.file))), "\n")
		text[4] += c.line + "\n"
		r := open(t, copyRecord(t, dir, map[string][]byte{c.file: []byte(strings.Join(text, ""))}))
		if len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0].Error(), c.file+":6: ") || !strings.Contains(r.Warnings[0].Error(), c.reason) {
			t.Errorf("%.40q: warnings %v", c.line, r.Warnings)
		}
		if len(r.Intervals) != len(whole.Intervals) || rowCount(r) != rowCount(whole) {
			t.Errorf("%.40q: reading did not go on", c.line)
		}
	}
}

func TestWarningsAreBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	defer writeSmall(t, dir).Close(Run{})
	r := open(t, copyRecord(t, dir, map[string][]byte{LogFile: bytes.Repeat([]byte("x\n"), 5000)}))
	if n := len(r.Warnings); n != maxWarnings+1 {
		t.Errorf("%d warnings", n)
	}
}

func TestTooLongFile(t *testing.T) {
	for _, c := range []struct {
		limit int64
		want  int
	}{{6, 3}, {7, 3}, {5, 2}, {4, 2}} {
		var r Record
		var got []string
		r.scan("x", strings.NewReader("a\nb\nc\n"), c.limit, func(l *lines) {
			for line, ok := l.next(); ok; line, ok = l.next() {
				got = append(got, line)
			}
		})
		if len(got) != c.want || (len(r.Warnings) == 0) != (c.limit >= 6) {
			t.Errorf("limit %d: lines %q, warnings %v", c.limit, got, r.Warnings)
		}
	}
}

func TestHistogramThatContradictsItsCount(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	if err := writeSmall(t, dir).Close(finalRun()); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(readFile(t, filepath.Join(dir, RunFile))), `"count": 200,`, `"count": 201,`, 1)
	r := open(t, copyRecord(t, dir, map[string][]byte{RunFile: []byte(text)}))
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Error(), "count 201, but its histogram has 200") {
		t.Errorf("warnings: %v", r.Warnings)
	}
}

func TestMerged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	w := writeSmall(t, dir)
	killed := open(t, dir)
	if err := w.Close(finalRun()); err != nil {
		t.Fatal(err)
	}
	closed := open(t, dir)
	killed.Run.Series = nil // so that the intervals are asked
	for _, c := range []struct {
		name, phase, kind string
		want              int64
	}{
		{"message", "steady", Response, 200}, {"message", "drain", Response, 2}, {"message", "", Response, 202},
		{"message", "", Service, 200}, {"login", "login", Response, 10}, {"login", "steady", Response, 0},
	} {
		for _, r := range []*Record{killed, closed} {
			h := r.Merged(c.name, c.phase, c.kind)
			if (h == nil) != (c.want == 0) || h != nil && h.TotalCount() != c.want {
				t.Errorf("%s/%s/%s: %v; want count %d", c.name, c.phase, c.kind, h, c.want)
			}
		}
	}
}

func TestStillGoingOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	w := writeSmall(t, dir)
	defer w.Close(Run{})
	if n := len(open(t, dir).Ticks); n != 5 {
		t.Fatalf("%d ticks", n)
	}
	if err := w.Tick(Tick{6 * time.Second, "drain", []Metric{{"sessions", 0}}}); err != nil {
		t.Fatal(err)
	}
	if r := open(t, dir); len(r.Ticks) != 6 || r.Run.ElapsedNS != 6e9 {
		t.Errorf("%d ticks, elapsed %d", len(r.Ticks), r.Run.ElapsedNS)
	}
}
