package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xmpprig/results"
	"xmpprig/results/compare"
)

// kind is one row of the exam: what the head is beside the base, and in which share of the comparisons it has to be a regression.
type kind struct {
	name     string
	share    float64 // of its time that the head takes longer
	pairs    int     // of a comparison; 0: as many as noise recommends
	from, to float64
	live     tally
	pool     [][2]*results.Run // all pairs that were made
}

// keep takes the pairs of a comparison into the pool.
func (k *kind) keep(t *testing.T, c *results.Comparison) {
	if c == nil {
		return
	}
	for i := range c.Base.Records {
		var pair [2]*results.Run
		for j, dir := range []string{c.Base.Records[i], c.Head.Records[i]} {
			r, err := results.ReadRun(dir)
			if err != nil {
				t.Error(err)
				return
			}
			pair[j] = r
		}
		k.pool = append(k.pool, pair)
	}
}

// drawn makes 200 comparisons of pairs drawn from the pool: live ones alone are too few to tell one in fifty. Sides of the same server
// are turned round at random. Without regard to pairs, the sides are drawn one by one.
func (k *kind) drawn(t *testing.T, paired bool) (all tally) {
	r := rand.New(rand.NewPCG(2, 2))
	n := k.pairs
	if len(k.pool) < 2*n {
		t.Errorf("%s: %d pairs are too few to draw %d from", k.name, len(k.pool), n)
		return all
	}
	for range 200 {
		var base, head []*results.Run
		bases, heads := r.Perm(len(k.pool))[:2*n], []int(nil)
		if heads = bases[n:]; paired {
			heads = bases[:n]
		}
		for j := range n {
			b, h := k.pool[bases[j]][0], k.pool[heads[j]][1]
			if k.share == 0 && r.IntN(2) == 0 {
				b, h = k.pool[bases[j]][1], k.pool[heads[j]][0]
			}
			base, head = append(base, b), append(head, h)
		}
		c, err := compare.Runs(base, head, compare.Options{Paired: paired})
		if err != nil {
			t.Error(err)
			return all
		}
		all.add(c, k.share > 0)
	}
	return all
}

// effect is what all pairs of the pool together say of the median time of a ping. It is forced, as heads differ by a few microseconds.
func (k *kind) effect() string {
	var base, head []*results.Run
	for _, p := range k.pool {
		base, head = append(base, p[0]), append(head, p[1])
	}
	if len(base) == 0 {
		return "unknown"
	}
	c, err := compare.Runs(base, head, compare.Options{Paired: true, Metrics: []string{"ping p50"}, Force: true})
	if err != nil {
		return err.Error()
	}
	i := slices.IndexFunc(c.Metrics, func(m results.Compared) bool { return m.Gated })
	m := c.Metrics[i]
	return fmt.Sprintf("%+.2f %% (%+.2f to %+.2f %%) in %d pairs", 100*m.Effect, 100*m.Low, 100*m.High, len(k.pool))
}

// judge prints a row, and fails where it is not as it has to be. What was refused for want of a quiet machine is not counted, but half of
// the comparisons have to be made.
func (k *kind) judge(t *testing.T, name string, got tally) {
	t.Logf("%-48s %s", name, got)
	if share := float64(got.regressed) / float64(max(got.made-got.none, 1)); share < k.from || share > k.to {
		t.Errorf("%s: %.3f were regressions, want %v to %v", name, share, k.from, k.to)
	}
	if got.none > got.made/2 {
		t.Errorf("%s: the machine is too busy for %d of %d comparisons", name, got.none, got.made)
	}
}

// tally counts verdicts on comparisons.
type tally struct {
	made, regressed, improved, same, undecided, few int
	none                                            int // the rig was the limit, or noise recommends no number
	pairs, left                                     int
}

// tallied heads the columns of a tally.
const tallied = "comparisons regressed improved same undecided insufficient none | pairs compared, left out"

func (a tally) String() string {
	return fmt.Sprintf("%11d %9d %8d %4d %9d %12d %4d | %d, %d", a.made, a.regressed, a.improved, a.same, a.undecided, a.few, a.none, a.pairs, a.left)
}

// add counts a comparison. Where a slower server was planted, only a regression of a ping's times has found it.
func (a *tally) add(c *results.Comparison, planted bool) {
	a.made++
	if c == nil {
		a.none++
		return
	}
	a.pairs, a.left = a.pairs+len(c.Metrics[0].Base), a.left+len(c.Left)
	some := func(verdict, metric string) bool {
		return slices.ContainsFunc(c.Metrics, func(m results.Compared) bool {
			return m.Gated && m.Verdict == verdict && strings.HasPrefix(m.Metric, metric)
		})
	}
	switch {
	case some(results.Regression, "") && (!planted || some(results.Regression, "ping ")):
		a.regressed++
	case some(results.Improvement, ""):
		a.improved++
	case c.Verdict.Status == results.Same:
		a.same++
	case c.Verdict.Status == results.Insufficient:
		a.few++
	default:
		a.undecided++
	}
}
