package fuzz

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

func TestReport(t *testing.T) {
	row := func(o oracle.Outcome, l program.Level) Row {
		return Row{Program: &program.Program{Row: 28, Case: "a", Clause: "RFC 6120 §11.3"}, Judgement: oracle.Judgement{Outcome: o, Level: l, Seen: "attacker <nothing>"}}
	}
	r := NewReport(Server{Software: "S", Version: "1"}, time.Time{})
	r.Add(row(oracle.Conform, program.Must), "")
	r.Add(row(oracle.Deviation, program.Should), "file")
	r.Add(row(oracle.NotApplicable, program.Must), "")
	if r.Verdict.ExitCode != results.ExitPass {
		t.Errorf("without a deviation at MUST the verdict is %v", r.Verdict)
	}
	grave := *NewReport(r.Server, time.Time{})
	grave.Add(row(oracle.Deviation, program.Must), "")
	r.AddCrash(Crash{"O-28 a", "traceback", "nil"})
	for _, v := range []Verdict{grave.Verdict, r.Verdict} {
		if v.ExitCode != results.ExitFinding || v.Status == results.ExitPass.Status() {
			t.Errorf("the verdict is %v", v)
		}
	}
	var text, data bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"FOUND: S 1", "\nStream and XML\n", "O-28  a  deviation       SHOULD  RFC 6120 §11.3  attacker <nothing>", "Crash (traceback), noticed after O-28 a",
		"3 programs: 1 conform, 0 tolerated, 1 deviate (0 at MUST), 1 not applicable"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if err := r.WriteJSON(&data); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(data.Bytes(), &back); err != nil || len(back.Rows) != 3 || back.Rows[1].Row != "O-28" || back.Rows[1].Record != "file" || back.Counts["deviation"] != 1 {
		t.Errorf("%v\n%s", err, &data)
	}
}
