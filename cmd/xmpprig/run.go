package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/loadgen"
	"xmpprig/results"
	"xmpprig/results/report"
	"xmpprig/scenarios"
)

// running is the flags of run.
type running struct {
	load     *overriding
	reach    reach
	seed     uint64
	record   string
	format   string
	progress string
	live     string // address
	plots    bool
	labels   labelling
	flags    *pflag.FlagSet
	several  several
	place    *results.Repeat // among several runs; nil: it is the only one
}

func runCommand() command {
	return command{
		name: "run", args: "SCENARIO", summary: "put a scenario's load on a server, measure it, and report",
		long: `
SCENARIO is the name of a shipped scenario (xmpprig check lists them) or a
file. Without --server the built-in loopback server is started for the run.
The first interrupt drains and reports, a second one stops at once.

Only servers on loopback addresses are loaded, unless whoever runs another
machine proves to agree: see --consent.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			r := newRunning(f)
			r.several.declare(f)
			return r.run
		},
	}
}

// newRunning declares the flags of one run.
func newRunning(f *pflag.FlagSet) *running {
	r := &running{flags: f, load: loadFlags(f)}
	r.reach.declare(f)
	f.Uint64Var(&r.seed, "seed", 0, "seed of schedule, pairs and sizes; default: random, and recorded")
	f.StringVar(&r.record, "record", "", "`DIRECTORY` for the record; default: a new one under runs/")
	r.labels.declare(f)
	f.StringVar(&r.format, "format", "text", "text, json, junit or markdown, on standard output")
	f.StringVar(&r.progress, "progress", "auto", "auto, bar, log or none, on standard error")
	f.StringVar(&r.live, "live", "", "show the figures of the last second at `ADDRESS`, such as 127.0.0.1:9464, in the format of Prometheus")
	f.BoolVar(&r.plots, "plots", true, "draw report.html and plots/ into the record")
	return r
}

func (r *running) run(ctx context.Context, args []string, ui *ui) error {
	if err := firstOf(r.spread(), r.check()); err != nil {
		return err
	}
	if r.load.o.Password == "" {
		r.load.o.Password = os.Getenv("XMPPRIG_PASSWORD")
	}
	if r.several.quick {
		r.load.shorten()
	}
	s, err := r.load.scenario(args)
	if err != nil {
		return err
	}
	r.settle(s)
	if r.several.wanted() {
		return r.repeated(ctx, s, args, ui)
	}
	run, err := r.measure(ctx, s, ui)
	if run == nil {
		return err
	}
	return r.conclude(run, err, ui)
}

// settle fills in what the flags left open.
func (r *running) settle(s *scenarios.Scenario) {
	if !r.flags.Changed("seed") {
		r.seed = randomSeed()
	}
	if r.record == "" {
		r.record = filepath.Join("runs", time.Now().UTC().Format("20060102-150405.000")+"-"+s.Name)
	}
}

func (r *running) check() error {
	if err := wellWritten(r.flags, "ca", "server-config", "server-metrics", "live"); err != nil {
		return err
	}
	if err := atLeast(0, r.reach.pid, "server-pid"); err != nil {
		return err
	}
	if err := r.labels.check(); err != nil {
		return err
	}
	if err := r.checkRecord(); err != nil {
		return err
	}
	if err := firstOf(r.several.check(r.flags), r.checkFormat()); err != nil {
		return err
	}
	return oneOf("progress", r.progress, "auto", "bar", "log", "none")
}

// checkFormat knows more formats where runs are compared.
func (r *running) checkFormat() error {
	if len(r.several.interleave) > 1 {
		return oneOf("format", r.format, "text", "json", "markdown", "html")
	}
	if r.several.compares() {
		return oneOf("format", r.format, "text", "json", "markdown", "junit", "html")
	}
	if r.several.wanted() {
		return oneOf("format", r.format, "text", "json")
	}
	return oneOf("format", r.format, "text", "json", "junit", "markdown")
}

// checkRecord saves starting a server for a record that has no place. When
// the record is created this is looked at again.
func (r *running) checkRecord() error {
	if r.record == "" {
		if r.flags.Changed("record") {
			return &usageError{"--record is empty", "leave it out for a new directory under runs/"}
		}
		return nil
	}
	return vacant(r.record)
}

// vacant refuses a directory for a record that holds something.
func vacant(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return &exitError{results.ExitSetup, &usageError{dir + " is not empty, and a record needs a directory of its own", "name another one with --record"}}
	}
	return nil
}

// randomSeed has 53 bits, so that readers of JSON that know only floating
// point numbers get it whole.
func randomSeed() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:]) >> 11
}

// measure starts the server where there is one to start, and runs the load on
// it. Without a run the error says why there was none.
func (r *running) measure(ctx context.Context, s *scenarios.Scenario, ui *ui) (*results.Run, error) {
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	return r.measureUnder(ctx, s, signals, ui)
}

// measureUnder is measure where signals are caught already.
func (r *running) measureUnder(ctx context.Context, s *scenarios.Scenario, signals *interrupts, ui *ui) (*results.Run, error) {
	run, err := r.underLoad(ctx, s, signals, ui)
	if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok && run == nil {
		return nil, &exitError{cause.code, fmt.Errorf("%w before the load began", cause)}
	}
	if run == nil && exitCode(err) == results.ExitInternal {
		return nil, &exitError{results.ExitSetup, err}
	}
	return run, err
}

func (r *running) underLoad(ctx context.Context, s *scenarios.Scenario, signals *interrupts, ui *ui) (*results.Run, error) {
	srv, err := r.reach.start(ctx, s, ui)
	if err != nil {
		return nil, err
	}
	defer r.reach.stop(srv, ui)
	dialer, head, err := r.reach.dialer(ctx, s, srv)
	if err != nil {
		return nil, err
	}
	head.Tool, head.Command, head.Repeat, head.Labels = tool(), masked(os.Args), r.place, r.labels.labels
	head.Scenario = results.Scenario{Name: s.Name, SHA256: s.Hash, Source: disclosed(s)}
	own, err := r.reach.scraper(srv)
	if err != nil {
		return nil, err
	}
	seen, err := goLive(r.live)
	if err != nil {
		return nil, err
	}
	defer seen.close()
	show := newProgress(ui.err, r.progress)
	defer show.done()
	signals.underWay.Store(true)
	return loadgen.Run(ctx, loadgen.Options{
		Scenario: s, Dialer: dialer, Server: srv, Own: own, Elsewhere: r.reach.side.Users(dialer), Seed: r.seed, Record: r.record, Head: head,
		Progress: func(n loadgen.Progress) { show.show(n); seen.show(n) }, Interrupt: signals.drain,
	})
}

// conclude reports on the run and ends with its verdict.
func (r *running) conclude(run *results.Run, failed error, ui *ui) error {
	rec, err := results.Open(r.record)
	if err != nil {
		return &exitError{results.ExitInternal, fmt.Errorf("open the record: %w", firstOf(failed, err))}
	}
	if r.plots {
		if err := report.Files(r.record, rec); err != nil && failed == nil {
			failed = fmt.Errorf("draw the report: %s", brief(err))
		}
	}
	if err := runPart(rec).formats[r.format](ui.out); err != nil && failed == nil {
		failed = fmt.Errorf("write the summary: %w", err)
	}
	if failed != nil {
		return &exitError{results.ExitInternal, failed}
	}
	ui.say("record: %s", r.record)
	if r.plots {
		ui.say("report: %s", filepath.Join(r.record, "report.html"))
	}
	if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}

// brief is the first of the errors that err joins, and how many more there are.
func brief(err error) string {
	first, rest, more := strings.Cut(err.Error(), "\n")
	if !more {
		return first
	}
	return fmt.Sprintf("%s (and %d more)", first, 1+strings.Count(rest, "\n"))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// disclosed is the scenario as it was run, without its secret.
func disclosed(s *scenarios.Scenario) string {
	open := *s
	open.Users.Password = mask
	return string(open.Print())
}

const mask = "***"

// masked is the command line without its secrets.
func masked(args []string) []string {
	clean := make([]string, 0, len(args))
	for i, a := range args {
		for _, flag := range []string{"--password", "--consent"} {
			if i > 0 && args[i-1] == flag {
				a = mask
			} else if strings.HasPrefix(a, flag+"=") {
				a = flag + "=" + mask
			}
		}
		clean = append(clean, a)
	}
	return clean
}
