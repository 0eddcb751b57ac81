package compare

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// TestSignedRanks holds the test to all 2^n signs, tried one by one.
func TestSignedRanks(t *testing.T) {
	for _, diffs := range [][]float64{
		{1, 2, 3, 4, 5}, {1, -2, 3, 4, 5, 6}, {1, 1, 1, -1, 2, 2}, {-3, -2, -1}, {0, 0, 1, 2, 3, 4}, {.5, -.5, .5, -.5}, {7}, {1, 2, 2, 2, -9, 11, 12, 13},
	} {
		if got, want := signedRanks(diffs), bySigns(diffs); !near(got, want) {
			t.Errorf("%v: p = %v, want %v", diffs, got, want)
		}
	}
	if signedRanks([]float64{0, 0, 0}) != 1 || signedRanks(nil) != 1 {
		t.Error("where nothing differs nothing is shown")
	}
	if got := signedRanks([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); !near(got, 2./1024) {
		t.Errorf("ten of one sign: %v", got)
	}
}

// bySigns is the two-sided p of the sum of positive ranks, by enumeration.
func bySigns(diffs []float64) float64 {
	var d []float64
	for _, v := range diffs {
		if v != 0 {
			d = append(d, v)
		}
	}
	rank := make([]float64, len(d))
	for i, v := range d {
		for _, w := range d {
			switch c := cmp.Compare(math.Abs(w), math.Abs(v)); {
			case c < 0:
				rank[i]++
			case c == 0:
				rank[i] += .5
			}
		}
		rank[i] += .5
	}
	sum := func(positive func(int) bool) (s float64) {
		for i, r := range rank {
			if positive(i) {
				s += r
			}
		}
		return s
	}
	seen := sum(func(i int) bool { return d[i] > 0 })
	below, above, all := 0, 0, 1<<len(d)
	for signs := range all {
		s := sum(func(i int) bool { return signs>>i&1 == 1 })
		if s <= seen+1e-9 {
			below++
		}
		if s >= seen-1e-9 {
			above++
		}
	}
	return min(1, 2*float64(min(below, above))/float64(all))
}

// TestCounts holds the distributions to all orders, tried one by one.
func TestCounts(t *testing.T) {
	for _, c := range []struct{ n, m int }{{1, 1}, {3, 2}, {4, 4}, {5, 3}, {6, 6}} {
		want := make([]float64, c.n*c.m+1)
		for order := range 1 << (c.n + c.m) {
			if bits.OnesCount(uint(order)) != c.n {
				continue
			}
			u, seen := 0, 0
			for i := range c.n + c.m {
				if order>>i&1 == 1 {
					u += seen
				} else {
					seen++
				}
			}
			want[u]++
		}
		if got := uCounts(c.n, c.m); !slices.Equal(got, want) {
			t.Errorf("%d and %d: %v, want %v", c.n, c.m, got, want)
		}
	}
	for n := 1; n < 12; n++ {
		want := make([]float64, n*(n+1)/2+1)
		for signs := range 1 << n {
			s := 0
			for i := range n {
				s += signs >> i & 1 * (i + 1)
			}
			want[s]++
		}
		if got := signedCounts(ranks(n)); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}

func TestManyAreNormal(t *testing.T) {
	exact, close := uCounts(50, 50), uCounts(51, 51)
	tail := func(counts []float64) float64 {
		total, sum := 0.0, 0.0
		for i, c := range counts {
			if total += c; i < len(counts)*2/5 {
				sum += c
			}
		}
		return sum / total
	}
	if a, b := tail(exact), tail(close); math.Abs(a-b) > .01 {
		t.Errorf("the tails are %v and %v", a, b)
	}
	if p := signedRanks(slices.Repeat([]float64{1, 2, 3, -1, -2, -3.5}, 20)); p < .5 {
		t.Errorf("120 that even out: %v", p)
	}
}

// TestIntervalsCover has the intervals hold the truth as often as they say, and not much more often.
func TestIntervalsCover(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const truth, trials = 0.7, 2000
	for _, n := range []int{6, 10, 20} {
		paired, apart := 0, 0
		pairs, apartly := outermost(n, n, Options{Paired: true, Alpha: .05}), outermost(n, n, Options{Alpha: .05})
		for range trials {
			diffs, base, head := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range n {
				diffs[i] = truth + r.NormFloat64()
				base[i], head[i] = r.NormFloat64(), truth+r.NormFloat64()
			}
			if e := within(diffs, pairs); e.low <= truth && truth <= e.high {
				paired++
			}
			if e := between(base, head, apartly); e.low <= truth && truth <= e.high {
				apart++
			}
		}
		for what, k := range map[string]int{"pairs": paired, "apart": apart} {
			if c := float64(k) / trials; c < .94 || c > .985 {
				t.Errorf("%d %s: %.3f of the intervals hold the truth", n, what, c)
			}
		}
	}
}

// TestEstimate pins small ones, reckoned by hand.
func TestEstimate(t *testing.T) {
	if e := within([]float64{1, 2, 4}, 1); e.at != 2.25 { // 1 1.5 2 2.5 3 4
		t.Errorf("%+v", e)
	}
	if e := between([]float64{0, 1}, []float64{5, 9}, 1); e.at != 6.5 { // 4 5 8 9
		t.Errorf("%+v", e)
	}
	if e := within([]float64{1, 2, 3, 4, 5}, outermost(5, 5, Options{Paired: true, Alpha: .05})); e.low != 1 || e.high != 5 { // five cannot leave anything out
		t.Errorf("%+v", e)
	}
}

// TestOutermost holds where intervals begin to the tables of Hollander, Wolfe and Chicken, and to R's wilcox.test(conf.int = TRUE).
func TestOutermost(t *testing.T) {
	for _, c := range []struct {
		base, head int
		o          Options
		want       int
	}{
		{5, 5, Options{Paired: true, Alpha: .05}, 0}, {6, 6, Options{Paired: true, Alpha: .05}, 1}, {8, 8, Options{Paired: true, Alpha: .05}, 4},
		{10, 10, Options{Paired: true, Alpha: .05}, 9}, {20, 20, Options{Paired: true, Alpha: .05}, 53}, {10, 10, Options{Paired: true, Alpha: .01}, 4},
		{4, 4, Options{Alpha: .05}, 1}, {5, 5, Options{Alpha: .05}, 3}, {10, 10, Options{Alpha: .05}, 24}, {8, 10, Options{Alpha: .05}, 18}, {10, 10, Options{Alpha: .01}, 17},
	} {
		if got := outermost(c.base, c.head, c.o); got != c.want {
			t.Errorf("%d and %d, %+v: %d, want %d", c.base, c.head, c.o, got, c.want)
		}
	}
}

// TestMannWhitney agrees with the distribution that the intervals are made of.
func TestMannWhitney(t *testing.T) {
	base, head := []float64{1, 2, 3, 4, 5}, []float64{2.5, 6, 7, 8, 9}
	if got, want := mannWhitney(base, head), twoSided(uCounts(5, 5), 3); !near(got, want) { // the 2.5 is below three of them
		t.Errorf("p = %v, want %v", got, want)
	}
	if p := mannWhitney([]float64{1, 1, 1}, []float64{1, 1, 1}); p != 1 {
		t.Errorf("equal: %v", p)
	}
}

// TestMannWhitneyWithTies holds the test to all orders of values of which many are equal, tried one by one.
func TestMannWhitneyWithTies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		base, head := make([]float64, 1+r.IntN(6)), make([]float64, 1+r.IntN(6))
		for _, side := range [][]float64{base, head} {
			for i := range side {
				side[i] = float64(r.IntN(4))
			}
		}
		if got, want := mannWhitney(base, head), byOrders(base, head); !near(got, want) {
			t.Errorf("%v and %v: p = %v, want %v", base, head, got, want)
		}
	}
}

