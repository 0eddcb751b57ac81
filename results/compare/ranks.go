package compare

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat/distuv"
)

// mostExact is up to how many values the exact distributions are used.
const mostExact = 50

// estimate is a Hodges–Lehmann estimate of how far the head is from the base, with its interval.
type estimate struct{ at, low, high float64 }

// between is the estimate for two independent samples: all differences, and of them those from the k-th on.
func between(base, head []float64, k int) estimate {
	all := make([]float64, 0, len(base)*len(head))
	for _, h := range head {
		for _, b := range base {
			all = append(all, h-b)
		}
	}
	slices.Sort(all)
	return ordered(all, k)
}

// within is the estimate for pairs: all averages of two differences (Walsh), and of them those from the k-th on.
func within(diffs []float64, k int) estimate {
	var all []float64
	for i, a := range diffs {
		for _, b := range diffs[i:] {
			all = append(all, (a+b)/2)
		}
	}
	slices.Sort(all)
	return ordered(all, k)
}

// outermost is at which of all sorted differences or averages the interval of so many runs begins: those before it are left out by the
// distribution of U or, in pairs, of the signed ranks.
func outermost(base, head int, o Options) int {
	if o.Paired {
		return lowest(signedCounts(ranks(base)), o.Alpha)
	}
	return lowest(uCounts(base, head), o.Alpha)
}

// ordered is the median of sorted values, and the interval from the k-th lowest to the k-th highest.
func ordered(all []float64, k int) estimate {
	n := len(all)
	if n == 0 {
		return estimate{}
	}
	k = max(0, min(k, (n+1)/2)-1)
	return estimate{(all[(n-1)/2] + all[n/2]) / 2, all[k], all[n-1-k]}
}

// lowest is the largest k with P(statistic < k) ≤ alpha/2 by a distribution of counts: the interval then begins at the k-th value. Where
// it is 0, even the whole range is not sure enough, and is all there is.
func lowest(counts []float64, alpha float64) int {
	total, sum := 0.0, 0.0
	for _, c := range counts {
		total += c
	}
	for k, c := range counts {
		if sum += c; sum/total > alpha/2 {
			return k
		}
	}
	return 0
}

// uCounts counts the orders of n and m values by Mann and Whitney's U, by the recurrence over the largest value.
func uCounts(n, m int) []float64 {
	if n > mostExact || m > mostExact {
		mean, sd := float64(n*m)/2, math.Sqrt(float64(n*m*(n+m+1))/12)
		return normalCounts(n*m, mean, sd)
	}
	// counts[j] is the distribution for i values of one side and j of the other.
	counts := make([][]float64, m+1)
	for j := range counts {
		counts[j] = []float64{1}
	}
	for i := 1; i <= n; i++ {
		next := make([][]float64, m+1)
		next[0] = []float64{1}
		for j := 1; j <= m; j++ {
			c := make([]float64, i*j+1)
			for u, v := range counts[j] { // the largest is one of the i, above all j
				c[u+j] += v
			}
			for u, v := range next[j-1] { // or one of the j
				c[u] += v
			}
			next[j] = c
		}
		counts = next
	}
	return counts[m]
}

// signedCounts counts the signs of ranks, each doubled, by the sum of those that are positive.
func signedCounts(doubled []int) []float64 {
	sum := 0
	for _, r := range doubled {
		sum += r
	}
	if len(doubled) > mostExact {
		var squares float64
		for _, r := range doubled {
			squares += float64(r) * float64(r)
		}
		return normalCounts(sum, float64(sum)/2, math.Sqrt(squares)/2)
	}
	counts := make([]float64, sum+1)
	counts[0] = 1
	top := 0
	for _, r := range doubled {
		top += r
		for s := top; s >= r; s-- {
			counts[s] += counts[s-r]
		}
	}
	return counts
}

// normalCounts is a normal distribution in whole numbers, for where the exact one takes too long.
func normalCounts(top int, mean, sd float64) []float64 {
	normal := distuv.Normal{Mu: mean, Sigma: sd}
	counts := make([]float64, top+1)
	for i := range counts {
		counts[i] = normal.CDF(float64(i)+.5) - normal.CDF(float64(i)-.5)
	}
	return counts
}

