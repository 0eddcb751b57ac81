package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"xmpprig/results"
)

var errSecondSignal = errors.New("a second signal")

// interrupts turns signals into the two stages of stopping: the first one is
// sent on the channel as the exit code it stands for, the second ends ctx.
// The returned function must be called when no more signals are wanted.
func interrupts(ctx context.Context, ui *ui) (context.Context, <-chan results.ExitCode, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	first := make(chan results.ExitCode, 1)
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		select {
		case s := <-signals:
			first <- signalCode(s)
			ui.say("%v: draining; once more to stop at once", s)
		case <-done:
			return
		}
		select {
		case <-signals:
			cancel(errSecondSignal)
		case <-done:
		}
	}()
	return ctx, first, func() {
		signal.Stop(signals)
		close(done)
		<-over
		cancel(nil)
	}
}

func signalCode(s os.Signal) results.ExitCode {
	if s == syscall.SIGTERM {
		return results.ExitTerminated
	}
	return results.ExitInterrupted
}
