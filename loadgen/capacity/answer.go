package capacity

import (
	"fmt"
	"math"
	"strconv"

	"xmpprig/results"
)

// Text writes a load: "1234/s", "500 sessions".
func Text(load float64, unit string) string {
	return strconv.FormatFloat(load, 'f', -1, 64) + unit
}

// answer is the search's outcome so far.
func (s *search) answer() results.Answer {
	a := results.Answer{Load: s.levels.lo(), Missed: s.levels.hi(), Confirmed: s.proven, Stop: s.stop}
	a.Limited = s.levels.limited() || s.blocked
	if s.denied {
		a.Missed, a.Load = a.Load, 0
		a.Stop += ", and longer trials did not pass even at " + s.text(s.shaped(s.levels.lo()*math.Pow(confirmAt, 3)))
	} else if s.proven > 0 && s.proven < s.shaped(a.Load*confirmAt) {
		a.Stop += fmt.Sprintf("; but in longer trials only %s passed", s.text(s.proven))
		a.Missed, a.Load = a.Load*confirmAt, s.proven
	}
	a.AtLeast = a.Load > 0 && (a.Limited || a.Missed == 0 || s.broken)
	if s.blocked {
		a.Stop += "; the rig was the limit of the longer trial"
	}
	a.Text = s.sentence(a)
	return a
}

func (s *search) sentence(a results.Answer) string {
	switch {
	case a.Load == 0 && a.Limited:
		return fmt.Sprintf("no answer: the rig was the limit at %s already", s.text(a.Missed))
	case a.Load == 0 && a.Missed == 0:
		return "no answer: no trial came to its end"
	case a.Load == 0:
		return fmt.Sprintf("no load was sustained: %s was too much", s.text(round4(a.Missed)))
	case a.Limited:
		return fmt.Sprintf("≥ %s, generator-limited: that much passed, and above it the rig was the limit", s.text(a.Load))
	case a.AtLeast:
		return fmt.Sprintf("≥ %s: that much passed, and where the limit lies was not found", s.text(a.Load))
	}
	return fmt.Sprintf("%s: that much passed, and %s did not", s.text(a.Load), s.text(round4(a.Missed)))
}

// code is how the search ends.
func (s *search) code() results.ExitCode {
	a := s.answer()
	switch {
	case a.Limited:
		return results.ExitLimited
	case s.broken:
		return results.ExitInconclusive
	case a.Load == 0:
		return results.ExitObjective
	case s.proven == 0:
		return results.ExitInconclusive
	}
	return results.ExitPass
}
