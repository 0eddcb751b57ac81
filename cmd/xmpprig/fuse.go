package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// fuse ends a trial that has gone wrong at once, so that the server is not kept under a load it cannot bear, and passes signals on.
type fuse struct {
	ctx       context.Context
	interrupt chan results.ExitCode
	why       string // it blew
	cancel    context.CancelCauseFunc
	slow      time.Duration // answers that take longer are no use to anybody
	seconds   []loadgen.Progress
	code      results.ExitCode // of a signal
	over      chan struct{}
	once      sync.Once
	wg        sync.WaitGroup
}

// Bounds of the fuse, over the last three seconds.
const (
	fuseSeconds = 3
	fuseErrors  = 20
	fuseShare   = .10
	fuseSlow    = 3 * time.Second
)

var errFuse = errors.New("too many logins failed")

func newFuse(ctx context.Context, s *scenarios.Scenario, signals *interrupts) *fuse {
	f := &fuse{interrupt: make(chan results.ExitCode, 2), over: make(chan struct{}), slow: fuseSlow}
	for _, o := range s.Objectives {
		if o.Unit == scenarios.Nanoseconds {
			f.slow = max(f.slow, 4*time.Duration(o.Bound))
		}
	}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	f.wg.Go(func() {
		select {
		case code := <-signals.drain:
			f.code = code
			f.interrupt <- code
		case <-f.over:
		}
	})
	return f
}

// release returns what a signal asked for, once the trial is over.
func (f *fuse) release() results.ExitCode {
	f.once.Do(func() {
		close(f.over)
		f.cancel(nil)
	})
	f.wg.Wait()
	return f.code
}

// see looks at each second of the trial.
func (f *fuse) see(p loadgen.Progress) {
	if f.why != "" {
		return
	}
	if n := len(f.seconds); n > 0 && f.seconds[n-1].Phase != p.Phase {
		f.seconds = nil
	}
	f.seconds = append(f.seconds, p)
	first := f.seconds[max(0, len(f.seconds)-1-fuseSeconds)]
	errs, done := p.Errors-first.Errors, p.Count.Completed-first.Count.Completed
	switch p.Count.Kind {
	case results.PhaseLogin:
		if p.Errors >= fuseErrors && float64(p.Errors) > fuseShare*float64(p.Wanted) {
			f.why = fmt.Sprintf("%d of %d logins had failed, so it was ended", p.Errors, p.Wanted)
			f.cancel(errFuse)
		}
	case results.PhaseOpen, results.PhaseClosed:
		if errs >= fuseErrors && float64(errs) > fuseShare*float64(errs+done) {
			f.blow(fmt.Sprintf("%d errors beside %d that were done within %d seconds, so it was ended", errs, done, fuseSeconds))
		} else if f.crawls() {
			f.blow(fmt.Sprintf("answers took %v and more (99th percentile), so it was ended", p.Last.P99.Round(10*time.Millisecond)))
		}
	}
}

// crawls says that answers have been too slow for two seconds.
func (f *fuse) crawls() bool {
	n := len(f.seconds)
	return n > 1 && f.seconds[n-1].Last.P99 > f.slow && f.seconds[n-2].Last.P99 > f.slow
}

func (f *fuse) blow(why string) {
	f.why = why
	f.interrupt <- results.ExitPass
}
