package fuzz

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/fuzz/shrink"
)

// A finding counts once it was seen again in three of five trials.
const (
	confirmations = 3
	attempts      = 5
	slow          = time.Second // a trial that is not repeated more often than it has to be
)

// probe plays a program in the way that shows one finding, as often as that takes, and says whether it did.
type probe func(ctx context.Context, p *program.Program) (seen bool, last *trial, err error)

// probe is how the finding is looked for. Spelled is the seed of the respelling, for findings of that kind.
func (b *bench) probe(f oracle.Finding, spelled uint64) probe {
	switch f.Oracle {
	case oracle.Leak:
		return func(ctx context.Context, p *program.Program) (bool, *trial, error) { return b.leaks(ctx, p, f) }
	case oracle.Neighbour, oracle.Cost:
		return func(ctx context.Context, p *program.Program) (bool, *trial, error) {
			return b.busier(ctx, b.patient(), p, f)
		}
	case oracle.Hang:
		return func(ctx context.Context, p *program.Program) (bool, *trial, error) {
			site := b.patient()
			if !b.hasty {
				site.Patience = never * site.patience()
			}
			return b.busier(ctx, site, p, f)
		}
	case oracle.Metamorphic:
		return func(ctx context.Context, p *program.Program) (bool, *trial, error) {
			return b.differs(ctx, p, f, spelled)
		}
	}
	return func(ctx context.Context, p *program.Program) (bool, *trial, error) {
		return b.again(ctx, b.patient(), p, f)
	}
}

// never is how many times its patience somebody waits for an answer before it is said that none comes: it may only be late.
const never = 3

// patient is the site where all waits have their full time, and things are proved.
func (b *bench) patient() *Site {
	s := b.site.spare(b.set)
	s.Glance = 0
	return s
}

// again plays p once, on a server that is started again where it died.
func (b *bench) again(ctx context.Context, site *Site, p *program.Program, f oracle.Finding) (bool, *trial, error) {
	t, err := b.try(ctx, site, p)
	if err != nil {
		return false, nil, err
	}
	if t.facts.Ended {
		err = b.restart(ctx)
	}
	_, seen := t.shows(f.Fingerprint())
	return seen, t, err
}

// confirm looks for a finding until it was seen often enough or cannot be any more.
func confirm(ctx context.Context, p *program.Program, look probe) (ok bool, reliability string, last *trial, err error) {
	seen, tried := 0, 0
	for tried < attempts && seen+attempts-tried >= confirmations {
		yes, t, err := look(ctx, p)
		if err != nil {
			return false, "", nil, err
		}
		tried++
		if yes {
			seen++
			last = t
		}
		if seen == confirmations && t != nil && t.took > slow {
			break // what takes so long is sure enough
		}
	}
	return seen >= confirmations, fmt.Sprintf("%d/%d", seen, tried), last, nil
}

// What a leak is measured by: what is kept by the last of some trials, when the first have warmed the server up.
const (
	warming   = 3
	measuring = 5
	leakedRSS = 256 << 10 // bytes by trial
)

// leaks plays p several times, and reports whether each time leaves more behind.
func (b *bench) leaks(ctx context.Context, p *program.Program, f oracle.Finding) (bool, *trial, error) {
	var last *trial
	grown := 0
	for i := range warming + measuring {
		before, err := b.server.Cost()
		if err != nil {
			return false, nil, nil // a server that is not seen or not there shows no leak
		}
		t, err := b.try(ctx, b.patient(), p)
		if err != nil {
			return false, nil, err
		}
		if t.facts.Ended {
			return false, nil, b.restart(ctx)
		}
		after, err := b.server.Cost()
		if err != nil {
			return false, nil, nil
		}
		if last = t; i < warming {
			continue
		}
		if oracle.Residue(f, after.FDs-before.FDs, after.Threads-before.Threads, after.RSS-before.RSS, leakedRSS) {
			grown++
		}
		if i-warming-grown > 0 { // the second that left nothing
			return false, last, nil
		}
	}
	return grown >= measuring-1, last, nil
}

// differs plays p and another spelling of it, in turn, and reports whether each has its own answer every time.
func (b *bench) differs(ctx context.Context, p *program.Program, f oracle.Finding, spelled uint64) (bool, *trial, error) {
	other, how, ok := mutate.Respell(rand.New(rand.NewPCG(spelled, 0)), p)
	if !ok {
		return false, nil, nil
	}
	var answers [2]string
	var last *trial
	for i := range 6 {
		q := []*program.Program{p, other}[i%2]
		t, err := b.try(ctx, b.patient(), q)
		if err != nil {
			return false, nil, err
		}
		if t.facts.Ended {
			return false, nil, b.restart(ctx)
		}
		answer := oracle.Skeleton(t.transcript)
		if i >= 2 && answer != answers[i%2] || t.skipped || t.early != nil {
			return false, nil, nil // it is not always the same by itself
		}
		answers[i%2], last = answer, t
	}
	d, ok := oracle.Differs(how, answers[0], answers[1], last.transcript)
	return ok && d.Fingerprint() == f.Fingerprint(), last, nil
}

// exponent tells by which power of the input the CPU time of p grows: 1 is in proportion. ok is false where p cannot be made smaller.
func (b *bench) exponent(ctx context.Context, p *program.Program) (power float64, ok bool, err error) {
	var cost [2]time.Duration
	half, ok := shrink.Scaled(p, 2)
	if !ok {
		return 0, false, nil
	}
	for i, q := range []*program.Program{p, half} {
		for range 2 {
			t, err := b.try(ctx, b.patient(), q)
			if err != nil {
				return 0, false, err
			}
			if t.facts.Ended {
				return 0, false, b.restart(ctx)
			}
			if cost[i] == 0 || t.facts.CPU < cost[i] {
				cost[i] = t.facts.CPU
			}
		}
	}
	if cost[1] <= 0 {
		return 0, false, nil
	}
	return math.Log2(float64(cost[0]) / float64(cost[1])), true, nil
}
