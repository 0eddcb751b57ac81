package trend

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestStudent(t *testing.T) {
	for _, c := range []struct{ t, freedom, want float64 }{
		{0, 5, 1}, {2.570582, 5, .05}, {12.706205, 1, .05}, {1.959964, 1e9, .05}, {3.390, 60, .00125}, {4.0, 10, .00251817}, {6, 40, 4.7e-7},
	} {
		if got := tail(c.t, c.freedom); math.Abs(got-c.want) > c.want*.02 {
			t.Errorf("beyond t = %g with %g degrees of freedom lies %g, want %g", c.t, c.freedom, got, c.want)
		}
	}
	if q := quantile(.05, 10); math.Abs(q-2.228139) > 1e-5 {
		t.Errorf("the quantile is %g", q)
	}
}

// stairs are figures with a little noise about levels, each so many times.
func stairs(sd float64, parts ...float64) []float64 {
	r := rand.New(rand.NewPCG(3, 4))
	var values []float64
	for i := 0; i+1 < len(parts); i += 2 {
		for range int(parts[i]) {
			values = append(values, parts[i+1]*math.Exp(sd*r.NormFloat64()))
		}
	}
	return values
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   []int
	}{
		{"nothing", nil, nil},
		{"one", []float64{5}, nil},
		{"too few", []float64{1, 1, 1, 2, 2, 2, 2, 2, 2}, nil},
		{"one level", stairs(.02, 60, 1e6), nil},
		{"a step up", stairs(.02, 30, 1e6, 30, 1.1e6), []int{30}},
		{"a step down", stairs(.02, 20, 1e6, 40, .9e6), []int{20}},
		{"there and back", stairs(.02, 20, 1e6, 20, 1.12e6, 20, 1e6), []int{20, 40}},
		{"a short bump", stairs(.01, 27, 1e6, 6, 1.12e6, 27, 1e6), []int{27, 33}},
		{"three levels", stairs(.02, 30, 1, 30, 1.1, 30, 1.25), []int{30, 60}},
		{"too small to be told", stairs(.001, 30, 1e6, 30, 1.02e6), nil},
		{"figures that never differ", stairs(0, 30, 4096, 4, 4608), []int{30}},
		{"all the same", stairs(0, 60, 7), nil},
		{"lone outliers", append(append(stairs(.02, 20, 1e6, 1, 3e6, 19, 1e6), 2e6), stairs(.02, 20, 1e6)...), nil},
		{"a burst of other work", append(append(stairs(.01, 30, 1e6), 1.8e6, 40e6, 1.2e6, 1.35e6), stairs(.01, 30, 1e6)...), nil},
		{"two outliers together", append(append(stairs(.02, 30, 1e6), 2e6, 1.8e6), stairs(.02, 30, 1e6)...), nil},
	} {
		f := Find(c.values, Options{})
		ok := len(f.Steps) == len(c.want)
		for i := range f.Steps {
			ok = ok && f.Steps[i].At >= c.want[i]-1 && f.Steps[i].At <= c.want[i]+1
		}
		if !ok {
			t.Errorf("%s: %+v, want %v", c.name, f.Steps, c.want)
		}
		if len(c.values) > 0 && len(f.Levels) != len(f.Steps)+1 {
			t.Errorf("%s: %d levels, %d steps", c.name, len(f.Levels), len(f.Steps))
		}
	}
}

// TestFindInterval holds the effect and its interval to what was planted.
func TestFindInterval(t *testing.T) {
	f := Find(stairs(.02, 40, 1e6, 40, 1.1e6), Options{})
	if len(f.Steps) != 1 {
		t.Fatalf("%+v", f)
	}
	s := f.Steps[0]
	if s.Low > .1 || s.High < .1 || s.Low >= s.Effect || s.Effect >= s.High || s.High-s.Low > .04 || s.P > 1e-6 {
		t.Errorf("%+v", s)
	}
	if f.Noise < .015 || f.Noise > .025 || f.Memory > .3 {
		t.Errorf("noise %g, memory %g", f.Noise, f.Memory)
	}
	if got := Find(stairs(.02, 40, 1e6, 40, 1.1e6), Options{MinEffect: .2}); len(got.Steps) > 0 {
		t.Errorf("a step below the least effect: %+v", got.Steps)
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 200, 201, 202, 203, 204, 205}, uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, power uint8) {
		if len(raw) > 300 {
			return
		}
		values := make([]float64, len(raw))
		for i, b := range raw {
			values[i] = math.Pow(float64(b)+1, float64(power%100))
		}
		found := Find(values, Options{})
		last := 0
		for _, s := range found.Steps {
			if s.At < last+shortest || s.At > len(values)-shortest || math.IsNaN(s.Effect+s.Low+s.High+s.P) {
				t.Errorf("%+v of %d figures", s, len(values))
			}
			last = s.At
		}
	})
}
