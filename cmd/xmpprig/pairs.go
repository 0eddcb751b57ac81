package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"xmpprig/results"
	"xmpprig/results/compare"
)

// pairs are runs of two sides that were made in turn.
type pairs struct {
	base, head []keptRun
	left       []string // pairs of which one is fit for no comparison, and why
	worst      results.ExitCode
}

// add takes a pair over, or leaves it out where one of the two compares with nothing.
func (p *pairs) add(base, head keptRun) {
	for _, k := range []keptRun{base, head} {
		if why := compare.Unfit(k.Run); why != "" {
			p.left = append(p.left, k.dir+" and the other of its pair: "+why)
			p.worst = results.Worst(p.worst, results.ExitCode(k.Verdict.ExitCode))
			return
		}
	}
	p.base, p.head = append(p.base, base), append(p.head, head)
}

// inTurn makes pairs until more says that it is enough; each second pair has the order of the one before turned round, and which of
// the two comes first is drawn by the seed. An error ends them; what was made stays.
func (m *maker) inTurn(ctx context.Context, base, head side, of int, more func(*pairs) bool) (*pairs, error) {
	p := &pairs{}
	r := rand.New(rand.NewPCG(base.seed, 1))
	turned := false
	for number := 1; more(p); number++ {
		if number%2 == 1 {
			turned = r.IntN(2) == 1
		} else {
			turned = !turned
		}
		b, h, err := m.pair(ctx, base, head, number, of, turned)
		if b.Run != nil && h.Run != nil {
			p.add(b, h)
		}
		if err != nil {
			return p, err
		}
		if broken(b.Run) || broken(h.Run) {
			p.worst = results.Worst(p.worst, results.ExitCode(b.Verdict.ExitCode), results.ExitCode(h.Verdict.ExitCode))
			return p, nil
		}
	}
	return p, nil
}

// pair makes one run of each side with one seed.
func (m *maker) pair(ctx context.Context, base, head side, number, of int, turned bool) (b, h keptRun, err error) {
	run := func(s side, name string, first bool) (keptRun, error) {
		return m.one(ctx, s, filepath.Join(base.record, name, fmt.Sprintf("%03d", number)), base.seed+uint64(number),
			results.Repeat{Number: number, Of: of, Side: name, First: first})
	}
	if turned {
		if h, err = run(head, "head", true); err == nil && !broken(h.Run) {
			b, err = run(base, "base", false)
		} else if err == nil {
			b = h
		}
		return b, h, err
	}
	if b, err = run(base, "base", true); err == nil && !broken(b.Run) {
		h, err = run(head, "head", false)
	} else if err == nil {
		h = b
	}
	return b, h, err
}

// interleaved makes pairs of runs and compares them.
func (r *running) interleaved(ctx context.Context, m *maker, base, head side) error {
	started := time.Now()
	look, decided := 0, (*results.Comparison)(nil)
	n := r.several.runs()
	more := r.forewarned(n, m.ui.say, func(p *pairs) bool { return len(p.base)+len(p.left) < n })
	switch {
	case r.several.quick:
		more = fitting(quickBudget, started)
	case r.several.untilSure:
		room := fitting(r.several.budget, started)
		looks := compare.Looks(1000)
		more = func(p *pairs) bool {
			if look < len(looks) && len(p.base) == looks[look] {
				c, err := r.compare(p, r.several.interleave[0], r.several.options(true).At(look))
				look++
				if err == nil && sure(c) {
					decided = c
					return false
				}
			}
			return room(p)
		}
	}
	p, err := m.inTurn(ctx, base, head, n, more)
	options := r.several.options(true)
	if r.several.untilSure {
		options = options.At(look)
	}
	return r.concludePairs(p, decided, options, err, m.ui)
}

// sure says that every metric that has a say is decided.
func sure(c *results.Comparison) bool {
	return c.Verdict.ExitCode != results.ExitInconclusive
}

// quickBudget is how long --quick may take.
const quickBudget = 5 * time.Minute

// fitting goes on as long as one more pair, which may take as long as the longest so far, fits into a budget.
func fitting(budget time.Duration, started time.Time) func(*pairs) bool {
	last, longest := started, time.Duration(0)
	return func(p *pairs) bool {
		now := time.Now()
		if len(p.base)+len(p.left) > 0 {
			longest = max(longest, now.Sub(last))
		}
		last = now
		return now.Sub(started)+longest < budget
	}
}

// compare compares the pairs that are fit for it.
func (r *running) compare(p *pairs, other string, o compare.Options) (*results.Comparison, error) {
	c, err := compare.Runs(runsOf(p.base), runsOf(p.head), o)
	if err != nil {
		return nil, err
	}
	c.Base.Name, c.Head.Name = cmp.Or(r.several.first, "as given"), other
	c.Base.Records, c.Head.Records, c.Left = dirsOf(p.base), dirsOf(p.head), slices.Concat(p.left, c.Left)
	return c, nil
}
