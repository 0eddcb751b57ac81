package scenarios

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"
)

// notes points out what may surprise.
func (p *Plan) notes() {
	s := p.Scenario
	note := func(format string, a ...any) { p.Notes = append(p.Notes, fmt.Sprintf(format, a...)) }
	if users := s.UserCount(); users > s.Load.Sessions {
		note("%d of %d users never log in; what is sent to them is stored or refused by the server", users-s.Load.Sessions, users)
	}
	busy, highest := s.expect(s.Session.Work, 0).seconds, 0.0
	for _, phase := range p.Phases {
		if phase.Kind == "open" {
			highest = max(highest, phase.Rate)
		}
	}
	if atOnce := busy * highest; atOnce > float64(s.Load.Sessions) {
		note("work waits %.3gs on average, so %.4g/s would keep %.0f sessions at work and there are %d: arrivals will have to wait",
			busy, highest, atOnce, s.Load.Sessions)
	}
	p.roomNotes(note)
	if s.Load.WarmUp == 0 {
		note("without a warm-up the first phase holds the server's first steps too")
	}
}

// Explain writes the plan of a run that starts at now, for people to read.
func (p Plan) Explain(w io.Writer, now time.Time) error {
	s := p.Scenario
	fmt.Fprintf(w, "%s: %s\n", s.Name, cmp.Or(s.Description, "no description"))
	fmt.Fprintf(w, "%d sessions of %d users of %s on %s, %sTLS %s, %s%s\n%s\n", s.Load.Sessions, s.UserCount(), s.Target.Domain,
		s.Target.Server, over(s.Target.Transport), s.Target.TLS, loginBy(s.Target.Login), cmp.Or(s.Target.Mechanism, "the strongest mechanism offered"), s.Elsewhere.explain(s))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "phase\tkind\tlasts\tsessions\trate\tarrivals\tmessages\t")
	for _, phase := range p.Phases {
		fmt.Fprintf(t, "%s\t%s\t%v\t%s\t%s\t%s\t%s\t\n", phase.Name, phase.Kind, phase.Duration.Round(time.Millisecond),
			count(float64(phase.Sessions), false), ratePlan(phase.Rate), count(phase.Arrivals, phase.Bound), count(phase.Messages, phase.Bound))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("explain the plan: %w", err)
	}
	fmt.Fprintf(w, "\nmessages: %s; file descriptors: %d; memory of the sessions: about %.1f MiB\n",
		cmp.Or(count(p.Messages, p.Bound), "none"), p.Descriptors, float64(p.Memory)/(1<<20))
	for _, o := range s.Objectives {
		fmt.Fprintf(w, "objective: %s\n", o.Text)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	_, err := fmt.Fprintf(w, "lasts at most %v, until %s\n", p.Duration.Round(time.Millisecond), now.Add(p.Duration).Format("15:04:05"))
	if err != nil {
		return fmt.Errorf("explain the plan: %w", err)
	}
	return nil
}

// count writes an expected number; bound says that it is the most there can be.
func count(v float64, bound bool) string {
	switch {
	case v == 0:
		return ""
	case math.IsInf(v, 1):
		return "unbounded"
	case bound:
		return fmt.Sprintf("≤ %.0f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func ratePlan(v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf("%.6g/s", v)
}

// over names a transport that is not TCP.
func over(transport string) string {
	if transport == "" {
		return ""
	}
	return "over " + transport + ", "
}
