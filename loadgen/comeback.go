package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// comeback is what a session knows of a connection that it lost, where
// Options.Reconnect has it return. It tries between iterations, never within
// one: what was under way has failed, and what comes due while the session is
// away fails too. It returns by resuming where the server may have kept it, else by
// the steps of the scenario's start, though without waiting for approvals. A connection that the scenario itself closed
// is not missed.
type comeback struct {
	wanted    bool
	busy      bool // an iteration is under way
	returning bool // the start's steps are being repeated
	stood     bool // it had come up
	failures  int  // attempts in a row
	at        time.Duration
}

// The delay before an attempt doubles from the first to the longest.
const (
	firstDelay   = 200 * time.Millisecond
	longestDelay = 5 * time.Second
)

// delay is how long to wait after so many failures: between half of the full
// delay and all of it, so that sessions which were lost together do not come
// back together.
func delay(failures int, r *rand.Rand) time.Duration {
	full := min(longestDelay, firstDelay<<min(failures, 10))
	return full/2 + time.Duration(r.Int64N(int64(full/2)))
}

// lost says that the session misses its connection from now on.
func (s *session) lost() {
	if s.reconnect && !s.program.slots && !s.back.wanted {
		s.back.wanted, s.back.failures = true, 0
		s.back.at = s.now() + delay(0, s.rng)
	}
}

// stand says, once, that the session has come up.
func (s *session) stand() {
	if !s.back.stood {
		s.back.stood = true
		s.standing.Add(1)
	}
}

// mayReturn says whether the session is to try, now or later.
func (s *session) mayReturn(stage int32) bool {
	return s.back.wanted && !s.back.busy && stage < stageDrain
}

// comeBack tries if the time has come. It returns until when to wait, which is
// due unless the next attempt comes first.
func (s *session) comeBack(ctx context.Context, due time.Duration) time.Duration {
	if s.now() < s.back.at {
		return min(due, s.back.at)
	}
	s.reseed(s.phase, ^uint64(0)-uint64(s.back.failures)) // far from any iteration's
	s.begin(s.now())
	s.back.busy, s.back.returning = true, true
	err := s.comeIn(ctx)
	s.back.busy, s.back.returning = false, false
	s.free = s.now()
	if err != nil && !errors.Is(err, errStopped) && ctx.Err() == nil {
		s.erred(err, s.now())
	}
	if s.conn.Load() != nil { // even if some of its start failed
		s.reconnects.Add(1)
		s.stand()
		return s.now()
	}
	s.back.wanted = true
	s.back.failures++
	s.back.at = s.now() + delay(s.back.failures, s.rng)
	return min(due, s.back.at)
}
