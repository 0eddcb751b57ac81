package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"xmpprig/results"
)

// TrendText writes a trend for a terminal: the verdict, then of each history its conditions and of each metric the level, the noise and
// the steps. It fails only where w does.
func TrendText(w io.Writer, t *results.Trend) error {
	var s summary
	s.wrapped("", "", trendTitle(t))
	for _, r := range t.Verdict.Reasons {
		s.wrapped("  - ", "    ", line(r, 500))
	}
	for i := range t.Histories {
		s.history(&t.Histories[i], historyTitle(t, i))
	}
	s.leftOut(t.LeftOut)
	s.section("How steps are told")
	s.wrapped("  ", "  ", trendMethod(t))
	_, err := io.WriteString(w, strings.Join(s.lines, "\n")+"\n")
	return err
}

func trendTitle(t *results.Trend) string {
	word := "NO RECENT REGRESSION"
	switch t.Verdict.Status {
	case results.StatusFailed:
		word = "REGRESSION"
	case results.StatusInconclusive:
		word = "INCONCLUSIVE"
	}
	n := 0
	for _, h := range t.Histories {
		n += len(h.Records)
	}
	if len(t.Histories) == 1 {
		return word + ": " + plural(int64(n), "record") + " of " + line(nonEmpty(t.Histories[0].Scenario), 60)
	}
	return fmt.Sprintf("%s: %s in %d histories", word, plural(int64(n), "record"), len(t.Histories))
}

func historyTitle(t *results.Trend, i int) string {
	name := line(nonEmpty(t.Histories[i].Scenario), 60)
	if len(t.Histories) == 1 {
		return name
	}
	return fmt.Sprintf("History %d of %d: %s", i+1, len(t.Histories), name)
}

func trendMethod(t *results.Trend) string {
	return fmt.Sprintf("A step is told where it is at least %s and chance would show one in %s of histories that have none. It takes %d records, three "+
		"of them behind the step, and more where the noise is large. Noise is the standard deviation from run to run, and memory how much of one run's deviation the "+
		"next one shows, 0…1; intervals are of 95 %%. "+
		"A step among the last %d records is a recent one.", share(t.MinEffect), share(t.Alpha), fewestRecords(t), t.Last)
}

func fewestRecords(t *results.Trend) int {
	if len(t.Histories) == 0 {
		return 10
	}
	return t.Histories[0].FewestRuns
}

// historyFacts are the conditions of a history.
func historyFacts(h *results.History) []fact {
	all := []fact{
		{"records", count(int64(len(h.Records)))}, {"server", h.Server}, {"machine", h.Machine}, {"scenario", h.Scenario + abbreviated(" (as it was run: ", h.Source, ")")},
	}
	if n := len(h.Records); n > 0 {
		all[0].Value += ", from " + runName(h.Records[0]) + " to " + runName(h.Records[n-1])
	}
	if len(h.Differs) > 0 {
		all = append(all, fact{"kept apart", "it differs from the first history in " + strings.Join(h.Differs, ", ")})
	}
	if h.TooShort {
		all = append(all, fact{"too short", fmt.Sprintf("it takes %d records to see a step", h.FewestRuns)})
	}
	return cleaned(all)
}

// runName is a record as a reader knows it.
func runName(r results.TrendRecord) string {
	when := r.Started.UTC().Format("2006-01-02 15:04")
	if commit := r.Labels["commit"]; commit != "" {
		return "commit " + line(commit, 40) + " (" + when + ")"
	}
	return when
}

func (t *summary) history(h *results.History, title string) {
	t.facts(title, historyFacts(h))
	if h.TooShort || len(h.Metrics) == 0 {
		return
	}
	t.lines = append(t.lines, "")
	tab := &table{}
	tab.add(trendHead()...)
	for i := range h.Metrics {
		tab.add(trendCells(&h.Metrics[i])...)
	}
	t.table(tab)
	for i := range h.Metrics {
		m := &h.Metrics[i]
		for _, c := range m.Changes {
			t.lines = append(t.lines, "")
			t.wrapped("  "+stepSign(c)+" ", "    ", stepText(m, c))
			t.wrapped("    ", "    ", stepWhere(h, c))
		}
		if m.Reason != "" {
			t.wrapped("  ? ", "    ", line(m.Name, 80)+" was not judged: "+line(m.Reason, 200))
		}
	}
}

