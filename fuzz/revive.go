package fuzz

import (
	"context"
	"time"
)

// A server whose process lives is dead when it opens no stream any more. Where honest users load it, too, it may only be busy with them: it
// is asked for longer, above all when it has just been started and all of them come back at once.
const (
	stubborn = 20 * time.Second       // that it is asked before it counts as dead, under load
	comeback = time.Minute            // that it has after a start, under load
	between  = 250 * time.Millisecond // two askings
	calm     = 4                      // answers in a row, each within half of the patience, after which programs go on
	starts   = 3                      // tries to start it again
)

// dead reports whether the server lets nobody in any more.
func (b *bench) dead(ctx context.Context) bool {
	err := b.canary.alive(ctx)
	if err == nil && len(b.server.Crashes()) == b.crashes {
		return false
	}
	b.awaitExit(ctx) // who is about to die may still have answered
	if err = b.canary.alive(ctx); err == nil || !b.shared || b.exited() {
		return err != nil
	}
	return b.insist(ctx, stubborn) != nil
}

// insist asks again and again, until the server answers, its process is gone, or the time is over.
func (b *bench) insist(ctx context.Context, d time.Duration) (err error) {
	for until := time.Now().Add(d); ; {
		if err = b.canary.alive(ctx); err == nil || b.exited() || time.Now().After(until) {
			return err
		}
		if err := freeze(ctx, between); err != nil {
			return err
		}
	}
}

func (b *bench) exited() bool {
	select {
	case <-b.server.Exited():
		return true
	default:
		return false
	}
}

// awaitExit gives a process that dies its time to do so.
func (b *bench) awaitExit(ctx context.Context) {
	t := time.NewTimer(settling)
	defer t.Stop()
	select {
	case <-b.server.Exited():
	case <-t.C:
	case <-ctx.Done():
	}
}

// restart starts the server again, and waits until those who load it are back.
func (b *bench) restart(ctx context.Context) (err error) {
	b.kept.end(b.site)
	for range starts {
		if err = b.server.Restart(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	b.crashes, b.high = len(b.server.Crashes()), 0
	if b.shared {
		err = b.insist(ctx, comeback)
	} else {
		err = b.canary.alive(ctx)
	}
	if err != nil {
		return err
	}
	return b.calmDown(ctx)
}

// calmDown waits until the server answers in good time again, but no longer than a minute.
func (b *bench) calmDown(ctx context.Context) error {
	until := time.Now().Add(comeback)
	for swift := 0; b.shared && swift < calm && time.Now().Before(until); {
		b.canary.take()
		if err := freeze(ctx, between); err != nil {
			return err
		}
		if waited, _, _ := b.canary.take(); b.canary.alive(ctx) == nil && waited < b.site.patience()/2 {
			swift++
		} else {
			swift = 0
		}
	}
	b.canary.take()
	return nil
}
