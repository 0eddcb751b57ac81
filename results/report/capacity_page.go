package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"xmpprig/results"
)

//go:embed capacity.html
var capacitySource string

// CapacityHTML writes a search as one page that loads nothing and runs nothing. It fails only where w does.
func CapacityHTML(w io.Writer, c *results.Capacity) error {
	return capacityPage(w, c, CapacityPlots(c))
}

// CapacityFiles writes capacity.html and its pictures under plots/ into dir. Its error joins all that went wrong.
func CapacityFiles(dir string, c *results.Capacity) error {
	plots := CapacityPlots(c)
	return pageAndPlots(dir, "capacity.html", func(w io.Writer) error { return capacityPage(w, c, plots) }, plots)
}

// CapacityJSON writes the search as capacity.json has it. It fails where w does.
func CapacityJSON(w io.Writer, c *results.Capacity) error { return results.EncodeObject(w, c.Listed()) }

type capacityContent struct {
	Title, Tone                         string
	Reasons, Warnings, Short, Fit, Note []string
	Tiles                               []tile
	Facts                               []fact
	Trials, Needs                       tableRows
	Whys                                []string
	Command                             string
	Figures                             map[string]drawn
	Style                               template.CSS
}

func capacityPage(w io.Writer, c *results.Capacity, plots []Plot) error {
	data := capacityContent{
		Title: capacityTitle(c), Tone: capacityTone(c), Reasons: lines(c.Verdict.Reasons), Warnings: lines(c.Warnings), Short: shortages(c), Fit: scalability(c),
		Tiles: capacityTiles(c), Facts: capacityFacts(c), Trials: rowsOf(capacityTable(c)), Command: seenLine(strings.Join(c.Command, " "), 4000),
	}
	if tab := needsTable(c); tab != nil {
		data.Needs = rowsOf(tab)
	}
	if c.Needs != nil {
		data.Note = needsNotes(c)
	}
	for _, t := range c.Trials[:min(200, len(c.Trials))] {
		data.Whys = append(data.Whys, fmt.Sprintf("%s, %s, %s: %s", trialNumber(t), loadText(t.Load, c.Unit), seenLine(t.Class, 20), seenLine(t.Reason, 300)))
	}
	var err error
	if data.Figures, data.Style, err = drawAll(plots); err != nil {
		return err
	}
	return fill(w, capacitySource, data)
}

func rowsOf(t *table) tableRows { return tableRows{Head: t.rows[0], Rows: t.rows[1:]} }

func capacityTone(c *results.Capacity) string {
	switch {
	case c.Verdict.ExitCode == int(results.ExitPass):
		return "good"
	case c.Verdict.Status == results.StatusFailed:
		return "bad"
	}
	return "doubt"
}

func capacityTiles(c *results.Capacity) []tile {
	a := c.Answer
	all := []tile{{"sustained", absent, "no load passed"}}
	if a.Load > 0 {
		all[0] = tile{"sustained", map[bool]string{true: "≥ "}[a.AtLeast] + loadText(a.Load, c.Unit), map[bool]string{true: "the rig was the limit", false: "within the objectives"}[a.Limited]}
	}
	if a.Missed > 0 && !a.Limited {
		all = append(all, tile{"too much", loadText(a.Missed, c.Unit), "lowest load that did not pass"})
	}
	if a.Confirmed > 0 {
		all = append(all, tile{"confirmed", loadText(a.Confirmed, c.Unit), "in a longer trial"})
	}
	if len(c.RanOut) > 0 && c.RanOut[0].Short {
		all = append(all, tile{"ran out first", seenLine(c.RanOut[0].What, 30), "at the border"})
	}
	if k := c.Knee; k != nil {
		all = append(all, tile{"knee", loadText(k.Load, c.Unit), "p99 " + timeOrNone(k.P99NS)})
	}
	return all
}

// byLoad is the trials in the order of their loads.
func byLoad(trials []results.Trial) []results.Trial {
	all := slices.Clone(trials[:min(500, len(trials))])
	slices.SortStableFunc(all, func(a, b results.Trial) int {
		switch {
		case a.Load < b.Load:
			return -1
		case a.Load > b.Load:
			return 1
		}
		return a.N - b.N
	})
	return all
}
