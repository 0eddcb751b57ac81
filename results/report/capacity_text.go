package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"xmpprig/results"
)

// CapacityText writes a search for a terminal: the answer first, what ran out, the loads, what users need. It fails only where w does.
func CapacityText(w io.Writer, c *results.Capacity) error {
	var t summary
	t.wrapped("", "", capacityTitle(c))
	for _, r := range c.Verdict.Reasons {
		t.wrapped("  - ", "    ", seenLine(r, 600))
	}
	for _, r := range c.Warnings {
		t.wrapped("  ! ", "    ", "warning: "+seenLine(r, 400))
	}
	t.facts("What was searched", capacityFacts(c))
	t.section("What ran out first")
	for _, r := range shortages(c) {
		t.wrapped("  ", "    ", r)
	}
	t.section("Trials, by load")
	t.table(capacityTable(c))
	t.section("Scalability")
	for _, l := range scalability(c) {
		t.wrapped("  ", "    ", l)
	}
	if c.Needs != nil {
		t.section("For so many users the server needs")
		if tab := needsTable(c); tab != nil {
			t.table(tab)
		}
		for _, l := range needsNotes(c) {
			t.wrapped("  ", "    ", l)
		}
	}
	_, err := io.WriteString(w, strings.Join(t.lines, "\n")+"\n")
	return err
}

// CapacityMarkdown writes a search for a pull request or a wiki. It fails only where w does.
func CapacityMarkdown(w io.Writer, c *results.Capacity) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", plainMark(capacityTitle(c)))
	for _, r := range append(lines(c.Verdict.Reasons), lines(c.Warnings)...) {
		fmt.Fprintf(&b, "- %s\n", plainMark(r))
	}
	b.WriteString("\n**What ran out first**\n\n")
	for _, r := range shortages(c) {
		fmt.Fprintf(&b, "- %s\n", plainMark(r))
	}
	markdownTable(&b, "Trials, by load", capacityTable(c))
	for _, l := range scalability(c) {
		fmt.Fprintf(&b, "- %s\n", plainMark(l))
	}
	if tab := needsTable(c); tab != nil {
		markdownTable(&b, "For so many users the server needs", tab)
	}
	if c.Needs != nil {
		for _, l := range needsNotes(c) {
			fmt.Fprintf(&b, "- %s\n", plainMark(l))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownTable(b *strings.Builder, title string, t *table) {
	fmt.Fprintf(b, "\n**%s**\n\n", plainMark(title))
	for i, row := range t.rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(escaped(row), " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s\n", strings.Repeat("--:|", len(row)))
		}
	}
	b.WriteString("\n")
}

func capacityTitle(c *results.Capacity) string {
	head := strings.ToUpper(seenLine(c.Verdict.Status, 40))
	if c.Verdict.ExitCode == int(results.ExitPass) {
		head = "SUSTAINED"
	}
	what := map[string]string{"rate": "arrivals a second", "login": "logins a second", "sessions": "sessions", "rooms": "rooms"}[c.Vary]
	if what == "" {
		what = seenLine(c.Vary, 40)
	}
	answer := "no answer"
	if c.Answer.Load > 0 {
		answer = loadText(c.Answer.Load, c.Unit)
		if c.Answer.AtLeast {
			answer = "≥ " + answer
		}
		if c.Answer.Limited {
			answer += " (generator-limited)"
		}
	}
	return fmt.Sprintf("%s: %s, %s of %s on %s", nonEmpty(head), answer, what, nonEmpty(seenLine(c.Scenario.Name, 60)), nonEmpty(seenLine(serverName(c.Target), 80)))
}

func loadText(v float64, unit string) string {
	if unit = seenLine(unit, 20); unit != "" && unit[0] != '/' {
		unit = " " + unit
	}
	return decimal(round4(v)) + unit
}

// round4 keeps what round3OrWhole would lose of a load.
func round4(v float64) float64 {
	if v >= 1000 {
		return round3OrWhole(v)
	}
	return float64(int64(v*10+.5)) / 10
}

func capacityFacts(c *results.Capacity) []fact {
	var objectives []string
	for _, o := range c.Objectives {
		objectives = append(objectives, seenLine(o, 200))
	}
	how := strings.Join(objectives, "; ")
	if c.Assumed {
		how += " (assumed, for none were given)"
	}
	facts := []fact{
		{"objectives", nonEmpty(how)},
		{"trials", fmt.Sprintf("%d, of %s each, %s in all; seed %d", len(c.Trials), span(time.Duration(c.TrialNS)), span(time.Duration(c.ElapsedNS)), c.Seed)},
	}
	if a := c.Answer; a.Load > 0 {
		interval := loadText(a.Load, c.Unit) + " passed"
		if a.Missed > 0 {
			interval += ", " + loadText(a.Missed, c.Unit) + map[bool]string{true: " was the rig's limit", false: " did not"}[a.Limited]
		}
		facts = append(facts, fact{"interval", interval})
		confirmed := "no longer trial passed"
		if a.Confirmed > 0 {
			confirmed = fmt.Sprintf("%s for %s", loadText(a.Confirmed, c.Unit), span(time.Duration(c.ConfirmNS)))
		}
		facts = append(facts, fact{"confirmed", confirmed})
	}
	return facts
}

