package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"xmpprig/results"
)

// Point is a throughput X at a concurrency N.
type Point struct{ N, X float64 }

const (
	fewestPoints = 6 // at different N
	leastR2      = .7
	resamples    = 1000 // of the bootstrap
	reachOf      = 2    // how far beyond the largest N a prediction may lie
	curvePoints  = 60
)

// law is X(N) = N / (a + b(N−1) + cN(N−1)): λ = 1/a, σ = b/a, κ = c/a.
type law struct{ a, b, c float64 }

func (l law) at(n float64) float64 { return n / (l.a + l.b*(n-1) + l.c*n*(n-1)) }

// FitUSL fits the Universal Scalability Law to points of which the server kept up with each. Without a fit, why says so. κ is fitted only
// where one of the points lies past the bend: more concurrency and no more throughput.
func FitUSL(points []Point, seed uint64) (fit *results.USL, why string) {
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return !(p.N > 0) || !(p.X > 0) || math.IsInf(p.N, 0) || math.IsInf(p.X, 0) })
	slices.SortFunc(points, func(a, b Point) int { return int(math.Copysign(1, a.N-b.N)) })
	if n := levelsOf(points); n < fewestPoints {
		return nil, fmt.Sprintf("the Universal Scalability Law takes %d loads that the server kept up with, and there are %d", fewestPoints, n)
	}
	bent := pastBend(points)
	best, ok := fitLaw(points, bent)
	if !ok {
		return nil, "the Universal Scalability Law does not fit the points at all"
	}
	u := &results.USL{Points: len(points), LargestN: points[len(points)-1].N, Lambda: 1 / best.a, Sigma: best.b / best.a, Kappa: best.c / best.a, R2: rSquared(points, best)}
	if u.R2 < leastR2 {
		return nil, fmt.Sprintf("the points are too scattered for the Universal Scalability Law (R² = %.2f of the best fit)", u.R2)
	}
	intervals(u, points, bent, seed)
	u.Remark = "κ is not fitted: no load lies past the bend, where more at a time brings no more throughput"
	if bent {
		u.Remark = "κ is fitted"
		if u.KappaCI[0] > 0 && u.Sigma < 1 {
			u.PeakN = math.Sqrt((1 - u.Sigma) / u.Kappa)
		} else {
			u.Remark = "κ may be zero, so no peak is named"
		}
	}
	if u.PeakN > reachOf*u.LargestN {
		u.Remark, u.PeakN = fmt.Sprintf("the peak would lie beyond %d times the largest concurrency measured, so it is not named", reachOf), 0
	}
	return u, ""
}

func levelsOf(points []Point) (n int) {
	for i, p := range points {
		if i == 0 || p.N > 1.02*points[i-1].N {
			n++
		}
	}
	return n
}

// pastBend says that throughput fell, by more than noise, beyond the N where it was highest.
func pastBend(points []Point) bool {
	top := points[0]
	for _, p := range points {
		if p.X > top.X {
			top = p
		}
	}
	for _, p := range points {
		if p.N > 1.05*top.N && p.X < .98*top.X {
			return true
		}
	}
	return false
}

// fitLaw minimises the relative residuals of N/X, which is linear in a, b and c, with none of them below zero: the best of the fits in
// which those that would be are left out.
func fitLaw(points []Point, bent bool) (law, bool) {
	sets := [][]int{{0}, {0, 1}}
	if bent {
		sets = append(sets, []int{0, 2}, []int{0, 1, 2})
	}
	best, least, ok := law{}, math.Inf(1), false
	for _, set := range sets {
		v, solved := solve(points, set)
		if !solved || v.a <= 0 || v.b < 0 || v.c < 0 {
			continue
		}
		if rest := residual(points, v); rest < least {
			best, least, ok = v, rest, true
		}
	}
	return best, ok
}

// row is what a, b and c are multiplied by, each over N/X.
func (p Point) row() [3]float64 {
	w := p.X / p.N
	return [3]float64{w, w * (p.N - 1), w * p.N * (p.N - 1)}
}

