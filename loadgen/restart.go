package loadgen

import (
	"context"
	"fmt"
	"time"

	"xmpprig/results"
)

// serverRestart is the restart of the server in the middle of a run.
type serverRestart struct {
	done chan struct{} // closed when it is over; nil: none is to be
	kept results.Restarted
}

// restart has the server started again, as long after the beginning of the
// measured phases as the scenario says.
func (w *watch) restart(ctx context.Context) {
	after := w.o.Scenario.Load.RestartServer
	if after == 0 || w.server == nil {
		return
	}
	first := w.firstPhase()
	if !w.board.phases[first].measured() { // the warm-up
		first++
	}
	at := w.start(first) + after
	w.reborn.done = make(chan struct{})
	go func() {
		defer close(w.reborn.done)
		timer := time.NewTimer(at - w.now())
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		w.reborn.kept.AtNS = int64(w.now())
		err := w.server.Restart(ctx)
		w.reborn.kept.ReadyNS = int64(w.now())
		if err != nil {
			w.reborn.kept.Error = err.Error()
		}
	}()
}

// settleRestart waits for the restart, which the end of its context ends too.
func (w *watch) settleRestart() {
	if w.reborn.done == nil {
		return
	}
	<-w.reborn.done
	if err := w.reborn.kept.Error; err != "" {
		w.incomplete("%s", fmt.Sprintf("restart the server: %s", err))
	}
}

// restarts are those that were begun.
func (w *watch) restarts() []results.Restarted {
	if w.reborn.done == nil || w.reborn.kept.AtNS == 0 {
		return nil
	}
	return []results.Restarted{w.reborn.kept}
}
