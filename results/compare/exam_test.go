package compare

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"xmpprig/results"
)

var exam = flag.Int("exam.compare", 200, "how many comparisons are simulated for each line of the table")

// moods makes runs on a machine with moods: each run is a few percent off, some are far off, and neighbours are alike.
type moods struct {
	r    *rand.Rand
	mood float64
}

func (m *moods) next(sd float64) float64 {
	m.mood = .5*m.mood + .5*sd*m.r.NormFloat64()
	v := m.mood + sd*m.r.NormFloat64()*.8
	if m.r.IntN(20) == 0 {
		v += 5 * sd * m.r.Float64()
	}
	return math.Exp(v)
}

// sides makes n runs of each, in turn; the head takes so much longer.
func (m *moods) sides(n int, sd, effect float64) (base, head []*results.Run) {
	for i := range n {
		for j := range 2 {
			f := usual()
			slow, own := m.next(sd), m.next(sd/2)
			f.p50, f.p99, f.cpu = f.p50*slow, f.p99*slow*own*own, f.cpu*own
			if (i+j)%2 == 0 {
				base = append(base, f.run())
				continue
			}
			f.p50, f.p99 = f.p50*(1+effect), f.p99*(1+effect)
			head = append(head, f.run())
		}
	}
	return base, head
}

// TestExam declares regressions where there are none, and finds those that are there, as often as it says.
func TestExam(t *testing.T) {
	t.Logf("%-34s %8s %10s %10s", "", "of", "regressed", "improved")
	for i, c := range []struct {
		name       string
		n          int
		sd, effect float64
		paired     bool
		from, to   float64 // share that must be found to be a regression
	}{
		{"nothing, 10 pairs, 3 % noise", 10, .03, 0, true, 0, .02},
		{"nothing, 10 and 10, 3 % noise", 10, .03, 0, false, 0, .02},
		{"nothing, 10 pairs, 10 % noise", 10, .1, 0, true, 0, .02},
		{"nothing, 30 pairs, 1 % noise", 30, .01, 0, true, 0, .02},
		{"+10 %, 10 pairs, 3 % noise", 10, .03, .1, true, .95, 1},
		{"+10 %, 10 and 10, 3 % noise", 10, .03, .1, false, .9, 1},
		{"+5 %, 20 pairs, 2 % noise", 20, .02, .05, true, .9, 1},
		{"+1 %, 30 pairs, 1 % noise", 30, .01, .01, true, 0, .05}, // below the floor
	} {
		m := &moods{r: rand.New(rand.NewPCG(uint64(i), 7))}
		worse, better := 0, 0
		for range *exam {
			base, head := m.sides(c.n, c.sd, c.effect)
			got, err := Runs(base, head, Options{Paired: c.paired})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case got.Verdict.Status == results.Regression:
				worse++
			case slices.ContainsFunc(got.Metrics, func(m results.Compared) bool { return m.Gated && m.Verdict == results.Improvement }):
				better++
			}
		}
		share := float64(worse) / float64(*exam)
		t.Logf("%-34s %8d %9.1f%% %9.1f%%", c.name, *exam, 100*share, 100*float64(better)/float64(*exam))
		if share < c.from || share > c.to {
			t.Errorf("%s: %.3f regressed, want %v to %v", c.name, share, c.from, c.to)
		}
		if c.effect == 0 && float64(better)/float64(*exam) > .02 {
			t.Errorf("%s: %d improved", c.name, better)
		}
	}
}

