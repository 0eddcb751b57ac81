package loadgen

import (
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// layPhases makes the board's phases and the plan beside them: login,
// warm-up where wanted, the scenario's own, drain.
func (e *engine) layPhases(s *scenarios.Scenario, seed uint64) {
	n := len(s.Load.Phases) + 2
	if s.Load.WarmUp > 0 {
		n++
	}
	e.board = &board{series: e.program.series, phases: make([]phase, n)}
	e.plan = make([]planned, n)
	e.board.phases[0] = phase{name: results.PhaseLogin, kind: results.PhaseLogin, rate: s.Load.Login.Rate}
	e.plan[0].length = e.rising.length
	i := 1
	if s.Load.WarmUp > 0 {
		e.layPhase(i, warmUp(s), seed)
		e.board.phases[i].kind = results.PhaseWarmUp
		i++
	}
	for _, p := range s.Load.Phases {
		e.layPhase(i, p, seed)
		i++
	}
	last := &e.board.phases[n-1]
	last.name, last.kind = results.PhaseDrain, results.PhaseDrain
}

// warmUp is a run-up to the first phase: its model, at the rate it begins with.
func warmUp(s *scenarios.Scenario) scenarios.Phase {
	p := s.Load.Phases[0]
	p.Name, p.Duration = results.PhaseWarmUp, s.Load.WarmUp
	if p.Open != nil {
		rate := p.Open.Pieces[0].From
		p.Open = &scenarios.Open{Poisson: p.Open.Poisson, Pieces: []scenarios.Piece{{From: rate, To: rate, Duration: p.Duration}}}
	}
	return p
}

func (e *engine) layPhase(i int, p scenarios.Phase, seed uint64) {
	at, plan := &e.board.phases[i], &e.plan[i]
	at.name, plan.length = p.Name, p.Duration
	if p.Open == nil {
		at.kind = results.PhaseClosed
		if plan.hold = p.Closed.Sessions; plan.hold == 0 {
			plan.hold = e.size
		}
		return
	}
	at.kind = results.PhaseOpen
	sch := &pace.Schedule{Poisson: p.Open.Poisson, Seed: seed + uint64(i)}
	for _, piece := range p.Open.Pieces {
		sch.Pieces = append(sch.Pieces, pace.Piece{From: piece.From, To: piece.To, For: piece.Duration})
	}
	plan.open = sch
	at.rate = sch.Expected() / p.Duration.Seconds()
}

// timePhases gives every phase its time, the first beginning at start, and
// returns the end of the last one.
func (e *engine) timePhases(start time.Duration) time.Duration {
	e.board.phases[0].end.Store(int64(start))
	for i := e.firstPhase(); i < e.drainPhase(); i++ {
		p := &e.board.phases[i]
		p.start.Store(int64(start))
		start += e.plan[i].length
		p.end.Store(int64(start))
	}
	e.board.phases[e.drainPhase()].start.Store(int64(start))
	return start
}

// cutPhases ends at once what is under way.
func (e *engine) cutPhases(now time.Duration) {
	for i := range e.board.phases {
		p := &e.board.phases[i]
		switch {
		case p.start.Load() > int64(now) || i > 0 && p.start.Load() == 0:
			p.start.Store(int64(now))
			p.end.Store(int64(now))
		case p.end.Load() == 0 || p.end.Load() > int64(now):
			p.end.Store(int64(now))
		}
	}
}

// offered is how many arrivals of phase i have come due by now.
func (e *engine) offered(i int, now time.Duration) int64 {
	p := &e.board.phases[i]
	switch {
	case i == 0 && e.program.slots:
		return 0
	case i == 0:
		if end := time.Duration(p.end.Load()); end > 0 {
			now = min(now, end)
		}
		return e.plan[0].offered.by(now)
	case e.plan[i].open == nil:
		return p.begun.Load()
	case p.start.Load() == 0 || now < e.start(i):
		return 0
	}
	return e.plan[i].offered.by(min(now, time.Duration(p.end.Load())) - e.start(i))
}

// counts is phase i as the record has it.
func (e *engine) counts(i int, now time.Duration) results.Phase {
	p := &e.board.phases[i]
	r := results.Phase{
		Name: p.name, Kind: p.kind, Rate: p.rate, StartNS: p.start.Load(), EndNS: p.end.Load(),
		Completed: p.completed.Load(), Failed: p.failed.Load(), Dropped: p.dropped.Load(), Errors: p.errors.Load(),
	}
	r.Offered = max(e.offered(i, now), r.Completed+r.Failed+r.Dropped)
	return r
}
