package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// settling is the pause before each of several runs, so that the one before is over for the machine, too.
const settling = time.Second / 2

// repeated makes several runs.
func (r *running) repeated(ctx context.Context, s *scenarios.Scenario, args []string, ui *ui) error {
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	m := &maker{ui: ui, signals: signals}
	switch {
	case r.several.interleave != nil:
		all, err := r.sides(s, args)
		if err != nil {
			return err
		}
		if len(all) > 2 {
			return r.sideBySide(ctx, m, all)
		}
		return r.interleaved(ctx, m, all[0], all[1])
	case len(r.several.against) > 0:
		return r.compared(ctx, m, s)
	}
	kept, err := m.repeat(ctx, side{r, s}, r.several.runs())
	return r.concludeRepeated(kept, err, ui)
}

// side is a run that is made again and again.
type side struct {
	*running
	scenario *scenarios.Scenario
}

// maker makes one run after the other, until one was interrupted.
type maker struct {
	ui      *ui
	signals *interrupts
	made    int
}

// one makes one run, with a record of its own. Without a run the error says why there is none.
func (m *maker) one(ctx context.Context, s side, record string, seed uint64, place results.Repeat) (keptRun, error) {
	if m.made++; m.made > 1 {
		if err := pause(ctx, settling); err != nil {
			return keptRun{}, err
		}
	}
	one := *s.running
	one.record, one.seed, one.place, one.plots = record, seed, &place, false
	run, err := one.measureUnder(ctx, s.scenario, m.signals, m.ui)
	if run == nil {
		return keptRun{}, err
	}
	m.ui.say("%s: %s", record, run.Verdict.Status)
	for _, reason := range run.Verdict.Reasons {
		m.ui.say("  %s", brief(errors.New(reason)))
	}
	return keptRun{record, run}, err
}

// broken says that no more runs are to be made after this one.
func broken(run *results.Run) bool {
	code := results.ExitCode(run.Verdict.ExitCode)
	return code == results.ExitInterrupted || code == results.ExitTerminated
}

// repeat makes n runs of one side. Their seeds follow one another.
func (m *maker) repeat(ctx context.Context, s side, n int) (kept []keptRun, err error) {
	for i := range n {
		one, err := m.one(ctx, s, filepath.Join(s.record, fmt.Sprintf("%03d", i+1)), s.seed+uint64(i), results.Repeat{Number: i + 1, Of: n})
		if one.Run != nil {
			kept = append(kept, one)
		}
		if err != nil || broken(one.Run) {
			return kept, err
		}
	}
	return kept, nil
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
