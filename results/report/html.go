package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"xmpprig/results"
)

// The pages, and what they have in common.
var (
	//go:embed look.html
	lookSource string
	//go:embed page.html
	pageSource string
)

// Bounds of the texts that a page quotes; the record has them whole.
const (
	mostSource  = 128 << 10
	mostCrash   = 16 << 10
	mostCrashes = 10
	mostSamples = 20
	mostClasses = 60
)

// HTML writes the report as one page with everything in it: it loads nothing
// and runs nothing. It fails where w does.
func HTML(w io.Writer, r *results.Record) error { return page(w, r, Plots(r)) }

func page(w io.Writer, r *results.Record, plots []Plot) error {
	data, err := pageData(r, plots)
	if err != nil {
		return err
	}
	return fill(w, pageSource, data)
}

// fill writes the page that a template makes of data.
func fill(w io.Writer, source string, data any) error {
	t, err := template.New("page").Parse(lookSource + source)
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return fmt.Errorf("fill page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// content is what the page's template is filled with. Texts are cleaned of
// control characters here and escaped by the template.
type content struct {
	Title, Tone               string
	Reasons, Warnings, Advice []string
	Limited, Incomplete       bool
	Tiles                     []tile
	Ran                       []fact
	Phases, Objectives        *tableRows
	Steps, Login              []titled
	Figures                   map[string]drawn
	Style                     template.CSS
	Errors                    []errorRow
	Ledger, Outages           []fact
	LedgerSamples             []string
	Rooms                     roomPart
	Server, Own, Generator    []fact
	Crashes                   []crashText
	Command, Source           string
}

// tile is one headline number with its conditions.
type tile struct{ Label, Value, Note string }

// tableRows is a table of the page: the first column to the left.
type tableRows struct {
	Head []string
	Rows [][]string
}

// titled is a table of the steps of one phase.
type titled struct {
	Title string
	Table tableRows
}

// drawn is a picture as it stands in the page.
type drawn struct {
	SVG            template.HTML
	Title, Caption string
}

type errorRow struct {
	Class, Count, First string
	Samples             []string
}

type crashText struct{ At, Title, Text string }

func tone(status string) string {
	switch status {
	case results.StatusPassed:
		return "good"
	case results.StatusFailed:
		return "bad"
	}
	return "doubt"
}

func pageData(r *results.Record, plots []Plot) (*content, error) {
	run := &r.Run
	c := &content{
		Title: verdictTitle(run), Tone: tone(run.Verdict.Status), Reasons: reasons(r), Warnings: warnings(r), Advice: advice(run),
		Limited: generatorLimited(run), Incomplete: run.Verdict.Status == results.StatusIncomplete,
		Tiles: tiles(r), Ran: ranFacts(r), Phases: phaseTable(r), Objectives: objectiveTable(run), Steps: stepTables(measuredSteps(run), stepHead(), stepCells), Login: stepTables(loginSteps(run), loginHead(), loginCells),
		Errors: errorRows(run.Errors), Ledger: ledgerFacts(run.Ledger), Outages: outageFacts(run), Server: serverFacts(run), Own: ownFacts(&run.Server, 500), Generator: generatorFacts(run),
		Crashes: crashes(run.Server.Crashes), Command: line(strings.Join(run.Command, " "), 4000),
		Source: cut(clean(run.Scenario.Source, true), mostSource), Rooms: roomsOf(run),
	}
	for i, s := range run.Ledger.Samples {
		if i == mostSamples {
			break
		}
		c.LedgerSamples = append(c.LedgerSamples, sampleText(s))
	}
	var err error
	c.Figures, c.Style, err = drawAll(plots)
	return c, err
}

// drawAll renders the pictures, in parallel, and collects their styles.
func drawAll(plots []Plot) (map[string]drawn, template.CSS, error) {
	svgs := make([]string, len(plots))
	var jobs []func() error
	for i, p := range plots {
		jobs = append(jobs, func() (err error) {
			svgs[i], err = p.svg()
			return err
		})
	}
	if err := inParallel(jobs); err != nil {
		return nil, "", err
	}
	var s styles
	figures := map[string]drawn{}
	for i, p := range plots {
		figures[p.Name] = drawn{SVG: template.HTML(s.share(svgs[i])), Title: p.Title, Caption: p.Caption}
	}
	return figures, template.CSS(s.css.String()), nil
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "\n… (cut; the record has it whole)"
}

func phaseTable(r *results.Record) *tableRows {
	t := &tableRows{Head: phaseHead()}
	for _, p := range r.Run.Phases {
		t.Rows = append(t.Rows, phaseCells(p, recordEnd(r)))
	}
	return t
}

// stepTables makes a table for each phase of steps that are in order of phase.
func stepTables(steps []step, head []string, cells func(step) []string) []titled {
	var all []titled
	for _, s := range steps {
		if len(all) == 0 || all[len(all)-1].Title != line(s.Phase, 60) {
			all = append(all, titled{line(s.Phase, 60), tableRows{Head: head}})
		}
		t := &all[len(all)-1].Table
		t.Rows = append(t.Rows, cells(s))
	}
	return all
}

func errorRows(classes []results.ErrorClass) []errorRow {
	var rows []errorRow
	for i, e := range classes {
		if i == mostClasses {
			break
		}
		row := errorRow{line(e.Class, 60), count(e.Count), span(time.Duration(e.FirstNS)), nil}
		for _, s := range e.Samples[:min(3, len(e.Samples))] {
			row.Samples = append(row.Samples, line(s, 300))
		}
		rows = append(rows, row)
	}
	return rows
}

func crashes(all []results.Crash) []crashText {
	var out []crashText
	for _, c := range all[:min(mostCrashes, len(all))] {
		out = append(out, crashText{span(time.Duration(c.AtNS)), line(c.Title, 300), cut(clean(c.Text, true), mostCrash)})
	}
	return out
}
