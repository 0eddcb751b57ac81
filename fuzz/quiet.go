package fuzz

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// What is measured in time has to be so many times what it is without a program: machines have other things to do, too.
const (
	busierBy   = 4
	quietTime  = 500 * time.Millisecond // that it is watched at once without one, at most
	quietTurns = 16                     // how often: a server may still be busy with the program
)

// busier plays p once, and reports whether it shows the finding and whether the machine is quiet without it.
func (b *bench) busier(ctx context.Context, site *Site, p *program.Program, f oracle.Finding) (bool, *trial, error) {
	seen, t, err := b.again(ctx, site, p, f)
	if !seen || err != nil || t.facts.Ended {
		return seen, t, err
	}
	if f.Oracle == oracle.Neighbour {
		yes, err := b.always(ctx, quietTime, func(waited time.Duration) bool { return t.facts.Waited >= busierBy*waited })
		return yes, t, err
	}
	quiet, err := b.falls(ctx, min(t.took, quietTime), func(waited time.Duration, cpu float64) bool {
		if f.Oracle == oracle.Cost {
			return t.facts.CPU.Seconds() >= busierBy*cpu*t.took.Seconds()
		}
		return site.patience() >= busierBy*waited
	})
	return quiet, t, err
}

// falls reports whether it becomes quiet when no program is played, by what an honest session has to wait, and by how much of a CPU the
// server uses.
func (b *bench) falls(ctx context.Context, d time.Duration, quiet func(waited time.Duration, cpu float64) bool) (bool, error) {
	for range quietTurns {
		before, err := b.server.Cost()
		if err != nil {
			return true, nil // a server that cannot be seen is taken at its word
		}
		b.canary.take()
		start := time.Now()
		if err := freeze(ctx, d); err != nil {
			return false, err
		}
		after, err := b.server.Cost()
		if err != nil {
			return true, nil
		}
		waited, _, _ := b.canary.take()
		if quiet(waited, (after.CPU-before.CPU).Seconds()/time.Since(start).Seconds()) {
			return true, nil
		}
	}
	return false, nil
}

// always reports whether it is quiet twice in a row, by what an honest session has to wait when no program is played.
func (b *bench) always(ctx context.Context, d time.Duration, quiet func(waited time.Duration) bool) (bool, error) {
	for range 2 {
		b.canary.take()
		if err := freeze(ctx, d); err != nil {
			return false, err
		}
		if waited, _, _ := b.canary.take(); !quiet(waited) {
			return false, nil
		}
	}
	return true, nil
}

// isolations is how often each way alone is tried.
const isolations = 4

// isolate looks for another spelling that differs in one way only and has another answer, too: one fault is one finding, whatever it
// was first seen with. Where there is none, the suspicion stays as it is.
func (b *bench) isolate(ctx context.Context, s suspicion) (suspicion, error) {
	_, how, ok := mutate.Respell(rand.New(rand.NewPCG(s.spelled, 0)), s.program)
	ways := strings.Split(how, ", ")
	if !ok || len(ways) < 2 {
		return s, nil
	}
	tried := map[string]int{}
	for seed := s.spelled; seed < s.spelled+500; seed++ {
		_, one, ok := mutate.Respell(rand.New(rand.NewPCG(seed, 0)), s.program)
		if !ok || !slices.Contains(ways, one) || tried[one] >= isolations {
			continue
		}
		tried[one]++
		alone := s
		alone.spelled = seed
		alone.finding, _ = oracle.Differs(one, "", "other", nil)
		alone.finding.Detail, alone.finding.State, alone.finding.Input = s.finding.Detail, s.finding.State, s.finding.Input
		switch seen, _, err := b.differs(ctx, alone.program, alone.finding, seed); {
		case err != nil && ctx.Err() != nil:
			return s, errors.Join(err, ctx.Err())
		case err != nil:
			return s, err
		case seen:
			return alone, nil
		}
	}
	return s, nil
}

// fleeting reports whether a finding is of time or memory, or was seen in haste: what was seen once and could not be seen again is no
// doubt about the server.
func fleeting(f oracle.Finding) bool {
	switch f.Oracle {
	case oracle.Hang, oracle.Leak, oracle.Cost, oracle.Metamorphic, oracle.Answer, oracle.Neighbour, oracle.LogFlood, oracle.Limit:
		return true
	}
	return false
}
