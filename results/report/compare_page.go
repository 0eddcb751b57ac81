package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"xmpprig/results"
)

//go:embed compare.html
var compareSource string

// ComparisonHTML writes a comparison as one page that loads nothing and runs nothing. It fails only where w does.
func ComparisonHTML(w io.Writer, c *results.Comparison) error {
	return comparisonPage(w, c, ComparisonPlots(c))
}

// ComparisonFiles writes comparison.html and its pictures under plots/ into dir. Its error joins all that went wrong.
func ComparisonFiles(dir string, c *results.Comparison) error {
	plots := ComparisonPlots(c)
	return pageAndPlots(dir, "comparison.html", func(w io.Writer) error { return comparisonPage(w, c, plots) }, plots)
}

// ComparisonJSON writes the comparison as comparison.json has it. It fails where w does.
func ComparisonJSON(w io.Writer, c *results.Comparison) error {
	return results.EncodeObject(w, c.Listed())
}

type comparisonContent struct {
	Title, Tone, Note              string
	Reasons, Warnings, Sides, Left []string
	Tiles                          []tile
	Gated, Others                  tableRows
	Base, Head                     []string
	Command                        string
	Figures                        map[string]drawn
	Style                          template.CSS
}

func comparisonPage(w io.Writer, c *results.Comparison, plots []Plot) error {
	data := comparisonContent{
		Title: comparisonTitle(c), Tone: comparisonTone(c.Verdict.Status), Note: comparisonNote(c), Reasons: lines(c.Verdict.Reasons), Warnings: lines(c.Warnings), Sides: sideLines(c),
		Left: lines(c.Left), Tiles: comparisonTiles(c), Base: lines(c.Base.Records), Head: lines(c.Head.Records), Command: seenLine(strings.Join(c.Command, " "), 4000),
		Gated: tableRows{Head: comparedHead()}, Others: tableRows{Head: comparedHead()},
	}
	for _, m := range c.Metrics[:min(200, len(c.Metrics))] {
		t := &data.Others
		if m.Gated {
			t = &data.Gated
		}
		t.Rows = append(t.Rows, comparedCells(m))
	}
	var err error
	if data.Figures, data.Style, err = drawAll(plots); err != nil {
		return err
	}
	return fill(w, compareSource, data)
}

func lines(all []string) (shown []string) {
	for _, s := range all[:min(200, len(all))] {
		shown = append(shown, seenLine(s, 400))
	}
	return shown
}

func comparisonTone(status string) string {
	switch status {
	case results.Same, results.Improvement:
		return "good"
	case results.Regression:
		return "bad"
	}
	return "doubt"
}

// comparisonTiles are the first metrics that have a say.
func comparisonTiles(c *results.Comparison) (all []tile) {
	for _, m := range c.Metrics {
		if m.Gated && !m.Difference && len(m.Base) > 0 && len(m.Head) > 0 && len(all) < 4 {
			all = append(all, tile{seenLine(m.Metric, 40), signed(100*bounded1(m.Effect)) + " %", fmt.Sprintf("%s to %s, n = %d", figureText(m.BaseMedian, m.Unit), figureText(m.HeadMedian, m.Unit), min(len(m.Base), len(m.Head)))})
		}
	}
	return all
}

// comparisonJUnit has a test for each metric that has a say.
func comparisonJUnit(c *results.Comparison) junitSuites {
	suite := junitSuite{Name: comparisonTitle(c), Time: "0.000"}
	for _, m := range c.Metrics {
		if !m.Gated {
			continue
		}
		one := junitCase{Name: seenLine(m.Metric, 100), Class: "xmpprig.compare", Time: "0.000", Out: strings.Join(comparedCells(m)[1:], ", ")}
		switch m.Verdict {
		case results.Regression:
			one.Failure = &junitFailure{Type: results.Regression, Message: seenLine(m.Reason, 400), Text: one.Out}
		case results.Undecided, results.Insufficient:
			one.Skipped = &junitSkipped{seenLine(m.Verdict+": "+m.Reason, 400)}
		}
		suite.Cases = append(suite.Cases, one)
	}
	if suite.Cases == nil { // which is no success
		suite.Cases = []junitCase{{Name: "verdict", Class: "xmpprig.compare", Time: "0.000", Skipped: &junitSkipped{"no metric has a say"}}}
	}
	for _, w := range lines(c.Warnings) {
		suite.Properties = append(suite.Properties, junitProperty{"forced, although", w})
	}
	return junitSuites{Name: "xmpprig compare", Time: "0.000", Suites: []junitSuite{suite}}
}
