package loadgen

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestRisingEvenly(t *testing.T) {
	r := rising{length: 2 * time.Second, gap: 5 * time.Millisecond}
	for n, want := range map[int]time.Duration{0: 0, 1: 5 * time.Millisecond, 399: 1995 * time.Millisecond} {
		if got := r.due(n); got != want {
			t.Errorf("session %d comes at %v, want %v", n, got, want)
		}
	}
}

// Poisson logins come at their rate all along, with exponential gaps, and not
// in a crowd at the end.
func TestRisingPoisson(t *testing.T) {
	const n = 10_000
	r := rising{length: 10 * time.Second, poisson: true, seed: 3}
	var dues []time.Duration
	var bins [20]int
	for i := range n {
		due := r.due(i)
		if due < 0 || due >= r.length || due != r.due(i) {
			t.Fatalf("session %d comes at %v, and then at %v", i, due, r.due(i))
		}
		dues = append(dues, due)
		bins[due*20/r.length]++
	}
	for i, count := range bins {
		if d := math.Abs(float64(count) - n/20); d > 5*math.Sqrt(n/20) {
			t.Errorf("%d come in twentieth %d, expected %d", count, i, n/20)
		}
	}
	slices.Sort(dues)
	var squares float64
	for i := 1; i < n; i++ {
		gap := (dues[i] - dues[i-1]).Seconds() / 0.001
		squares += gap * gap
	}
	if mean := squares / (n - 1); math.Abs(mean-2) > 0.25 { // of an exponential: twice the mean squared
		t.Errorf("mean square of the gaps is %.2f of the mean's, want 2", mean)
	}
}
