package oracle

import (
	"cmp"
	"slices"
	"strings"
)

// failed is what one process of Erlang that fails is called, in whichever of its reports that is told first.
const failed = "process failed"

// erlangReports are the kinds of these reports: as it ends, of its crash, and of its supervisor. The first tells most.
func erlangReports() []string {
	return []string{"process terminated", "crash report", "supervisor report"}
}

// distinct leaves out what tells of a failure again. The reports of one process tell what went wrong in different words, but in the
// same functions.
func distinct(all []Failure) (first []Failure) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Failure) int { return cmp.Compare(report(a.Kind), report(b.Kind)) })
	seen := map[string]bool{}
	for _, x := range all {
		key := x.Title
		if report(x.Kind) >= 0 {
			what := strings.TrimPrefix(x.Title, x.Kind)
			x.Title, key = failed+what, failed+what
			if _, where, ok := strings.Cut(what, " in "); ok {
				key = failed + " in " + where
			}
		}
		if !seen[key] {
			seen[key] = true
			first = append(first, x)
		}
	}
	return first
}

// report is which of the reports a kind is, or -1.
func report(kind string) int { return slices.Index(erlangReports(), kind) }