// ranks are 1 to n.
func ranks(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// signedRanks is Wilcoxon's test of differences against 0, two-sided and exact with ties. Differences of 0 are left out.
func signedRanks(diffs []float64) float64 {
	diffs = slices.DeleteFunc(slices.Clone(diffs), func(d float64) bool { return d == 0 })
	if len(diffs) == 0 {
		return 1
	}
	slices.SortFunc(diffs, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	doubled := make([]int, len(diffs))
	positive := 0
	for i := 0; i < len(diffs); {
		j := i
		for j < len(diffs) && math.Abs(diffs[j]) == math.Abs(diffs[i]) {
			j++
		}
		for k := i; k < j; k++ {
			doubled[k] = i + 1 + j // twice the mean of the ranks i+1 … j
			if diffs[k] > 0 {
				positive += doubled[k]
			}
		}
		i = j
	}
	return twoSided(signedCounts(doubled), positive)
}

// twoSided is twice the smaller tail at a value, which belongs to both.
func twoSided(counts []float64, at int) float64 {
	var below, above, total float64
	for i, c := range counts {
		total += c
		if i <= at {
			below += c
		}
		if i >= at {
			above += c
		}
	}
	return min(1, 2*min(below, above)/total)
}

// mannWhitney is the test of two independent samples, two-sided: exact for up to mostExact values (golang.org/x/perf/benchmath). Where
// values tie it is by the count of all orders of these very ranks: with ties the distribution leans to one side, which benchmath takes
// for symmetric, and finds p values of 0 between sides of different sizes.
func mannWhitney(base, head []float64) float64 {
	if p, tied := tiedRanks(base, head); tied && max(len(base), len(head)) <= mostExact {
		return p
	}
	t := benchmath.Thresholds{CompareAlpha: 0.05}
	c := benchmath.AssumeNothing.Compare(benchmath.NewSample(slices.Clone(base), &t), benchmath.NewSample(slices.Clone(head), &t))
	if math.IsNaN(c.P) {
		return 1
	}
	return max(0, min(1, c.P))
}

// tiedRanks is the exact p of the sum of the head's ranks, where some of all values are equal.
func tiedRanks(base, head []float64) (p float64, tied bool) {
	all := slices.Sorted(slices.Values(slices.Concat(base, head)))
	doubled := make([]int, len(all)) // ranks, as in signedRanks
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		for k := i; k < j; k++ {
			doubled[k] = i + 1 + j
		}
		tied = tied || j > i+1
		i = j
	}
	if !tied || len(all) > 2*mostExact {
		return 1, tied
	}
	seen := 0
	for _, h := range head {
		at, _ := slices.BinarySearch(all, h)
		seen += doubled[at]
	}
	return twoSided(chosenCounts(doubled, len(head)), seen), true
}

// chosenCounts counts the ways to choose n of the ranks by their sum.
func chosenCounts(doubled []int, n int) []float64 {
	most := 0
	for _, r := range doubled[len(doubled)-n:] { // they are sorted
		most += r
	}
	counts := make([][]float64, n+1) // by how many are chosen
	for i := range counts {
		counts[i] = make([]float64, most+1)
	}
	counts[0][0] = 1
	for i, r := range doubled {
		for k := min(i+1, n); k > 0; k-- {
			for s := most; s >= r; s-- {
				counts[k][s] += counts[k-1][s-r]
			}
		}
	}
	return counts[n]
}

// holm adjusts p values so that all together err with the probability that each is compared with (Holm 1979).
func holm(ps []float64) []float64 {
	order := ranks(len(ps))
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ps[a-1], ps[b-1]) })
	adjusted := make([]float64, len(ps))
	worst := 0.0
	for i, at := range order {
		worst = max(worst, min(1, float64(len(ps)-i)*ps[at-1]))
		adjusted[at-1] = worst
	}
	return adjusted
}

// cliff is Cliff's delta: how much more often a value of the head is above one of the base than below (Cliff 1993); −1 to 1.
func cliff(base, head []float64) float64 {
	if len(base)*len(head) == 0 {
		return 0
	}
	sum := 0
	for _, h := range head {
		for _, b := range base {
			sum += cmp.Compare(h, b)
		}
	}
	return float64(sum) / float64(len(base)*len(head))
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