func shortages(c *results.Capacity) (all []string) {
	for _, r := range c.RanOut {
		mark := "enough: "
		if r.Short {
			mark = "SHORT: "
		}
		all = append(all, mark+seenLine(r.Text, 400))
	}
	if all == nil {
		return []string{"nothing can be said: no trial stands at the border"}
	}
	return all
}

// capacityTable has a row for each trial, by load.
func capacityTable(c *results.Capacity) *table {
	t := &table{left: map[int]bool{1: true}}
	t.add("load", "class", "kind", "achieved", "p50", "p99", "server CPUs", "memory", "rig CPU", "lag p99", "trial")
	for _, r := range byLoad(c.Trials) {
		cells := []string{loadText(r.Load, c.Unit), seenLine(r.Class, 20), seenLine(r.Kind, 10), perSecondOf(r.Achieved), timeOrNone(r.P50NS), timeOrNone(r.P99NS), absent, absent,
			share(within1000(r.RigCPU)), timeOrNone(r.LagP99NS), trialNumber(r)}
		if r.Observed {
			cells[6], cells[7] = fmt.Sprintf("%.2f", r.ServerCPU), size(float64(r.ServerMem))
		}
		t.add(cells...)
	}
	return t
}

func trialNumber(r results.Trial) string { return fmt.Sprintf("%03d", r.N) }

func within1000(v float64) float64 { return max(0, min(1e3, v)) }

func timeOrNone(ns int64) string {
	if ns <= 0 {
		return absent
	}
	return latency(float64(ns))
}

func perSecondOf(v float64) string {
	if v <= 0 {
		return absent
	}
	return decimal(round3OrWhole(v)) + "/s"
}

func scalability(c *results.Capacity) (all []string) {
	if k := c.Knee; k != nil {
		all = append(all, fmt.Sprintf("knee: from about %s on the 99th percentile (%s there) rises faster than the load", loadText(k.Load, c.Unit), timeOrNone(k.P99NS)))
	}
	u := c.USL
	if u == nil {
		return append(all, "no fit: "+nonEmpty(seenLine(c.NoUSL, 300)))
	}
	all = append(all, fmt.Sprintf("USL, %d points: λ = %s [%s, %s] a second for each under way, σ = %s [%s, %s], κ = %s [%s, %s], R² = %.3f (95 %% intervals, resampled)",
		u.Points, plain4(u.Lambda), plain4(u.LambdaCI[0]), plain4(u.LambdaCI[1]), plain4(u.Sigma), plain4(u.SigmaCI[0]), plain4(u.SigmaCI[1]),
		plain4(u.Kappa), plain4(u.KappaCI[0]), plain4(u.KappaCI[1]), u.R2))
	if u.PeakN > 0 {
		all = append(all, fmt.Sprintf("throughput is highest with %s under way", plain4(u.PeakN)))
	}
	return append(all, fmt.Sprintf("%s; nothing is said beyond %s under way, twice the most that was measured", seenLine(u.Remark, 300), plain4(2*u.LargestN)))
}

func plain4(v float64) string { return fmt.Sprintf("%.4g", v) }

func needsTable(c *results.Capacity) *table {
	if c.Needs == nil || len(c.Needs.Rows) == 0 {
		return nil
	}
	t := &table{left: map[int]bool{5: true}}
	t.add("users", "arrivals", "CPUs", "memory", "descriptors", "")
	for _, r := range c.Needs.Rows[:min(50, len(c.Needs.Rows))] {
		cells := []string{decimal(r.Users), perSecondOf(r.Rate), absent, absent, absent, ""}
		if r.CPUs >= 0 {
			cells[2] = fmt.Sprintf("%.2f ± %.2f", r.CPUs, r.CPUsPM)
		}
		if r.Memory >= 0 {
			cells[3], cells[4] = size(r.Memory)+" ± "+size(r.MemoryPM), decimal(float64(int64(r.FDs)))
		}
		if !r.Sustained {
			cells[5] = "more than was sustained"
		}
		t.add(cells...)
	}
	return t
}

func needsNotes(c *results.Capacity) (all []string) {
	if c.Needs.Absent != "" {
		return []string{"not known: " + seenLine(c.Needs.Absent, 300)}
	}
	all = append(all, lines(c.Needs.Basis)...)
	return append(all, seenLine(c.Needs.Range, 400))
}
