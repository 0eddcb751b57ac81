package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"xmpprig/results"
	"xmpprig/results/compare"
	"xmpprig/scenarios"
)

// concludePairs ends with the verdict on the pairs. Where few are left, those that were left out say how it ends.
func (r *running) concludePairs(p *pairs, c *results.Comparison, o compare.Options, failed error, ui *ui) error {
	if len(p.base) == 0 {
		for _, l := range p.left {
			ui.say("left out: %s", l)
		}
		if failed != nil {
			return failed
		}
		return &exitError{code: results.Worst(p.worst, results.ExitInconclusive)}
	}
	if c == nil {
		var err error
		if c, err = r.compare(p, r.several.interleave[0], o); err != nil {
			return judgingError(err)
		}
	}
	code := results.Worst(r.several.exit(c), r.leftOver(p))
	if failed != nil {
		code = exitCode(failed)
	}
	err := concludeComparison(c, r.record, r.format, code, &r.several.judging, ui)
	if failed != nil {
		return failed
	}
	return err
}

// leftOver is how it ends because of the runs that could not be compared: an interruption always counts, and a server that broke does. That
// the rig was the limit now and then does not, while enough pairs are left.
func (r *running) leftOver(p *pairs) results.ExitCode {
	if p.worst == results.ExitLimited && len(p.base) >= len(p.left) && len(p.base) >= 4 {
		return results.ExitPass
	}
	return p.worst
}

// compared makes runs and compares them with records.
func (r *running) compared(ctx context.Context, m *maker, s *scenarios.Scenario) error {
	base, err := gather(r.several.against, m.ui)
	if err != nil {
		return err
	}
	head, failed := m.repeat(ctx, side{r, s}, r.several.runs())
	if failed != nil && len(head) == 0 {
		return failed
	}
	p := &pairs{base: base}
	for _, k := range head {
		if why := compare.Unfit(k.Run); why != "" {
			p.left = append(p.left, k.dir+": "+why)
			p.worst = results.Worst(p.worst, results.ExitCode(k.Verdict.ExitCode))
			continue
		}
		p.head = append(p.head, k)
	}
	if len(p.head) == 0 {
		return &exitError{code: results.Worst(p.worst, results.ExitInconclusive)}
	}
	c, err := compare.Runs(runsOf(p.base), runsOf(p.head), r.several.options(false))
	if err != nil {
		return judgingError(err)
	}
	c.Base.Name, c.Head.Name = sideName(r.several.against), r.record
	c.Base.Records, c.Head.Records, c.Left = dirsOf(p.base), dirsOf(p.head), slices.Concat(p.left, c.Left)
	return r.concludePairs(p, c, compare.Options{}, failed, m.ui)
}

// concludeRepeated tells how runs of one thing went, and ends as the worst of them.
func (r *running) concludeRepeated(kept []keptRun, failed error, ui *ui) error {
	if len(kept) == 0 {
		return failed
	}
	worst := results.ExitPass
	for _, k := range kept {
		worst = results.Worst(worst, results.ExitCode(k.Verdict.ExitCode))
	}
	if r.format == "json" {
		runs := runsOf(kept)
		if err := results.EncodeObject(ui.out, runs); err != nil {
			return err
		}
	} else if err := tellRepeated(kept, ui); err != nil {
		return err
	}
	ui.say("records: %s", r.record)
	if failed != nil {
		return failed
	}
	if worst != results.ExitPass {
		return &exitError{code: worst}
	}
	return nil
}

// tellRepeated writes the spread of the metrics over all runs.
func tellRepeated(kept []keptRun, ui *ui) error {
	fmt.Fprintf(ui.out, "%d runs of %s\n\n", len(kept), kept[0].Scenario.Name)
	w := tabwriter.NewWriter(ui.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "metric\tn\tlowest\tmedian\thighest\t\n")
	for _, m := range compare.Spread(runsOf(kept)) {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t\n", m.Metric, len(m.Values), inWords(m.Values[0], m.Unit), inWords(m.Median, m.Unit), inWords(m.Values[len(m.Values)-1], m.Unit))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var odd []string
	for _, k := range kept {
		if why := compare.Unfit(k.Run); why != "" {
			odd = append(odd, k.dir+": "+why)
		}
	}
	slices.Sort(odd)
	if len(odd) > 0 {
		fmt.Fprintf(ui.out, "\nnot fit for a comparison:\n  %s\n", strings.Join(odd, "\n  "))
	}
	return nil
}

// inWords writes a figure of a metric.
func inWords(v float64, unit string) string {
	switch unit {
	case "ns":
		return time.Duration(v).Round(time.Microsecond / 10).String()
	case "B":
		return fmt.Sprintf("%.1f MiB", v/(1<<20))
	case "":
		return fmt.Sprintf("%.4g", v)
	}
	return fmt.Sprintf("%.4g %s", v, unit)
}
