package compare

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/results"
)

// Unfit says why a run cannot be compared with any; empty: it can.
func Unfit(r *results.Run) string {
	switch results.ExitCode(r.Verdict.ExitCode) {
	case results.ExitPass, results.ExitObjective, results.ExitInconclusive, results.ExitRegression:
	case results.ExitLimited:
		return "the rig was the limit, not the server"
	default:
		return "it did not come to a good end"
	}
	if r.Unfinished {
		return "it was not finished"
	}
	if r.Generator.Limited {
		return "the rig was the limit, not the server"
	}
	return ""
}

// condition is something that must be the same in all runs.
type condition struct {
	what string
	of   func(*results.Run) string
}

func conditions() []condition {
	return []condition{
		{"scenario", func(r *results.Run) string { return r.Scenario.Name }},
		{"load", func(r *results.Run) string { return loadOf(r.Scenario.Source) }},
		{"number of sessions", func(r *results.Run) string { return fmt.Sprint(r.Sessions.Wanted) }},
		{"machine", func(r *results.Run) string {
			e := r.Environment
			return fmt.Sprintf("%s %s, %s, %d CPUs, %.2g of them usable", e.OS, e.Arch, e.CPUModel, e.CPUs, e.CPUQuota)
		}},
		{"version of xmpprig", func(r *results.Run) string { return strings.TrimSpace(r.Tool.Version + " " + r.Tool.Commit) }},
		{"key cache", func(r *results.Run) string { return fmt.Sprint(r.Target.KeyCache) }},
	}
}

// loadOf is a scenario without its target, which is what may differ: the block of that name is left out.
func loadOf(source string) string {
	var kept []string
	inside := false
	for line := range strings.Lines(source) {
		if line != "" && line[0] != ' ' && line[0] != '-' && line[0] != '#' {
			inside = strings.HasPrefix(line, "target:")
		}
		if !inside {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// differences are the conditions that are not the same in all runs, and the runs that are fit for no comparison.
func differences(base, head []*results.Run) (all []string) {
	runs := slices.Concat(base, head)
	for _, c := range conditions() {
		first := c.of(runs[0])
		for _, r := range runs[1:] {
			if got := c.of(r); got != first {
				all = append(all, differs(c.what, first, got))
				break
			}
		}
	}
	unfit := map[string]int{}
	var whys []string
	for _, r := range runs {
		if why := Unfit(r); why != "" {
			if unfit[why] == 0 {
				whys = append(whys, why)
			}
			unfit[why]++
		}
	}
	for _, why := range whys {
		all = append(all, fmt.Sprintf("%d of %d runs: %s", unfit[why], len(runs), why))
	}
	return all
}

// mixed says that a side is of more than one server: what differs within it is no noise. Where a server is started anew for each run,
// it has another port each time.
func mixed(side string, runs []*results.Run) []string {
	of := func(r *results.Run) string {
		t := r.Target
		if t.Driver != "remote" {
			t.Address = ""
		}
		return strings.Join(strings.Fields(strings.Join(append([]string{t.Driver, t.Software, t.Version, t.Address, t.TLS, loginOf(t), t.Mechanism, t.Config}, t.Faults...), " ")), " ")
	}
	for _, r := range runs[1:] {
		if of(r) != of(runs[0]) {
			return []string{differs("server within the "+side, of(runs[0]), of(r))}
		}
	}
	return nil
}

// mispaired says that the runs of a pair were not made together.
func mispaired(base, head []*results.Run) []string {
	for i := range base {
		if b, h := base[i].Repeat, head[i].Repeat; b != nil && h != nil && b.Number != h.Number {
			return []string{fmt.Sprintf("as pair %d there are run %d of the base and run %d of the head", i+1, b.Number, h.Number)}
		}
	}
	return nil
}

func differs(what, a, b string) string {
	if len(a)+len(b) > 160 || strings.Contains(a+b, "\n") {
		return "the " + what + " differs"
	}
	return fmt.Sprintf("the %s differs: %s and %s", what, a, b)
}
