package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/corpus"
	"xmpprig/fuzz"
	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/results/report"
)

// fuzzing is the flags of fuzz.
type fuzzing struct {
	probing
	under                                    string
	sessions                                 int
	rate                                     string
	time                                     time.Duration
	programs                                 int64
	seed                                     uint64
	workers                                  int
	record, baseline, writeBaseline, corpora string
	resume, first                            bool
	format                                   string
	honest                                   results.ExitCode // how the run of the honest users ended
}

// The patience of a campaign: less than that of conform, as most of what it sends has no answer worth waiting for.
const (
	campaignPatience = time.Second
	campaignGlance   = 100 * time.Millisecond
)

func fuzzCommand() command {
	return command{
		name: "fuzz", summary: "search a server for input that hurts it, prove it, shrink it, keep it",
		long: `
A campaign plays the programs of the corpus and mutants of them, and judges
what the server, its log and other sessions make of each. What looks odd is
played again until it is sure, and cut down to what it takes. Each finding is a
directory of the record, with the program and the command that shows it again.
With --under, honest users follow a scenario meanwhile, and the report shows
how they fared. A campaign that was interrupted or killed goes on with --resume.

It ends with 15 if it found something that --baseline does not accept. Only
servers on loopback addresses are fuzzed.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			z := &fuzzing{}
			z.declare(f, campaignPatience)
			z.declareWatched(f)
			f.StringVar(&z.transport, "transport", everyTransport, "`NAMES` of the transports that all programs go over: tcp, direct-tls, websocket, bosh, with commas between; all: as they are written, and once over each other")
			f.StringVar(&z.under, "under", "", "`SCENARIO` that honest users follow meanwhile: a shipped name or a file")
			f.IntVar(&z.sessions, "sessions", 0, "number of honest sessions; default: the scenario's")
			f.StringVar(&z.rate, "rate", "", "rate of the honest users, such as `100/s`; default: the scenario's")
			f.DurationVar(&z.time, "time", time.Minute, "how long to search; 0: until --programs or an interrupt")
			f.Int64Var(&z.programs, "programs", 0, "how many programs to play; 0: as many as the time allows")
			f.Uint64Var(&z.seed, "seed", 0, "seed of the mutations; default: random, and recorded")
			f.IntVar(&z.workers, "workers", 1, "how many programs to play at once; with more than one, what the server uses is not judged")
			f.StringVar(&z.record, "record", "", "`DIRECTORY` for the record; default: a new one under runs/")
			f.BoolVar(&z.resume, "resume", false, "go on with the campaign recorded in --record")
			f.BoolVar(&z.first, "first", false, "stop at the first finding that is not accepted")
			f.StringVar(&z.corpora, "corpus", "", "`DIRECTORY` of programs to begin with, before those that are shipped")
			f.StringVar(&z.baseline, "baseline", "", "`FILE` of findings that are accepted, by fingerprint")
			f.StringVar(&z.writeBaseline, "write-baseline", "", "write all findings to `FILE`, as a baseline that accepts them")
			f.StringVar(&z.format, "format", "text", "text, json, junit or sarif, on standard output")
			return z.run
		},
	}
}

func (z *fuzzing) run(ctx context.Context, args []string, ui *ui) error {
	if err := z.check(args); err != nil {
		return err
	}
	plan, err := z.plan()
	if err != nil {
		return err
	}
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	c, err := z.search(ctx, plan, signals, ui)
	if c == nil {
		if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok {
			return &exitError{cause.code, cause}
		}
		return z.setupError(err)
	}
	return z.conclude(c, err, ui)
}

func (z *fuzzing) check(args []string) error {
	if len(args) > 0 {
		return &usageError{"fuzz takes no arguments, only flags", "a program is played by: xmpprig replay " + args[0]}
	}
	if z.time < 0 || z.programs < 0 || z.workers < 1 || z.workers > 16 {
		return &usageError{"--time and --programs must not be negative, and --workers is 1 to 16", ""}
	}
	if z.resume && z.record == "" {
		return &usageError{"--resume needs the --record to go on with", ""}
	}
	if z.resume && z.flags.Changed("seed") {
		return &usageError{"a campaign that is resumed keeps its seed", "leave --seed out"}
	}
	if z.resume && z.under != "" {
		return &usageError{"a campaign is not resumed with other honest users", "leave --under out, or begin a new one with --corpus " + filepath.Join(z.record, "corpus")}
	}
	if z.flags.Changed("sessions") && z.sessions < 1 {
		return atLeast(1, z.sessions, "sessions")
	}
	if z.flags.Changed("rate") && z.rate == "" {
		return wellWritten(z.flags, "rate")
	}
	if z.under == "" && (z.sessions != 0 || z.rate != "") {
		return &usageError{"--sessions and --rate are of the honest users that --under brings", "add --under chat, or leave them out"}
	}
	if err := firstOf(z.probing.check(), wellWritten(z.flags, "under", "rate", "record", "baseline", "write-baseline", "corpus", "transport"),
		oneOf("format", z.format, "text", "json", "junit", "sarif")); err != nil {
		return err
	}
	if z.record == "" {
		z.record = filepath.Join("runs", time.Now().UTC().Format("20060102-150405.000")+"-fuzz")
	}
	return z.checkFiles()
}

// checkFiles saves a search for which there is no place in the end.
func (z *fuzzing) checkFiles() error {
	if z.resume {
		if err := fuzz.CheckRecord(z.record); err != nil {
			return &exitError{results.ExitConfig, err}
		}
	} else if err := vacant(z.record); err != nil {
		return err
	}
	if z.writeBaseline == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(z.writeBaseline)); err != nil || !info.IsDir() {
		return &exitError{results.ExitConfig, &usageError{"--write-baseline " + z.writeBaseline + ": there is no such directory", ""}}
	}
	return nil
}

// plan is what the campaign is to do, as far as that is known before the server runs.
func (z *fuzzing) plan() (fuzz.Plan, error) {
	if !z.flags.Changed("seed") {
		z.seed = randomSeed()
	}
	p := fuzz.Plan{
		Seed: z.seed, Time: z.time, Programs: z.programs, Record: z.record, Resume: z.resume, Shared: z.under != "",
		Head:      results.Campaign{Tool: tool(), Command: masked(os.Args), Started: time.Now().UTC(), Under: z.under},
		Reproduce: z.reproduce,
	}
	if z.first {
		p.Enough = anyGrave
	}
	var err error
	if p.Over, err = parseTransports(z.transport); err != nil {
		return p, err
	}
	if p.Corpus, err = z.programsToBegin(); err != nil {
		return p, &exitError{results.ExitConfig, err}
	}
	if p.Words, err = dictionary(); err != nil {
		return p, err
	}
	if z.baseline == "" {
		return p, nil
	}
	if p.Baseline, err = fuzz.ReadBaseline(z.baseline); err != nil {
		return p, &exitError{results.ExitConfig, err}
	}
	return p, nil
}

func anyGrave(found []results.Finding) bool {
	for _, f := range found {
		if fuzz.Grave(f) {
			return true
		}
	}
	return false
}

// programsToBegin is what --corpus adds, and the shipped corpus.
func (z *fuzzing) programsToBegin() ([]*program.Program, error) {
	entries, err := corpus.All()
	if err != nil {
		return nil, err
	}
	if z.corpora != "" {
		more, err := corpus.ReadDir(z.corpora)
		if err != nil {
			return nil, err
		}
		entries = append(more, entries...)
	}
	return parseEntries(entries)
}

func parseEntries(entries []corpus.Entry) ([]*program.Program, error) {
	var all []*program.Program
	var errs []error
	for _, e := range entries {
		p, err := program.Parse(e.File, e.Text)
		if errs = append(errs, err); err == nil {
			all = append(all, p)
		}
	}
	return all, errors.Join(errs...)
}

// dictionary is the shipped dictionaries.
func dictionary() (d mutate.Dictionary, err error) {
	for name, list := range map[string]*[]string{
		"namespaces": &d.Namespaces, "elements": &d.Names, "attributes": &d.Attributes, "values": &d.Values,
		"mechanisms": &d.Mechanisms, "addresses": &d.Addresses, "numbers": &d.Numbers, "texts": &d.Texts,
	} {
		if *list, err = corpus.Dictionary(name); err != nil {
			return d, err
		}
	}
	return d, nil
}

// reproduce is the command that shows a finding again.
func (z *fuzzing) reproduce(dir string) string {
	command := "xmpprig replay --times 5" // what is a matter of time shows in one of them
	for _, name := range []string{"server", "domain", "user", "ca", "insecure", "websocket", "bosh", "direct-tls", "server-pid", "patience", "defect"} {
		switch f := z.flags.Lookup(name); {
		case !f.Changed:
		case name == "defect":
			for _, d := range z.defects {
				command += " --defect " + quoted(d)
			}
		case f.Value.Type() == "bool":
			command += " --" + name + "=" + f.Value.String()
		default:
			command += " --" + name + " " + quoted(f.Value.String())
		}
	}
	return command + " " + quoted(dir)
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,@%+=[]", r)
	}
	if word != "" && strings.TrimFunc(word, plain) == "" && !strings.HasPrefix(word, "-") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// search starts the server and runs the campaign, under load where that is asked for.
func (z *fuzzing) search(ctx context.Context, plan fuzz.Plan, signals *interrupts, ui *ui) (*results.Campaign, error) {
	if z.under != "" {
		return z.searchUnderLoad(ctx, plan, signals, ui)
	}
	users := z.users(z.workers, z.spare())
	srv, err := z.start(ctx, users, 64*z.workers, ui)
	if err != nil {
		return nil, err
	}
	defer z.stop(srv, ui)
	return z.campaign(ctx, srv, users, 0, plan, signals, ui)
}

// spare is how many sets of accounts a worker has to prove things on: of a server that is started for it, about as many as servers have
// findings.
func (z *fuzzing) spare() int {
	if driver(z.server) == "remote" {
		return 0
	}
	return 48
}

// campaign runs the campaign on a server that is there, with accounts from the first on.
func (z *fuzzing) campaign(ctx context.Context, srv *target.Server, users target.Users, first int, plan fuzz.Plan, signals *interrupts, ui *ui) (*results.Campaign, error) {
	plan.Head.Server = z.examined(srv)
	for w := range z.workers {
		site := z.site(srv, users)
		site.Glance = campaignGlance
		site.Spare = z.spare()
		own := first + w*(1+site.Spare)*fuzz.Accounts
		site.Users = func(i int) (string, string) { return users.User(own + i) }
		plan.Sites = append(plan.Sites, site)
	}
	plan.Tell = newTeller(ui).tell
	if z.resume {
		ui.say("going on with %s", plan.Record)
	} else {
		ui.say("seed %d, record %s", plan.Seed, plan.Record)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	interrupted := make(chan struct{})
	go func() {
		defer close(interrupted)
		select {
		case code := <-signals.drain:
			stop(stopped{code})
		case <-ctx.Done():
		}
	}()
	signals.underWay.Store(true)
	c, err := fuzz.Run(ctx, srv, plan)
	stop(nil)
	<-interrupted
	if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok && c != nil {
		interrupt(c, cause.code)
		err = errors.Join(err, results.WriteCampaign(z.record, c))
	}
	return c, err
}

// interrupt makes c one that a signal ended.
func interrupt(c *results.Campaign, code results.ExitCode) {
	c.Verdict = results.Outcome{Status: code.Status(), ExitCode: code, Reasons: append([]string{code.String()}, c.Verdict.Reasons...)}
}

// conclude draws the report, prints the summary, and ends with the verdict.
func (z *fuzzing) conclude(c *results.Campaign, failed error, ui *ui) error {
	if z.writeBaseline != "" {
		if err := os.WriteFile(z.writeBaseline, []byte(fuzz.FormatBaseline(c.Findings)), 0o644); err != nil && failed == nil {
			failed = err
		}
	}
	if err := report.CampaignFiles(z.record, c); err != nil && failed == nil {
		failed = fmt.Errorf("draw the report: %s", brief(err))
	}
	if err := z.summary(c, ui); err != nil && failed == nil {
		failed = fmt.Errorf("write the summary: %w", err)
	}
	if failed != nil {
		return &exitError{results.Worst(results.ExitInternal, c.Verdict.ExitCode), failed}
	}
	ui.say("record: %s", z.record)
	if code := results.Worst(c.Verdict.ExitCode, z.honest); code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}

// summary prints what was found, and as text how the honest users fared too.
func (z *fuzzing) summary(c *results.Campaign, ui *ui) error {
	if z.under == "" || z.format != "text" {
		return campaignPart(z.record, c).formats[z.format](ui.out)
	}
	parts, err := openParts(z.record, ui)
	if err != nil {
		return err
	}
	return renderAll(parts, ui.out)
}
