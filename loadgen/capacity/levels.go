package capacity

import (
	"slices"

	"xmpprig/results"
)

// level is the votes of the trials at one load.
type level struct {
	load                  float64
	passed, missed, limit int
	clear                 bool // one of them left no doubt
}

func (l *level) add(t results.Trial) {
	switch t.Class {
	case results.TrialPassed:
		l.passed++
	case results.TrialLimited:
		l.limit++
	default:
		l.missed++
	}
	l.clear = l.clear || t.Clear
}

func (l *level) n() int { return l.passed + l.missed + l.limit }

// outcome is what most of the trials say of the server; those that the rig limited have no vote. Where as many passed as did not, they
// did not.
func (l *level) outcome() string {
	switch {
	case l.passed > l.missed:
		return results.TrialPassed
	case l.missed == 0:
		return results.TrialLimited
	}
	return results.TrialMissed
}

const (
	mostVotes   = 5
	mostLimited = 3
)

// decided says that no more trials are needed: one clear one, two that agree, the best of three where the third agrees with two, else of
// five. What the rig limited is tried again, but not for ever.
func (l *level) decided() bool {
	if l.passed+l.missed == 0 {
		return l.limit >= mostLimited
	}
	lead := max(l.passed-l.missed, l.missed-l.passed)
	return l.clear && min(l.passed, l.missed) == 0 || lead >= 2 || l.passed+l.missed >= mostVotes || l.n() >= mostVotes+mostLimited
}

// levels is all loads that were tried in the search.
type levels struct {
	all     []level // by load
	refuted bool    // a load that did not pass did so when it was tried again
}

func (l *levels) add(t results.Trial) {
	i, found := slices.BinarySearchFunc(l.all, t.Load, func(a level, load float64) int {
		switch {
		case a.load < load:
			return -1
		case a.load > load:
			return 1
		}
		return 0
	})
	if !found {
		l.all = slices.Insert(l.all, i, level{load: t.Load})
	}
	before := l.all[i].n() > 0 && l.all[i].outcome() != results.TrialPassed
	l.all[i].add(t)
	if before && l.all[i].outcome() == results.TrialPassed {
		l.refuted = true
	}
}

func (l *levels) at(load float64) *level {
	for i := range l.all {
		if l.all[i].load == load {
			return &l.all[i]
		}
	}
	return nil
}

func (l *levels) votes(load float64) int {
	if at := l.at(load); at != nil {
		return at.n()
	}
	return 0
}

// hi is the lowest load that did not pass and that no higher one speaks against; 0: none. A load that passed with more votes than a lower
// one missed with is believed.
func (l *levels) hi() float64 {
	hi := 0.0
	for i := len(l.all) - 1; i >= 0; i-- {
		at := &l.all[i]
		if at.outcome() == results.TrialPassed {
			if l.believed(i) {
				break
			}
			continue
		}
		hi = at.load
	}
	return hi
}

// believed says that load i, which passed, has more votes than any lower one that did not.
func (l *levels) believed(i int) bool {
	for _, lower := range l.all[:i] {
		if lower.outcome() != results.TrialPassed && max(lower.missed, min(1, lower.limit)) >= l.all[i].passed {
			return false
		}
	}
	return true
}

// lo is the highest load below hi that passed; 0: none.
func (l *levels) lo() float64 {
	lo, hi := 0.0, l.hi()
	for i := range l.all {
		if at := &l.all[i]; (hi == 0 || at.load < hi) && at.outcome() == results.TrialPassed {
			lo = at.load
		}
	}
	return lo
}

// limited says that what stands above lo is the rig's doing.
func (l *levels) limited() bool {
	at := l.at(l.hi())
	return at != nil && at.outcome() == results.TrialLimited
}

// undecided is an end of the interval that needs another trial: where the ends are no further apart than the ratio, or, with a ratio of 1,
// however far. What did not pass for the rig's sake, or at the very first load, is always tried again.
func (l *levels) undecided(ratio float64) (load float64, open bool) {
	lo, hi := l.lo(), l.hi()
	near := ratio == 1 || lo > 0 && hi > 0 && hi/lo <= ratio
	for _, load := range []float64{hi, lo} {
		at := l.at(load)
		if at != nil && !at.decided() && (near || at.limit > 0 || lo == 0 && hi > 0) {
			return load, true
		}
	}
	return 0, false
}
