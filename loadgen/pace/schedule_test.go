package pace

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestArrivals(t *testing.T) {
	ms := func(v ...float64) (d []time.Duration) {
		for _, x := range v {
			d = append(d, time.Duration(math.Round(x*1e6)))
		}
		return d
	}
	for _, tt := range []struct {
		name  string
		s     Schedule
		share Share
		want  []time.Duration
	}{
		{"even", Constant(4, time.Second), Whole, ms(0, 250, 500, 750)},
		{"every third from the second", Constant(8, time.Second), Share{1, 3}, ms(125, 500, 875)},
		{"share beyond the end", Constant(2, time.Second), Share{5, 6}, nil},
		{"nothing at rate zero", Constant(0, time.Second), Whole, nil},
		// area t² reaches 0, 1, 2, 3 at their square roots
		{"ramp from zero", Schedule{Pieces: []Piece{{0, 4, 2 * time.Second}}}, Whole, ms(0, 1000, 1414.213562, 1732.050808)},
		// area 4t − t² reaches 0, 1, 2, 3 at 2 − √(4−u)
		{"ramp to zero", Schedule{Pieces: []Piece{{4, 0, 2 * time.Second}}}, Whole, ms(0, 267.949192, 585.786438, 1000)},
		{"stairs", Schedule{Pieces: []Piece{{1, 1, time.Second}, {3, 3, time.Second}}}, Whole, ms(0, 1000, 1333.333333, 1666.666667)},
		{"pause between stairs", Schedule{Pieces: []Piece{{1, 1, time.Second}, {0, 0, time.Second}, {2, 2, time.Second}}}, Whole, ms(0, 2000, 2500)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := slices.Collect(tt.s.Arrivals(tt.share)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// The shares of an even schedule interleave to exactly the whole.
func TestSharesMakeTheWhole(t *testing.T) {
	s := Schedule{Pieces: []Piece{{10, 200, 3 * time.Second}, {200, 200, time.Second}, {200, 5, 2 * time.Second}}}
	const n = 7
	var all []time.Duration
	for i := range n {
		all = append(all, slices.Collect(s.Arrivals(Share{i, n}))...)
	}
	slices.Sort(all)
	if want := slices.Collect(s.Arrivals(Whole)); !slices.Equal(all, want) {
		t.Errorf("%d arrivals in shares, %d in the whole, or at other times", len(all), len(want))
	}
}

// Gaps of the summed Poisson shares are exponential: mean 1/rate and a
// coefficient of variation of 1, within five standard errors.
func TestPoissonSharesAddUp(t *testing.T) {
	const rate, seconds, n = 500, 200, 50
	s := Constant(rate, seconds*time.Second)
	s.Poisson, s.Seed = true, 42
	var all []time.Duration
	for i := range n {
		part := slices.Collect(s.Arrivals(Share{i, n}))
		if !slices.Equal(part, slices.Collect(s.Arrivals(Share{i, n}))) {
			t.Fatal("a share differs from itself")
		}
		all = append(all, part...)
	}
	slices.Sort(all)
	expected := s.Expected()
	if d := math.Abs(float64(len(all)) - expected); d > 5*math.Sqrt(expected) {
		t.Errorf("%d arrivals, expected %.0f", len(all), expected)
	}
	var sum, squares float64
	for i := 1; i < len(all); i++ {
		gap := (all[i] - all[i-1]).Seconds()
		sum += gap
		squares += gap * gap
	}
	count := float64(len(all) - 1)
	mean := sum / count
	cv := math.Sqrt(squares/count-mean*mean) / mean
	if math.Abs(cv-1) > 5/math.Sqrt(count)*2 {
		t.Errorf("coefficient of variation of the gaps is %.3f, want 1", cv)
	}
}

func TestCursorDoesNotAllocate(t *testing.T) {
	s := Constant(1e6, time.Hour)
	s.Poisson = true
	c := s.Cursor(Whole)
	if n := testing.AllocsPerRun(1000, func() { c.Next() }); n != 0 {
		t.Errorf("%v allocations an arrival", n)
	}
}
