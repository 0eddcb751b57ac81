package main

import (
	"fmt"
	"io"

	"xmpprig/results"
	"xmpprig/results/report"
)

// runsFormats are the formats that tell several runs at once.
func runsFormats() map[string]func(io.Writer, []*results.Record) error {
	return map[string]func(io.Writer, []*results.Record) error{
		"junit":    func(w io.Writer, all []*results.Record) error { return report.RunJUnit(w, all...) },
		"markdown": func(w io.Writer, all []*results.Record) error { return report.Markdown(w, all...) },
		"benchfmt": func(w io.Writer, all []*results.Record) error { return report.Benchfmt(w, inRecords(all)...) },
		"csv":      func(w io.Writer, all []*results.Record) error { return report.CSV(w, inRecords(all)...) },
	}
}

func inRecords(all []*results.Record) (runs []*results.Run) {
	for _, r := range all {
		runs = append(runs, &r.Run)
	}
	return runs
}

// reportOnRuns renders runs into one document.
func reportOnRuns(dirs []string, write func(io.Writer, []*results.Record) error, plots bool, ui *ui) error {
	var all []*results.Record
	for _, dir := range dirs {
		open := openRun
		if plots {
			open = results.Open
		}
		r, err := open(dir)
		if err != nil {
			return &exitError{results.ExitConfig, err}
		}
		for _, w := range r.Warnings {
			ui.say("warning: %s: %v", dir, w)
		}
		if plots {
			if err := report.Files(dir, r); err != nil {
				return fmt.Errorf("draw report: %w", err)
			}
		}
		all = append(all, r)
	}
	return write(ui.out, all)
}

// openRun opens the record of a run, whole only where its summary is not in one file already.
func openRun(dir string) (*results.Record, error) {
	run, err := results.ReadRun(dir)
	if err == nil && !run.Unfinished {
		return &results.Record{Dir: dir, Run: *run}, nil
	}
	return results.Open(dir)
}
