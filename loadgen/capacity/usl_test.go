package capacity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"xmpprig/results"
)

// drawn are points of a law with so much noise.
func drawn(l law, noise float64, seed uint64, at ...float64) (points []Point) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for _, n := range at {
		points = append(points, Point{n, l.at(n) * (1 + noise*rng.NormFloat64())})
	}
	return points
}

// TestFitUSL finds what was planted, and its intervals hold it.
func TestFitUSL(t *testing.T) {
	planted := law{1 / 1000.0, .05 / 1000, .002 / 1000}
	wide := []float64{1, 2, 4, 8, 12, 16, 24, 32, 48, 64}
	u, why := FitUSL(drawn(planted, .01, 3, wide...), 1)
	if u == nil {
		t.Fatal(why)
	}
	for _, c := range []struct {
		name      string
		got, want float64
		in        [2]float64
	}{{"lambda", u.Lambda, 1000, u.LambdaCI}, {"sigma", u.Sigma, .05, u.SigmaCI}, {"kappa", u.Kappa, .002, u.KappaCI}} {
		if math.Abs(c.got/c.want-1) > .15 || c.want < .9*c.in[0] || c.want > 1.1*c.in[1] {
			t.Errorf("%s is %v in %v, want %v", c.name, c.got, c.in, c.want)
		}
	}
	if want := math.Sqrt(.95 / .002); math.Abs(u.PeakN/want-1) > .1 || u.R2 < .98 {
		t.Errorf("peak at %v, want %v; R² %v", u.PeakN, want, u.R2)
	}
	if _, ok := Predict(u, 129); ok {
		t.Error("a prediction beyond twice what was measured")
	}
	if p, ok := Predict(u, 100); !ok || math.Abs(p.X/planted.at(100)-1) > .1 || p.Low > p.X || p.High < p.X {
		t.Errorf("%+v, %v", p, ok)
	}
}

// TestFitUSLSaysWhatItDoesNotKnow leaves out what the points do not show.
func TestFitUSLSaysWhatItDoesNotKnow(t *testing.T) {
	straight := drawn(law{1 / 1000.0, .02 / 1000, 0}, .005, 4, 1, 2, 4, 8, 16, 32)
	if u, why := FitUSL(straight, 1); u == nil || u.Kappa != 0 || u.PeakN != 0 || !strings.Contains(u.Remark, "not fitted") {
		t.Errorf("no bend: %+v, %s", u, why)
	}
	if u, why := FitUSL(straight[:5], 1); u != nil || !strings.Contains(why, "takes 6 loads") {
		t.Errorf("five points: %+v, %s", u, why)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	var scattered []Point
	for n := 1.0; n < 20; n++ {
		scattered = append(scattered, Point{n, 100 + 900*rng.Float64()})
	}
	if u, why := FitUSL(scattered, 1); u != nil || !strings.Contains(why, "scattered") {
		t.Errorf("noise: %+v, %s", u, why)
	}
	if u, _ := FitUSL([]Point{{math.NaN(), 1}, {1, math.Inf(1)}, {0, 0}, {-1, 4}}, 1); u != nil {
		t.Errorf("nonsense: %+v", u)
	}
}

func TestFindKnee(t *testing.T) {
	var trials []results.Trial
	for load := 100.0; load <= 1000; load += 100 {
		p99 := 2e6 / (1.01 - load/1000)
		trials = append(trials, results.Trial{Kind: results.TrialSearch, Class: results.TrialPassed, Load: load, P99NS: int64(p99)})
	}
	if k := FindKnee(trials); k == nil || k.Load < 800 || k.Load > 900 {
		t.Errorf("knee %+v", k)
	}
	for i := range trials {
		trials[i].P99NS = int64(1e6 * trials[i].Load)
	}
	if k := FindKnee(trials); k != nil {
		t.Errorf("a straight line has a knee at %v", k.Load)
	}
}
