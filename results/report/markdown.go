package report

import (
	"io"
	"strings"

	"xmpprig/results"
)

// Markdown writes runs as a comment for a pull request: of each the verdict with its reasons, the objectives, the response times, the
// ledger and the errors. It fails only where w does.
func Markdown(w io.Writer, runs ...*results.Record) error {
	var m pullRequest
	for i, r := range runs {
		if i > 0 {
			m.put("---", "")
		}
		m.run(r)
	}
	_, err := io.WriteString(w, strings.TrimRight(m.b.String(), "\n")+"\n")
	return err
}

// pullRequest collects GitHub's and GitLab's dialect.
type pullRequest struct{ b strings.Builder }

func (m *pullRequest) put(lines ...string) {
	for _, l := range lines {
		m.b.WriteString(l + "\n")
	}
}

func (m *pullRequest) run(r *results.Record) {
	run := &r.Run
	m.put("### "+toneSign(run.Verdict.Status)+" "+plainMark(verdictTitle(run)), "")
	for _, s := range reasons(r) {
		m.put("- " + plainMark(s))
	}
	for _, s := range warnings(r) {
		m.put("- warning: " + plainMark(s))
	}
	m.put("")
	if len(run.Objectives) > 0 {
		m.table(objectiveHead(), objectiveTable(run).Rows)
	}
	var rows [][]string
	for _, s := range measuredSteps(run) {
		rows = append(rows, append([]string{s.Name + " in " + s.Phase}, stepCells(s)[1:]...))
	}
	if rows == nil {
		m.put("Nothing was measured.", "")
	} else {
		m.put("Response time (answered − due)"+limitedMark(run), "")
		m.table(stepHead(), rows)
	}
	m.accounts(run)
	m.details(r)
}

// accounts are the ledger, the errors and the crashes.
func (m *pullRequest) accounts(run *results.Run) {
	var parts []string
	for _, f := range outageFacts(run) {
		m.put("**Recovery, "+f.Label+":** "+f.Value, "")
	}
	for _, f := range ledgerFacts(run.Ledger) {
		parts = append(parts, f.Value+" "+f.Label)
	}
	m.put("**Ledger:** "+strings.Join(parts, ", "), "")
	if part := roomsOf(run); part.Summary != "" {
		m.put("**Rooms:** "+plainMark(part.Summary), "")
	}
	if len(run.Errors) == 0 {
		m.put("**Errors:** none", "")
	} else {
		var rows [][]string
		for _, e := range errorRows(run.Errors) {
			rows = append(rows, []string{e.Class, e.Count, e.First, strings.Join(e.Samples[:min(1, len(e.Samples))], "")})
		}
		m.table([]string{"errors", "count", "first at", "for example"}, rows)
	}
	for _, c := range crashes(run.Server.Crashes) {
		m.put("**Crash** at "+c.At+": "+plainMark(c.Title), "")
	}
}

// details are the conditions, folded away.
func (m *pullRequest) details(r *results.Record) {
	m.put("<details><summary>Conditions</summary>", "")
	var rows [][]string
	for _, f := range append(ranFacts(r), serverFacts(&r.Run)...) {
		rows = append(rows, []string{f.Label, f.Value})
	}
	m.table([]string{"", ""}, rows)
	m.put("</details>", "")
}

// table writes a table: the first column to the left, as Markdown has it by default, figures too.
func (m *pullRequest) table(head []string, rows [][]string) {
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
	}
	m.put("| "+strings.Join(head, " | ")+" |", "|"+strings.Join(rule, "|")+"|")
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = plainMark(c)
		}
		m.put("| " + strings.Join(cells, " | ") + " |")
	}
	m.put("")
}

// toneSign is a verdict at a glance.
func toneSign(status string) string {
	switch tone(status) {
	case "good":
		return "✅"
	case "bad":
		return "❌"
	}
	return "⚠️"
}

// plainMark is text of a record, which may come from a hostile server, as Markdown that shows it and does nothing: no HTML, links,
// mentions or cells of its own.
func plainMark(s string) string {
	var b strings.Builder
	for _, r := range line(s, 600) {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '@', '#': // a word joiner keeps it from being a mention or a reference
			b.WriteString(string(r) + "\u2060")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '!', '$':
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", ":&#47;/")
}
