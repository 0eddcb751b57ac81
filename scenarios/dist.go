package scenarios

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Draw returns one value of the distribution, in its unit.
func (d Dist) Draw(r *rand.Rand) float64 {
	switch d.Kind {
	case Uniform:
		return d.A + (d.B-d.A)*r.Float64()
	case Exponential:
		v := d.A * r.ExpFloat64()
		if d.B > 0 {
			v = min(v, d.B)
		}
		return v
	}
	return d.A
}

// Mean returns the expectation of Draw.
func (d Dist) Mean() float64 {
	switch d.Kind {
	case Uniform:
		return (d.A + d.B) / 2
	case Exponential:
		if d.B > 0 { // E[min(X, B)] of an exponential X with mean A
			return d.A * -math.Expm1(-d.B/d.A)
		}
	}
	return d.A
}

// String describes the distribution without its unit, which it does not know.
func (d Dist) String() string {
	switch {
	case d.Kind == Uniform:
		return fmt.Sprintf("uniform %v to %v", d.A, d.B)
	case d.Kind == Exponential && d.B > 0:
		return fmt.Sprintf("exponential, mean %v, at most %v", d.A, d.B)
	case d.Kind == Exponential:
		return fmt.Sprintf("exponential, mean %v", d.A)
	}
	return fmt.Sprint(d.A)
}
