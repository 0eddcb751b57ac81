package report

import (
	"strings"

	"xmpprig/results"
)

// verdictTitle is the first thing a report says.
func verdictTitle(run *results.Run) string {
	status := strings.ToUpper(run.Verdict.Status)
	if status == "" {
		status = "NO VERDICT"
	}
	return line(status, 40) + ": " + line(nonEmpty(run.Scenario.Name), 60) + " on " + line(serverName(run.Target), 60)
}

// reasons are the verdict's reasons and what the rig found about itself.
func reasons(r *results.Record) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range append(append([]string(nil), r.Run.Verdict.Reasons...), r.Run.Generator.Reasons...) {
		if s = line(s, 500); s != "" && !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

// mostWarnings is how many warnings a report repeats.
const mostWarnings = 12

// warnings are doubts about the record itself.
func warnings(r *results.Record) []string {
	var all []string
	for _, err := range r.Warnings {
		all = append(all, line(err.Error(), 500))
	}
	for _, s := range r.Run.Series {
		where := line(s.Name, 40) + " in " + line(s.Phase, 40) + " (" + line(s.Kind, 20) + "): "
		if s.Clipped > 0 {
			all = append(all, where+count(s.Clipped)+" took longer than the histogram's hour and count as one hour")
		}
		if s.Negative > 0 {
			all = append(all, where+count(s.Negative)+" were below zero, so a clock went backwards, and count as zero")
		}
	}
	if n := len(all) - mostWarnings; n > 0 {
		all = append(all[:mostWarnings], "and "+plural(int64(n), "more warning"))
	}
	return all
}

// advice says what to do next.
func advice(run *results.Run) []string {
	var next []string
	if generatorLimited(run) {
		next = append(next, "Do not quote these figures: they describe the rig. Lower the rate or the number of sessions, "+
			"give the rig more CPU, or keep other work off its machine, and run again.")
	}
	if run.Verdict.Status == results.StatusIncomplete {
		next = append(next, "The record ends early and its figures cover only what was run. Run it again to its end before comparing it with others.")
	}
	next = append(next, findingsAdvice(run)...)
	if len(next) == 0 && run.Verdict.Status == results.StatusFailed {
		next = append(next, "Read the reasons above and the latency below; lower the load until the objective holds to find the limit.")
	}
	if run.Verdict.Status == results.StatusInconclusive {
		next = append(next, "There is too little data to decide. Run longer, or with more load.")
	}
	if _, ok := headline(run); !ok {
		next = append(next, "Nothing was measured. See the errors and the phases for how far the run got.")
	}
	if len(next) == 0 && run.Verdict.Status == results.StatusPassed {
		next = append(next, "The server held this load. Raise the rate or the sessions to find its limit.")
	}
	return next
}

// findingsAdvice points at what went wrong on the server's side.
func findingsAdvice(run *results.Run) []string {
	var next []string
	l := run.Ledger
	if len(run.Server.Crashes) > 0 {
		next = append(next, "The server crashed: its own text is under server cost. Figures after the crash mean nothing.")
	}
	if l.Lost+l.Duplicated+l.Reordered+l.Misdelivered > 0 {
		next = append(next, "Messages went astray: look up the ids of the ledger's samples in the server's log.")
	}
	if len(run.Errors) > 0 {
		next = append(next, "Read the errors by class: the first seconds of the first class usually name the cause.")
	}
	return next
}
