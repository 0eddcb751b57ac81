package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/capacity"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// trials makes the trials of a search.
type trials struct {
	*searching
	plan    *loadPlan
	ui      *ui
	head    results.Capacity
	began   time.Time
	signals *interrupts
	asked   results.ExitCode // by a signal, to end
	calm    int64            // median service time at the lowest load that passed
	calmAt  float64
	last    string // class of the trial before
	unready int    // trials in a row that could not be set up
	made    int
}

// search searches, and completes the head.
func (w *trials) search(ctx context.Context, within float64) error {
	ctx, signals := catchSignals(ctx, w.ui)
	defer signals.stop()
	w.signals = signals
	signals.underWay.Store(true)
	w.announce()
	found, err := capacity.Search(ctx, w.options(within), w.try)
	if err == nil && driver(w.plan.base.Target.Server) == "remote" && w.last != results.TrialPassed {
		found.Trials = append(found.Trials, w.restore(ctx, found))
	}
	w.take(found)
	w.head.Unfinished = false
	w.head.ElapsedNS = int64(time.Since(w.began))
	w.judgeAll(found.Code, err)
	return err
}

func (w *trials) announce() {
	if w.plan.assumed {
		w.ui.say("no objectives were given, so these are assumed:")
	}
	for _, o := range w.head.Objectives {
		w.ui.say("objective: %s", o)
	}
}

// after keeps what is known so far, for readers of a search that goes on or was killed.
func (w *trials) after(found capacity.Found) {
	w.take(found)
	w.head.ElapsedNS = int64(time.Since(w.began))
	if err := results.WriteCapacity(w.record, &w.head); err != nil {
		w.ui.say("warning: %v", err)
	}
	t := found.Trials[len(found.Trials)-1]
	w.ui.say("trial %s: %s %s: %s", trialName(t.N), capacity.Text(t.Load, w.head.Unit), t.Class, t.Reason)
}

func (w *trials) take(found capacity.Found) {
	w.head.Trials, w.head.Answer = found.Trials, found.Answer
	w.head.Verdict = results.Verdict{Status: results.StatusIncomplete, ExitCode: int(results.ExitIncomplete), Reasons: []string{"the search was not at its end"}}
}

// mostUnready is how many trials in a row may fail before any load.
const mostUnready = 3

// try makes one trial.
func (w *trials) try(ctx context.Context, n capacity.Next) (results.Trial, error) {
	if err := w.rest(ctx); err != nil {
		return results.Trial{}, err
	}
	length := w.trial
	if n.Kind == results.TrialConfirm {
		length = w.confirm
	}
	s, err := w.plan.at(n.Load, length)
	if err != nil {
		return results.Trial{}, err
	}
	t, err := w.once(ctx, s)
	if err != nil {
		t, err = w.unmade(err)
	}
	if w.last = t.Class; t.Class == results.TrialPassed && (w.calm == 0 || n.Load < w.calmAt) && t.ServiceNS > 0 {
		w.calm, w.calmAt = t.ServiceNS, n.Load
	}
	if w.asked != results.ExitPass {
		return t, stopped{w.asked}
	}
	return t, err
}

// unmade is a trial that was not made. What this machine cannot do is the rig's limit; a server that cannot be logged in to is given
// some more chances, unless it is the first trial.
func (w *trials) unmade(err error) (results.Trial, error) {
	setup, ok := errors.AsType[*loadgen.SetupError](err)
	if ok && setup.Class == "limit" {
		return results.Trial{Class: results.TrialLimited, Reason: setup.Error()}, nil
	}
	if w.unready++; !isSetup(err) || w.made == 1 || w.unready >= mostUnready {
		return results.Trial{Class: results.TrialFailed, Reason: err.Error()}, err
	}
	return results.Trial{Class: results.TrialFailed, Reason: "it could not be set up: " + err.Error()}, nil
}

// rest lets a server that goes on running recover from a trial that did not pass.
func (w *trials) rest(ctx context.Context) error {
	select {
	case code := <-w.signals.drain:
		return stopped{code}
	default:
	}
	if w.last == "" || w.last == results.TrialPassed || driver(w.plan.base.Target.Server) != "remote" {
		return nil
	}
	pause := time.NewTimer(w.cooldown)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case code := <-w.signals.drain:
		return stopped{code}
	}
}

// once runs a scenario on a server of its own, where it is ours to start, and judges it.
func (w *trials) once(ctx context.Context, s *scenarios.Scenario) (results.Trial, error) {
	quiet := &ui{out: w.ui.out, err: io.Discard}
	w.made++
	dir := filepath.Join(w.record, "trials", trialName(w.made))
	srv, err := w.reach.start(ctx, s, quiet)
	if err != nil {
		return results.Trial{}, err
	}
	defer w.reach.stop(srv, w.ui)
	dialer, head, err := w.reach.dialer(ctx, s, srv)
	if err != nil {
		return results.Trial{}, err
	}
	head.Tool, head.Command, head.Scenario = w.head.Tool, w.head.Command, w.head.Scenario
	head.Scenario.Source = disclosed(s)
	seed := w.seed + uint64(w.made) - 1
	f := newFuse(ctx, s, w.signals)
	defer f.release()
	var others neighbours
	show := newProgress(w.ui.err, w.style())
	defer show.done()
	run, err := loadgen.Run(f.ctx, loadgen.Options{Scenario: s, Dialer: dialer, Server: srv, Elsewhere: w.reach.side.Users(dialer), Seed: seed, Record: dir, Head: head,
		Progress: func(p loadgen.Progress) { show.show(p); f.see(p); others.look(p) }, Interrupt: f.interrupt})
	w.asked = results.Worst(w.asked, f.release())
	if run == nil {
		return results.Trial{Seed: seed}, err
	}
	w.unready = 0
	w.head.Target, w.head.Environment = run.Target, run.Environment
	rec, err := results.Open(dir)
	if err != nil {
		return results.Trial{Seed: seed}, &exitError{results.ExitInternal, err}
	}
	return capacity.Judge(rec, capacity.Judging{Series: w.plan.series, Calm: w.calm, Others: others.mean()}, f.why), nil
}

// style shows trials as they run only on a terminal, unless it is asked for.
func (w *trials) style() string {
	if w.progress == "auto" && !isTerminal(w.ui.err) {
		return "none"
	}
	return w.progress
}

// restore gives a server that goes on running a low load again, to see that it is well.
func (w *trials) restore(ctx context.Context, found capacity.Found) results.Trial {
	low := w.options(w.head.Within).Start
	for _, t := range found.Trials {
		if t.Class == results.TrialPassed {
			low = min(low, t.Load)
		}
	}
	t, err := w.try(ctx, capacity.Next{Load: low, Kind: results.TrialRecover})
	if err != nil {
		t.Class, t.Reason = results.TrialFailed, err.Error()
	}
	t.N, t.Load, t.Kind = len(found.Trials)+1, low, results.TrialRecover
	if t.Class != results.TrialPassed {
		w.head.Warnings = append(w.head.Warnings, "the server has not recovered: "+capacity.Text(low, w.head.Unit)+" "+t.Class+": "+t.Reason)
	}
	return t
}
