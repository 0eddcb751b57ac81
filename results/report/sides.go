package report

import (
	"fmt"
	"io"
	"strings"

	"xmpprig/results"
)

// SidesText writes for a terminal several comparisons with one base, side by side. It fails only where w does.
func SidesText(w io.Writer, cs []*results.Comparison) error {
	var b strings.Builder
	b.WriteString(sidesTitle(cs) + "\n\n" + strings.Join(besideLines(cs), "\n") + "\n")
	for _, gated := range []bool{true, false} {
		t := &table{}
		t.add(sidesHead(cs)...)
		for _, name := range sideMetrics(cs, gated) {
			t.add(sidesCells(cs, name)...)
		}
		if len(t.rows) > 1 {
			b.WriteString("\n" + map[bool]string{true: "Metrics that have a say", false: "Others"}[gated] + "\n" + strings.Join(t.lines("  "), "\n") + "\n")
		}
	}
	b.WriteString(strings.Join(wrap(sidesNote(cs), "  ", "  ", textWidth), "\n") + "\n")
	for _, l := range sidesLeft(cs) {
		b.WriteString(strings.Join(wrap("left out: "+seenLine(l, 400), "  ", "    ", textWidth), "\n") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// SidesMarkdown writes the same for a pull request. It fails only where w does.
func SidesMarkdown(w io.Writer, cs []*results.Comparison) error {
	var b strings.Builder
	head := sidesHead(cs)
	fmt.Fprintf(&b, "### Side by side: %s\n\n| %s |\n|---%s|\n", plainMark(strings.Join(sideNames(cs), ", ")), strings.Join(escaped(head), " | "), strings.Repeat("|--:", len(head)-1))
	for _, gated := range []bool{true, false} {
		for _, name := range sideMetrics(cs, gated) {
			cells := escaped(sidesCells(cs, name))
			if !gated {
				cells[0] = "_" + cells[0] + "_"
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	fmt.Fprintf(&b, "\n%s  \n%s\n", strings.Join(escaped(besideLines(cs)), "  \n"), plainMark(sidesNote(cs)))
	for _, l := range sidesLeft(cs) {
		fmt.Fprintf(&b, "- left out: %s\n", plainMark(seenLine(l, 400)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sideNames are the names of the base and of all others, short where they are flags that name a transport or a server.
func sideNames(cs []*results.Comparison) []string {
	if len(cs) == 0 {
		return nil
	}
	names := []string{sideName(cs[0].Base.Name)}
	for _, c := range cs {
		names = append(names, sideName(c.Head.Name))
	}
	return names
}

func sideName(s string) string {
	for _, flag := range []string{"--transport ", "--server "} {
		if rest, ok := strings.CutPrefix(s, flag); ok && !strings.Contains(rest, " ") {
			s = rest
		}
	}
	return nonEmpty(seenLine(s, 40))
}

func besideLines(cs []*results.Comparison) (lines []string) {
	names := sideNames(cs)
	for i, name := range names {
		side := cs[max(i-1, 0)].Head
		if i == 0 {
			side = cs[0].Base
		}
		lines = append(lines, fmt.Sprintf("%s: %s, %s", name, plural(int64(len(side.Records)), "run"), nonEmpty(seenLine(side.Server, 200))))
	}
	return lines
}

func sidesHead(cs []*results.Comparison) []string {
	head := []string{"metric"}
	for i, name := range sideNames(cs) {
		if head = append(head, name); i > 0 {
			head = append(head, "change")
		}
	}
	return head
}

// sideMetrics are the metrics of all comparisons, each once.
func sideMetrics(cs []*results.Comparison, gated bool) (names []string) {
	seen := map[string]bool{}
	for _, c := range cs {
		for _, m := range c.Metrics {
			if m.Gated == gated && !seen[m.Metric] {
				seen[m.Metric] = true
				names = append(names, m.Metric)
			}
		}
	}
	return names
}

// sidesCells are the median of each side, and how the others differ from the base.
func sidesCells(cs []*results.Comparison, name string) []string {
	cells := []string{seenLine(name, 60), absent}
	for _, c := range cs {
		median, change := absent, absent
		for _, m := range c.Metrics {
			if m.Metric != name {
				continue
			}
			if len(m.Base) > 0 && cells[1] == absent {
				cells[1] = figureText(m.BaseMedian, m.Unit)
			}
			if len(m.Head) > 0 {
				median = figureText(m.HeadMedian, m.Unit)
			}
			if len(m.Base) > 0 && len(m.Head) > 0 {
				change = changeText(m) + " " + sideMark(m)
			}
		}
		cells = append(cells, median, change)
	}
	return cells
}

// sideMark is a verdict as one character.
func sideMark(m results.Compared) string {
	switch m.Verdict {
	case results.Regression:
		return "▼"
	case results.Improvement:
		return "▲"
	case results.Same:
		return "="
	}
	return "?"
}

func sidesNote(cs []*results.Comparison) string {
	if len(cs) == 0 {
		return ""
	}
	return fmt.Sprintf("medians; change: Hodges-Lehmann estimate against %s [%.4g %% interval] of runs in turn; ▼ worse, ▲ better, = the same, ? not decided, at an error rate of %.3g over all sides and metrics that have a say",
		sideNames(cs)[0], 100*(1-cs[0].Alpha), cs[0].Alpha*float64(len(cs)))
}

func sidesLeft(cs []*results.Comparison) (all []string) {
	seen := map[string]bool{}
	for _, c := range cs {
		for _, l := range c.Left {
			if !seen[l] {
				seen[l] = true
				all = append(all, l)
			}
		}
	}
	return all
}
