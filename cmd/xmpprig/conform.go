package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/fuzz"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
	"xmpprig/results"
)

// conforming is the flags of conform.
type conforming struct {
	server, domain, user, password, rows, format, record, ca string
	insecure                                                 bool
	patience                                                 time.Duration
	flags                                                    *pflag.FlagSet
}

func conformCommand() command {
	return command{
		name: "conform", summary: "ask a server what the RFCs require an answer to, and judge the answers",
		long: `
Each program of the built-in corpus sends one thing that is malformed, out of
order or unusual, and the answer is judged by the clause that it names: it
conforms, is tolerated, or deviates at the level of the requirement. A second
session witnesses what the server passes on. Three accounts are used.

It ends with 15 if the server deviates from a MUST or crashes. What was sent
and received in each deviation is written to files. Only servers on loopback
addresses are asked.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			c := &conforming{flags: f}
			f.StringVar(&c.server, "server", "loopback", "loopback, prosody, ejabberd (started for this), or `HOST[:PORT]` of one that runs")
			f.StringVar(&c.rows, "rows", "", "`ROWS` of the table, such as O-20…O-40 or O-5,O-75; default: all")
			f.StringVar(&c.format, "format", "text", "text or json, on standard output")
			f.StringVar(&c.record, "record", "", "`DIRECTORY` for the transcripts of deviations; default: a new one under runs/")
			f.DurationVar(&c.patience, "patience", fuzz.DefaultPatience, "how long to wait for an answer that does not come")
			f.StringVar(&c.domain, "domain", "localhost", "the server's XMPP `DOMAIN`")
			f.StringVar(&c.user, "user", "user{n}", "`PATTERN` of user names; {n} is a number from 0")
			f.StringVar(&c.password, "password", "", "`PATTERN` of passwords, default secret{n}; better given in $XMPPRIG_PASSWORD")
			f.StringVar(&c.ca, "ca", "", "`FILE` with the authority's certificate of a server that runs, in PEM")
			f.BoolVar(&c.insecure, "insecure", false, "trust any certificate of a server that runs")
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
	c.password = cmp.Or(c.password, os.Getenv("XMPPRIG_PASSWORD"), "secret{n}")
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
	if c.patience <= 0 {
		return &usageError{fmt.Sprintf("--patience %v: more than nothing is needed", c.patience), ""}
	}
	own := driver(c.server) != "remote"
	if own && (c.ca != "" || c.insecure) {
		return &usageError{"--ca and --insecure are only for a server that runs already", "leave them out, or change --server"}
	}
	return firstOf(wellWritten(c.flags, "server", "rows", "record", "domain", "user", "password", "ca"), oneOf("format", c.format, "text", "json"))
}

// setupError gives an error of the set-up its code and its hint.
func (c *conforming) setupError(err error) error {
	switch {
	case is[*outputError](err):
		return err
	case is[*target.ForeignError](err):
		return &exitError{results.ExitSetup, &usageError{err.Error(), "conform asks only servers of this machine"}}
	case is[*fuzz.StepError](err):
		return &exitError{results.ExitSetup, &usageError{err.Error(), "this was before anything that is judged: see that the server runs, and that --domain, --user, --password and --ca are right"}}
	case exitCode(err) == results.ExitInternal:
		return &exitError{results.ExitSetup, err}
	}
	return err
}

// examine starts the server where there is one to start, and plays the programs.
func (c *conforming) examine(ctx context.Context, programs []*program.Program, started time.Time, ui *ui) (*fuzz.Report, error) {
	srv, err := c.start(ctx, ui)
	if err != nil {
		return nil, err
	}
	defer new(reach).stop(srv, ui)
	site := c.site(srv)
	software, version := srv.Software()
	r := fuzz.NewReport(fuzz.Server{Driver: driver(c.server), Software: software, Version: version, Address: site.Addr, Domain: site.Domain}, started)
	crashes := 0
	err = fuzz.Conform(ctx, site, programs, func(row fuzz.Row) error {
		file, err := c.keep(row)
		if err != nil {
			return err
		}
		r.Add(row, file)
		for _, crash := range srv.Crashes()[crashes:] {
			crashes++
			r.AddCrash(fuzz.Crash{After: row.Program.Name(), Kind: crash.Kind, Text: crash.Text})
		}
		return nil
	})
	if is[*fuzz.DeadError](err) { // which the row says
		err = nil
	}
	return r, err
}

func (c *conforming) start(ctx context.Context, ui *ui) (*target.Server, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	spec := target.Spec{
		Driver: driver(c.server), Domain: c.domain, Sessions: 16, Exe: exe, CAFile: c.ca, Insecure: c.insecure, Log: ui.err,
		Users: target.Users{Count: fuzz.Accounts, Name: c.user, Password: c.password},
	}
	if spec.Driver == "remote" {
		spec.Addr = c.server
	} else {
		ui.say("starting %s with %d accounts", spec.Driver, spec.Users.Count)
	}
	return target.Start(ctx, spec)
}

func (c *conforming) site(srv *target.Server) *fuzz.Site {
	at := srv.Endpoint()
	s := &fuzz.Site{
		Addr: at.Addr, DirectTLSAddr: at.DirectTLSAddr, Domain: at.Domain, Patience: c.patience,
		TLS:   &tls.Config{RootCAs: at.CAs, InsecureSkipVerify: at.Insecure, MinVersion: tls.VersionTLS12},
		Users: target.Users{Count: fuzz.Accounts, Name: c.user, Password: c.password}.User,
	}
	if s.DirectTLSAddr == s.Addr { // one port was given, which is the other one
		s.DirectTLSAddr = ""
	}
	return s
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

// conclude reports, and ends with the verdict.
func (c *conforming) conclude(r *fuzz.Report, ui *ui) error {
	write := r.WriteText
	if c.format == "json" {
		write = r.WriteJSON
	}
	if err := write(ui.out); err != nil {
		return err
	}
	if r.Counts[string(oracle.Deviation)] > 0 {
		ui.say("transcripts: %s", c.record)
	}
	if code := r.Verdict.ExitCode; code != results.ExitPass {
		return &exitError{code: code}
	}
	return nil
}
