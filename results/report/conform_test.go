package report

import (
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

// examination is how a server did in a few rows.
func examination() *results.Conformance {
	c := results.NewConformance(results.Tool{Name: "xmpprig", Version: "v0.2.0"}, results.Examined{Driver: "prosody", Software: "Prosody", Version: "0.12.3",
		Address: "127.0.0.1:5222", Domain: "localhost"}, time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC))
	row := func(row, name, outcome, level, seen string) results.Judged {
		return results.Judged{Row: row, Case: name, Title: "what " + name + " is about", State: "bound", Outcome: outcome, Level: level, Seen: seen, Clause: "RFC 6120 §11.3"}
	}
	c.Add(row("O-5", "version", results.RowConform, results.LevelMust, "attacker <stream> version='1.0'"))
	c.Add(row("O-28", "element", results.RowConform, results.LevelMust, "attacker stream error not-well-formed"))
	late := row("O-29", "comment", results.RowDeviation, results.LevelShould, "attacker nothing")
	late.Record = "kept/O-029-comment.transcript"
	c.Add(late)
	grave := row("O-103", "unmodified", results.RowDeviation, results.LevelMust, `witness message "ab"`)
	grave.Record, grave.Reason = "kept/O-103-unmodified.transcript", "the witness got what nobody sent"
	c.Add(grave)
	c.Add(row("O-90", "delivery", results.RowTolerated, results.LevelMust, "witness nothing"))
	none := row("O-110", "archive", results.RowNotApplicable, results.LevelMust, "")
	none.Reason = "the server does not offer urn:xmpp:mam:2"
	c.Add(none)
	c.AddCrash(results.Breakdown{After: "O-103 unmodified", Kind: "traceback", Text: "attempt to index a nil value\n\tin function 'route'"})
	return c
}

func TestConformanceText(t *testing.T) {
	var b strings.Builder
	if err := ConformanceText(&b, examination()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"FOUND: Prosody 0.12.3, localhost\n", "\nStream and XML\n", "O-29  comment  deviation  SHOULD  RFC 6120 §11.3  attacker nothing\n",
		`O-103  unmodified  deviation  MUST  RFC 6120 §11.3  witness message "ab" — the witness got what nobody sent` + "\n",
		"\nCrash (traceback), noticed after O-103 unmodified\n  attempt to index a nil value\n",
		"\n6 programs: 2 conform, 1 tolerated, 2 deviate (1 at MUST), 1 not applicable\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct{ in, line, text string }{
		{"plain <b> ü 漢", "plain <b> ü 漢", "plain <b> ü 漢"},
		{"a\nb\tc\r", `a\nb\tc\r`, "a\nb\tc" + `\r`},
		{"\x00\x1b[31m\x7f", `\x00\x1b[31m\x7f`, `\x00\x1b[31m\x7f`},
		{"\xff\xc0\u202e\ufffe\ufffd\u2028", `\xff\xc0\u202e\ufffe` + "\ufffd" + `\u2028`, `\xff\xc0\u202e\ufffe` + "\ufffd" + `\u2028`},
		{`already \x00`, `already \x00`, `already \x00`},
		{"\u0085\U000e0001", `\u0085\U000e0001`, `\u0085\U000e0001`},
	} {
		if got := visible(c.in, false); got != c.line {
			t.Errorf("%q is shown as %q, want %q", c.in, got, c.line)
		}
		if got := visible(c.in, true); got != c.text {
			t.Errorf("%q is shown as %q, want %q", c.in, got, c.text)
		}
	}
	if got := seenLine(strings.Repeat("\x00", 1000), 10); got != `\x00\x00\…` {
		t.Errorf("a long line is cut to %q", got)
	}
}
