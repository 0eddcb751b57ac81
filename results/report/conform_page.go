package report

import (
	_ "embed"
	"io"
	"strings"

	"xmpprig/results"
)

//go:embed conform.html
var conformSource string

// ConformanceHTML writes an examination as one page that loads nothing and runs nothing, in which rows can be chosen by outcome.
// The transcripts of deviations are quoted from dir, where they are; an empty dir is none. It fails only where w does.
func ConformanceHTML(w io.Writer, dir string, c *results.Conformance) error {
	root := openRoot(dir)
	defer root.close()
	data := conformContent{
		Title: conformTitle(c), Tone: outcomeTone(c.Verdict), Counts: conformCounts(c), Tiles: conformTiles(c), Facts: conformFacts(c), Choices: choices(c),
	}
	for _, b := range c.Crashes[:min(mostCrashes, len(c.Crashes))] {
		data.Crashes = append(data.Crashes, crashText{seenLine(b.After, 80), seenLine(b.Kind, 80), seenText(b.Text, mostCrash)})
	}
	for _, s := range sections(c.Rows) {
		part := conformSection{Name: s.name}
		for _, r := range s.rows {
			part.Rows = append(part.Rows, tellRow(root, r))
		}
		data.Sections = append(data.Sections, part)
	}
	return fill(w, conformSource, data)
}

type conformContent struct {
	Title, Tone, Counts string
	Tiles               []tile
	Crashes             []crashText
	Choices             []choice
	Sections            []conformSection
	Facts               []fact
}

// choice is a button that leaves only the rows of one class.
type choice struct{ Class, Label string }

type conformSection struct {
	Name string
	Rows []conformRow
}

type conformRow struct {
	Class, Row, Case, Outcome, Level, Tone, Clause, Title, Seen string
	Files                                                       []quotation
}

// rowClass is the class in the page of an outcome; it comes from a closed list.
func rowClass(outcome string) string {
	switch outcome {
	case results.RowConform, results.RowTolerated, results.RowDeviation, results.RowNotApplicable:
		return outcome
	}
	return "other"
}

func choices(c *results.Conformance) []choice {
	n := map[string]int{}
	for _, r := range c.Rows {
		n[rowClass(r.Outcome)]++
	}
	all := []choice{{"", "all " + count(int64(len(c.Rows)))}}
	for _, one := range []choice{
		{results.RowDeviation, "deviations"}, {results.RowTolerated, "tolerated"}, {results.RowConform, "conform"}, {results.RowNotApplicable, "not applicable"}, {"other", "other"},
	} {
		if n[one.Class] > 0 {
			all = append(all, choice{one.Class, count(int64(n[one.Class])) + " " + one.Label})
		}
	}
	return all
}

func conformTiles(c *results.Conformance) []tile {
	n := countRows(c.Rows)
	tell := func(outcome string) string { return count(int64(n[outcome])) }
	return []tile{
		{"deviations from a MUST", count(int64(graveRows(c.Rows))), "of " + tell(results.RowDeviation) + " deviations"},
		{"conform", tell(results.RowConform), "of " + plural(int64(len(c.Rows)), "program")},
		{"tolerated", tell(results.RowTolerated), "harmless, and not as specified"},
		{"not applicable", tell(results.RowNotApplicable), "not offered by the server"},
		{"crashes", count(int64(len(c.Crashes))), "while programs were played"},
	}
}

func conformFacts(c *results.Conformance) []fact {
	took := ""
	if c.Seconds > 0 {
		took = ", took " + span(seconds(c.Seconds))
	}
	return []fact{
		{"server", examinedName(c.Server) + " at " + nonEmpty(seenLine(c.Server.Address, 80)) + " (" + nonEmpty(seenLine(c.Server.Driver, 20)) + ")"},
		{"started", started(c.Started) + took}, {"tool", seenLine(tool(c.Tool), 200)},
	}
}

func tellRow(root record, r results.Judged) conformRow {
	row := conformRow{
		Class: rowClass(r.Outcome), Row: seenLine(r.Row, 20), Case: seenLine(r.Case, 60), Outcome: seenLine(r.Outcome, 20), Level: seenLine(r.Level, 20),
		Tone: "plain", Clause: seenLine(r.Clause, 80), Title: seenLine(r.Title, 200), Seen: seenAndWhy(r),
	}
	if r.Outcome == results.RowDeviation {
		row.Tone = levelTone(r.Level)
	}
	name := recordName(r)
	if name == "" {
		return row
	}
	for _, file := range []string{strings.TrimSuffix(name, transcriptEnd) + ".xp", name} {
		if text, ok := root.read(file); ok {
			row.Files = append(row.Files, quotation{seenLine(file, 80) + " (" + size(float64(text.size)) + ")", text.shown})
		}
	}
	return row
}
