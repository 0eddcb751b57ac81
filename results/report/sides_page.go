package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"xmpprig/results"
)

//go:embed sides.html
var sidesSource string

// mostSides is how many sides a page and its picture have room for.
const mostSides = 20

// SidesHTML writes several comparisons with one base as one page that loads nothing and runs nothing. It leads to the page of each,
// which lies below it. It fails only where w does.
func SidesHTML(w io.Writer, cs []*results.Comparison) error {
	return sidesPage(w, cs, SidesPlots(cs))
}

// SidesFiles writes comparison.html and its picture under plots/ into dir, above the comparisons of the sides. Its error joins all that
// went wrong.
func SidesFiles(dir string, cs []*results.Comparison) error {
	plots := SidesPlots(cs)
	return pageAndPlots(dir, "comparison.html", func(w io.Writer) error { return sidesPage(w, cs, plots) }, plots)
}

// SidesJSON writes the comparisons as a list of what their comparison.json have. It fails where w does.
func SidesJSON(w io.Writer, cs []*results.Comparison) error {
	all := make([]*results.Comparison, len(cs))
	for i, c := range cs {
		all[i] = c.Listed()
	}
	return results.EncodeObject(w, all)
}

type sidesContent struct {
	Title, Tone, Note, Base, Command string
	Verdicts                         []sideVerdict
	Warnings, Beside, Left           []string
	Gated, Others                    tableRows
	Figures                          map[string]drawn
	Style                            template.CSS
}

// sideVerdict is how one side did beside the base, and where more of it stands.
type sideVerdict struct {
	Status, Name, Page string
	Reasons            []string
}

func sidesPage(w io.Writer, cs []*results.Comparison, plots []Plot) error {
	cs = cs[:min(mostSides, len(cs))]
	data := sidesContent{Title: sidesTitle(cs), Tone: sidesTone(cs), Note: sidesNote(cs), Beside: besideLines(cs), Left: lines(sidesLeft(cs)), Verdicts: sideVerdicts(cs)}
	if len(cs) > 0 {
		data.Base, data.Command = sideNames(cs)[0], seenLine(strings.Join(cs[0].Command, " "), 4000)
	}
	for _, c := range cs {
		for _, l := range lines(c.Warnings) {
			if !slices.Contains(data.Warnings, l) {
				data.Warnings = append(data.Warnings, l)
			}
		}
	}
	for gated, t := range map[bool]*tableRows{true: &data.Gated, false: &data.Others} {
		t.Head = sidesHead(cs)
		names := sideMetrics(cs, gated)
		for _, name := range names[:min(200, len(names))] {
			t.Rows = append(t.Rows, sidesCells(cs, name))
		}
	}
	var err error
	if data.Figures, data.Style, err = drawAll(plots); err != nil {
		return err
	}
	return fill(w, sidesSource, data)
}

func sidesTitle(cs []*results.Comparison) string {
	return "SIDE BY SIDE: " + strings.Join(sideNames(cs), ", ")
}

// sidesTone is bad where one side is, and good only where all are.
func sidesTone(cs []*results.Comparison) string {
	tones := map[string]bool{}
	for _, c := range cs {
		tones[comparisonTone(c.Verdict.Status)] = true
	}
	switch {
	case tones["bad"]:
		return "bad"
	case tones["doubt"] || len(cs) == 0:
		return "doubt"
	}
	return "good"
}

func sideVerdicts(cs []*results.Comparison) (all []sideVerdict) {
	for i, c := range cs {
		all = append(all, sideVerdict{Status: strings.ToUpper(nonEmpty(seenLine(c.Verdict.Status, 40))), Name: sideName(c.Head.Name), Page: results.SideDir(i+1) + "/comparison.html",
			Reasons: lines(c.Verdict.Reasons[:min(10, len(c.Verdict.Reasons))])})
	}
	return all
}
