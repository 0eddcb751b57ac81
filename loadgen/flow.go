package loadgen

import (
	"context"
	"time"

	"xmpprig/scenarios"
)

// wait lets time pass since the step before was due to end.
type wait struct{ length scenarios.Dist }

func (w wait) run(ctx context.Context, s *session) error {
	s.due = max(s.due, s.free) + seconds(w.length.Draw(s.rng))
	return s.passTo(ctx, s.due)
}

func (w wait) rehearse(r *rehearsal) { r.note(uint64(seconds(w.length.Draw(r.rng)))) }

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// passTo lets time pass until due; an error where the run ends before.
func (s *session) passTo(ctx context.Context, due time.Duration) error {
	had := s.conn.Load() != nil
	last := stageDrain
	if s.leaving {
		last = stageLeave + 1
	}
	if !s.restUntil(ctx, due, last) {
		return errStopped
	}
	if had && s.conn.Load() == nil {
		return errNoConnection
	}
	return nil
}

// repeat does its steps a number of times.
type repeat struct {
	times int
	do    []op
}

func (o *repeat) run(ctx context.Context, s *session) error {
	for i := range o.times {
		if i > 0 {
			s.glance(ctx)
		}
		if err := s.all(ctx, o.do); err != nil {
			return err
		}
	}
	return nil
}

func (o *repeat) rehearse(r *rehearsal) {
	for range o.times {
		r.all(o.do)
	}
}

// every does its steps at an interval.
type every struct {
	interval time.Duration
	poisson  bool
	times    int
	do       []op
}

func (o *every) run(ctx context.Context, s *session) error {
	tick := max(s.due, s.free)
	for k := 0; o.times == 0 || k < o.times; k++ {
		if tick += o.gap(s.rng.ExpFloat64); o.times == 0 && tick >= s.until {
			return s.passPhase(ctx)
		}
		if err := s.passTo(ctx, tick); err != nil {
			return err
		}
		s.due, s.free = tick, max(s.free, tick)
		if err := s.all(ctx, o.do); err != nil {
			return err
		}
	}
	return nil
}

// passPhase lets the rest of the phase pass; no error where the run ends with it.
func (s *session) passPhase(ctx context.Context) error {
	err := s.passTo(ctx, s.until)
	if err == errStopped && s.now() >= s.until && ctx.Err() == nil {
		return nil
	}
	return err
}

func (o *every) gap(draw func() float64) time.Duration {
	if o.poisson {
		return time.Duration(draw() * float64(o.interval))
	}
	return o.interval
}

// rehearse notes the first round of an every without an end: how many there
// are is for the run to say.
func (o *every) rehearse(r *rehearsal) {
	for range max(1, o.times) {
		r.note(uint64(o.gap(r.rng.ExpFloat64)))
		r.all(o.do)
	}
}

// choose does one of its options.
type choose struct {
	options [][]op
	upTo    []float64 // cumulative weights
	total   float64
}

func (c *choose) run(ctx context.Context, s *session) error {
	return s.all(ctx, c.drawOption(s.rng))
}

func (c *choose) rehearse(r *rehearsal) { r.all(c.drawOption(r.rng)) }

// expect waits until a stanza has matched.
type expect struct {
	scenarios.Expect
	index  int
	series int
}

func (o *expect) run(ctx context.Context, s *session) error {
	due := max(s.due, s.free)
	for s.arrived[o.index] == 0 {
		if err := s.hold(ctx, due+o.Within); err == errTimeout {
			return errExpect
		} else if err != nil {
			return err
		}
	}
	s.arrived[o.index]--
	now := s.now()
	s.board.answered(s.phase, o.series, due, due, now)
	s.due, s.free = now, now
	return nil
}

func (o *expect) rehearse(*rehearsal) {}
