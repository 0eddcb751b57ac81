package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"xmpprig/results"
)

// interrupts turns signals into stages of stopping. While a run is being set
// up the first signal ends its context. Once it is under way the first one
// asks it to drain and only the second ends the context.
type interrupts struct {
	drain    chan results.ExitCode // gets the exit code that the first signal stands for
	underWay atomic.Bool
	stop     func() // gives the signals back to the system
}

// stopped is the cause of a context that a signal ended.
type stopped struct{ code results.ExitCode }

func (s stopped) Error() string { return s.code.Text() }

// catchSignals starts to listen; stop must be called in the end.
func catchSignals(ctx context.Context, ui *ui) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	i := &interrupts{drain: make(chan results.ExitCode, 1)}
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		i.listen(signals, done, cancel, ui)
	}()
	i.stop = func() {
		signal.Stop(signals)
		close(done)
		<-over
		cancel(nil)
	}
	return ctx, i
}

func (i *interrupts) listen(signals <-chan os.Signal, done <-chan struct{}, cancel context.CancelCauseFunc, ui *ui) {
	asked := false
	for {
		select {
		case <-done:
			return
		case s := <-signals:
			if asked || !i.underWay.Load() {
				cancel(stopped{signalCode(s)})
				return
			}
			asked = true
			i.drain <- signalCode(s)
			ui.say("%v: draining; once more to stop at once", s)
		}
	}
}

func signalCode(s os.Signal) results.ExitCode {
	if s == syscall.SIGTERM {
		return results.ExitTerminated
	}
	return results.ExitInterrupted
}