func residual(points []Point, l law) (sum float64) {
	for _, p := range points {
		r := p.row()
		d := r[0]*l.a + r[1]*l.b + r[2]*l.c - 1
		sum += d * d
	}
	return sum
}

// solve is least squares by QR over the columns of set (modified Gram-Schmidt, so that columns of very different size do no harm).
func solve(points []Point, set []int) (law, bool) {
	k := len(set)
	q := make([][]float64, k)
	r := make([][]float64, k)
	for c, col := range set {
		q[c], r[c] = make([]float64, len(points)), make([]float64, k)
		for i, p := range points {
			q[c][i] = p.row()[col]
		}
		size := norm(q[c])
		for b := range c {
			r[b][c] = dot(q[b], q[c])
			for i := range q[c] {
				q[c][i] -= r[b][c] * q[b][i]
			}
		}
		if r[c][c] = norm(q[c]); !(r[c][c] > 1e-9*size) {
			return law{}, false
		}
		for i := range q[c] {
			q[c][i] /= r[c][c]
		}
	}
	x := make([]float64, k)
	for c := k - 1; c >= 0; c-- {
		for _, v := range q[c] {
			x[c] += v // every right side is 1
		}
		for d := c + 1; d < k; d++ {
			x[c] -= r[c][d] * x[d]
		}
		x[c] /= r[c][c]
	}
	all := [3]float64{}
	for c, col := range set {
		all[col] = x[c]
	}
	return law{all[0], all[1], all[2]}, true
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func rSquared(points []Point, l law) float64 {
	var mean, rest, all float64
	for _, p := range points {
		mean += p.X / float64(len(points))
	}
	for _, p := range points {
		rest += (p.X - l.at(p.N)) * (p.X - l.at(p.N))
		all += (p.X - mean) * (p.X - mean)
	}
	if all == 0 {
		return 0
	}
	return 1 - rest/all
}

// intervals draws the points again and again, with replacement, and takes the middle 95 % of the fits.
func intervals(u *results.USL, points []Point, bent bool, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x75736c))
	var fits []law
	for range resamples {
		drawn := make([]Point, len(points))
		for i := range drawn {
			drawn[i] = points[rng.IntN(len(points))]
		}
		if l, ok := fitLaw(drawn, bent); ok {
			fits = append(fits, l)
		}
	}
	if len(fits) == 0 {
		return
	}
	u.LambdaCI = middle(fits, func(l law) float64 { return 1 / l.a })
	u.SigmaCI = middle(fits, func(l law) float64 { return l.b / l.a })
	u.KappaCI = middle(fits, func(l law) float64 { return l.c / l.a })
	best := law{1 / u.Lambda, u.Sigma / u.Lambda, u.Kappa / u.Lambda}
	from := math.Log(points[0].N)
	to := math.Log(u.LargestN * reachOf)
	for i := range curvePoints {
		n := math.Exp(from + (to-from)*float64(i)/(curvePoints-1))
		band := middle(fits, func(l law) float64 { return l.at(n) })
		u.Curve = append(u.Curve, results.USLPoint{N: n, X: best.at(n), Low: band[0], High: band[1]})
	}
}

// middle is the middle 95 % of what of says of the fits.
func middle(fits []law, of func(law) float64) [2]float64 {
	all := make([]float64, len(fits))
	for i, f := range fits {
		all[i] = of(f)
	}
	slices.Sort(all)
	at := func(q float64) float64 { return all[int(q*float64(len(all)-1))] }
	return [2]float64{at(.025), at(.975)}
}

// Predict is the throughput at a concurrency n, with its interval; false beyond twice the largest measured.
func Predict(u *results.USL, n float64) (results.USLPoint, bool) {
	if n <= 0 || n > reachOf*u.LargestN || len(u.Curve) == 0 {
		return results.USLPoint{}, false
	}
	near := u.Curve[0]
	for _, p := range u.Curve {
		if math.Abs(math.Log(p.N/n)) < math.Abs(math.Log(near.N/n)) {
			near = p
		}
	}
	l := law{1 / u.Lambda, u.Sigma / u.Lambda, u.Kappa / u.Lambda}
	return results.USLPoint{N: n, X: l.at(n), Low: near.Low, High: near.High}, true
}
