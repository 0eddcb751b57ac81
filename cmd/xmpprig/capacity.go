package main

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/loadgen/capacity"
	"xmpprig/results"
	"xmpprig/results/report"
)

// searching is the flags of capacity.
type searching struct {
	load                   *overriding
	reach                  reach
	vary                   string
	start, max             float64
	within                 string
	trial, confirm, budget time.Duration
	cooldown               time.Duration
	seed                   uint64
	record, format         string
	progress               string
	plots                  bool
	flags                  *pflag.FlagSet
}

func capacityCommand() command {
	return command{
		name: "capacity", args: "SCENARIO", summary: "find how much a server sustains within objectives, and what runs out first",
		long: `
The load is doubled until a trial does not pass, and bisected until the answer is
within --within; trials at the border are repeated, and a longer one at 0.95 of
the answer confirms it. Each trial is a run of its own on a server that was
started for it (one that runs already is given --cooldown instead); a burst of
errors ends it at once.

--vary rate      arrivals a second of the open phases, at their highest
--vary login     logins a second, of a scenario whose work logs in (login-storm)
--vary sessions  sessions, each with the scenario's rate a session; with --rate the
                 rate of all together stays as it is
--vary rooms     rooms, each with the scenario's number of occupants, so that the
                 sessions grow with them, and its rate a room; with --rate the rate
                 of all together stays as it is

A trial passes if the objectives are kept, all sessions come up, and the server
does 98 % of what comes due while it comes due. Without objectives these are
assumed, and printed: errors < 0.1%, and the 99th percentile of what the scenario
mostly does below 250ms (logins: the 90th below 1s). Where the rig was the limit
the answer is "≥ X, generator-limited", and the exit code 12.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			s := &searching{flags: f, load: loadFlags(f)}
			s.reach.declare(f)
			f.StringVar(&s.vary, "vary", "rate", "rate, login, sessions or rooms")
			f.Float64Var(&s.start, "start", 0, "first `LOAD`; default: 100 arrivals or 10 logins a second, 50 sessions, or a room")
			f.Float64Var(&s.max, "max", 0, "highest `LOAD`; default: a million arrivals a second, 100,000 sessions or rooms")
			f.StringVar(&s.within, "within", "5%", "how near the answer is to be")
			f.DurationVar(&s.trial, "trial", 10*time.Second, "measured time of a trial")
			f.DurationVar(&s.confirm, "confirm", 30*time.Second, "measured time of the trial that confirms")
			f.DurationVar(&s.budget, "budget", 40*time.Minute, "time after which no trial is begun")
			f.DurationVar(&s.cooldown, "cooldown", 3*time.Second, "rest of a server that runs already, after a trial that did not pass")
			f.Uint64Var(&s.seed, "seed", 0, "seed of the first trial, the others follow; default: random, and recorded")
			f.StringVar(&s.record, "record", "", "`DIRECTORY` for capacity.json, trials/ and capacity.html; default: a new one under runs/")
			f.StringVar(&s.format, "format", "text", "text, json, markdown or html, on standard output")
			f.StringVar(&s.progress, "progress", "auto", "auto, bar, log or none, on standard error")
			f.BoolVar(&s.plots, "plots", true, "draw capacity.html and plots/ into the record")
			return s.run
		},
	}
}

func (s *searching) run(ctx context.Context, args []string, ui *ui) error {
	within, err := s.check()
	if err != nil {
		return err
	}
	if s.load.o.Password == "" {
		s.load.o.Password = os.Getenv("XMPPRIG_PASSWORD")
	}
	if len(args) == 0 && s.vary == "login" {
		args = []string{"login-storm"}
	}
	plan, err := s.plan(args)
	if err != nil {
		return err
	}
	if !s.flags.Changed("seed") {
		s.seed = randomSeed()
	}
	if s.record == "" {
		s.record = filepath.Join("runs", time.Now().UTC().Format("20060102-150405.000")+"-capacity-"+plan.base.Name)
	}
	w := &trials{searching: s, plan: plan, ui: ui, began: time.Now()}
	w.head = plan.head(s, within)
	return w.conclude(w.search(ctx, within))
}

// check checks the flags and reads --within.
func (s *searching) check() (within float64, err error) {
	within, ok := shareOf(s.within)
	switch {
	case !ok || within < .01 || within > .5:
		return 0, &usageError{"--within " + s.within + ": a share from 1% to 50% is needed", "such as 5%"}
	case s.flags.Changed("duration"):
		return 0, &usageError{"--duration is not for a search", "--trial is how long each trial measures, --confirm the last one"}
	case s.vary == "sessions" && s.flags.Changed("sessions"):
		return 0, &usageError{"--sessions is what is varied", "--start and --max bound it"}
	case s.vary == "rooms" && (s.flags.Changed("rooms") || s.flags.Changed("sessions")):
		return 0, &usageError{"the number of rooms is what is varied, and with it that of the sessions", "--start and --max bound it, --occupants says how many sessions each room has"}
	case s.vary != "sessions" && s.vary != "rooms" && s.flags.Changed("rate"):
		return 0, &usageError{"--rate is what is varied", "--start and --max bound it"}
	case !(s.start >= 0) || !(s.max >= 0) || math.IsInf(s.start, 0) || math.IsInf(s.max, 0):
		return 0, &usageError{"--start and --max are numbers above zero", ""}
	case s.trial < time.Second || s.confirm < time.Second || s.budget <= 0 || s.cooldown < 0:
		return 0, &usageError{"--trial and --confirm take a second at least, and --budget some time", ""}
	}
	if s.flags.Changed("record") {
		if err := firstOf(wellWritten(s.flags, "record"), vacant(s.record)); err != nil {
			return 0, err
		}
	}
	return within, firstOf(wellWritten(s.flags, "ca"), atLeast(0, s.reach.pid, "server-pid"), oneOf("vary", s.vary, "rate", "login", "sessions", "rooms"),
		oneOf("format", s.format, "text", "json", "markdown", "html"), oneOf("progress", s.progress, "auto", "bar", "log", "none"))
}

// conclude writes everything down and ends with the verdict.
func (w *trials) conclude(err error) error {
	c := &w.head
	if len(c.Trials) == 0 && err != nil {
		if is[stopped](err) {
			return &exitError{endOf(err), err}
		}
		return err
	}
	if werr := results.WriteCapacity(w.record, c); werr != nil {
		return &exitError{results.ExitInternal, errors.Join(err, werr)}
	}
	if w.plots {
		if perr := report.CapacityFiles(w.record, c); perr != nil {
			return &exitError{results.ExitInternal, perr}
		}
	}
	if werr := capacityPart(c).formats[w.format](w.ui.out); werr != nil {
		return werr
	}
	w.ui.say("record: %s", w.record)
	if err != nil {
		if is[stopped](err) {
			return &exitError{code: results.ExitCode(c.Verdict.ExitCode)}
		}
		return err
	}
	if code := results.ExitCode(c.Verdict.ExitCode); code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}

func capacityPart(c *results.Capacity) part {
	return part{
		draw: func(dir string) error { return report.CapacityFiles(dir, c) },
		formats: map[string]func(io.Writer) error{
			"text":     func(w io.Writer) error { return report.CapacityText(w, c) },
			"json":     func(w io.Writer) error { return report.CapacityJSON(w, c) },
			"markdown": func(w io.Writer) error { return report.CapacityMarkdown(w, c) },
			"html":     func(w io.Writer) error { return report.CapacityHTML(w, c) },
		},
	}
}

// options are those of the search.
func (w *trials) options(within float64) capacity.Options {
	o := capacity.Options{Start: w.start, Max: w.max, Within: within, Whole: w.vary == "sessions" || w.vary == "rooms", Unit: w.head.Unit, Budget: w.budget, After: w.after}
	first, top := 100.0, 1e6
	switch w.vary {
	case "login":
		first = 10
	case "sessions":
		first, top = 50, 1e5
	case "rooms":
		first, top = 1, 1e5
	}
	if o.Start == 0 {
		o.Start = first
	}
	if o.Max == 0 {
		o.Max = top
	}
	o.Start = min(o.Start, o.Max)
	return o
}
