package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// session is one user's goroutine and what it knows.
type session struct {
	*engine
	n       int
	user    int                       // whose session it is
	nth     int                       // of the user's sessions, from 0
	device  *xmpp.Device              // nil where nothing is kept between logins
	conn    atomic.Pointer[xmpp.Conn] // set by the session; others only wake or abort it
	reading *xmpp.Conn                // the connection whose batch is being handled
	pcg     *rand.PCG
	rng     *rand.Rand
	count   *shard

	phase  int
	due    time.Duration // when the step at hand is due
	free   time.Duration // since when the session could have done it
	until  time.Duration // end of the phase, for steps without an end of their own
	stamp  uint32        // counts presence
	refers *references   // kept where messages refer to others
	away   bool          // logged out by the scenario, until it shows itself again
	ends   endings       // by the scenario's logouts, where messages are followed
	shown  atomic.Int64  // when presence was sent last, as available; 0: the session is not
	iq     uint32        // number of the request sent last

	enrolled uint32      // accounts that it has made
	copies   atomic.Bool // the connection has carbons on (XEP-0280); others look at it
	kept     bool        // the last one had, which a resumption gives back
	went     bool        // it lost or closed its connection before the run was over

	back              comeback
	left              *xmpp.Resumption // the session as its last connection left it; nil where it cannot be resumed
	resumed           bool
	leaving           bool  // the scenario's stop is under way
	parting           bool  // its account is being removed, which ends the stream
	bytesIn, bytesOut int64 // of the connection, as far as they have been counted
	answer            answer
	rooms             *attendance               // nil: the session belongs to none
	asked             map[string]bool           // users whose approval a subscribe waits for
	arrived           []uint32                  // matches of each expect that no step has passed yet
	take              func(*wire.Element) error // s.handle, bound once
}

// answer is the request that the session is waiting for.
type answer struct {
	waiting bool
	lenient bool                // that there is no such item is an answer like others
	take    func(*wire.Element) // looks at a result; may be nil
	at      time.Duration
	err     error
}

func (e *engine) newSession(n int) *session {
	pcg := rand.NewPCG(e.seed, uint64(n))
	s := &session{engine: e, n: n, user: e.users.of(n), nth: n % e.users.devices, pcg: pcg, rng: rand.New(pcg), count: &e.board.shards[n%len(e.board.shards)]}
	s.take = s.handle
	if e.program.receipts.refers {
		s.refers = new(references)
	}
	s.rooms = e.rooms.attend(n, e.users.local(s.user))
	if k := len(e.program.expects); k > 0 {
		s.arrived = make([]uint32, k)
	}
	return s
}

// live is a session's whole life.
func (s *session) live(ctx context.Context) {
	defer s.hangUp()
	s.rise(ctx)
	for i := s.firstPhase(); i < s.drainPhase(); i++ {
		if !s.awaitPhase(ctx, i) {
			break
		}
		s.through(ctx, i)
	}
	s.restWhile(ctx, stageLeave)
	s.leave(ctx)
	if s.enrolment != nil {
		s.clearAccount(ctx)
	}
}

// rise runs the scenario's start, when the session's turn comes. Where
// sessions exist only within the work there is nothing to bring up.
func (s *session) rise(ctx context.Context) {
	defer s.ready()
	if s.program.slots {
		s.standing.Add(1)
		return
	}
	due := s.rising.due(s.n)
	if !s.restUntil(ctx, due, stageCut) {
		return
	}
	if s.iterate(ctx, due, 0, s.program.start) {
		s.stand()
	} else {
		s.lost()
	}
}

// awaitPhase waits until phase i begins; false when it never will.
func (s *session) awaitPhase(ctx context.Context, i int) bool {
	s.restWhile(ctx, stageLoad)
	return s.restUntil(ctx, s.start(i), stageCut)
}

// through takes the session through phase i, to its end.
func (s *session) through(ctx context.Context, i int) {
	s.phase = i
	start := s.start(i)
	s.until = start + s.plan[i].length
	if s.plan[i].open != nil {
		s.offered(ctx, start)
	} else if s.n < s.plan[i].hold {
		s.held(ctx)
	}
	s.restUntil(ctx, s.until, stageCut)
}

