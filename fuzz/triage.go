package fuzz

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/fuzz/shrink"
)

// suspicion is a finding that was seen once.
type suspicion struct {
	finding  oracle.Finding
	program  *program.Program
	spelled  uint64             // seed of the other spelling, for findings of that kind
	before   []*program.Program // what was played before it, the last first: a crash can be noticed late
	seconds  float64
	programs int64
	layer    mutate.Layer
	took     time.Duration // the trial that showed it
}

// reduction is a finding whose program is to be shrunk.
type reduction struct {
	suspicion   suspicion
	fingerprint string
}

// doubts is how often a finding that is not confirmed is looked into, each time with another program: one may show it more surely.
const doubts = 6

// learn takes over what a trial showed: new edges into the corpus, findings to be confirmed.
func (c *campaign) learn(j job, t *trial) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(t)
	for _, f := range t.findings {
		c.suspect(suspicion{finding: f, program: j.program, layer: j.layer, before: slices.Clone(c.recent), took: t.took})
	}
	if c.recent = append([]*program.Program{j.program}, c.recent...); len(c.recent) > 6 {
		c.recent = c.recent[:6]
	}
	if t.skipped || t.early != nil || !c.journal.fresh(t.edge) {
		return
	}
	if j.mutant {
		c.rewarded(j.layer)
		c.note(c.journal.keep(j.program))
		c.pool.add(j.program)
	}
	c.note(c.journal.edge(seenEdge{t.edge, j.program.State, j.program.Row}))
	for range smashing {
		c.queues.smashes = append(c.queues.smashes, j.program)
	}
}

// suspect queues a finding to be confirmed, unless enough is known of it.
func (c *campaign) suspect(s suspicion) {
	id := s.finding.Fingerprint()
	if c.known[id] || c.doubted[id] >= doubts || c.doubted[id+s.program.Name()] > 0 || slices.ContainsFunc(c.queues.suspicions, func(q suspicion) bool { return q.finding.Fingerprint() == id }) {
		return
	}
	s.seconds, s.programs = c.seconds(), c.report.Programs
	c.queues.suspicions = append(c.queues.suspicions, s)
	c.note(c.journal.write(entry{Suspect: &suspected{s.finding, s.program.String(), s.spelled, s.seconds, s.programs}}))
}

// differing suspects a server of answering two spellings in two ways.
func (c *campaign) differing(j job, plain, respelled *trial) {
	if plain.early != nil || respelled.early != nil || plain.skipped {
		return
	}
	f, ok := oracle.Differs(j.how, oracle.Skeleton(plain.transcript), oracle.Skeleton(respelled.transcript), respelled.transcript)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.suspect(suspicion{finding: f, program: j.program, spelled: j.spelled, layer: mutate.Spelling})
}

// triage confirms a suspicion, and keeps what it is of. Nobody else plays meanwhile.
func (c *campaign) triage(ctx context.Context, b *bench, s suspicion) error {
	return c.exclusive(func() error {
		b.renew()
		if s.finding.Oracle == oracle.Metamorphic {
			alone, err := b.isolate(ctx, s)
			if err != nil {
				return c.survived(ctx, b, err, func() error { return c.doubt(s, "0/0") }, func() { c.putBack(s) })
			}
			if c.isKnown(alone.finding, s.finding) {
				return nil
			}
			s = alone
		}
		look := b.probe(s.finding, s.spelled)
		ok, reliability, last, err := confirm(ctx, s.program, look)
		for _, p := range s.before {
			if ok || err != nil || s.finding.Oracle != oracle.Crash {
				break
			}
			s.program = p
			ok, reliability, last, err = confirm(ctx, p, look)
		}
		switch {
		case err != nil:
			return c.survived(ctx, b, err, func() error { return c.doubt(s, "0/0") }, func() { c.putBack(s) })
		case !ok:
			return c.doubt(s, reliability)
		}
		return c.found(s, shown(last, s.finding), reliability, s.program, last)
	})
}

// isKnown reports whether a finding needs no more looking at. What it was first taken for needs none then either.
func (c *campaign) isKnown(f, first oracle.Finding) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[f.Fingerprint()]
	c.known[first.Fingerprint()] = known || f.Fingerprint() != first.Fingerprint()
	return known
}

