package fuzz

import (
	"testing"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

func TestJudged(t *testing.T) {
	row := Row{
		Program:   &program.Program{Row: 28, Case: "a", Title: "t", State: "bound", Clause: "RFC 6120 §11.3"},
		Judgement: oracle.Judgement{Outcome: oracle.Deviation, Level: program.Must, Seen: "attacker <nothing>"}, Reason: "r",
	}
	want := results.Judged{Row: "O-28", Case: "a", Title: "t", State: "bound", Outcome: results.RowDeviation, Level: results.LevelMust,
		Seen: "attacker <nothing>", Reason: "r", Clause: "RFC 6120 §11.3", Record: "file"}
	if got := row.Judged("file"); got != want || !got.Grave() {
		t.Errorf("%+v, want %+v", got, want)
	}
	for ours, theirs := range map[oracle.Outcome]string{oracle.Conform: results.RowConform, oracle.Tolerated: results.RowTolerated, oracle.NotApplicable: results.RowNotApplicable} {
		if string(ours) != theirs {
			t.Errorf("%s is reported as %s", ours, theirs)
		}
	}
	for ours, theirs := range map[program.Level]string{program.Must: results.LevelMust, program.Should: results.LevelShould, program.May: results.LevelMay} {
		if string(ours) != theirs {
			t.Errorf("%s is reported as %s", ours, theirs)
		}
	}
}