// trendHead and trendCells are the columns of the table of metrics.
func trendHead() []string { return []string{"metric", "n", "level", "noise", "memory", "steps"} }

func trendCells(m *results.TrendMetric) []string {
	cells := []string{line(m.Name, 60), count(int64(m.Count)), absent, absent, absent, absent}
	if n := len(m.Segments); n > 0 && m.Reason == "" {
		cells[2], cells[3], cells[4] = inUnit(m.Segments[n-1].Level, m.Unit), share(m.Noise), plainly(round3(m.Memory))
		cells[5] = count(int64(len(m.Changes)))
	}
	return cells
}

func stepSign(c results.Change) string {
	if c.Regression {
		return "!"
	}
	return "+"
}

// stepText says what stepped, and how surely: "ping p99 in steady went 9.02 ms → 9.74 ms, +8.1 % …".
func stepText(m *results.TrendMetric, c results.Change) string {
	word := "improvement"
	if c.Regression {
		word = "regression"
	}
	if c.Recent {
		word += ", recent"
	}
	return fmt.Sprintf("%s: %s → %s, %s (95 %% interval %s…%s, n = %d and %d, p = %.2g): %s", line(m.Name, 80), inUnit(c.From, m.Unit), inUnit(c.To, m.Unit),
		signedPercent(c.Effect), strings.TrimSuffix(signedPercent(c.Low), " %"), signedPercent(c.High), c.Before, c.Behind, c.P, word)
}

func signedPercent(v float64) string { return fmt.Sprintf("%+.1f %%", v*100) }

// stepWhere says between which records the step lies.
func stepWhere(h *results.History, c results.Change) string {
	if c.At >= len(h.Records) || c.After >= len(h.Records) {
		return absent
	}
	first, last := h.Records[c.At], h.Records[c.After]
	s := "first with " + runName(first) + ", after " + runName(last) + "; record " + line(first.Dir, 200)
	if first.Version != last.Version {
		s += "; server " + line(nonEmpty(last.Version), 60) + " → " + line(nonEmpty(first.Version), 60)
	}
	if first.Rig != last.Rig {
		s += "; xmpprig changed, too, from " + line(nonEmpty(last.Rig), 60) + " to " + line(nonEmpty(first.Rig), 60) + ", so the step may be the rig's"
	}
	return s
}

func (t *summary) leftOut(all []results.LeftOut) {
	if len(all) == 0 {
		return
	}
	const most = 20
	t.section("Left out: " + plural(int64(len(all)), "record"))
	for i, l := range all {
		if i == most {
			t.lines = append(t.lines, "  and "+plural(int64(len(all)-most), "more record"))
			break
		}
		t.wrapped("  ", "    ", line(l.Dir, 200)+": "+line(l.Reason, 200))
	}
}

// TrendJSON writes the trend as trend.json has it. It fails where w does.
func TrendJSON(w io.Writer, t *results.Trend) error { return results.EncodeObject(w, t.Listed()) }

// TrendFiles writes trend.html and the pictures under plots/ into dir. Its error joins all that went wrong.
func TrendFiles(dir string, t *results.Trend) error {
	plots := TrendPlots(t)
	return pageAndPlots(filepath.Clean(dir), "trend.html", func(w io.Writer) error { return trendPage(w, t, plots) }, plots)
}

// changesOf are all steps of a history, the newest first.
func changesOf(h *results.History) (all []toldChange) {
	for i := range h.Metrics {
		for _, c := range h.Metrics[i].Changes {
			all = append(all, toldChange{&h.Metrics[i], c})
		}
	}
	slices.SortStableFunc(all, func(a, b toldChange) int { return b.At - a.At })
	return all
}

type toldChange struct {
	metric *results.TrendMetric
	results.Change
}
