package loopback

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// Law is the shape of a distribution of delays.
type Law uint8

// The laws of a Delay.
const (
	NoDelay     Law = iota
	Fixed           // always Time
	Uniform         // evenly from Time to To
	Exponential     // with the mean Time
	LogNormal       // with the median Time; the logarithm's standard deviation is Sigma
)

var lawNames = [...]string{"none", "fixed", "uniform", "exponential", "lognormal"}

// String names the law as ParseFaults reads it.
func (l Law) String() string {
	if int(l) < len(lawNames) {
		return lawNames[l]
	}
	return fmt.Sprintf("Law(%d)", uint8(l))
}

// Delay is a distribution of delays; the zero value is none.
type Delay struct {
	Law   Law
	Time  time.Duration
	To    time.Duration // Uniform alone
	Sigma float64       // LogNormal alone
}

// Quantile returns the delay that the share p of all delays, from 0 to 1, does not exceed. It is what a
// measurement of the server should find.
func (d Delay) Quantile(p float64) time.Duration {
	switch d.Law {
	case Fixed:
		return d.Time
	case Uniform:
		return d.Time + time.Duration(p*float64(d.To-d.Time))
	case Exponential:
		return time.Duration(-math.Log1p(-p) * float64(d.Time))
	case LogNormal:
		return time.Duration(float64(d.Time) * math.Exp(d.Sigma*math.Sqrt2*math.Erfinv(2*p-1)))
	}
	return 0
}

func (d Delay) validate() error {
	switch {
	case int(d.Law) >= len(lawNames):
		return fmt.Errorf("there is no %s", d.Law)
	case d.Law != NoDelay && d.Time <= 0:
		return fmt.Errorf("a time of %v is not above zero", d.Time)
	case d.Law == Uniform && d.To < d.Time:
		return fmt.Errorf("%v is below %v", d.To, d.Time)
	case d.Law == LogNormal && !(d.Sigma > 0 && d.Sigma <= 10):
		return errors.New("sigma must be above 0 and at most 10")
	}
	return nil
}

// strata is the number of equal parts that the draws of one block fall into, one into each.
const strata = 1000

// sampler draws delays. It draws them in blocks of 1,000 that hold one draw from each thousandth of the
// distribution, in random order: a few thousand stanzas then already show the tail that was asked for, and a
// measurement can be held against it closely.
type sampler struct {
	delay Delay
	mu    sync.Mutex
	rand  *rand.Rand
	left  []uint16 // strata of this block not yet drawn, in random order
	block [strata]uint16
}

func newSampler(d Delay, seed, stream uint64) *sampler {
	if d.Law == NoDelay {
		return nil
	}
	return &sampler{delay: d, rand: rand.New(rand.NewPCG(seed, stream))}
}

func (s *sampler) draw() time.Duration {
	if s.delay.Law == Fixed {
		return s.delay.Time
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.left) == 0 {
		s.refill()
	}
	stratum := s.left[0]
	s.left = s.left[1:]
	return s.delay.Quantile((float64(stratum) + s.rand.Float64()) / strata)
}

func (s *sampler) refill() {
	s.left = s.block[:]
	for i := range s.left {
		s.left[i] = uint16(i)
	}
	s.rand.Shuffle(len(s.left), func(i, j int) { s.left[i], s.left[j] = s.left[j], s.left[i] })
}
