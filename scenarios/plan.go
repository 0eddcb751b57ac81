package scenarios

import (
	"math"
	"time"
)

// What a session takes, measured with all its state, and what the process
// needs beside.
const (
	plainSession = 8 << 10  // bytes of memory
	tlsSession   = 16 << 10 // bytes of memory
	ownFiles     = 32       // descriptors: record, log, server under test
)

// Plan is what a run will do, as far as that does not depend on the server.
type Plan struct {
	Scenario    *Scenario
	Phases      []PhasePlan // with login, warm-up and drain
	Messages    float64     // expected, of all phases; +Inf where nothing bounds it
	Bound       bool        // Messages is the most there can be
	Descriptors int         // open files of the process that makes the load
	Memory      int64       // bytes for the sessions
	Duration    time.Duration
	Notes       []string // what to know before it starts
}

// PhasePlan is one phase of a Plan.
type PhasePlan struct {
	Name     string
	Kind     string // login, open, closed, drain
	Duration time.Duration
	Sessions int     // closed: how many take part
	Rate     float64 // the highest rate, a second; 0 where there is none
	Arrivals float64 // expected; how often work is done in a closed phase
	Messages float64 // expected
	Bound    bool    // Arrivals and Messages are the most there can be: an answering server takes time too
}

// Plan reckons what a run of the scenario will do.
func (s *Scenario) Plan() Plan {
	p := Plan{Scenario: s, Descriptors: s.Load.Sessions + ownFiles, Memory: int64(s.Load.Sessions) * tlsSession}
	if s.Target.TLS == "none" {
		p.Memory = int64(s.Load.Sessions) * plainSession
	}
	if s.Target.Transport == BOSH { // two connections each
		p.Descriptors += s.Load.Sessions
		p.Memory += p.Memory / 2
	}
	p.add(s.planLogin())
	if first := s.Load.Phases[0]; s.Load.WarmUp > 0 {
		p.add(s.planPhase(s.warmUp(first)))
	}
	for _, phase := range s.Load.Phases {
		p.add(s.planPhase(phase))
	}
	stop := s.expect(s.Session.Stop, 0)
	p.add(PhasePlan{Name: "drain", Kind: "drain", Duration: s.Load.Drain, Messages: stop.messages * float64(s.Load.Sessions)})
	p.notes()
	return p
}

func (p *Plan) add(phase PhasePlan) {
	p.Phases = append(p.Phases, phase)
	p.Messages += phase.Messages
	p.Bound = p.Bound || phase.Bound && phase.Messages > 0
	p.Duration += phase.Duration
}

func (s *Scenario) planLogin() PhasePlan {
	if len(s.Session.Start) == 0 {
		return PhasePlan{Name: "login", Kind: "login"}
	}
	start := s.expect(s.Session.Start, 0)
	n := float64(s.Load.Sessions)
	return PhasePlan{Name: "login", Kind: "login", Rate: s.Load.Login.Rate, Arrivals: n, Messages: n * start.messages,
		Duration: seconds(n/s.Load.Login.Rate + start.seconds)}
}

// warmUp is the run-up to the first phase, at its first rate.
func (s *Scenario) warmUp(first Phase) Phase {
	p := Phase{Name: "warm-up", Duration: s.Load.WarmUp, Closed: first.Closed}
	if first.Open != nil {
		r := first.Open.Pieces[0].From
		p.Open = &Open{Poisson: first.Open.Poisson, Pieces: []Piece{{r, r, p.Duration}}}
	}
	return p
}

func (s *Scenario) planPhase(p Phase) PhasePlan {
	if p.Closed != nil {
		return s.planClosed(p)
	}
	plan := PhasePlan{Name: p.Name, Kind: "open", Duration: p.Duration}
	for _, piece := range p.Open.Pieces {
		plan.Rate = max(plan.Rate, piece.From, piece.To)
		plan.Arrivals += (piece.From + piece.To) / 2 * piece.Duration.Seconds()
	}
	plan.Messages = plan.Arrivals * s.expect(s.Session.Work, 0).messages
	return plan
}

// planClosed assumes a server that answers at once, so that only the scenario's
// own waiting slows its sessions down.
func (s *Scenario) planClosed(p Phase) PhasePlan {
	plan := PhasePlan{Name: p.Name, Kind: "closed", Duration: p.Duration, Sessions: p.Closed.Sessions, Bound: true}
	if plan.Sessions == 0 {
		plan.Sessions = s.Load.Sessions
	}
	work := s.expect(s.Session.Work, p.Duration.Seconds())
	plan.Arrivals = float64(plan.Sessions) * max(1, p.Duration.Seconds()/work.seconds)
	if work.endless {
		plan.Arrivals, plan.Bound = float64(plan.Sessions), false
	}
	if work.messages > 0 {
		plan.Messages = plan.Arrivals * work.messages
	}
	return plan
}

// expected is the mean of what some steps do.
type expected struct {
	messages float64
	seconds  float64 // of the scenario's own waiting
	endless  bool    // they last as long as they may
}

// expect reckons what steps do in the time left, in seconds, which matters
// only to an every without times.
func (s *Scenario) expect(steps []Step, left float64) (e expected) {
	for _, step := range steps {
		one := s.expectStep(step, max(0, left-e.seconds))
		e.messages += one.messages
		e.seconds += one.seconds
		e.endless = e.endless || one.endless
	}
	return e
}

func (s *Scenario) expectStep(step Step, left float64) expected {
	switch v := step.(type) {
	case Message, Groupchat:
		return expected{messages: 1}
	case Upload:
		if v.To != nil {
			return expected{messages: 1}
		}
	case Wait:
		return expected{seconds: v.For.Mean()}
	case StopReading:
		return expected{seconds: v.For.Mean()}
	case Repeat:
		one := s.expect(v.Do, 0)
		return expected{messages: float64(v.Times) * one.messages, seconds: float64(v.Times) * one.seconds}
	case Every:
		one, times := s.expect(v.Do, 0), float64(v.Times)
		if v.Times == 0 {
			times = left / v.Interval.Seconds()
		}
		return expected{times * one.messages, max(times*v.Interval.Seconds(), one.seconds), v.Times == 0}
	case Choose:
		return s.expectChoice(v, left)
	}
	return expected{}
}

func (s *Scenario) expectChoice(c Choose, left float64) (e expected) {
	total := 0.0
	for _, o := range c.Options {
		total += o.Weight
	}
	for _, o := range c.Options {
		one, share := s.expect(o.Do, left), o.Weight/total
		e.messages += share * one.messages
		e.seconds += share * one.seconds
		e.endless = e.endless || one.endless
	}
	return e
}

// seconds turns a number of seconds into a duration without overflow.
func seconds(v float64) time.Duration {
	return time.Duration(min(v*float64(time.Second), math.MaxInt64/2))
}
