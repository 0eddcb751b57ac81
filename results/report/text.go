package report

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xmpprig/results"
)

// Text writes the summary of a run for a terminal: verdict and reasons
// first, lines of at most 100 columns, no colours. It fails only where w does.
func Text(w io.Writer, r *results.Record) error {
	var t summary
	t.verdict(r)
	t.objectives(&r.Run)
	t.facts("What was run", ranFacts(r))
	t.phases(r)
	t.latency(r)
	t.logins(&r.Run)
	if outages := outageFacts(&r.Run); outages != nil {
		t.facts("Recovery", outages)
	}
	t.ledger(r.Run.Ledger)
	t.rooms(&r.Run)
	t.errors(r.Run.Errors)
	t.facts("Generator", generatorFacts(&r.Run))
	t.server(&r.Run)
	t.files(r.Dir)
	_, err := io.WriteString(w, strings.Join(t.lines, "\n")+"\n")
	return err
}

// summary collects the lines of the text.
type summary struct{ lines []string }

func (t *summary) section(title string) { t.lines = append(t.lines, "", title) }

func (t *summary) wrapped(first, rest, s string) {
	t.lines = append(t.lines, wrap(s, first, rest, textWidth)...)
}

func (t *summary) verdict(r *results.Record) {
	t.wrapped("", "", verdictTitle(&r.Run))
	for _, s := range reasons(r) {
		t.wrapped("  - ", "    ", s)
	}
	for _, s := range warnings(r) {
		t.wrapped("  ! ", "    ", "warning: "+s)
	}
	for _, s := range advice(&r.Run) {
		t.wrapped("  > ", "    ", s)
	}
}

func (t *summary) facts(title string, facts []fact) {
	t.section(title)
	wide := 0
	for _, f := range facts {
		wide = max(wide, len(f.Label))
	}
	for _, f := range facts {
		t.wrapped(fmt.Sprintf("  %-*s  ", wide, f.Label), strings.Repeat(" ", wide+4), f.Value)
	}
}

func (t *summary) table(tab *table) { t.lines = append(t.lines, tab.lines("  ")...) }

func (t *summary) phases(r *results.Record) {
	t.section("Phases")
	if len(r.Run.Phases) == 0 {
		t.lines = append(t.lines, "  none was begun")
		return
	}
	tab := &table{left: map[int]bool{1: true}}
	tab.add(phaseHead()...)
	for _, p := range r.Run.Phases {
		tab.add(phaseCells(p, recordEnd(r))...)
	}
	t.table(tab)
}

// latency lists the steps of the measured phases.
func (t *summary) latency(r *results.Record) {
	t.section("Response time (answered − due)" + limitedMark(&r.Run))
	all := measuredSteps(&r.Run)
	if len(all) == 0 {
		t.lines = append(t.lines, "  no samples")
		return
	}
	t.steps(all, stepHead(), stepCells)
	if withoutSamples(all) {
		t.lines = append(t.lines, "  "+absent+" stands where fewer than ten samples lie beyond the percentile")
	}
}

// steps tables steps, under their phase's name where there are several.
func (t *summary) steps(all []step, head []string, cells func(step) []string) {
	tab := &table{}
	tab.add(head...)
	several := slices.ContainsFunc(all, func(s step) bool { return s.Phase != all[0].Phase })
	phase := ""
	for _, s := range all {
		if several && s.Phase != phase {
			phase = s.Phase
			tab.add("[" + line(phase, 60) + "]")
		}
		tab.add(cells(s)...)
	}
	t.table(tab)
}

// withoutSamples reports whether a percentile of these steps is left out.
func withoutSamples(all []step) bool {
	for _, s := range all {
		for _, cell := range stepCells(s) {
			if cell == absent {
				return true
			}
		}
	}
	return false
}

func limitedMark(run *results.Run) string {
	if generatorLimited(run) {
		return " — GENERATOR-LIMITED, figures describe the rig"
	}
	return ""
}

func (t *summary) logins(run *results.Run) {
	t.section("Logins" + limitedMark(run))
	all := loginSteps(run)
	if len(all) == 0 {
		t.lines = append(t.lines, "  no samples")
		return
	}
	t.steps(all, loginHead(), loginCells)
}

func (t *summary) ledger(l results.Ledger) {
	t.section("Ledger")
	var parts []string
	for _, f := range ledgerFacts(l) {
		parts = append(parts, f.Value+" "+f.Label)
	}
	t.wrapped("  ", "  ", strings.Join(parts, ", "))
	for i, s := range l.Samples {
		if i == 5 {
			t.lines = append(t.lines, "    and "+plural(int64(len(l.Samples)-5), "more sample"))
			break
		}
		t.wrapped("    ", "      ", sampleText(s))
	}
}

func (t *summary) errors(classes []results.ErrorClass) {
	t.section("Errors")
	if len(classes) == 0 {
		t.lines = append(t.lines, "  none")
		return
	}
	tab := &table{left: map[int]bool{3: true}}
	tab.add("class", "count", "first at", "for example")
	for _, c := range classes {
		sample := ""
		if len(c.Samples) > 0 {
			sample = line(c.Samples[0], 44)
		}
		tab.add(line(c.Class, 28), count(c.Count), span(time.Duration(c.FirstNS)), sample)
	}
	t.table(tab)
}

func (t *summary) server(run *results.Run) {
	facts := serverFacts(run)
	if facts == nil {
		facts = []fact{{"cost", "not observed: its processes cannot be seen from here"}}
	}
	t.facts("Server", facts)
	if own := ownFacts(&run.Server, 30); own != nil {
		t.facts("What the server says of itself, in the measured phases", own)
	}
	for _, c := range run.Server.Crashes {
		t.wrapped("  ! ", "    ", "crash at "+span(time.Duration(c.AtNS))+": "+line(c.Title, 300))
	}
}

// files lists what the record consists of.
func (t *summary) files(dir string) {
	if dir == "" {
		return
	}
	t.section("Files")
	var there []string
	for _, name := range []string{"run.json", "latency.hlog", "series.csv", "report.html", "plots", results.CampaignFile, "fuzz.html", "findings"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			there = append(there, name)
		}
	}
	if there == nil {
		there = []string{"not written"}
	}
	t.wrapped("  ", "    ", clean(dir, false)+": "+strings.Join(there, ", "))
}
