package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/report"
)

func reportCommand() command {
	return command{
		name: "report", args: "RECORD…", summary: "render records of runs",
		long: `
RECORD is the directory that a run left, whole or cut short. With --plots the
page report.html and the pictures under plots/ are drawn again.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			format := f.String("format", "text", "text, json or html, on standard output")
			plots := f.Bool("plots", false, "also write report.html and plots/ into the record")
			return func(_ context.Context, args []string, ui *ui) error {
				if err := oneOf("format", *format, "text", "json", "html"); err != nil {
					return err
				}
				if len(args) == 0 {
					return &usageError{"report needs the directory of a record", "a run names it in its last lines; the default is under runs/"}
				}
				if len(args) > 1 && *format != "text" {
					return &usageError{"--format " + *format + " takes one record at a time", "several at once are possible as text"}
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
	rec, err := results.Open(dir)
	if err != nil {
		return &exitError{results.ExitConfig, err}
	}
	for _, w := range rec.Warnings {
		ui.say("warning: %v", w)
	}
	if plots {
		if err := report.Files(dir, rec); err != nil {
			return fmt.Errorf("draw report: %w", err)
		}
	}
	return render(rec, format, ui)
}

func render(rec *results.Record, format string, ui *ui) error {
	switch format {
	case "json":
		return report.JSON(ui.out, rec)
	case "html":
		return report.HTML(ui.out, rec)
	}
	return report.Text(ui.out, rec)
}
