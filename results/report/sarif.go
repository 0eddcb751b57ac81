package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"xmpprig/results"
)

// Examination is what SARIF and JUnit can tell: a fuzzing campaign or how a server did in the table of required answers.
type Examination interface {
	*results.Campaign | *results.Conformance
}

// fingerprintKey names our fingerprint in partialFingerprints. primaryLocationLineHash is reserved for those who read the file.
const fingerprintKey = "xmpprig/v1"

// SARIF writes the findings of a campaign, or the deviations and crashes of an examination, as SARIF 2.1.0 for a server
// project's CI. A result's rule is the row of the table, or oracle/NAME; its place is the program that shows it, relative to the
// record; findings of the baseline are suppressed. It fails only where w does.
func SARIF[T Examination](w io.Writer, of T) error {
	log := sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0"}
	switch e := any(of).(type) {
	case *results.Campaign:
		log.Runs = []sarifRun{campaignSARIF(e)}
	case *results.Conformance:
		log.Runs = []sarifRun{conformanceSARIF(e)}
	}
	return results.EncodeObject(w, log)
}

func campaignSARIF(c *results.Campaign) sarifRun {
	r := newSARIF(c.Tool, "fuzz", c.Server, c.Verdict)
	for _, f := range c.Findings {
		r.add(findingRule(f), findingResult(f))
	}
	return r
}

func findingRule(f results.Finding) sarifRule {
	if f.Row == "" {
		return sarifRule{ID: "oracle/" + seenLine(f.Oracle, 60), Short: sarifText{oracleText(f.Oracle)}}
	}
	return rowRule(f.Row, f.Clause, f.Ought)
}

func rowRule(row, clause, ought string) sarifRule {
	r := sarifRule{ID: seenLine(row, 60), Short: sarifText{"row " + seenLine(row, 60) + " of the table of required answers"}}
	if clause != "" {
		r.Short.Text += ", " + seenLine(clause, 80)
	}
	if ought != "" {
		r.Help = &sarifText{"what is right: " + seenLine(ought, 800)}
	}
	return r
}

func findingResult(f results.Finding) sarifResult {
	text := seenLine(f.Title, 300) + " (" + seenLine(f.Oracle, 30) + ", " + placeText(f) + ")"
	if f.Detail != "" {
		text += "\n" + seenLine(f.Detail, 800)
	}
	text += "\nright: " + requirement(f)
	for _, e := range f.Evidence[:min(mostEvidence, len(f.Evidence))] {
		text += "\nevidence, " + evidenceText(e, 240)
	}
	r := sarifResult{
		Level: sarifLevel(f.Level, f.Oracle == "crash"), Message: sarifText{text}, Locations: placeIn(programPath(f)),
		Fingerprints: map[string]string{fingerprintKey: seenLine(f.Fingerprint, 100)},
		Properties: map[string]string{
			"level": seenLine(f.Level, 20), "state": seenLine(f.State, 80), "input": seenLine(f.Input, 120), "reliability": seenLine(f.Reliability, 20),
			"size": sizeText(f), "reproduce": seenLine(f.Reproduce, 1000),
		},
	}
	if f.Accepted {
		r.Suppressions = []sarifSuppression{{"external", "accepted", "it stands in the baseline"}}
	}
	return r
}

// programPath is the file of the smallest program that shows a finding.
func programPath(f results.Finding) string {
	switch {
	case f.Directory == "":
		return results.CampaignFile
	case f.Minimal == (results.Size{}):
		return path.Join(f.Directory, "program.xp")
	}
	return path.Join(f.Directory, "minimal.xp")
}

func conformanceSARIF(c *results.Conformance) sarifRun {
	r := newSARIF(c.Tool, "conform", c.Server, c.Verdict)
	for _, j := range c.Rows {
		if j.Outcome == results.RowDeviation {
			r.add(rowRule(j.Row, j.Clause, ""), judgedResult(j))
		}
	}
	for _, b := range c.Crashes {
		r.add(sarifRule{ID: "oracle/crash", Short: sarifText{oracleText("crash")}}, breakdownResult(b))
	}
	return r
}

func judgedResult(j results.Judged) sarifResult {
	place := results.ConformanceFile
	if name := recordName(j); name != "" {
		place = strings.TrimSuffix(name, transcriptEnd) + ".xp"
	}
	return sarifResult{
		Level: sarifLevel(j.Level, false), Locations: placeIn(place),
		Message:      sarifText{seenLine(j.Row, 20) + " " + seenLine(j.Case, 60) + ": " + seenLine(j.Title, 200) + "\nseen: " + seenAndWhy(j)},
		Fingerprints: map[string]string{fingerprintKey: fingerprint(j.Row, j.Case)},
		Properties:   map[string]string{"level": seenLine(j.Level, 20), "state": seenLine(j.State, 80), "clause": seenLine(j.Clause, 80)},
	}
}

func breakdownResult(b results.Breakdown) sarifResult {
	kind, after := seenLine(b.Kind, 60), seenLine(b.After, 60)
	return sarifResult{
		Level: "error", Locations: placeIn(results.ConformanceFile), Message: sarifText{"crash (" + kind + "), noticed after " + after + "\n" + seenText(b.Text, 4000)},
		Fingerprints: map[string]string{fingerprintKey: fingerprint("crash", kind+" "+after)},
	}
}

// fingerprint identifies a row, whatever the server answered.
func fingerprint(row, name string) string {
	sum := sha256.Sum256([]byte("v1\nconform\n" + row + "\n" + name))
	return hex.EncodeToString(sum[:8])
}

// transcriptEnd is how the name of a transcript's file ends; the program beside it ends in .xp.
const transcriptEnd = ".transcript"

// recordName is the file of a row's transcript within the record; empty if there is none.
func recordName(j results.Judged) string {
	if j.Record == "" {
		return ""
	}
	return filepath.Base(j.Record)
}

// sarifLevel is how grave a finding is.
func sarifLevel(level string, crash bool) string {
	switch {
	case crash, level == results.LevelMust:
		return "error"
	case level == results.LevelShould:
		return "warning"
	}
	return "note"
}

// placeIn is the beginning of a file, whose name is relative to the record.
func placeIn(name string) []sarifLocation {
	name = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/") // never out of the record
	uri := (&url.URL{Path: cmp.Or(name, ".")}).String()
	return []sarifLocation{{sarifPlace{sarifArtifact{uri}, sarifRegion{1}}}}
}
