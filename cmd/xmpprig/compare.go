package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/compare"
	"xmpprig/results/report"
)

// comparing is the flags of compare.
type comparing struct {
	judging
	paired         bool
	format, record string
	flags          *pflag.FlagSet
}

func compareCommand() command {
	return command{
		name: "compare", args: "BASE… -- HEAD…", summary: "tell runs apart, and say how surely",
		long: `
BASE and HEAD are records of runs, or directories that hold some. A side is at
least four runs, better ten: single runs differ by several percent for no
reason. The base is what the head is measured by.

It ends with 11 if the head is worse in a metric that has a say: times and
throughput of the measured phases, errors, lost messages, and the server's CPU
time. Runs of other scenarios, loads or machines are refused, as are those in
which the rig was the limit.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			c := &comparing{flags: f}
			c.judging.declare(f)
			f.BoolVar(&c.paired, "paired", false, "the runs of both sides were made in turn, in the order of their names; run --interleave makes such")
			f.StringVar(&c.format, "format", "text", "text, json, markdown, junit or html, on standard output")
			f.StringVar(&c.record, "record", "", "`DIRECTORY` for comparison.json, comparison.html and the pictures; default: none")
			return c.run
		},
	}
}

func (c *comparing) run(_ context.Context, args []string, ui *ui) error {
	at := c.flags.ArgsLenAtDash()
	if at < 1 || at >= len(args) {
		return &usageError{"compare needs records of a base and of a head, with -- between them", "xmpprig compare runs/base -- runs/head"}
	}
	if err := firstOf(c.check(), wellWritten(c.flags, "record"), oneOf("format", c.format, "text", "json", "markdown", "junit", "html")); err != nil {
		return err
	}
	base, err := gather(args[:at], ui)
	if err != nil {
		return err
	}
	head, err := gather(args[at:], ui)
	if err != nil {
		return err
	}
	if c.paired && len(base) != len(head) {
		return &exitError{results.ExitConfig, &usageError{"--paired needs as many runs of the base as of the head", "leave it out where they were not made in turn"}}
	}
	r, err := compare.Runs(runsOf(base), runsOf(head), c.options(c.paired))
	if err != nil {
		return judgingError(err)
	}
	r.Base.Name, r.Head.Name = sideName(args[:at]), sideName(args[at:])
	r.Base.Records, r.Head.Records = dirsOf(base), dirsOf(head)
	return concludeComparison(r, c.record, c.format, c.exit(r), &c.judging, ui)
}

// concludeComparison writes a comparison down where record names a place for it, and out in a format, and ends with code, as the
// comparison says, too.
func concludeComparison(c *results.Comparison, record, format string, code results.ExitCode, j *judging, ui *ui) error {
	c.Tool, c.Command, c.Verdict.ExitCode = tool(), masked(os.Args), code
	o := j.options(c.Paired)
	o.Alpha = c.Alpha
	compare.Sensitivity(c, o)
	if record != "" {
		if err := firstOf(results.WriteComparison(record, c), report.ComparisonFiles(record, c)); err != nil {
			return &exitError{results.ExitInternal, err}
		}
	}
	if err := comparisonPart(c).formats[format](ui.out); err != nil {
		return err
	}
	if record != "" {
		ui.say("comparison: %s", record)
	}
	if code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}

func comparisonPart(c *results.Comparison) part {
	return part{
		draw: func(dir string) error { return report.ComparisonFiles(dir, c) },
		formats: map[string]func(io.Writer) error{
			"text":     func(w io.Writer) error { return report.ComparisonText(w, c) },
			"json":     func(w io.Writer) error { return report.ComparisonJSON(w, c) },
			"markdown": func(w io.Writer) error { return report.ComparisonMarkdown(w, c) },
			"junit":    func(w io.Writer) error { return report.JUnit(w, c) },
			"html":     func(w io.Writer) error { return report.ComparisonHTML(w, c) },
		},
	}
}
