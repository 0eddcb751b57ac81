package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/fuzz"
	"xmpprig/results"
	"xmpprig/results/report"
)

// replaying is the flags of replay.
type replaying struct {
	probing
	times  int
	format string
}

func replayCommand() command {
	return command{
		name: "replay", args: "FINDING|PROGRAM", summary: "play a finding, or any program, again",
		long: `
FINDING is a directory that fuzz has left under findings/, whose smallest
program is played; PROGRAM is a program's file. What was said is printed, and
what the oracles make of it. It ends with 15 if the finding shows again, or,
for a program, if there is any finding.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			r := &replaying{}
			r.declare(f, campaignPatience)
			r.declareWatched(f)
			f.IntVar(&r.times, "times", 1, "how often to play it")
			f.StringVar(&r.format, "format", "text", "text or json, on standard output")
			return r.run
		},
	}
}

func (r *replaying) run(ctx context.Context, args []string, ui *ui) error {
	if len(args) != 1 {
		return &usageError{"replay needs one FINDING or PROGRAM", "a finding is a directory under findings/ of a campaign's record"}
	}
	if err := firstOf(r.check(), atLeast(1, r.times, "times"), oneOf("format", r.format, "text", "json")); err != nil {
		return err
	}
	x, err := fuzz.ReadExhibit(args[0])
	if err != nil {
		return &exitError{results.ExitConfig, err}
	}
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	shows, err := r.play(ctx, x, ui)
	if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok {
		return &exitError{cause.code, cause}
	}
	if is[*fuzz.GoneError](err) {
		return &exitError{results.ExitIncomplete, err}
	}
	if err != nil {
		return r.setupError(err)
	}
	if shows > 0 {
		return &exitError{code: results.ExitFinding}
	}
	return nil
}

// play plays it as often as was asked, and says how often it shows.
func (r *replaying) play(ctx context.Context, x *fuzz.Exhibit, ui *ui) (shows int, err error) {
	users := r.users(1, 0)
	srv, err := r.start(ctx, users, 64, ui)
	if err != nil {
		return 0, err
	}
	defer r.stop(srv, ui)
	all := []fuzz.Replay{}
	err = fuzz.Again(ctx, srv, r.site(srv, users), x, r.times, func(p fuzz.Replay) error {
		if p.Shows {
			shows++
		}
		if all = append(all, p); r.format == "json" {
			return nil
		}
		return r.print(p, len(all), ui)
	})
	if is[*fuzz.GoneError](err) && len(all) == r.times {
		err = nil // it was not needed any more
	}
	if err != nil && !is[*fuzz.GoneError](err) {
		return shows, err
	}
	return shows, errors.Join(r.sum(x, all, shows, ui), err)
}

// sum prints what came of it: all, or in how many plays it showed.
func (r *replaying) sum(x *fuzz.Exhibit, all []fuzz.Replay, shows int, ui *ui) error {
	if r.format == "json" {
		return json.NewEncoder(ui.out).Encode(all)
	}
	what := "there was a finding"
	if x.Finding != nil {
		what = fmt.Sprintf("%s: %s: it showed", x.Finding.Oracle, report.Visible(x.Finding.Title))
	}
	_, err := fmt.Fprintf(ui.out, "%s %d of %d times\n", what, shows, len(all))
	return err
}

// print prints one play: what was said, and what is to be said of it.
func (r *replaying) print(p fuzz.Replay, n int, ui *ui) error {
	text := ""
	if n == 1 {
		text = report.Visible(p.Transcript.String()) + "\n"
	}
	if p.Early != "" {
		text += "it did not come to what is judged: " + report.Visible(p.Early) + "\n"
	}
	for _, f := range p.Findings {
		text += fmt.Sprintf("%s (%s): %s\n  %s\n", f.Oracle, f.Level, report.Visible(f.Title), report.Visible(f.Detail))
		if f.Ought != "" {
			text += fmt.Sprintf("  ought: %s (%s)\n", report.Visible(f.Ought), f.Clause)
		}
	}
	c := p.Cost
	text += fmt.Sprintf("cost: %v of CPU, %d KiB of memory, %d descriptors, %d bytes logged; an honest session waited %v\n",
		c.CPU.Round(10*time.Microsecond), c.RSS>>10, c.FDs, c.Log, c.Neighbour.Round(10*time.Microsecond))
	_, err := fmt.Fprint(ui.out, text)
	return err
}
