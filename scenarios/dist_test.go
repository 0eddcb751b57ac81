package scenarios

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDist(t *testing.T) {
	cases := []struct {
		d           Dist
		mean        float64
		low, high   float64
		description string
	}{
		{Dist{Kind: Constant, A: 7}, 7, 7, 7, "7"},
		{Dist{Kind: Uniform, A: 2, B: 6}, 4, 2, 6, "uniform 2 to 6"},
		{Dist{Kind: Exponential, A: 5}, 5, 0, math.Inf(1), "exponential, mean 5"},
		{Dist{Kind: Exponential, A: 5, B: 8}, 5 * (1 - math.Exp(-1.6)), 0, 8, "exponential, mean 5, at most 8"},
	}
	for _, c := range cases {
		r := rand.New(rand.NewPCG(1, 2))
		const n = 200_000
		sum := 0.0
		for range n {
			v := c.d.Draw(r)
			if v < c.low || v > c.high {
				t.Fatalf("%v drew %v", c.d, v)
			}
			sum += v
		}
		if math.Abs(c.d.Mean()-c.mean) > 1e-12 {
			t.Errorf("%v has the mean %v, want %v", c.d, c.d.Mean(), c.mean)
		}
		if math.Abs(sum/n-c.mean) > 0.02*c.mean {
			t.Errorf("%v drew %v on average, want %v", c.d, sum/n, c.mean)
		}
		if c.d.String() != c.description {
			t.Errorf("%q, want %q", c.d, c.description)
		}
	}
}

func TestParseRate(t *testing.T) {
	for s, want := range map[string]float64{"100/s": 100, "6000/m": 100, "1.5/s": 1.5, "36/h": 0.01} {
		if v, err := ParseRate(s); v != want || err != nil {
			t.Errorf("%s: %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "5", "5/", "/s", "0/s", "-1/s", "1e3/s", "9999999/s", "5/d", "5/s "} {
		if v, err := ParseRate(s); err == nil {
			t.Errorf("%q is accepted as %v", s, v)
		}
	}
}

func TestDrawAllocatesNothing(t *testing.T) {
	r, d := rand.New(rand.NewPCG(1, 2)), Dist{Kind: Exponential, A: 5, B: 8}
	if n := testing.AllocsPerRun(100, func() { d.Draw(r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
