package fuzz

import (
	"context"
	"errors"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
)

// bench plays programs on one server, and looks at the server meanwhile. It is for one goroutine at a time.
type bench struct {
	site    *Site
	server  Watched
	canary  *canary
	set     int  // of accounts on which things are proved; 0: the same as all is played on
	hasty   bool // it only looks for smaller programs
	shared  bool // others use the server too, so that what it uses is not the program's doing
	crashes int  // that are known
	high    int64
	kept    *onlookers
	played  func() // called behind each program; may be nil
}

// trial is one program that was played.
type trial struct {
	program    *program.Program
	transcript program.Transcript
	findings   []oracle.Finding
	facts      oracle.Facts
	edge       string
	started    time.Time
	took       time.Duration
	skipped    bool  // the server does not offer what the program needs
	early      error // why it did not come to its mark
}

// shows returns the finding with a fingerprint, if the trial has it.
func (t *trial) shows(fingerprint string) (oracle.Finding, bool) {
	for _, f := range t.findings {
		if f.Fingerprint() == fingerprint {
			return f, true
		}
	}
	return oracle.Finding{}, false
}

// setUp makes a bench, and sees that the server can be reached. The error is a *SetUpError.
func setUp(ctx context.Context, server Watched, site *Site, shared bool) (*bench, error) {
	k, err := newCanary(ctx, site, memoryOf(server))
	if err != nil {
		return nil, &SetUpError{err}
	}
	for range 5 { // so that what is usual is known
		if err := k.alive(ctx); err != nil {
			k.close()
			return nil, &SetUpError{err}
		}
	}
	return &bench{site: site, server: server, canary: k, shared: shared, crashes: len(server.Crashes()), kept: newOnlookers()}, nil
}

// secrets are the passwords of all who play.
func secrets(site *Site) (all []string) {
	for i := range Accounts {
		_, password := site.Users(i)
		all = append(all, password)
	}
	return all
}

// renew has what is to be proved next played on accounts that were not used yet, as long as there are any.
func (b *bench) renew() {
	if b.site.Spare > 0 {
		b.set = b.set%b.site.Spare + 1
	}
}

// memoryOf reads the memory of a server; 0 where it cannot be seen.
func memoryOf(server Watched) func() int64 {
	return func() int64 {
		c, err := server.Cost()
		if err != nil {
			return 0
		}
		return c.RSS
	}
}

// try plays a program. The error is that of ctx.
func (b *bench) try(ctx context.Context, site *Site, p *program.Program) (*trial, error) {
	if b.played != nil {
		defer b.played()
	}
	kept := b.kept
	if site != b.site { // what is to be proved is seen on new sessions
		b.kept.end(b.site)
		kept = nil
	}
	before, _ := b.server.Cost() // where it cannot be seen, nothing is said of it
	mark := b.server.LogMark()
	b.canary.take()
	t := &trial{program: p, started: time.Now()}
	var err error
	held := b.kept.count()
	t.transcript, err = playBeside(ctx, site, p, kept)
	t.took = time.Since(t.started)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if _, ok := errors.AsType[*NotOfferedError](err); ok {
		t.skipped = true
	}
	t.early = err
	before.FDs += b.kept.count() - held // sessions that stay by our will
	t.facts = b.look(ctx, before, mark)
	t.facts.Secrets = secrets(site)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if !t.skipped {
		t.findings = oracle.Examine(&oracle.Case{Program: p, Transcript: t.transcript, Facts: t.facts, Domain: site.Domain})
		t.edge = oracle.Edge(p, t.transcript)
	}
	return t, nil
}

// settling is how long the server may take to close what its peers have closed.
const settling = 300 * time.Millisecond

// computing is how long it is watched while it computes, though its peers are gone.
const computing = 3 * time.Second

// look sees what a program did to the server.
func (b *bench) look(ctx context.Context, before target.Cost, mark target.LogMark) (f oracle.Facts) {
	dead := b.dead(ctx)
	var peak int64
	f.Waited, f.Usual, peak = b.canary.take()
	after, err := b.settle(ctx, before)
	for _, c := range b.server.Crashes()[b.crashes:] {
		b.crashes++
		f.Crashes = append(f.Crashes, oracle.Failure{Kind: c.Kind, Title: c.Title(), Text: c.Text, Exit: c.Source == "exit"})
	}
	f.Ended = dead
	f.Lines = b.server.LogSince(mark)
	if err != nil || b.shared || dead {
		return f
	}
	f.CPU, f.Log = after.CPU-before.CPU, after.LogBytes-before.LogBytes
	f.FDs, f.Threads = after.FDs-before.FDs, after.Threads-before.Threads
	f.Peak = max(0, peak-max(before.RSS, b.high))
	if b.high == 0 {
		b.high = before.RSS
	}
	f.RSS = max(0, after.RSS-b.high) // beyond what it ever held: memory that is used again is no news
	b.high = max(b.high, after.RSS)
	return f
}

// settle waits until the server has closed what the program had open, and, where that takes long, until it no longer computes.
func (b *bench) settle(ctx context.Context, before target.Cost) (after target.Cost, err error) {
	start := time.Now()
	for last := before.CPU; ; {
		if after, err = b.server.Cost(); err != nil || after.FDs <= before.FDs || b.shared {
			return after, err
		}
		pause := time.Millisecond
		if past := time.Since(start); past >= settling {
			if pause = settling / 4; after.CPU-last < pause/2 || past >= computing {
				return after, err
			}
			last = after.CPU
		}
		if err := freeze(ctx, pause); err != nil {
			return after, err
		}
	}
}

// end gives the honest session up, and those that are kept.
func (b *bench) end() {
	b.kept.end(b.site)
	b.canary.close()
}