// offered does the work of each arrival of an open phase.
func (s *session) offered(ctx context.Context, start time.Duration) {
	p := &s.board.phases[s.phase]
	c := s.plan[s.phase].open.Cursor(pace.Share{I: s.n, N: s.size})
	for k := uint64(0); ; k++ {
		after, ok := c.Next()
		if !ok {
			return
		}
		due := start + after
		if !s.restUntil(ctx, due, stageCut) {
			return
		}
		if s.now()-due > s.patience {
			p.dropped.Add(1)
			continue
		}
		s.iterate(ctx, due, k, s.program.work)
	}
}

// held does the work over and over until the phase ends.
func (s *session) held(ctx context.Context) {
	for k := uint64(0); s.now() < s.until && s.restUntil(ctx, s.now(), stageDrain); k++ {
		if !s.iterate(ctx, s.now(), k, s.program.work) && !s.restUntil(ctx, s.now()+failurePause, stageCut) {
			return
		}
	}
}

// failurePause keeps a session of a closed phase from failing as fast as it can.
const failurePause = time.Second

// iterate does steps that are due, as iteration k of the phase, and counts
// how it went; false where it failed or was cut off by the end of the run.
func (s *session) iterate(ctx context.Context, due time.Duration, k uint64, steps []op) bool {
	p := &s.board.phases[s.phase]
	if s.away && s.stage.Load() >= stageDrain { // the end of the run found it logged out, and nothing brings it back
		p.cut.Add(1)
		return false
	}
	p.begun.Add(1)
	// Only now: either the coordinator sees this iteration under way and
	// drains, or this session sees that the run has been cut.
	if s.stage.Load() >= stageCut {
		p.begun.Add(-1)
		return false
	}
	s.reseed(s.phase, k)
	s.begin(due)
	s.back.busy = true
	err := s.all(ctx, steps)
	s.back.busy = false
	s.free = s.now()
	switch {
	case err == nil:
		p.completed.Add(1)
	case errors.Is(err, errStopped) || ctx.Err() != nil:
		s.regain(ctx)
		p.begun.Add(-1)
		p.cut.Add(1)
	default:
		s.erred(err, s.now())
		p.failed.Add(1)
	}
	return err == nil
}

// erred counts an error that met the session, for the phase that it is in.
func (s *session) erred(err error, at time.Duration) {
	s.errors.add(err, at)
	s.board.phases[s.phase].errors.Add(1)
}

// sent records when something was sent that has no answer. With that the step
// is over: the next one is due, and the session free for it, only now.
func (s *session) sent(series int, at time.Duration) {
	s.board.sent(s.phase, series, at-max(s.due, s.free))
	s.free = max(s.now(), s.due)
	s.due = s.free
}

// begin readies the session for steps that are due.
func (s *session) begin(due time.Duration) {
	s.due = due
	s.free = max(s.free, due)
	clear(s.arrived)
}

func (s *session) all(ctx context.Context, steps []op) error {
	for _, o := range steps {
		if s.stage.Load() >= stageLeave && !s.leaving {
			return errStopped
		}
		if err := o.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// leave runs the scenario's stop.
func (s *session) leave(ctx context.Context) {
	if s.conn.Load() == nil || ctx.Err() != nil {
		return
	}
	s.phase, s.leaving, s.back.busy = s.drainPhase(), true, true
	s.begin(s.now())
	s.settleAcks(ctx)
	if err := s.all(ctx, s.program.stop); err != nil && ctx.Err() == nil {
		s.erred(err, s.now())
	}
}

// reseed makes the draws of an iteration its own, so that they do not depend
// on how the ones before it went.
func (s *session) reseed(phase int, k uint64) { reseed(s.pcg, s.seed, phase, s.n, k) }

func reseed(pcg *rand.PCG, seed uint64, phase, n int, k uint64) {
	// Odd multipliers spread the coordinates over the state's words.
	pcg.Seed(seed^uint64(phase+1)*0x9e3779b97f4a7c15, uint64(n)*0xd1342543de82ef95+k)
}
