package capacity

import (
	"fmt"
	"time"

	"xmpprig/results"
)

// Judging is what a trial's record is judged by.
type Judging struct {
	Series string // whose times count
	Calm   int64  // median service time at a load that passed easily, in nanoseconds; 0: not known

	Others float64 // CPUs that others than rig and server used on their machine; negative: not known
}

// Bounds of the judgement.
const (
	keptUp     = .98 // of what came due has to be done while as much more comes due
	farBehind  = .90 // below which there is no doubt
	slower     = 2.0 // times the calm service time: then it is the server that keeps sessions busy
	farFrom    = 2.0 // times the bound of an objective, or its inverse: then there is no doubt
	machine    = .92 // of all CPUs in use by rig and server together
	mostOthers = .20 // of all CPUs in use by others than rig and server
	leastShort = 3   // things that the backlog has to grow by, whatever share that is
)

// Judge says how a trial went, from its record. An ErrorBurst that ended the run early is in why.
func Judge(r *results.Record, j Judging, why string) results.Trial {
	t := measured(r, j)
	t.Class, t.Clear, t.Reason = verdict(r, &t, j, why)
	return t
}

func verdict(r *results.Record, t *results.Trial, j Judging, why string) (class string, clear bool, reason string) {
	run := &r.Run
	if dead := died(run); dead != "" {
		return results.TrialFailed, false, dead
	}
	miss, far := shortfall(run, t, why)
	if miss == "" {
		return results.TrialPassed, calm(run, t), "all objectives kept"
	}
	if rig := rigsFault(run, t, j); rig != "" {
		return results.TrialLimited, false, rig
	}
	return results.TrialMissed, far, miss
}

// died says how the server ended, or the run before it began.
func died(run *results.Run) string {
	if len(run.Server.Crashes) > 0 {
		return "the server crashed: " + run.Server.Crashes[0].Title
	}
	for _, why := range run.Verdict.Reasons {
		if why == "the server under test died" {
			return why
		}
	}
	return ""
}

// shortfall says in which way the server did not sustain the load; empty where it did. Far is beyond doubt.
func shortfall(run *results.Run, t *results.Trial, why string) (miss string, far bool) {
	switch {
	case why != "":
		return why, true
	case t.Refused > 0:
		return fmt.Sprintf("%d of %d sessions did not come up%s", t.Refused, run.Sessions.Wanted, example(run)), true
	case t.KeptUp < keptUp && t.Growth*seconds(t.LengthNS) > leastShort:
		return fmt.Sprintf("the server kept up with %.1f %% of %.4g/s; its backlog grew by %.3g each second", 100*t.KeptUp, t.Offered, t.Growth), t.KeptUp < farBehind
	}
	for _, o := range run.Objectives {
		if !o.Passed && !o.Undecided {
			return o.Reason, distant(o)
		}
	}
	if run.Verdict.Status == results.StatusIncomplete {
		return firstOf(run.Verdict.Reasons, "the run did not come to its end"), false
	}
	return "", false
}

func firstOf(all []string, otherwise string) string {
	if len(all) > 0 {
		return all[0]
	}
	return otherwise
}

// example is the commonest error that is not the consequence of another.
func example(run *results.Run) string {
	most := results.ErrorClass{}
	for _, c := range run.Errors {
		if c.Count > most.Count && c.Class != "not-connected" {
			most = c
		}
	}
	if most.Count == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, %d times)", most.Class, most.Count)
}

// distant says that an objective was missed by far.
func distant(o results.Objective) bool {
	if o.Observed == nil || o.Bound <= 0 {
		return o.Observed != nil && o.Unit != "%"
	}
	return *o.Observed > farFrom*o.Bound || *o.Observed < o.Bound/farFrom
}

// calm says that every objective was kept with room to spare, and the backlog stayed.
func calm(run *results.Run, t *results.Trial) bool {
	if t.KeptUp < .99 {
		return false
	}
	for _, o := range run.Objectives {
		if o.Undecided || o.Observed == nil || o.Unit == "ns" && *o.Observed > o.Bound/farFrom {
			return false
		}
	}
	return true
}

// rigsFault says why the rig is the reason of a trial that did not pass; empty where it is not. A lag that is small beside what was
// measured, and CPU that was left, are no reason; that all sessions were busy is one unless the server was slower than at low load.
func rigsFault(run *results.Run, t *results.Trial, j Judging) string {
	g := run.Generator
	if t.Refused > 0 {
		return "" // whoever turns a session away is not waited for
	}
	if g.CPUMean > g.CPULimit && g.CPULimit > 0 {
		return fmt.Sprintf("the rig used %.0f %% of the CPU it may use (limit %.0f %%)", 100*g.CPUMean, 100*g.CPULimit)
	}
	if late := time.Duration(g.LagP99NS); g.LagLimitNS > 0 && g.LagP99NS > mostLag(run, t) {
		return fmt.Sprintf("the rig sent up to %v late (99th percentile), of %v that answers took", late.Round(10*time.Microsecond), time.Duration(t.P99NS).Round(10*time.Microsecond))
	}
	if full, of := t.RigCPUs+t.ServerCPU, float64(run.Environment.CPUs); t.Observed && of > 0 && full > machine*of && t.RigCPUs > t.ServerCPU {
		return fmt.Sprintf("all %.0f CPUs were in use, and the rig had more of them (%.2f) than the server (%.2f)", of, t.RigCPUs, t.ServerCPU)
	}
	if cpus := float64(run.Environment.CPUs); t.KeptUp >= farBehind && t.Others > mostOthers*cpus && t.Others > (t.RigCPUs+t.ServerCPU)/2 {
		// Whoever has to wait for a CPU is late, but does most of what comes due.
		return fmt.Sprintf("others used %.2f of the machine's %.0f CPUs, so that neither server nor rig had them", t.Others, cpus)
	}
	if busy := dropped(run); busy > 1-keptUp && (j.Calm == 0 || float64(t.ServiceNS) < slower*float64(j.Calm)) {
		return fmt.Sprintf("%.1f %% of what came due was not begun, for all %d sessions were at work, and the server is not known to have been slower than at low load: there may be too few sessions", 100*busy, t.Sessions)
	}
	return ""
}

// mostLag is how late the rig may be without being the reason: a quarter of what answers took. Where the server kept up and was only slow,
// it is a quarter of what answers may take, as on a machine that is short of CPU rig and server are late together.
func mostLag(run *results.Run, t *results.Trial) int64 {
	most := run.Generator.LagLimitNS
	for _, o := range run.Objectives {
		if o.Unit == "ns" && t.KeptUp >= keptUp {
			most = min(most, max(int64(time.Millisecond), int64(o.Bound/4)))
		}
	}
	return most
}

// dropped is the share of arrivals that were never begun.
func dropped(run *results.Run) float64 {
	var of, n int64
	for _, p := range run.Phases {
		if p.Kind == results.PhaseOpen {
			of, n = of+p.Offered, n+p.Dropped
		}
	}
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
