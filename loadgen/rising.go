package loadgen

import (
	"math/rand/v2"
	"time"

	"xmpprig/scenarios"
)

// rising is when the sessions come up: one each, over length.
type rising struct {
	length  time.Duration
	gap     time.Duration // between one session and the next
	poisson bool
	seed    uint64
}

func newRising(s *scenarios.Scenario, seed uint64) rising {
	gap := float64(time.Second) / s.Load.Login.Rate
	return rising{
		length: time.Duration(gap * float64(s.Load.Sessions)), gap: time.Duration(gap),
		poisson: s.Load.Login.Poisson, seed: seed,
	}
}

// due is when session n comes up.
//
// Given how many arrivals a Poisson process brings in a stretch, each falls
// anywhere in it with the same probability and whatever the others do
// (Kingman, Poisson Processes, 1993, section 2.4). So n sessions make a
// Poisson process of exactly n arrivals without knowing of each other.
func (r rising) due(n int) time.Duration {
	if !r.poisson {
		return time.Duration(n) * r.gap
	}
	rng := rand.NewPCG(r.seed, uint64(n))
	return time.Duration(float64(rng.Uint64()>>11) / (1 << 53) * float64(r.length))
}
