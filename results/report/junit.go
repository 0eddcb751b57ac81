package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"xmpprig/results"
)

// JUnit writes a campaign or an examination as JUnit XML, which CI systems show as tests. In a campaign each oracle is a suite:
// every finding of it is a failed test, one of the baseline a skipped one, and an oracle without findings has one test, which
// passed. In an examination each section is a suite and each row a test: a deviation, of whatever level, is a failure; a row that
// is not applicable is skipped. In a comparison each metric that has a say is a test: a regression is a failure, and what is not
// decided is skipped. It fails only where w does.
func JUnit[T Examination | *results.Comparison](w io.Writer, of T) error {
	var all junitSuites
	switch e := any(of).(type) {
	case *results.Campaign:
		all = campaignJUnit(e)
	case *results.Conformance:
		all = conformanceJUnit(e)
	case *results.Comparison:
		all = comparisonJUnit(e)
	}
	all.add()
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// add counts what is in the suites.
func (all *junitSuites) add() {
	for i := range all.Suites {
		s := &all.Suites[i]
		for _, c := range s.Cases {
			s.Tests++
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}
		all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
	}
}

func junitTime(s float64) string { return fmt.Sprintf("%.3f", seconds(s).Seconds()) }

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

func campaignJUnit(c *results.Campaign) junitSuites {
	all := junitSuites{Name: "xmpprig fuzz " + examinedName(c.Server), Time: junitTime(c.Seconds)}
	names := oracleNames()
	byOracle := map[string][]junitCase{}
	for _, f := range c.Findings {
		if !slices.Contains(names, f.Oracle) {
			names = append(names, f.Oracle)
		}
		byOracle[f.Oracle] = append(byOracle[f.Oracle], findingCase(f))
	}
	for _, name := range names {
		s := junitSuite{Name: nonEmpty(seenLine(name, 60)), Time: "0.000", Timestamp: timestamp(c.Started), Cases: byOracle[name]}
		if s.Cases == nil {
			s.Cases = []junitCase{{Name: "nothing found: " + oracleText(name), Class: "xmpprig.fuzz." + s.Name, Time: "0.000"}}
		}
		all.Suites = append(all.Suites, s)
	}
	first := &all.Suites[0]
	for _, f := range campaignFacts(c) {
		first.Properties = append(first.Properties, junitProperty{f.Label, f.Value})
	}
	first.Properties = append(first.Properties, junitProperty{"doubts", count(int64(len(c.Doubts)))}, junitProperty{"restarts", count(int64(len(c.Restarts)))})
	return all
}

func findingCase(f results.Finding) junitCase {
	title := seenLine(f.Title, 300)
	c := junitCase{Name: rowOrOracle(f) + ": " + title + ", " + placeText(f), Class: "xmpprig.fuzz." + nonEmpty(seenLine(f.Oracle, 60)), Time: "0.000"}
	if f.Accepted {
		c.Skipped = &junitSkipped{"accepted in the baseline"}
		return c
	}
	c.Failure = &junitFailure{Type: cmp.Or(seenLine(f.Level, 20), "finding"), Message: title, Text: findingLines(f)}
	return c
}

// findingLines is a finding in a few lines of text.
func findingLines(f results.Finding) string {
	lines := []string{seenLine(f.Title, 300), placeText(f)}
	if f.Detail != "" {
		lines = append(lines, seenLine(f.Detail, 800))
	}
	lines = append(lines, "right: "+requirement(f))
	for _, e := range f.Evidence[:min(mostEvidence, len(f.Evidence))] {
		lines = append(lines, "evidence: "+evidenceText(e, 240))
	}
	lines = append(lines, historyText(f), "program: "+sizeText(f), "fingerprint: "+seenLine(f.Fingerprint, 100))
	if f.Reproduce != "" {
		lines = append(lines, "reproduce: "+seenLine(f.Reproduce, 1000))
	}
	return strings.Join(lines, "\n")
}

func conformanceJUnit(c *results.Conformance) junitSuites {
	all := junitSuites{Name: "xmpprig conform " + examinedName(c.Server), Time: junitTime(c.Seconds)}
	for _, s := range sections(c.Rows) {
		suite := junitSuite{Name: s.name, Time: "0.000", Timestamp: timestamp(c.Started)}
		for _, r := range s.rows {
			suite.Cases = append(suite.Cases, judgedCase(r))
		}
		all.Suites = append(all.Suites, suite)
	}
	if len(c.Crashes) > 0 {
		suite := junitSuite{Name: "Crashes", Time: "0.000", Timestamp: timestamp(c.Started)}
		for _, b := range c.Crashes {
			suite.Cases = append(suite.Cases, junitCase{Name: "after " + seenLine(b.After, 80), Class: "xmpprig.conform.crash", Time: "0.000",
				Failure: &junitFailure{Type: "crash", Message: seenLine(b.Kind, 100), Text: seenText(b.Text, mostCrash)}})
		}
		all.Suites = append(all.Suites, suite)
	}
	return all
}

func judgedCase(r results.Judged) junitCase {
	c := junitCase{Name: seenLine(r.Row, 20) + " " + seenLine(r.Case, 60) + ": " + seenLine(r.Title, 200), Class: "xmpprig.conform." + nonEmpty(seenLine(r.Row, 20)), Time: "0.000"}
	switch r.Outcome {
	case results.RowConform:
	case results.RowTolerated:
		c.Out = "tolerated: " + seenAndWhy(r)
	case results.RowNotApplicable:
		c.Skipped = &junitSkipped{nonEmpty(seenLine(r.Reason, 500))}
	default:
		text := "seen: " + seenAndWhy(r) + "\nclause: " + nonEmpty(seenLine(r.Clause, 80)) + "\nstate: " + nonEmpty(seenLine(r.State, 80))
		if r.Record != "" {
			text += "\ntranscript: " + seenLine(r.Record, 500)
		}
		c.Failure = &junitFailure{Type: cmp.Or(seenLine(r.Level, 20), "deviation"), Message: seenAndWhy(r), Text: text}
	}
	return c
}
