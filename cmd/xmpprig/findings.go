package main

import (
	"errors"
	"fmt"

	"xmpprig/loadgen/capacity"
	"xmpprig/results"
)

// judgeAll works out what the trials say beside the answer, and the verdict.
func (w *trials) judgeAll(code results.ExitCode, err error) {
	c := &w.head
	c.RanOut = capacity.RanOut(c.Trials, c.Answer, capacity.Machine{CPUs: c.Environment.CPUs, Memory: c.Environment.MemoryBytes, Files: c.Environment.OpenFiles})
	if w.plan.fixed && (w.vary == "sessions" || w.vary == "rooms") {
		c.NoUSL = "the rate was held, so throughput does not follow the number of " + w.vary
	} else {
		c.USL, c.NoUSL = capacity.FitUSL(w.points(), c.Seed)
	}
	c.Knee = capacity.FindKnee(c.Trials)
	if w.vary != "login" {
		c.Needs = capacity.NeedsOf(c.Trials, c.Answer, c.PerSession)
	}
	w.doubts()
	reasons := []string{c.Answer.Text, c.Answer.Stop}
	if err != nil {
		code = results.Worst(code, endOf(err), results.ExitIncomplete)
	}
	if len(c.RanOut) > 0 && c.RanOut[0].Short {
		reasons = append(reasons, "first short: "+c.RanOut[0].Text)
	}
	c.Verdict = results.Verdict{Status: code.Status(), ExitCode: int(code), Reasons: reasons}
}

// endOf is the exit code of an error, which may be a signal.
func endOf(err error) results.ExitCode {
	if signal, ok := errors.AsType[stopped](err); ok {
		return signal.code
	}
	return exitCode(err)
}

// points are those of the trials that the server kept up with.
func (w *trials) points() (all []capacity.Point) {
	for _, t := range w.head.Trials {
		if t.Class != results.TrialPassed && t.Class != results.TrialMissed || t.KeptUp < .98 || t.Kind == results.TrialRecover {
			continue
		}
		n := t.Achieved * t.MeanNS / 1e9
		if w.vary == "sessions" || w.vary == "rooms" {
			n = float64(t.Sessions)
		}
		all = append(all, capacity.Point{N: n, X: t.Achieved})
	}
	return all
}

// doubts warns of what weakens the answer.
func (w *trials) doubts() {
	c := &w.head
	undecided, limited := 0, 0
	for _, t := range c.Trials {
		if t.Class == results.TrialPassed && t.Series > 0 && t.P99NS == 0 && t.Load > .8*c.Answer.Load {
			undecided++
		}
		if t.Class == results.TrialLimited {
			limited++
		}
	}
	if undecided > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%d trials near the answer had too few answers for a 99th percentile: longer ones (--trial) have more", undecided))
	}
	if limited > 0 && !c.Answer.Limited {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%d trials were limited by the rig, and count for nothing", limited))
	}
}
