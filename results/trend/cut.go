package trend

import (
	"math"
	"slices"
)

// edge is how many standard deviations of the noise a figure may lie off the others.
const edge = 2.5

// drawnIn is a copy of y in which what lies far off the figures around it is drawn in to the edge of the noise. Steps stay, as
// four figures at a level are the majority of the seven about each.
func drawnIn(y []float64, least float64) []float64 {
	const around = 3
	bound := max(edge*spread(y), 1.2*least)
	out := slices.Clone(y)
	for i := range y {
		// At the ends the nearest seven.
		from := min(max(0, i-around), max(0, len(y)-2*around-1))
		level := median(y[from:min(len(y), from+2*around+1)])
		out[i] = min(max(y[i], level-bound), level+bound)
	}
	return out
}

// spread is the standard deviation of the noise, taken from the differences of neighbours so that steps do not count.
func spread(y []float64) float64 {
	if len(y) < 2 {
		return 0
	}
	d := make([]float64, len(y)-1)
	for i := range d {
		d[i] = math.Abs(y[i+1] - y[i])
	}
	return ofNormal * median(d) / math.Sqrt2
}

// ofNormal makes a median of absolute deviations a standard deviation.
const ofNormal = 1.4826

// scatter is the standard deviation of figures about their median, taken from the median of their deviations.
func scatter(y []float64) float64 {
	middle := median(y)
	d := make([]float64, len(y))
	for i, v := range y {
		d[i] = math.Abs(v - middle)
	}
	return ofNormal * median(d)
}

// candidates cuts y where that lowers the sum of squares by more than a penalty, the best of all ways to cut it.
func candidates(y []float64, strength float64) []int {
	n := len(y)
	noise := max(spread(y), leastNoise)
	penalty := strength * math.Log(float64(n)) * noise * noise
	cost, last := make([]float64, n+1), make([]int, n+1)
	sums, squares := running(y)
	for to := 1; to <= n; to++ {
		cost[to] = math.Inf(1)
		for from := 0; from <= to-shortest; from++ {
			if from > 0 && from < shortest {
				continue
			}
			s, m := sums[to]-sums[from], float64(to-from)
			if c := cost[from] + squares[to] - squares[from] - s*s/m + penalty; c < cost[to] {
				cost[to], last[to] = c, from
			}
		}
	}
	var cuts []int
	for at := last[n]; at > 0; at = last[at] {
		cuts = append(cuts, at)
	}
	slices.Reverse(cuts)
	return cuts
}

// running are the sums of the first figures and of their squares, about the median, which keeps digits.
func running(y []float64) (sums, squares []float64) {
	middle := median(y)
	sums, squares = make([]float64, len(y)+1), make([]float64, len(y)+1)
	for i, v := range y {
		v -= middle
		sums[i+1], squares[i+1] = sums[i]+v, squares[i]+v*v
	}
	return sums, squares
}

func mean(y []float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += v
	}
	return sum / float64(len(y))
}

func median(y []float64) float64 {
	s := slices.Sorted(slices.Values(y))
	n := len(s)
	if n == 0 {
		return math.NaN()
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}
