package report

import (
	"fmt"
	"math"
	"strconv"

	"xmpprig/results"
)

// objectiveHead and objectiveCells are the columns of the table of objectives.
func objectiveHead() []string {
	return []string{"objective", "outcome", "observed", "bound", "samples"}
}

func objectiveCells(o results.Objective) []string {
	observed, samples := absent, absent
	if o.Observed != nil {
		observed = bounded(*o.Observed, o.Bound, o.Unit)
	}
	switch {
	case o.Windows != nil:
		samples = windowCounts(o.Windows)
	case o.Samples > 0:
		samples = count(o.Samples)
	}
	return []string{line(o.Text, 60), outcome(o), observed, inUnit(o.Bound, o.Unit), samples}
}

// windowCounts says how the windows of an objective did: "10/12 windows of 5.00 s, 1 undecided".
func windowCounts(w *results.Windows) string {
	s := fmt.Sprintf("%d/%d windows of %s", w.Held, w.Held+w.Missed+w.Undecided, latency(float64(w.LengthNS)))
	if w.Undecided > 0 {
		s += fmt.Sprintf(", %d undecided", w.Undecided)
	}
	return s
}

// outcome says in a word whether an objective was kept.
func outcome(o results.Objective) string {
	switch {
	case o.AbortedNS > 0:
		return "MISSED, and ended the run"
	case o.Undecided:
		return "undecided"
	case o.Passed:
		return "met"
	}
	return "MISSED"
}

// bounded writes what was observed so that it never looks like the bound when
// it is not.
func bounded(observed, bound float64, unit string) string {
	s := inUnit(observed, unit)
	if observed == bound || s != inUnit(bound, unit) {
		return s
	}
	return exactly(observed, unit)
}

// inUnit writes a figure of an objective: results.Objective has the units.
func inUnit(v float64, unit string) string {
	switch unit {
	case "ns":
		return latency(v)
	case "B":
		return size(v)
	case "/s":
		return decimal(v) + "/s"
	case "":
		return decimal(v)
	}
	return plainly(v) + " " + line(unit, 8)
}

// exactly writes a figure with all its digits.
func exactly(v float64, unit string) string {
	switch unit {
	case "ns":
		return plainly(v/1e6) + " ms"
	case "B":
		return count(int64(v)) + " B"
	case "/s":
		return plainly(v) + "/s"
	}
	return strconv.FormatFloat(v, 'g', -1, 64) + " " + line(unit, 8)
}

// plainly writes up to six decimals: shares and CPUs are small numbers.
func plainly(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

func objectiveTable(run *results.Run) *tableRows {
	t := &tableRows{Head: objectiveHead()}
	for _, o := range run.Objectives {
		t.Rows = append(t.Rows, objectiveCells(o))
	}
	return t
}

// objectives lists what the run had to keep, if it had to keep anything.
func (t *summary) objectives(run *results.Run) {
	if len(run.Objectives) == 0 {
		return
	}
	t.section("Objectives" + limitedMark(run))
	tab := &table{left: map[int]bool{1: true}}
	tab.add(objectiveHead()...)
	for _, o := range run.Objectives {
		tab.add(objectiveCells(o)...)
	}
	t.table(tab)
}
