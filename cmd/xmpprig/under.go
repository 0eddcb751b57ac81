package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"xmpprig/fuzz"
	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/results/report"
	"xmpprig/scenarios"
)

// aloneAtMost is how long the honest users are alone before the campaign begins, so that there is something to compare with.
const aloneAtMost = 10 * time.Second

// alone is how long they are: no longer than half of what is compared with it.
func (z *fuzzing) alone() time.Duration {
	if z.time == 0 {
		return aloneAtMost
	}
	return min(aloneAtMost, z.time/2)
}

// honestLoad is the honest users of a campaign: the run that they are, and how they fared each second.
type honestLoad struct {
	scenario *scenarios.Scenario
	at       chan struct{} // closed when they are at work
	opened   sync.Once
	tick     chan struct{} // told of each second at work
	stop     chan results.ExitCode
	ended    chan struct{} // closed when the run is over
	run      *results.Run
	err      error

	mu      sync.Mutex
	seconds []results.Honest
	errors  int64
	played  int64 // programs so far
	counted int64
	last    time.Duration // when the last second ended, on the clock of the run
	ticked  time.Time     // the same
	offset  float64       // when the campaign began, on the clock of the run
}

// searchUnderLoad runs the campaign while honest users follow a scenario on the same server.
func (z *fuzzing) searchUnderLoad(ctx context.Context, plan fuzz.Plan, signals *interrupts, ui *ui) (*results.Campaign, error) {
	s, err := z.scenario()
	if err != nil {
		return nil, err
	}
	users := z.users(z.workers, z.spare())
	users.Count += s.UserCount()
	z.lean = true
	srv, err := z.start(ctx, users, s.Load.Sessions+64*z.workers, ui)
	if err != nil {
		return nil, err
	}
	defer z.stop(srv, ui)
	load := &honestLoad{scenario: s, at: make(chan struct{}), tick: make(chan struct{}, 1), stop: make(chan results.ExitCode, 1), ended: make(chan struct{})}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := load.begin(ctx, z, srv, ui); err != nil {
		return nil, err
	}
	defer func() { <-load.ended }()
	select {
	case <-load.at:
	case <-load.ended:
		return nil, load.never()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ui.say("%d honest sessions follow %s", s.Load.Sessions, s.Name)
	wait(ctx, z.alone(), nil)
	load.nextSecond(ctx)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	load.campaignBegins()
	plan.Played = load.follow
	c, err := z.campaign(ctx, srv, users, s.UserCount(), plan, signals, ui)
	if c == nil {
		cancel(err)
		return nil, err
	}
	return c, errors.Join(err, z.endLoad(ctx, load, c, signals))
}

// endLoad leaves the honest users alone for a while, has them end, and joins what they saw to the campaign.
func (z *fuzzing) endLoad(ctx context.Context, load *honestLoad, c *results.Campaign, signals *interrupts) error {
	if code := c.Verdict.ExitCode; code == results.ExitPass || code == results.ExitFinding {
		if code := wait(ctx, z.alone()/2, signals.drain); code != results.ExitPass {
			interrupt(c, code)
		}
	}
	code := results.ExitPass
	if is := c.Verdict.ExitCode; is == results.ExitInterrupted || is == results.ExitTerminated {
		code = is
	}
	load.stop <- code
	<-load.ended
	if load.run == nil {
		return load.err
	}
	z.honest = results.ExitCode(load.run.Verdict.ExitCode)
	return load.join(c, z.record)
}

// never says why the honest users never came to work.
func (l *honestLoad) never() error {
	if l.err != nil {
		return l.err
	}
	return &exitError{results.ExitIncomplete, errors.New("the honest users never came to work: " + strings.Join(l.run.Verdict.Reasons, "; "))}
}

// scenario is what the honest users follow.
func (z *fuzzing) scenario() (*scenarios.Scenario, error) {
	s, err := scenarios.Read(z.under)
	if err != nil {
		return nil, &exitError{results.ExitConfig, err}
	}
	long := 24 * time.Hour // it is ended when the campaign is over
	if z.time > 0 {
		long = z.time + time.Hour
	}
	o := scenarios.Overrides{Server: z.server, Sessions: z.sessions, Duration: &long, Domain: z.domain, User: z.user, Password: z.password}
	if z.rate != "" {
		if o.Rate, err = scenarios.ParseRate(z.rate); err != nil {
			return nil, &usageError{fmt.Sprintf("--rate %q: %v", z.rate, err), "a rate is written 100/s or 6000/m"}
		}
	}
	if s.Elsewhere != nil {
		return nil, &usageError{s.Name + " has users elsewhere than at the server, which those that honest users follow during a campaign cannot have", "take a scenario without the block elsewhere"}
	}
	return s.With(o)
}

// begin starts the load.
func (l *honestLoad) begin(ctx context.Context, z *fuzzing, srv *target.Server, ui *ui) error {
	r := reach{ca: z.ca, insecure: z.insecure, pid: z.pid, keyCache: true}
	dialer, head, err := r.dialer(ctx, l.scenario, srv)
	if err != nil {
		return err
	}
	head.Tool, head.Command = tool(), masked(os.Args)
	head.Scenario = results.Scenario{Name: l.scenario.Name, SHA256: l.scenario.Hash, Source: disclosed(l.scenario)}
	go func() {
		defer close(l.ended)
		l.run, l.err = loadgen.Run(ctx, loadgen.Options{
			Scenario: l.scenario, Dialer: dialer, Server: srv, Seed: z.seed, Record: z.record, Head: head, Reconnect: true,
			Progress: l.second, Interrupt: l.stop,
		})
	}()
	return nil
}

// second takes how the honest users fared.
func (l *honestLoad) second(p loadgen.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.last, l.ticked = p.At, time.Now() }()
	if p.Count.Kind != results.PhaseOpen && p.Count.Kind != results.PhaseClosed {
		return // they come, or go
	}
	l.opened.Do(func() { close(l.at) })
	select {
	case l.tick <- struct{}{}:
	default: // nobody waits
	}
	h := results.Honest{Seconds: l.last.Seconds(), Count: p.Last.Count, P50: int64(p.Last.P50), P99: int64(p.Last.P99), Max: int64(p.Last.Max),
		Failed: p.Errors - l.errors, Attacks: int(l.played - l.counted)}
	l.errors, l.counted = p.Errors, l.played
	l.seconds = append(l.seconds, h)
}

// nextSecond waits until a second is over, so that none is half of the campaign's.
func (l *honestLoad) nextSecond(ctx context.Context) {
	select {
	case <-l.tick: // of before
	default:
	}
	select {
	case <-l.tick:
	case <-l.ended:
	case <-ctx.Done():
	}
}

// campaignBegins notes the time of the campaign on the clock of the run.
func (l *honestLoad) campaignBegins() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.offset = (l.last + time.Since(l.ticked)).Seconds()
}

// follow counts the programs as they are played.
func (l *honestLoad) follow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.played++
}

// join puts what the honest users saw into the campaign, on its clock, and draws both.
func (l *honestLoad) join(c *results.Campaign, record string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.seconds {
		h.Seconds -= l.offset
		c.Honest = append(c.Honest, h)
	}
	err := errors.Join(l.err, results.WriteCampaign(record, c))
	rec, bad := results.Open(record)
	if bad != nil {
		return errors.Join(err, bad)
	}
	return errors.Join(err, report.Files(record, rec))
}

// wait is over after a time, when ctx is done, or when a signal comes, whose code it returns.
func wait(ctx context.Context, d time.Duration, signals <-chan results.ExitCode) results.ExitCode {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case code := <-signals:
		return code
	}
	return results.ExitPass
}