// exclusive does something while nobody else plays.
func (c *campaign) exclusive(do func() error) error {
	c.alone.Lock()
	defer c.alone.Unlock()
	return do()
}

// shown is the finding as a trial shows it; what only several trials together show is as it was suspected.
func shown(t *trial, f oracle.Finding) oracle.Finding {
	if seen, ok := t.shows(f.Fingerprint()); ok {
		return seen
	}
	f.Evidence = nil
	return f
}

// reduce shrinks what shows a confirmed finding, and keeps the smaller program.
func (c *campaign) reduce(ctx context.Context, b *bench, r reduction) error {
	return c.exclusive(func() error {
		small := c.shrunk(ctx, b, r.suspicion)
		if small == r.suspicion.program && r.suspicion.finding.Oracle != oracle.Cost {
			return c.done(r)
		}
		again, t, err := b.probe(r.suspicion.finding, r.suspicion.spelled)(ctx, small)
		if err != nil {
			return c.survived(ctx, b, err, func() error { return c.done(r) }, func() {})
		}
		if again { // else it needs more patience than shrinking had
			f := shown(t, r.suspicion.finding)
			if f.Oracle == oracle.Cost {
				c.growth(ctx, b, &f, r.suspicion.program)
			}
			err = c.smaller(r, f, small, t)
		}
		return errors.Join(err, c.done(r))
	})
}

// done notes that a finding is as small as it gets.
func (c *campaign) done(r reduction) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.journal.write(entry{Shrunk: r.fingerprint})
}

// putBack leaves a suspicion to whoever goes on with the campaign.
func (c *campaign) putBack(s suspicion) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queues.suspicions = append([]suspicion{s}, c.queues.suspicions...)
}

// survived lets a campaign go on where a server was not started in time and is now, having given up what was under way; otherwise
// it ends, with that left.
func (c *campaign) survived(ctx context.Context, b *bench, err error, givenUp func() error, left func()) error {
	if ctx.Err() != nil {
		left()
		return ctx.Err()
	}
	if b.restart(ctx) != nil {
		left()
		return err
	}
	return givenUp()
}

// worthTelling reports whether a doubt is one: what passes is none where it was looked for and never seen again.
func worthTelling(f oracle.Finding, reliability string) bool {
	return !fleeting(f) || !strings.HasPrefix(reliability, "0/") || reliability == "0/0"
}

// doubt notes what could not be confirmed.
func (c *campaign) doubt(s suspicion, reliability string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := s.finding.Fingerprint()
	f := c.finding(s, s.finding, reliability)
	c.doubted[id+s.program.Name()]++
	if c.doubted[id]++; c.doubted[id] == 1 && worthTelling(s.finding, reliability) {
		c.report.Doubts = append(c.report.Doubts, f)
	}
	return c.journal.write(entry{Doubt: &f})
}

// shrunk is the smallest program that still shows the finding, as far as the trials go.
func (c *campaign) shrunk(ctx context.Context, b *bench, s suspicion) *program.Program {
	left := c.plan.ShrinkTrials
	if s.finding.Oracle == oracle.Leak || s.finding.Oracle == oracle.Metamorphic {
		left /= 4 // each takes several
	}
	hasty := *b
	hasty.hasty = true
	site := *b.site
	site.Patience = max(b.site.patience()/4, 200*time.Millisecond)
	hasty.site = &site
	look := hasty.probe(s.finding, s.spelled)
	end := time.Now().Add(c.plan.ShrinkTime)
	small := shrink.Smallest(s.program, func(q *program.Program) bool {
		if left--; left < 0 || ctx.Err() != nil || time.Now().After(end) {
			return false
		}
		seen, _, err := look(ctx, q)
		return err == nil && seen
	})
	b.crashes, b.high = hasty.crashes, hasty.high
	return small
}

// growth tells how the cost grows with the input.
func (c *campaign) growth(ctx context.Context, b *bench, f *oracle.Finding, p *program.Program) {
	if power, ok, err := b.exponent(ctx, p); err == nil && ok {
		f.Detail += growing(power)
	}
}
