package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"golang.org/x/perf/benchfmt"

	"xmpprig/results"
)

func labelled(r *results.Record, commit string) *results.Record {
	r.Run.Labels = results.Labels{"commit": commit, "branch": "main"}
	return r
}

// TestRunJUnit has another parser read the files.
func TestRunJUnit(t *testing.T) {
	met, bound := 1.0, 2.0
	passed := labelled(shortRecord(t, 30), "abc")
	passed.Run.Objectives = []results.Objective{{Text: "lost == 0", Observed: &met, Bound: bound, Passed: true}}
	odd := emptyRecord(t)
	odd.Run.Verdict = results.Verdict{Status: results.StatusFailed, Reasons: []string{"something \x1b[31m <else>"}}
	for _, c := range []struct {
		name           string
		record         *results.Record
		passed, failed int
		want           string
	}{
		{"a run that passed", passed, 3, 0, "lost == 0"},
		{"missed and undecided objectives", failedRecord(t), 4, 1, "errors in login were 100 %"},
		{"the rig was the limit", limitedRecord(t), 1, 1, "the rig was the bottleneck"},
		{"a killed run", killedRecord(t), 1, 1, "incomplete"},
		{"another verdict", odd, 2, 1, "something"},
	} {
		var b bytes.Buffer
		if err := RunJUnit(&b, c.record); err != nil {
			t.Fatal(err)
		}
		suites, err := junit.Ingest(b.Bytes())
		if err != nil || len(suites) != 1 {
			t.Fatalf("%s: %d suites, %v", c.name, len(suites), err)
		}
		got := suites[0].Totals
		if got.Passed != c.passed || got.Failed != c.failed || !strings.Contains(b.String(), c.want) {
			t.Errorf("%s: %+v\n%s", c.name, got, &b)
		}
	}
	var b bytes.Buffer
	if err := RunJUnit(&b, passed, failedRecord(t), labelled(busyRecord(t), "\x00")); err != nil {
		t.Fatal(err)
	}
	if suites, err := junit.Ingest(b.Bytes()); err != nil || len(suites) != 3 || !strings.Contains(suites[0].Name, "commit=abc branch=main") {
		t.Errorf("several runs: %v, %v", suites, err)
	}
}

// TestBenchfmt has the reader that benchstat uses read the files.
func TestBenchfmt(t *testing.T) {
	full := labelled(sample(t), "abc 123")
	var b bytes.Buffer
	if err := Benchfmt(&b, &full.Run, &labelled(shortRecord(t, 30), "def").Run, &limitedRecord(t).Run, &labelled(busyRecord(t), "x").Run, &results.Run{}); err != nil {
		t.Fatal(err)
	}
	r := benchfmt.NewReader(&b, "bench")
	seen := map[string]int{}
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(rec)
		case *benchfmt.Result:
			seen[string(rec.Name)+" "+rec.GetConfig("commit")+" "+rec.GetConfig("verdict")]++
			if rec.GetConfig("scenario-sha") == "" || rec.GetConfig("machine") == "" || rec.GetConfig("server") == "" || rec.GetConfig("goos") != "linux" {
				t.Errorf("%s: configuration %v", rec.Name, rec.Config)
			}
			p99, ok := rec.Value("p99-sec/op")
			if s := seriesOf(&full.Run, "ping", "steady"); string(rec.Name) == "Ping/phase=steady" && rec.GetConfig("commit") == "abc 123" &&
				(!ok || fmt.Sprintf("%.9f", p99) != fmt.Sprintf("%.9f", float64(*s.P99NS)/1e9) || rec.Iters != int(s.Count)) {
				t.Errorf("p99 is %v in %v, want %d of %d", p99, rec, *s.P99NS, s.Count)
			}
		}
	}
	for _, want := range []string{"Ping/phase=steady abc 123 ", "Ping/phase=rush_hour abc 123 ", "Run/phase=steady abc 123 ", "Server abc 123 ", "Ping/phase=steady def ", "Ping/phase=steady  generator-limited"} {
		if seen[want] != 1 {
			t.Errorf("%q is there %d times, of %v", want, seen[want], seen)
		}
	}
	for unit, better := range map[string]string{"p99-sec/op": "lower", "ops/s": "higher", "cpu-sec/stanza": "lower"} {
		if got := r.Units().Get(unit, "better"); got == nil || got.Value != better {
			t.Errorf("%s is better %v", unit, got)
		}
	}
}

