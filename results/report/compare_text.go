package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"xmpprig/results"
)

// ComparisonText writes a comparison for a terminal: the verdict, the metrics that have a say, the others, what was left out.
// It fails only where w does.
func ComparisonText(w io.Writer, c *results.Comparison) error {
	var b strings.Builder
	b.WriteString(comparisonTitle(c) + "\n")
	for _, r := range c.Verdict.Reasons {
		b.WriteString(strings.Join(wrap(seenLine(r, 400), "  - ", "    ", textWidth), "\n") + "\n")
	}
	for _, r := range c.Warnings {
		b.WriteString(strings.Join(wrap("forced, although "+seenLine(r, 400), "  ! ", "    ", textWidth), "\n") + "\n")
	}
	b.WriteString("\n" + strings.Join(sideLines(c), "\n") + "\n")
	for _, gated := range []bool{true, false} {
		t := &table{left: map[int]bool{7: true}}
		t.add(comparedHead()...)
		for _, m := range c.Metrics {
			if m.Gated == gated {
				t.add(comparedCells(m)...)
			}
		}
		if len(t.rows) > 1 {
			b.WriteString("\n" + map[bool]string{true: "Metrics that have a say", false: "Others"}[gated] + "\n" + strings.Join(t.lines("  "), "\n") + "\n")
		}
	}
	b.WriteString(strings.Join(wrap(comparisonNote(c), "  ", "  ", textWidth), "\n") + "\n")
	for _, l := range c.Left {
		b.WriteString(strings.Join(wrap("left out: "+seenLine(l, 400), "  ", "    ", textWidth), "\n") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ComparisonMarkdown writes a comparison for a pull request. It fails only where w does.
func ComparisonMarkdown(w io.Writer, c *results.Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", plainMark(comparisonTitle(c)))
	for _, r := range c.Verdict.Reasons {
		fmt.Fprintf(&b, "- %s\n", plainMark(seenLine(r, 400)))
	}
	for _, r := range c.Warnings {
		fmt.Fprintf(&b, "- **forced**, although %s\n", plainMark(seenLine(r, 400)))
	}
	fmt.Fprintf(&b, "\n| %s |\n|---%s|\n", strings.Join(comparedHead(), " | "), strings.Repeat("|--:", 6)+"|---")
	for _, gated := range []bool{true, false} {
		for _, m := range c.Metrics {
			if m.Gated != gated {
				continue
			}
			cells := comparedCells(m)
			for i := range cells {
				cells[i] = plainMark(cells[i])
			}
			if !gated {
				cells[0] = "_" + cells[0] + "_"
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	fmt.Fprintf(&b, "\n%s  \n%s\n", strings.Join(escaped(sideLines(c)), "  \n"), plainMark(comparisonNote(c)))
	for _, l := range c.Left {
		fmt.Fprintf(&b, "- left out: %s\n", plainMark(seenLine(l, 400)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func escaped(lines []string) []string {
	all := make([]string, len(lines))
	for i, l := range lines {
		all[i] = plainMark(l)
	}
	return all
}

func comparisonTitle(c *results.Comparison) string {
	return strings.ToUpper(nonEmpty(seenLine(c.Verdict.Status, 40))) + ": " + nonEmpty(seenLine(c.Head.Name, 80)) + " beside " + nonEmpty(seenLine(c.Base.Name, 80))
}

func sideLines(c *results.Comparison) []string {
	how := "run apart"
	if c.Paired {
		how = "in pairs"
	}
	return []string{
		fmt.Sprintf("base: %s, %s, %s", nonEmpty(seenLine(c.Base.Name, 80)), plural(int64(len(c.Base.Records)), "run"), nonEmpty(seenLine(c.Base.Server, 200))),
		fmt.Sprintf("head: %s, %s, %s; %s", nonEmpty(seenLine(c.Head.Name, 80)), plural(int64(len(c.Head.Records)), "run"), nonEmpty(seenLine(c.Head.Server, 200)), how),
	}
}

// comparisonNote says what the figures mean.
func comparisonNote(c *results.Comparison) string {
	test := "Mann-Whitney"
	if c.Paired {
		test = "Wilcoxon signed-rank"
	}
	few := ""
	if slices.ContainsFunc(c.Metrics, func(m results.Compared) bool { return m.Verdict == results.Insufficient }) {
		few = ", or all that was seen where the runs are too few for one"
	}
	return fmt.Sprintf("change: Hodges-Lehmann estimate of head against base [%.4g %% interval%s]; p: %s, by Holm over the metrics that have a say; sees: the smallest change that so many runs find in nine of ten comparisons", 100*(1-c.Alpha), few, test)
}

func comparedHead() []string {
	return []string{"metric", "n", "base", "head", "change", "p", "sees", "verdict"}
}

func comparedCells(m results.Compared) []string {
	p := m.Adjusted
	if !m.Gated {
		p = m.P
	}
	sees := absent
	if m.Sees > 0 {
		sees = strings.TrimPrefix(signed(100*m.Sees), "+") + " %"
	}
	base, head, change, chance := figureText(m.BaseMedian, m.Unit), figureText(m.HeadMedian, m.Unit), changeText(m), probability(p)
	if len(m.Base) == 0 {
		base, change, chance = absent, absent, absent
	}
	if len(m.Head) == 0 {
		head, change, chance = absent, absent, absent
	}
	return []string{seenLine(m.Metric, 60), fmt.Sprintf("%d/%d", len(m.Base), len(m.Head)), base, head, change, chance, sees, verdictText(m)}
}

// verdictText is the verdict on one metric in a few words.
func verdictText(m results.Compared) string {
	within := max(math.Abs(m.Low), math.Abs(m.High))
	switch {
	case m.Verdict == results.Same && within == 0:
		return "the same"
	case m.Verdict == results.Same && m.Difference:
		return fmt.Sprintf("same, within %.3g pp", within)
	case m.Verdict == results.Same:
		return "same, within " + strings.TrimPrefix(signed(100*within), "+") + " %"
	}
	return seenLine(m.Verdict, 40)
}

// figureText writes a figure of a metric.
func figureText(v float64, unit string) string {
	if math.IsNaN(v) || math.Abs(v) >= 1e18 { // from a record that was not made by a run
		return strings.TrimSpace(fmt.Sprintf("%.3g %s", v, seenLine(unit, 8)))
	}
	if unit == "%" {
		return plainly(v) + " %"
	}
	return inUnit(v, unit)
}

// changeText writes an effect with its interval: "+4.9 % [+3.8, +6.1]".
func changeText(m results.Compared) string {
	scale, unit := 100.0, "%"
	if m.Difference {
		scale, unit = 1, "pp"
	}
	return fmt.Sprintf("%s %s [%s, %s]", signed(m.Effect*scale), unit, signed(m.Low*scale), signed(m.High*scale))
}

// signed writes a change with up to three digits.
func signed(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return absent
	case math.Abs(v) < .005:
		return "0"
	case math.Abs(v) < 10:
		return fmt.Sprintf("%+.2g", v)
	}
	return fmt.Sprintf("%+.3g", v)
}

func probability(p float64) string {
	switch {
	case math.IsNaN(p) || p < 0 || p > 1:
		return absent
	case p < .001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// NoiseText writes for a terminal what differences runs can see. It fails only where w does.
func NoiseText(w io.Writer, n *results.Noise) error {
	var b strings.Builder
	what := "runs a side"
	if n.Paired {
		what = "pairs"
	}
	fmt.Fprintf(&b, "NOISE: %s of %s, %s\n", plural(int64(len(n.Runs.Records)), "run"), nonEmpty(seenLine(n.Runs.Name, 80)), nonEmpty(seenLine(n.Runs.Server, 200)))
	t := &table{}
	t.add("metric", "n", "median", "sd", "needed for "+signed(100*n.Wanted)+" %")
	for _, m := range n.Metrics {
		needed := fmt.Sprintf("%d %s", m.Needed, what)
		if m.Needed == 0 {
			needed = "more than are looked at"
		}
		t.add(seenLine(m.Metric, 60), count(int64(m.N)), figureText(m.Median, m.Unit), fmt.Sprintf("%.2g %% (≤ %.2g %%)", 100*m.SD, 100*m.SDHigh), needed)
	}
	fmt.Fprintf(&b, "\nHow much runs of one thing differ\n%s\n", strings.Join(t.lines("  "), "\n"))
	if len(n.Metrics) == 0 {
		b.WriteString("  no metric that has a say differs from run to run\n")
	}
	noiseSeen(&b, n, what)
	for _, m := range n.Metrics {
		if m.Differs {
			b.WriteString(strings.Join(wrap(seenLine(m.Metric, 60)+" was told apart between the two sides, though they are one thing: the order of the runs matters here, or this was the one time in twenty", "  ! ", "    ", textWidth), "\n") + "\n")
		}
	}
	for _, l := range n.Left {
		b.WriteString(strings.Join(wrap("left out: "+seenLine(l, 400), "  ", "    ", textWidth), "\n") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// noiseSeen writes the smallest effect that each number of runs finds.
func noiseSeen(b *strings.Builder, n *results.Noise, what string) {
	if len(n.Metrics) == 0 {
		return
	}
	t := &table{}
	head := []string{what}
	for _, d := range n.Metrics[0].Seen {
		head = append(head, count(int64(d.Runs)))
	}
	t.add(head...)
	for _, m := range n.Metrics {
		cells := []string{seenLine(m.Metric, 60)}
		for _, d := range m.Seen {
			cell := absent
			if d.Effect > 0 {
				cell = signed(100*d.Effect) + " %"
			}
			cells = append(cells, cell)
		}
		t.add(cells...)
	}
	fmt.Fprintf(b, "\nThe smallest effect that is found in %.0f of 100 comparisons\n%s\n", 100*n.Power, strings.Join(t.lines("  "), "\n"))
	fmt.Fprintf(b, "  %s stands where none up to 50 %% is; by simulation with the spread that is hardly exceeded (in brackets)\n", absent)
}