// byOrders is the two-sided p of U, by enumeration.
func byOrders(base, head []float64) float64 {
	all := slices.Concat(base, head)
	u := func(of func(int) bool) (sum int) {
		for i, v := range all {
			for j, w := range all {
				if of(i) && !of(j) {
					sum += cmp.Compare(v, w)
				}
			}
		}
		return sum
	}
	seen := u(func(i int) bool { return i >= len(base) })
	below, above, total := 0, 0, 0
	for order := range 1 << len(all) {
		if bits.OnesCount(uint(order)) != len(head) {
			continue
		}
		v := u(func(i int) bool { return order>>i&1 == 1 })
		total++
		if v <= seen {
			below++
		}
		if v >= seen {
			above++
		}
	}
	return min(1, 2*float64(min(below, above))/float64(total))
}

func TestHolm(t *testing.T) {
	if got := holm([]float64{.01, .04, .03, .005}); !slices.EqualFunc(got, []float64{.03, .06, .06, .02}, near) {
		t.Errorf("%v", got)
	}
	if got := holm([]float64{.9, .8}); !slices.Equal(got, []float64{1, 1}) {
		t.Errorf("%v", got)
	}
}

func TestCliff(t *testing.T) {
	for _, c := range []struct {
		base, head []float64
		want       float64
	}{{[]float64{1, 2}, []float64{3, 4}, 1}, {[]float64{3, 4}, []float64{1, 2}, -1}, {[]float64{1, 2}, []float64{1, 2}, 0}, {nil, []float64{1}, 0}} {
		if got := cliff(c.base, c.head); got != c.want {
			t.Errorf("%v, %v: %v", c.base, c.head, got)
		}
	}
}