func seriesOf(run *results.Run, name, phase string) *results.Series {
	for i := range run.Series {
		if s := &run.Series[i]; s.Name == name && s.Phase == phase && s.Kind == results.Response {
			return s
		}
	}
	return nil
}

func TestCSV(t *testing.T) {
	full, short := labelled(sample(t), "=1+1"), shortRecord(t, 30)
	short.Run.Labels = results.Labels{"host": "b"}
	var b bytes.Buffer
	if err := CSV(&b, &full.Run, &short.Run); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	cell := func(row int, column string) string {
		for i, h := range rows[0] {
			if h == column {
				return rows[row][i]
			}
		}
		t.Errorf("no column %s in %q", column, rows[0])
		return ""
	}
	if strings.Join(rows[0][:4], ",") != "time,commit,branch,host" || cell(1, "time") != "2026-11-23T09:30:00Z" || cell(1, "commit") != "'=1+1" || cell(2, "host") != "b" {
		t.Errorf("%q", rows)
	}
	if got, want := cell(1, "ping_p99_in_steady_ns"), fmt.Sprint(*seriesOf(&full.Run, "ping", "steady").P99NS); got != want {
		t.Errorf("p99 %s, want %s", got, want)
	}
	if got := cell(2, "ping_p99_in_steady_ns"); got != "" {
		t.Errorf("p99 of 30 samples: %s", got)
	}
}

func TestMarkdown(t *testing.T) {
	for name, r := range map[string]*results.Record{"sample": labelled(sample(t), "abc"), "empty": emptyRecord(t), "failed": failedRecord(t), "killed": killedRecord(t), "busy": busyRecord(t), "limited": limitedRecord(t)} {
		var b bytes.Buffer
		if err := Markdown(&b, r, r); err != nil {
			t.Fatal(err)
		}
		columns := 0
		for l := range strings.Lines(b.String()) {
			bars := strings.Count(l, "|") - strings.Count(l, `\|`)
			if !strings.HasPrefix(l, "|") {
				columns = 0
			} else if columns > 0 && bars != columns {
				t.Errorf("%s: a row of %d bars in a table of %d: %s", name, bars, columns, l)
			} else {
				columns = bars
			}
		}
		if strings.Count(b.String(), "### ") != 2 || !strings.Contains(b.String(), "**Ledger:**") {
			t.Errorf("%s:\n%s", name, &b)
		}
	}
	hostile := emptyRecord(t)
	hostile.Run.Verdict.Reasons = []string{"<img src=x> [a](http://b) | @all #1 `c`\n# d *e*"}
	hostile.Run.Errors = []results.ErrorClass{{Class: "x", Count: 1, Samples: []string{"a|b\x1b[2J"}}}
	var b bytes.Buffer
	Markdown(&b, hostile)
	if want := "- &lt;img src=x&gt; \\[a\\](http:&#47;/b) \\| @\u2060all #\u20601 \\`c\\` #\u2060 d \\*e\\*\n"; !strings.Contains(b.String(), want) || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%s\nhas not\n%s", &b, want)
	}
}

// TestRunFormatsTellErrors has each writer tell that it could not write.
func TestRunFormatsTellErrors(t *testing.T) {
	r := shortRecord(t, 30)
	for name, write := range map[string]func(io.Writer) error{
		"junit": func(w io.Writer) error { return RunJUnit(w, r) }, "markdown": func(w io.Writer) error { return Markdown(w, r) },
		"benchfmt": func(w io.Writer) error { return Benchfmt(w, &r.Run) }, "csv": func(w io.Writer) error { return CSV(w, &r.Run) },
	} {
		if write(brokenPipe{}) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
