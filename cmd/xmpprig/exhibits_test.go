package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"xmpprig/results"
)

// findingOf sets $FINDING to the directory of the first finding of a record by an oracle:
//
//	finding RECORD ORACLE
func findingOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: finding RECORD ORACLE")
	}
	var c results.Campaign
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0]+"/campaign.json")), &c))
	for _, f := range c.Findings {
		if f.Oracle == args[1] {
			ts.Setenv("FINDING", args[0]+"/"+f.Directory)
			return
		}
	}
	ts.Fatalf("%s has no finding by %s", args[0], args[1])
}

// smaller checks that a file is smaller than another:
//
//	smaller FILE FILE
func smaller(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: smaller FILE FILE")
	}
	if a, b := len(ts.ReadFile(args[0])), len(ts.ReadFile(args[1])); a >= b {
		ts.Fatalf("%s has %d bytes, and %s %d", args[0], a, args[1], b)
	}
}

// hostileFile makes a file that is not what it seems:
//
//	hostile pipe|loop|long|binary|torn FILE
func hostileFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hostile KIND FILE")
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	switch args[0] {
	case "pipe":
		ts.Check(syscall.Mkfifo(file, 0o644))
	case "loop":
		ts.Check(os.Symlink(filepath.Base(file), file))
	case "long":
		ts.Check(os.WriteFile(file, nil, 0o644))
		ts.Check(os.Truncate(file, 100<<20))
	case "binary":
		ts.Check(os.WriteFile(file, []byte("title \xff\x00\xfe\nattacker dial\n"), 0o644))
	case "torn": // as a process leaves it that is killed while it writes
		ts.Check(os.WriteFile(file, []byte(strings.TrimRight(ts.ReadFile(args[1]), "\n")+"\n"+`{"sample":{"t_s":9.0,"progr`), 0o644))
	default:
		ts.Fatalf("no such kind: %s", args[0])
	}
}

// resumed checks that all a journal told stands in the campaign that went on with it:
//
//	resumed JOURNAL CAMPAIGN
func resumed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: resumed JOURNAL CAMPAIGN")
	}
	var c results.Campaign
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &c))
	edges := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		var e struct {
			Edge    *struct{}
			Found   *results.Finding
			Restart *results.Restart
			Sample  *results.Progress
		}
		ts.Check(json.Unmarshal([]byte(line), &e))
		switch {
		case e.Edge != nil:
			edges++
		case e.Found != nil:
			if !slices.ContainsFunc(c.Findings, func(f results.Finding) bool {
				return f.Fingerprint == e.Found.Fingerprint && f.Seconds == e.Found.Seconds
			}) {
				ts.Fatalf("the finding %s is lost", e.Found.Fingerprint)
			}
		case e.Restart != nil:
			if !slices.Contains(c.Restarts, *e.Restart) {
				ts.Fatalf("a restart is lost: %+v", *e.Restart)
			}
		case e.Sample != nil && (c.Programs < e.Sample.Programs || c.Seconds < e.Sample.Seconds || c.Corpus < e.Sample.Corpus):
			ts.Fatalf("%+v had been done, and now %d programs, %d kept in %v s", *e.Sample, c.Programs, c.Corpus, c.Seconds)
		}
	}
	if c.Coverage.Edges < edges {
		ts.Fatalf("%d edges of %d are left", c.Coverage.Edges, edges)
	}
}

// suspect adds a suspicion to a journal, as it stands there when the process is killed before it is looked into:
//
//	suspect JOURNAL PROGRAM
func suspect(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: suspect JOURNAL PROGRAM")
	}
	line, err := json.Marshal(map[string]any{"suspect": map[string]any{
		"finding": map[string]any{"oracle": "witness", "level": "MUST", "state": "bound", "input": "no XML", "title": "a suspicion of the script"},
		"program": ts.ReadFile(args[1]), "t_s": 0.5, "programs": 3,
	}})
	ts.Check(err)
	text := ts.ReadFile(args[0])
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append([]byte(text), append(line, '\n')...), 0o644))
}