// TestNoiseRecommends has what Noise recommends find what it says, in nine of ten comparisons.
func TestNoiseRecommends(t *testing.T) {
	kept, asked, found := 0, 0, 0
	for seed := range max(20, *exam/10) {
		m := &moods{r: rand.New(rand.NewPCG(uint64(seed), 9))}
		var same []*results.Run
		base, head := m.sides(10, .02, 0)
		for i := range base {
			same = append(same, base[i], head[i])
		}
		o := Options{Paired: true, Metrics: []string{"message.delivery p50"}}
		n, err := Noise(same, .05, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(n.Metrics) != 1 || n.Metrics[0].Needed == 0 {
			t.Logf("seed %d: %+v", seed, n.Metrics)
			continue
		}
		kept++
		for range 5 {
			base, head := m.sides(n.Metrics[0].Needed, .02, .05)
			c, err := Runs(base, head, o)
			if err != nil {
				t.Fatal(err)
			}
			asked++
			if c.Verdict.Status == results.Regression {
				found++
			}
		}
	}
	t.Logf("%d recommendations; +5 %% found in %d of %d comparisons of that size", kept, found, asked)
	if kept < 15 || float64(found) < .9*float64(asked) {
		t.Errorf("found %d of %d, with %d recommendations", found, asked, kept)
	}
}

// TestNoiseBearsABurst recommends a number where one pair of ten was disturbed by something else, as one of ten are thereafter, and finds what
// it says.
func TestNoiseBearsABurst(t *testing.T) {
	o := Options{Paired: true, Metrics: []string{"message.delivery p50"}}
	kept, asked, found := 0, 0, 0
	for seed := range max(8, *exam/50) {
		r := rand.New(rand.NewPCG(uint64(seed), 13))
		sides := func(n int, effect float64, burst func(i int) bool) (base, head []*results.Run) {
			for i := range n {
				b, h := usual(), usual()
				b.p50 *= math.Exp(.01 * r.NormFloat64())
				h.p50 *= math.Exp(.01*r.NormFloat64()) * (1 + effect)
				if burst(i) {
					b.p50 *= 1 + 3*r.Float64()
				}
				if r.IntN(2) == 0 { // either side is disturbed
					b.p50, h.p50 = h.p50/(1+effect), b.p50*(1+effect)
				}
				base, head = append(base, b.run()), append(head, h.run())
			}
			return base, head
		}
		base, head := sides(10, 0, func(i int) bool { return i == 4 })
		var same []*results.Run
		for i := range base {
			same = append(same, base[i], head[i])
		}
		n, err := Noise(same, .05, o)
		if err != nil {
			t.Fatal(err)
		}
		if n.Metrics[0].Needed == 0 {
			continue
		}
		kept++
		for range 4 {
			base, head := sides(n.Metrics[0].Needed, .05, func(int) bool { return r.IntN(10) == 0 })
			c, err := Runs(base, head, o)
			if err != nil {
				t.Fatal(err)
			}
			if asked++; c.Verdict.Status == results.Regression {
				found++
			}
		}
	}
	t.Logf("%d recommendations; +5 %% found in %d of %d comparisons of that size", kept, found, asked)
	if kept < max(8, *exam/50)*9/10 || float64(found) < .9*float64(asked) {
		t.Errorf("found %d of %d, with %d recommendations", found, asked, kept)
	}
}

// TestLooksKeepTheErrorRate looks at comparisons of nothing again and again, until they are decided or out of pairs.
func TestLooksKeepTheErrorRate(t *testing.T) {
	worse, steps := 0, 0
	for seed := range *exam {
		m := &moods{r: rand.New(rand.NewPCG(uint64(seed), 11))}
		base, head := m.sides(60, .04, 0)
		for k, n := range Looks(60) {
			steps++
			c, err := Runs(base[:n], head[:n], Options{Paired: true}.At(k))
			if err != nil {
				t.Fatal(err)
			}
			if c.Verdict.Status == results.Regression {
				worse++
				break
			}
			if c.Verdict.Status == results.Same {
				break
			}
		}
	}
	t.Logf("%d of %d declared worse, in %d looks", worse, *exam, steps)
	if float64(worse) > .025*float64(*exam) {
		t.Errorf("%d of %d comparisons of nothing were declared a regression", worse, *exam)
	}
}
