package fuzz

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"xmpprig/corpus"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// others are the programs that are of no row.
func others(t *testing.T) (programs []*program.Program) {
	t.Helper()
	all, err := corpus.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == corpus.Row {
			continue
		}
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			t.Error(err)
			continue
		}
		want := p.Case + ".xp"
		if p.Class != "" {
			want = p.Class + "-" + want
		}
		if e.File != want || e.Class != p.Class || e.Case != p.Case {
			t.Errorf("%s should be named %s", e.File, want)
		}
		programs = append(programs, p)
	}
	return programs
}

// TestLoopbackPlaysTheCorpus plays seeds and regressions on the loopback server: all come to their mark, do no harm to the
// witness, and have an outcome that is known where they know any.
func TestLoopbackPlaysTheCorpus(t *testing.T) {
	site := whole(t)
	for _, p := range others(t) {
		began := time.Now()
		r, err := judge(t.Context(), site, p)
		if d := time.Since(began); d > 300*time.Millisecond {
			t.Logf("%s took %v", p.Name(), d)
		}
		if err != nil {
			t.Errorf("%s: %v\n%.4000s", p.Name(), err, r.Transcript)
			continue
		}
		j := r.Judgement
		if j.Outcome == oracle.Deviation && (len(p.Lines) > 0 || j.Reason != "") {
			t.Errorf("%s: %s %s: %.2000s: %s\n%.4000s", p.Name(), j.Outcome, j.Level, j.Seen, j.Reason, r.Transcript)
		}
	}
	if err := alive(t.Context(), site); err != nil {
		t.Error(err)
	}
}

// TestCorpusIsWhole holds the regressions to the record: each entry has a program, or a reason why it has none.
func TestCorpusIsWhole(t *testing.T) {
	reached, classes := map[int]string{}, map[string]int{}
	for _, p := range others(t) {
		classes[p.Class]++
		for _, n := range p.Record {
			reached[n] = p.Name()
		}
	}
	for _, class := range corpus.Classes() {
		if classes[class] < 5 {
			t.Errorf("class %s has %d programs", class, classes[class])
		}
	}
	for _, g := range corpus.Unreached() {
		if name := reached[g.Record]; name != "" {
			t.Errorf("entry %d is said to be unreached, and reached by %s", g.Record, name)
		}
		reached[g.Record] = g.Reason
	}
	for n := 1; n <= corpus.Entries; n++ {
		if reached[n] == "" {
			t.Errorf("entry %d of the record has no program, and no reason", n)
		}
	}
	if len(reached) != corpus.Entries {
		t.Errorf("%d entries are named, of %d", len(reached), corpus.Entries)
	}
}

// TestRegressionsAreSmall adds up what each program sends: no more than is needed to see an answer.
func TestRegressionsAreSmall(t *testing.T) {
	const most = 2 << 20 // but for what has to fill a queue
	for _, p := range others(t) {
		sent, times := 0, 1
		for _, op := range p.Ops {
			switch op.Verb {
			case program.Repeat:
				times = op.Times
			case program.End:
				times = 1
			}
			text, err := program.Expand(op.Arg, func(name string) (string, bool) { return "twenty-bytes-of-text", program.Knowable(name) })
			if err != nil {
				t.Errorf("%s: %v", p.Name(), err)
			}
			sent += times * len(text)
		}
		if sent > most && (p.Class != "SL" || sent > 8*most) {
			t.Errorf("%s sends %d bytes", p.Name(), sent)
		}
	}
}

// states that a stream of a client or server can be in.
func states() []string {
	return []string{"connected", "features", "starttls-requested", "secured", "mid-sasl", "authenticated", "bound", "available", "closing",
		"component", "s2s-connected", "s2s-features", "s2s-secured", "s2s-asked", "s2s-believed"}
}

func TestSeedsLeadToEveryState(t *testing.T) {
	seen := map[string]int{}
	for _, p := range others(t) {
		if p.Class == "" {
			seen[p.State]++
		}
	}
	for _, s := range states() {
		if seen[s] == 0 {
			t.Errorf("no seed leads to the state %s", s)
		}
		delete(seen, s)
	}
	if len(seen) > 0 {
		t.Errorf("there are no states %v", fmt.Sprint(seen))
	}
}

// TestPrintedCorpusIsTheSame prints and parses every program: what is said of the text form holds for all that is shipped.
func TestPrintedCorpusIsTheSame(t *testing.T) {
	var errs []error
	for _, p := range append(others(t), rows(t)...) {
		if err := p.Check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Name(), err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}
