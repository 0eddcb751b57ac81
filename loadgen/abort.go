package loadgen

import (
	"fmt"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// abortion is the end of a run by an objective that cannot be met any more.
type abortion struct {
	objective int
	at        time.Duration
	by        results.Objective // as it was judged then
}

// consider ends the run where objective i has failed: with windows, when too many have; without, when it is missed by all that was
// measured so far.
func (w *watch) consider(i int, v *windows, now time.Duration, r *results.Run) {
	o := w.o.Scenario.Objectives[i]
	if v != nil {
		if v.hopeless() {
			w.abortion = &abortion{objective: i, at: now}
		}
		return
	}
	j := w.judge(o, r)
	if j.lacks != "" || j.Holds(j.observed) || o.Unit == scenarios.Count && j.observed < o.Bound { // a number of things still grows
		return
	}
	w.abortion = &abortion{objective: i, at: now, by: j.result()}
}

// tell has the objective say that it ended the run. What came after that does not save it.
func (a *abortion) tell(o *results.Objective) {
	if o.Passed || o.Undecided {
		windows := o.Windows
		*o = a.by
		o.Windows = windows
	}
	o.AbortedNS = int64(a.at)
	o.Reason = fmt.Sprintf("aborted after %v: %s", a.at.Round(time.Second), o.Reason)
}
