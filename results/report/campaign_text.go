package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"xmpprig/results"
)

// Bounds of what a terminal is told of a campaign; the record has all.
const (
	mostFindings = 100
	mostRestarts = 20
	mostEvidence = 3
)

// CampaignText writes a campaign for a terminal: the verdict, each finding with the command that shows it again, and what the
// campaign did. Lines have at most 100 columns, but the commands. It fails only where w does.
func CampaignText(w io.Writer, c *results.Campaign) error {
	var t summary
	t.wrapped("", "", campaignTitle(c))
	for _, s := range campaignReasons(c.Verdict) {
		t.wrapped("  - ", "    ", s)
	}
	fresh, accepted := byAcceptance(c.Findings)
	t.findings(c, fresh)
	t.short("Accepted in the baseline", accepted)
	t.short("Doubts: seen, and not confirmed", c.Doubts)
	t.facts("Campaign", campaignFacts(c))
	t.layers(c)
	t.restarts(c.Restarts)
	t.honest(c)
	_, err := io.WriteString(w, strings.Join(t.lines, "\n")+"\n")
	return err
}

// findings tells each finding whole.
func (t *summary) findings(c *results.Campaign, all []results.Finding) {
	if len(all) == 0 {
		return
	}
	t.section("Findings: " + levelsText(all))
	for i, f := range all {
		if i == mostFindings {
			t.lines = append(t.lines, "  and "+plural(int64(len(all)-i), "more finding"))
			return
		}
		t.finding(c, i+1, f)
	}
}

func (t *summary) finding(c *results.Campaign, n int, f results.Finding) {
	const indent = "      "
	t.wrapped(fmt.Sprintf("  %2d  ", n), indent, seenLine(f.Oracle, 30)+", "+levelAndRow(f)+": "+seenLine(f.Title, 300))
	t.wrapped(indent, indent, placeText(f))
	if f.Detail != "" && f.Detail != f.Title {
		t.wrapped(indent, indent, seenLine(f.Detail, 800))
	}
	t.wrapped(indent+"right:    ", indent+"          ", requirement(f))
	for _, e := range f.Evidence[:min(mostEvidence, len(f.Evidence))] {
		t.broken(indent+"evidence: ", indent+"          ", evidenceText(e, 240))
	}
	t.wrapped(indent+"history:  ", indent+"          ", historyText(f))
	t.wrapped(indent+"program:  ", indent+"          ", sizeText(f))
	if s := aroundText(c, f); s != "" {
		t.wrapped(indent+"honest:   ", indent+"          ", s)
	}
	if f.Reproduce != "" { // whole on its line, to be copied
		t.lines = append(t.lines, indent+"$ "+seenLine(f.Reproduce, 1000))
	}
}

// broken adds text as it is, spaces and all, on lines that are full.
func (t *summary) broken(first, rest, s string) {
	letters := []rune(s)
	for room := textWidth - utf8.RuneCountInString(first); len(letters) > room; room = textWidth - utf8.RuneCountInString(rest) {
		t.lines = append(t.lines, first+string(letters[:room]))
		first, letters = rest, letters[room:]
	}
	t.lines = append(t.lines, first+string(letters))
}

func levelAndRow(f results.Finding) string {
	return strings.TrimSpace(seenLine(f.Level, 20) + " " + seenLine(f.Row, 20))
}

// short tells findings a line each.
func (t *summary) short(title string, all []results.Finding) {
	if len(all) == 0 {
		return
	}
	t.section(title + " (" + count(int64(len(all))) + ")")
	for _, f := range all[:min(mostRestarts, len(all))] {
		t.wrapped("  ", "    ", seenLine(f.Oracle, 30)+", "+levelAndRow(f)+": "+seenLine(f.Title, 160)+" ("+nonEmpty(seenLine(f.Reliability, 20))+")")
	}
	if n := len(all) - mostRestarts; n > 0 {
		t.lines = append(t.lines, "  and "+count(int64(n))+" more")
	}
}

func (t *summary) layers(c *results.Campaign) {
	if len(c.Layers) == 0 {
		return
	}
	t.section("Layers of mutation")
	tab := &table{}
	tab.add(layerHead()...)
	for _, l := range layerRows(c) {
		tab.add(layerCells(l)...)
	}
	t.table(tab)
}

func (t *summary) restarts(all []results.Restart) {
	if len(all) == 0 {
		return
	}
	t.section("The server was started again " + times(len(all)))
	for _, r := range all[:min(mostRestarts, len(all))] {
		t.wrapped("  ", "    ", restartText(r))
	}
	if n := len(all) - mostRestarts; n > 0 {
		t.lines = append(t.lines, "  and "+times(n)+" more")
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return count(int64(n)) + " times"
}

func restartText(r results.Restart) string {
	return "after " + span(seconds(r.Seconds)) + ", behind program " + nonEmpty(seenLine(r.After, 80)) + ": " + nonEmpty(seenLine(r.Reason, 300))
}

func (t *summary) honest(c *results.Campaign) {
	if len(c.Honest) == 0 {
		return
	}
	t.section("Honest users: response time by the second")
	tab := &table{}
	tab.add(honestHead()...)
	for _, s := range spells(c.Honest) {
		tab.add(s.cells()...)
	}
	t.table(tab)
	t.wrapped("  ", "  ", honestNote)
}
