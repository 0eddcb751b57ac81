package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/report"
	"xmpprig/results/trend"
)

// trending is the flags of trend.
type trending struct {
	metrics   []string
	minEffect string
	last      int
	format    string
	record    string
	fail      bool
	flags     *pflag.FlagSet
}

func trendCommand() command {
	return command{
		name: "trend", args: "DIR|RECORD…", summary: "find where figures stepped in a history of runs",
		long: `
The records of runs found in DIR and below are put in order of their start.
Those under the same conditions (scenario, machine, kind of server) are a
history; in each metric of it trend looks for steps from one level to another
that chance does not explain, and names the runs between which they lie, by
their label commit where they have one. It takes ten records.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			t := &trending{flags: f}
			f.StringArrayVar(&t.metrics, "metric", nil, "`NAME` of a metric to look at, such as 'message.delivery p99' or 'login p50 in login'; may be given several times; default: the main ones")
			f.StringVar(&t.minEffect, "min-effect", "3%", "smallest step that is told")
			f.IntVar(&t.last, "last", trend.DefaultLast, "a step among so many of the newest records is a recent one")
			f.BoolVar(&t.fail, "fail-on-regression", false, "end with 11 where a metric's newest step is recent and for the worse")
			f.StringVar(&t.format, "format", "text", "text, json, html; or the runs of the histories as csv or benchfmt; on standard output")
			f.StringVar(&t.record, "record", "", "`DIRECTORY` to write trend.json, trend.html and plots/ into")
			return t.run
		},
	}
}

func (t *trending) run(_ context.Context, args []string, ui *ui) error {
	o, err := t.options(args)
	if err != nil {
		return err
	}
	runs, err := findRuns(args, ui)
	if err != nil {
		return &exitError{results.ExitConfig, err}
	}
	found := trend.Of(runs, o)
	found.Tool = tool()
	if err := t.keep(found, ui); err != nil {
		return err
	}
	if err := t.write(ui.out, found, runs); err != nil {
		return err
	}
	if code := results.ExitCode(found.Verdict.ExitCode); t.fail && code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}

func (t *trending) options(args []string) (trend.Options, error) {
	if len(args) == 0 {
		return trend.Options{}, &usageError{"trend needs a directory of records", "runs leave theirs under runs/: xmpprig trend runs"}
	}
	effect, err := percent("min-effect", t.minEffect)
	if err != nil {
		return trend.Options{}, err
	}
	for _, m := range t.metrics {
		if strings.TrimSpace(m) == "" {
			return trend.Options{}, &usageError{"--metric is empty", "leave it out for the main metrics"}
		}
	}
	if err := wellWritten(t.flags, "record"); err != nil {
		return trend.Options{}, err
	}
	if err := atLeast(1, t.last, "last"); err != nil {
		return trend.Options{}, err
	}
	if err := oneOf("format", t.format, "text", "json", "html", "csv", "benchfmt"); err != nil {
		return trend.Options{}, err
	}
	return trend.Options{MinEffect: effect, Last: t.last, Metrics: t.metrics}, nil
}

// percent reads a share that is written in percent: "3%".
func percent(flag, text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	if err != nil || !strings.HasSuffix(text, "%") || !(v > 0 && v <= 100) || math.IsNaN(v) {
		return 0, &usageError{fmt.Sprintf("--%s %q: a share above 0%% and up to 100%% is needed", flag, text), "for example --" + flag + " 3%"}
	}
	return v / 100, nil
}

// keep writes the trend's own files, where they are wanted.
func (t *trending) keep(found *results.Trend, ui *ui) error {
	if t.record == "" {
		return nil
	}
	if err := results.WriteTrend(t.record, found); err != nil {
		return err
	}
	if err := report.TrendFiles(t.record, found); err != nil {
		return fmt.Errorf("draw the trend: %s", brief(err))
	}
	ui.say("report: %s", filepath.Join(t.record, "trend.html"))
	return nil
}

func (t *trending) write(w io.Writer, found *results.Trend, runs []trend.Run) error {
	switch t.format {
	case "json":
		return report.TrendJSON(w, found)
	case "html":
		return report.TrendHTML(w, found)
	case "csv":
		return report.CSV(w, inHistories(found, runs)...)
	case "benchfmt":
		return report.Benchfmt(w, inHistories(found, runs)...)
	}
	return report.TrendText(w, found)
}

// inHistories are the runs that belong to histories, in their order.
func inHistories(found *results.Trend, runs []trend.Run) (all []*results.Run) {
	at := map[string]*results.Run{}
	for _, r := range runs {
		at[r.Dir] = r.Run
	}
	for _, h := range found.Histories {
		for _, r := range h.Records {
			all = append(all, at[r.Dir])
		}
	}
	return all
}

// findRuns reads the runs in these directories and below. What cannot be read is said, and left out, but where it was named itself.
func findRuns(dirs []string, ui *ui) (runs []trend.Run, err error) {
	seen := map[string]bool{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil && path == dir {
				return err
			}
			whole, broken := filepath.Abs(path)
			if err != nil || broken != nil || !d.IsDir() || !results.HoldsRun(path) || seen[whole] {
				return nil
			}
			seen[whole] = true
			run, err := results.ReadRun(path)
			if err != nil {
				ui.say("warning: %s is left out: %v", path, err)
				return nil
			}
			runs = append(runs, trend.Run{Dir: path, Run: run})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for records: %w", err)
		}
	}
	if len(runs) == 0 {
		return nil, &usageError{"no record of a run is in " + strings.Join(dirs, ", "), "a run leaves its record under runs/, or where --record says"}
	}
	return runs, nil
}

func trendPart(t *results.Trend) part {
	return part{
		draw: func(dir string) error { return report.TrendFiles(dir, t) },
		formats: map[string]func(io.Writer) error{
			"text": func(w io.Writer) error { return report.TrendText(w, t) },
			"json": func(w io.Writer) error { return report.TrendJSON(w, t) },
			"html": func(w io.Writer) error { return report.TrendHTML(w, t) },
		},
	}
}
