package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"xmpprig/results"
)

// step is what the record holds of one step of the scenario in one phase.
type step struct {
	Name, Phase       string
	Response, Service *results.Series // nil where not recorded
}

// samples is how many answers the step got.
func (s step) samples() int64 {
	switch {
	case s.Response != nil:
		return s.Response.Count
	case s.Service != nil:
		return s.Service.Count
	}
	return 0
}

// isLogin reports whether a series belongs to logging in: "login" or one of
// its stages, such as "login.tls".
func isLogin(name string) bool { return name == "login" || strings.HasPrefix(name, "login.") }

// steps groups the response and service series of the wanted ones by step
// and phase, in the order of the record.
func steps(run *results.Run, wanted func(results.Series) bool) []step {
	type key struct{ name, phase string }
	at := map[key]int{}
	var found []step
	for i := range run.Series {
		s := &run.Series[i]
		if s.Kind == results.Lag || !wanted(*s) {
			continue
		}
		k := key{s.Name, s.Phase}
		if _, ok := at[k]; !ok {
			at[k] = len(found)
			found = append(found, step{Name: s.Name, Phase: s.Phase})
		}
		if s.Kind == results.Response {
			found[at[k]].Response = s
		} else {
			found[at[k]].Service = s
		}
	}
	return found
}

// measuredSteps are the steps of the phases whose figures count; logins that
// happened there (reconnects) are left to loginSteps.
func measuredSteps(run *results.Run) []step {
	return steps(run, func(s results.Series) bool { return measuredPhase(run, s.Phase) && !isLogin(s.Name) })
}

// loginSteps are the stages of logging in, in the order of the protocol, and
// then the whole; phase by phase.
func loginSteps(run *results.Run) []step {
	order := []string{"login.connect", "login.tls", "login.resumed", "login.upgrade", "login.sasl", "login.fast", "login.bind"}
	rank := func(s step) int {
		switch at := slices.Index(order, s.Name); {
		case s.Name == "login":
			return len(order) + 1
		case at < 0:
			return len(order)
		default:
			return at
		}
	}
	var phases []string
	all := steps(run, func(s results.Series) bool { return isLogin(s.Name) })
	for _, s := range all {
		phases = append(phases, s.Phase)
	}
	slices.SortStableFunc(all, func(a, b step) int {
		return cmp.Or(cmp.Compare(slices.Index(phases, a.Phase), slices.Index(phases, b.Phase)), cmp.Compare(rank(a), rank(b)))
	})
	return all
}

// isMeasured reports whether a phase counts for the figures of the run. A
// phase that was rebuilt after a kill has no kind, and is judged by its name.
func isMeasured(p results.Phase) bool {
	switch kind := cmp.Or(p.Kind, p.Name); kind {
	case results.PhaseLogin, results.PhaseWarmUp, results.PhaseDrain:
		return false
	default:
		return true
	}
}

func measuredPhase(run *results.Run, name string) bool {
	p, ok := phaseNamed(run, name)
	if !ok {
		p.Name = name
	}
	return isMeasured(p)
}

// phaseNamed finds a phase of the run by name.
func phaseNamed(run *results.Run, name string) (results.Phase, bool) {
	for _, p := range run.Phases {
		if p.Name == name {
			return p, true
		}
	}
	return results.Phase{}, false
}

// headline picks the step that most of the run's measured answers belong to;
// in a run that measured nothing but logins, the login. It reports false
// where there is no sample at all.
func headline(run *results.Run) (step, bool) {
	best, ok := largest(measuredSteps(run))
	if !ok {
		best, ok = largest(steps(run, func(s results.Series) bool { return s.Name == "login" }))
	}
	return best, ok
}

func largest(of []step) (step, bool) {
	var best step
	for _, s := range of {
		if s.Response != nil && s.Response.Count > 0 && (best.Response == nil || s.Response.Count > best.Response.Count) {
			best = s
		}
	}
	return best, best.Response != nil
}

// others are the remaining measured steps, each in the phase where it has
// most samples, largest first, at most n.
func others(run *results.Run, head step, n int) []step {
	var rest []step
	taken := map[string]bool{head.Name: true}
	for len(rest) < n {
		var left []step
		for _, s := range measuredSteps(run) {
			if !taken[s.Name] {
				left = append(left, s)
			}
		}
		next, ok := largest(left)
		if !ok {
			break
		}
		taken[next.Name] = true
		rest = append(rest, next)
	}
	return rest
}

// length is how long a phase took; one still under way when the record ends
// lasts until there.
func length(p results.Phase, end time.Duration) time.Duration {
	return phaseEnd(p, end) - time.Duration(p.StartNS)
}

func phaseEnd(p results.Phase, end time.Duration) time.Duration {
	if p.EndNS > p.StartNS {
		return time.Duration(p.EndNS)
	}
	return max(end, time.Duration(p.StartNS))
}

// recordEnd is the last instant the record tells about.
func recordEnd(r *results.Record) time.Duration {
	end := time.Duration(r.Run.ElapsedNS)
	for _, p := range r.Run.Phases {
		end = max(end, time.Duration(p.EndNS))
	}
	if n := len(r.Ticks); n > 0 {
		end = max(end, r.Ticks[n-1].At)
	}
	for _, in := range r.Intervals {
		end = max(end, in.Start+in.Length)
	}
	return end
}

// generatorLimited reports that the figures describe the rig.
func generatorLimited(run *results.Run) bool {
	return run.Generator.Limited || run.Verdict.Status == results.StatusLimited
}
