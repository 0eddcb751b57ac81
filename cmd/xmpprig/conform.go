package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/fuzz"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
	"xmpprig/results/report"
)

// conforming is the flags of conform.
type conforming struct {
	probing
	rows, format, record string
	settings             map[string]string
}

func conformCommand() command {
	return command{
		name: "conform", summary: "ask a server what the RFCs require an answer to, and judge the answers",
		long: `
Each program of the built-in corpus sends one thing that is malformed, out of
order or unusual, and the answer is judged by the clause that it names: it
conforms, is tolerated, or deviates at the level of the requirement. A second
session witnesses what the server passes on. Three accounts are used. A server
that is started for this is started twice: rows about limits find it with limits
that are met in seconds.

It ends with 15 if the server deviates from a MUST or crashes. The record has
conform.json, conform.html, and of each deviation the program and what was sent
and received. Only servers on loopback addresses are asked.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			c := &conforming{}
			c.declare(f, fuzz.DefaultPatience)
			f.StringVar(&c.transport, "transport", "tcp", "tcp, direct-tls, websocket or bosh: over what the attacker comes where a row is not about one of them")
			f.StringVar(&c.rows, "rows", "", "`ROWS` of the table, such as O-20…O-40 or O-5,O-75; default: all")
			f.StringToStringVar(&c.settings, "setting", nil, "`NAME=VALUE` of a limit that a server that runs has, such as silence=4, repeatable: "+settingNames())
			f.StringVar(&c.format, "format", "text", "text, json, junit, html or sarif, on standard output")
			f.StringVar(&c.record, "record", "", "`DIRECTORY` for the record; default: a new one under runs/")
			return c.run
		},
	}
}

func (c *conforming) run(ctx context.Context, args []string, ui *ui) error {
	if err := c.check(args); err != nil {
		return err
	}
	programs, err := fuzz.Programs(c.rows)
	if bad, ok := errors.AsType[*fuzz.SelectionError](err); ok {
		return &usageError{"--rows " + bad.Selection + ": " + bad.Reason, "xmpprig conform --help shows how rows are written"}
	} else if err != nil {
		return err
	}
	started := time.Now()
	c.record = cmp.Or(c.record, filepath.Join("runs", started.UTC().Format("20060102-150405.000")+"-conform"))
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	r, err := c.examine(ctx, programs, started, ui)
	if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok {
		return &exitError{cause.code, cause}
	}
	if err != nil {
		return c.setupError(err)
	}
	return c.conclude(r, ui)
}

func (c *conforming) check(args []string) error {
	if len(args) > 0 {
		return &usageError{"conform takes no arguments, only flags", "rows are given as --rows " + args[0]}
	}
	return firstOf(c.probing.check(), wellWritten(c.flags, "rows", "record"), oneOf("format", c.format, "text", "json", "junit", "html", "sarif"),
		oneOf("transport", c.transport, transportNames()...), c.checkSettings())
}

// examine plays the programs. Those that need settings are played last, on a server of their own where it is started for that.
func (c *conforming) examine(ctx context.Context, programs []*program.Program, started time.Time, ui *ui) (r *results.Conformance, err error) {
	needs := func(p *program.Program) bool { return len(p.Settings) > 0 && driver(c.server) != "remote" }
	usual := slices.DeleteFunc(slices.Clone(programs), needs)
	tight := slices.DeleteFunc(slices.Clone(programs), func(p *program.Program) bool { return !needs(p) })
	for _, part := range [][]*program.Program{usual, tight} {
		if len(part) == 0 {
			continue
		}
		c.tight = needs(part[0])
		if r, err = c.play(ctx, part, r, started, ui); err != nil {
			return r, err
		}
	}
	place := map[string]int{}
	for i, p := range programs {
		place[p.Name()] = i
	}
	slices.SortStableFunc(r.Rows, func(a, b results.Judged) int {
		return cmp.Compare(place[a.Row+" "+a.Case], place[b.Row+" "+b.Case])
	})
	r.Seconds = time.Since(started).Seconds()
	return r, nil
}

// play starts the server where there is one to start, plays programs, and adds what came of it to r; nil: it is the first.
func (c *conforming) play(ctx context.Context, programs []*program.Program, r *results.Conformance, started time.Time, ui *ui) (*results.Conformance, error) {
	users := c.users(1, 0)
	srv, err := c.start(ctx, users, 16, ui)
	if err != nil {
		return r, err
	}
	defer c.stop(srv, ui)
	site := c.site(srv, users)
	if c.transport != "tcp" {
		site.Over = transportOf(c.transport)
	}
	c.set(site)
	if r == nil {
		r = results.NewConformance(tool(), c.examined(srv), started)
	}
	crashes := 0
	crashed := func(after string) {
		for _, crash := range srv.Crashes()[crashes:] {
			crashes++
			r.AddCrash(results.Breakdown{After: after, Kind: crash.Kind, Text: crash.Text})
		}
	}
	tell := func(row fuzz.Row) error {
		file, err := c.keep(row)
		if err != nil {
			return err
		}
		r.Add(row.Judged(file))
		crashed(row.Program.Name())
		return nil
	}
	err = throughout(ctx, srv, programs, func(left []*program.Program) error { return fuzz.Conform(ctx, site, left, tell) }, crashed)
	return r, err
}

// keep writes down what was said in a deviation, and the program. It returns the name of the transcript's file.
func (c *conforming) keep(row fuzz.Row) (string, error) {
	if row.Judgement.Outcome != oracle.Deviation {
		return "", nil
	}
	if err := os.MkdirAll(c.record, 0o755); err != nil {
		return "", err
	}
	base := filepath.Join(c.record, fmt.Sprintf("O-%03d-%s", row.Program.Row, row.Program.Case))
	if err := os.WriteFile(base+".xp", []byte(row.Program.String()), 0o644); err != nil {
		return "", err
	}
	return base + ".transcript", os.WriteFile(base+".transcript", []byte(row.Transcript.String()), 0o644)
}

// conclude leaves a record, reports, and ends with the verdict.
func (c *conforming) conclude(r *results.Conformance, ui *ui) error {
	if err := results.WriteConformance(c.record, r); err != nil {
		return err
	}
	if err := report.ConformanceFiles(c.record, r); err != nil {
		return err
	}
	if err := conformancePart(c.record, r).formats[c.format](ui.out); err != nil {
		return err
	}
	ui.say("record: %s", c.record)
	if code := r.Verdict.ExitCode; code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}
