package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/report"
)

func reportCommand() command {
	return command{
		name: "report", args: "RECORD…", summary: "render records of runs, campaigns and examinations",
		long: `
RECORD is the directory that a run left, whole or cut short, or a fuzzing
campaign, or conform, or trend. Where a run and a campaign lie together, text
tells both, json, html, markdown, benchfmt and csv are the run's, and sarif and
junit the campaign's. Of runs, junit, markdown (for a pull request), benchfmt
(for benchstat) and csv (a line a run, as Apache Otava reads it) take several
records at once. With --plots the pages and the pictures under plots/ are drawn
again.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			format := f.String("format", "text", "text, json, html or junit; of runs also markdown, benchfmt or csv, of campaigns and examinations sarif; on standard output")
			plots := f.Bool("plots", false, "also write the pages and plots/ into the record")
			return func(_ context.Context, args []string, ui *ui) error {
				if err := oneOf("format", *format, "text", "json", "html", "junit", "markdown", "benchfmt", "csv", "sarif"); err != nil {
					return err
				}
				if len(args) == 0 {
					return &usageError{"report needs the directory of a record", "a run names it in its last lines; the default is under runs/"}
				}
				if write := runsFormats()[*format]; write != nil && len(args) > 1 {
					return reportOnRuns(args, write, *plots, ui)
				}
				if len(args) > 1 && *format != "text" {
					return &usageError{"--format " + *format + " takes one record at a time", "several at once are possible as text, and of runs as junit, markdown, benchfmt and csv"}
				}
				for _, dir := range args {
					if err := reportOn(dir, *format, *plots, ui); err != nil {
						return err
					}
				}
				return nil
			}
		},
	}
}

func reportOn(dir, format string, plots bool, ui *ui) error {
	parts, err := openParts(dir, ui)
	if err != nil {
		return &exitError{results.ExitConfig, err}
	}
	if plots {
		for _, p := range parts {
			if err := p.draw(dir); err != nil {
				return fmt.Errorf("draw report: %w", err)
			}
		}
	}
	if format == "text" {
		return renderAll(parts, ui.out)
	}
	if format == "junit" {
		slices.Reverse(parts) // the campaign's, where there is one beside the run
	}
	for _, p := range parts {
		if write := p.formats[format]; write != nil {
			return write(ui.out)
		}
	}
	if format == "sarif" {
		return &usageError{dir + " holds no campaign and no examination, so there is no sarif of it", "of a run, junit and markdown are for CI"}
	}
	return &usageError{"there is no " + format + " of what " + dir + " holds", "markdown, benchfmt and csv are of runs"}
}

// part is one thing that a record holds: a run, a campaign or an examination.
type part struct {
	formats map[string]func(io.Writer) error
	draw    func(dir string) error
}

// openParts opens what a directory holds, the run first. Where it holds nothing, the error is that of a run.
func openParts(dir string, ui *ui) ([]part, error) {
	run, noRun := results.Open(dir)
	if noRun != nil && !is[results.NoRecordError](noRun) {
		return nil, noRun
	}
	var parts []part
	if noRun == nil {
		for _, w := range run.Warnings {
			ui.say("warning: %v", w)
		}
		parts = append(parts, runPart(run))
	}
	campaign, err := results.ReadCampaign(dir)
	if err == nil {
		parts = append(parts, campaignPart(dir, campaign))
	}
	examination, err2 := results.ReadConformance(dir)
	if err2 == nil {
		parts = append(parts, conformancePart(dir, examination))
	}
	found, err5 := results.ReadCapacity(dir)
	if err5 == nil {
		parts = append(parts, capacityPart(found))
	}
	comparison, err3 := results.ReadComparison(dir)
	if err3 == nil {
		parts = append(parts, comparisonPart(comparison))
	}
	sides, err6 := results.ReadSides(dir)
	if err6 == nil {
		parts = append(parts, sidesPart(sides))
	}
	moved, err4 := results.ReadTrend(dir)
	if err4 == nil {
		parts = append(parts, trendPart(moved))
	}
	for _, err := range []error{err, err2, err3, err4, err5, err6} {
		if err != nil && !is[*results.AbsentError](err) {
			return nil, err
		}
	}
	if len(parts) == 0 {
		return nil, noRun
	}
	return parts, nil
}

func runPart(r *results.Record) part {
	return part{
		draw: func(dir string) error { return report.Files(dir, r) },
		formats: map[string]func(io.Writer) error{
			"text": func(w io.Writer) error { return report.Text(w, r) },
			"json": func(w io.Writer) error { return report.JSON(w, r) },
			"html": func(w io.Writer) error { return report.HTML(w, r) },

			"junit":    func(w io.Writer) error { return report.RunJUnit(w, r) },
			"markdown": func(w io.Writer) error { return report.Markdown(w, r) },
			"benchfmt": func(w io.Writer) error { return report.Benchfmt(w, &r.Run) },
			"csv":      func(w io.Writer) error { return report.CSV(w, &r.Run) },
		},
	}
}

func campaignPart(dir string, c *results.Campaign) part {
	return part{
		draw: func(dir string) error { return report.CampaignFiles(dir, c) },
		formats: map[string]func(io.Writer) error{
			"text":  func(w io.Writer) error { return report.CampaignText(w, c) },
			"json":  func(w io.Writer) error { return report.CampaignJSON(w, c) },
			"html":  func(w io.Writer) error { return report.CampaignHTML(w, dir, c) },
			"junit": func(w io.Writer) error { return report.JUnit(w, c) },
			"sarif": func(w io.Writer) error { return report.SARIF(w, c) },
		},
	}
}

func conformancePart(dir string, c *results.Conformance) part {
	return part{
		draw: func(dir string) error { return report.ConformanceFiles(dir, c) },
		formats: map[string]func(io.Writer) error{
			"text":  func(w io.Writer) error { return report.ConformanceText(w, c) },
			"json":  func(w io.Writer) error { return report.ConformanceJSON(w, c) },
			"html":  func(w io.Writer) error { return report.ConformanceHTML(w, dir, c) },
			"junit": func(w io.Writer) error { return report.JUnit(w, c) },
			"sarif": func(w io.Writer) error { return report.SARIF(w, c) },
		},
	}
}

// renderAll writes each part as text, with an empty line between them.
func renderAll(parts []part, w io.Writer) error {
	for i, p := range parts {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := p.formats["text"](w); err != nil {
			return err
		}
	}
	return nil
}
