package features

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// Missing names each step of a scenario that needs what the server does not
// offer, with its place. It is empty where the scenario can be run.
func Missing(o *results.Offered, s *scenarios.Scenario) scenarios.Errors {
	var all scenarios.Errors
	table := Table()
	for _, steps := range [][]scenarios.Step{s.Session.Start, s.Session.Work, s.Session.Stop} {
		for step := range scenarios.All(steps) {
			for _, f := range table {
				if e := f.lacking(o, s, step); e != nil {
					all = append(all, e)
				}
			}
			if e := mechanism(o, s, step); e != nil {
				all = append(all, e)
			}
		}
	}
	return all
}

func (f Feature) lacking(o *results.Offered, s *scenarios.Scenario, step scenarios.Step) *scenarios.Error {
	if f.needs == nil {
		return nil
	}
	key, needed := f.needs(s, step)
	offered, known := f.Offers(o)
	if !needed || offered || !known {
		return nil
	}
	what := "the step " + scenarios.StepName(step)
	if key != "" {
		what = fmt.Sprintf("the key %s of the step %s", key, scenarios.StepName(step))
	}
	return s.Fault(step.Common().Pos, fmt.Sprintf("%s needs %s (%s), which the server does not offer", what, f.Name, f.Spec), "leave it out, or choose another --server")
}

// mechanism is what a login step lacks.
func mechanism(o *results.Offered, s *scenarios.Scenario, step scenarios.Step) *scenarios.Error {
	l, ok := step.(scenarios.Login)
	if !ok || l.Mechanism == "" || len(o.Mechanisms) == 0 || slices.Contains(o.Mechanisms, l.Mechanism) {
		return nil
	}
	return s.Fault(l.Pos, fmt.Sprintf("the step login needs the mechanism %s, which the server does not offer", l.Mechanism),
		"it offers "+strings.Join(o.Mechanisms, ", "))
}
