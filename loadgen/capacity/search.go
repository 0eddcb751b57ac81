package capacity

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"xmpprig/results"
)

// Options says what to search.
type Options struct {
	Start  float64       // the first load
	Max    float64       // the highest that is tried
	Within float64       // how near the answer is to be: 0.05 is 5 %
	Whole  bool          // loads are whole numbers
	Unit   string        // "/s", " sessions"
	Budget time.Duration // no trial is begun later; 0: no bound
	Now    func() time.Time
	After  func(Found) // called after each trial with what is known so far; may be nil
}

// Next is a trial to be made.
type Next struct {
	Load   float64
	Repeat int
	Kind   string // of results.Trial
}

// Trier makes a trial. An error ends the search.
type Trier func(ctx context.Context, n Next) (results.Trial, error)

// Found is what a search found.
type Found struct {
	Trials []results.Trial
	Answer results.Answer
	Code   results.ExitCode // pass, generator-limited, inconclusive; incomplete where it was broken off
}

// confirmAt is the share of the answer at which it is confirmed.
const confirmAt = .95

const (
	mostTrials = 80
	lowest     = 1.0 / 64 // of the start: where the search for a load that passes ends
)

// Search looks for the highest load that passes. The error is that of a trial; what was found till then is returned with it.
func Search(ctx context.Context, o Options, try Trier) (Found, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &search{o: o, try: try, began: o.Now(), levels: &levels{}}
	err := s.run(ctx)
	return Found{s.trials, s.answer(), s.code()}, err
}

type search struct {
	o       Options
	try     Trier
	began   time.Time
	levels  *levels
	trials  []results.Trial
	stop    string  // why it ended
	broken  bool    // before it was at its end
	top     bool    // the highest load allowed passed
	proven  float64 // the load of the confirming trial that passed
	denied  bool    // none passed
	blocked bool    // by the rig
	steps   int     // upwards since the border was thought to be found
}

func (s *search) run(ctx context.Context) error {
	for s.stop == "" {
		load, done := s.next()
		if done {
			break
		}
		if err := s.once(ctx, Next{load, s.levels.votes(load), results.TrialSearch}); err != nil {
			return err
		}
	}
	if lo := s.levels.lo(); lo > 0 && !s.broken {
		return s.confirm(ctx, lo)
	}
	return nil
}

// once makes a trial unless the search has to end.
func (s *search) once(ctx context.Context, n Next) error {
	switch {
	case ctx.Err() != nil:
		s.cut("it was broken off")
		return context.Cause(ctx)
	case s.o.Budget > 0 && s.o.Now().Sub(s.began) >= s.o.Budget:
		s.cut(fmt.Sprintf("the budget of %v was used up", s.o.Budget))
		return nil
	case len(s.trials) >= mostTrials:
		s.cut(fmt.Sprintf("%d trials did not settle it", mostTrials))
		return nil
	}
	t, err := s.try(ctx, n)
	if err != nil {
		s.cut("a trial could not be made: " + err.Error())
		return err
	}
	t.N, t.Load, t.Repeat, t.Kind = len(s.trials)+1, n.Load, n.Repeat, n.Kind
	s.trials = append(s.trials, t)
	if n.Kind == results.TrialSearch {
		s.levels.add(t)
	}
	if s.o.After != nil {
		s.o.After(Found{s.trials, s.answer(), s.code()})
	}
	return nil
}

func (s *search) cut(why string) { s.stop, s.broken = why, true }

// next is the load of the next trial; true where the search is at its end.
func (s *search) next() (load float64, done bool) {
	l := s.levels
	if load, open := l.undecided(s.border()); open {
		return load, false
	}
	lo, hi := l.lo(), l.hi()
	switch {
	case lo == 0 && hi == 0:
		return s.shaped(s.o.Start), false
	case hi == 0 && lo >= s.o.Max:
		s.top, s.stop = true, fmt.Sprintf("%s is the highest load allowed, and passed", s.text(lo))
		return 0, true
	case hi == 0:
		return s.shaped(min(s.o.Max, lo*s.growth())), false
	case lo == 0:
		if load = s.shaped(hi / 2); load >= hi || load < s.o.Start*lowest {
			s.stop = fmt.Sprintf("not even %s passed", s.text(hi))
			return 0, true
		}
		return load, false
	}
	load = s.shaped(math.Sqrt(lo * hi))
	if hi-lo <= s.o.Within/2*hi || load <= lo || load >= hi {
		if load, open := l.undecided(1); open {
			return load, false
		}
		s.stop = fmt.Sprintf("%s passed and %s did not, which is within %.3g %%", s.text(lo), s.text(hi), 100*(hi-lo)/hi)
		return 0, true
	}
	return load, false
}

// border is how near, as a ratio, the ends have to be for trials to be repeated.
func (s *search) border() float64 { return 1 + 5*s.o.Within }

// growth is the step upwards: a doubling, but small at first where the border was thought to be found, and then wider and wider.
func (s *search) growth() float64 {
	if !s.levels.refuted {
		return 2
	}
	s.steps++
	return min(2, math.Pow(1+2*s.o.Within, float64(int(1)<<min(s.steps-1, 8))))
}

func (s *search) shaped(load float64) float64 {
	if s.o.Whole {
		return max(1, math.Round(load))
	}
	return round4(load)
}

// round4 keeps four digits, which are easier to read and to ask for again.
func round4(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// confirm makes the longer trial, and goes lower where it does not pass.
func (s *search) confirm(ctx context.Context, lo float64) error {
	for step := range 3 {
		load := s.shaped(lo * math.Pow(confirmAt, float64(step+1)))
		var votes level
		for !votes.decided() {
			before := len(s.trials)
			err := s.once(ctx, Next{load, votes.n(), results.TrialConfirm})
			if err != nil || len(s.trials) == before {
				return err
			}
			votes.add(s.trials[before])
		}
		switch votes.outcome() {
		case results.TrialPassed:
			s.proven = load
			return nil
		case results.TrialLimited:
			s.blocked = true
			return nil
		}
	}
	s.denied = true
	return nil
}

func (s *search) text(load float64) string { return Text(load, s.o.Unit) }
