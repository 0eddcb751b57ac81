package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"xmpprig/results"
	"xmpprig/results/compare"
	"xmpprig/results/report"
	"xmpprig/scenarios"
)

// spread makes of several transports, given with commas between, the run over the first and others to be compared with it.
func (r *running) spread() error {
	first, others, several := strings.Cut(r.load.o.Transport, ",")
	if !several {
		return nil
	}
	if !r.several.declared {
		return &usageError{"--transport " + r.load.o.Transport + ": only run lays transports side by side", "give one"}
	}
	if r.several.interleave != nil || r.several.against != nil {
		return &usageError{"--transport " + r.load.o.Transport + " compares, as --interleave and --against do", "give one of them"}
	}
	r.load.o.Transport = first
	for o := range strings.SplitSeq(others, ",") {
		r.several.interleave = append(r.several.interleave, "--transport "+o)
	}
	r.several.first = first
	return nil
}

// sides are what is compared with the run as given.
func (r *running) sides(s *scenarios.Scenario, args []string) ([]side, error) {
	all := []side{{r, s}}
	for _, other := range r.several.interleave {
		v, vs, err := r.variant(other, args)
		if err != nil {
			return nil, err
		}
		all = append(all, side{v, vs})
	}
	return all, nil
}

// rounds are runs of several sides that were made in turn: pairs of the first with each of the others.
type rounds struct {
	with  []pairs
	worst results.ExitCode
}

// add takes a round over.
func (p *rounds) add(round []keptRun) {
	for i := range p.with {
		p.with[i].add(round[0], round[i+1])
	}
}

// inRounds makes a run of each side in every round. Who comes first moves on with every second round, and each second round has the order
// of the one before turned round, so that no side profits from its place.
func (m *maker) inRounds(ctx context.Context, all []side, n int) (*rounds, error) {
	p := &rounds{with: make([]pairs, len(all)-1)}
	start := rand.New(rand.NewPCG(all[0].seed, 1)).IntN(len(all))
	for number := 1; number <= n; number++ {
		order := orderOf(number, start, len(all))
		round := make([]keptRun, len(all))
		for place, i := range order {
			one, err := m.one(ctx, all[i], filepath.Join(all[0].record, results.SideDir(i), fmt.Sprintf("%03d", number)), all[0].seed+uint64(number),
				results.Repeat{Number: number, Of: n, Side: results.SideDir(i), First: place == 0})
			if err != nil {
				return p, err
			}
			if round[i] = one; broken(one.Run) {
				p.worst = results.Worst(p.worst, results.ExitCode(one.Verdict.ExitCode))
				return p, nil
			}
		}
		p.add(round)
	}
	return p, nil
}

// orderOf is in which order the sides run in a round.
func orderOf(number, start, sides int) []int {
	order := make([]int, sides)
	for i := range order {
		order[i] = (start + (number-1)/2 + i) % sides
	}
	if number%2 == 0 {
		slices.Reverse(order)
	}
	return order
}

// sideBySide compares each of the other sides with the first, and shows all in one table.
func (r *running) sideBySide(ctx context.Context, m *maker, all []side) error {
	p, failed := m.inRounds(ctx, all, r.several.runs())
	o := r.several.options(true)
	o.Alpha /= float64(len(p.with)) // as each may err
	var cs []*results.Comparison
	worst := p.worst
	for i := range p.with {
		c, err := r.compareSide(&p.with[i], i, o, m.ui)
		if err != nil {
			return firstOf(failed, err)
		}
		worst = results.Worst(worst, c.Verdict.ExitCode)
		cs = append(cs, c)
	}
	if err := firstOf(sidesPart(cs).draw(r.record), sidesPart(cs).formats[r.format](m.ui.out)); err != nil {
		return err
	}
	m.ui.say("comparisons: %s", filepath.Join(r.record, "comparison.html"))
	if failed != nil {
		return failed
	}
	if worst != results.ExitPass {
		return &exitError{code: worst}
	}
	return nil
}

// compareSide compares one of the other sides, and writes that beside its runs.
func (r *running) compareSide(p *pairs, i int, o compare.Options, ui *ui) (*results.Comparison, error) {
	if len(p.base) == 0 {
		for _, l := range p.left {
			ui.say("left out: %s", l)
		}
		return nil, &exitError{code: results.Worst(p.worst, results.ExitInconclusive)}
	}
	c, err := r.compare(p, r.several.interleave[i], o)
	if err != nil {
		return nil, judgingError(err)
	}
	c.Tool, c.Command, c.Verdict.ExitCode = tool(), masked(os.Args), results.Worst(r.several.exit(c), r.leftOver(p))
	compare.Sensitivity(c, o)
	dir := filepath.Join(r.record, results.SideDir(i+1))
	if err := firstOf(results.WriteComparison(dir, c), report.ComparisonFiles(dir, c)); err != nil {
		return nil, &exitError{results.ExitInternal, err}
	}
	return c, nil
}

// sidesPart is what several comparisons with one base are rendered as.
func sidesPart(cs []*results.Comparison) part {
	return part{
		draw: func(dir string) error { return report.SidesFiles(dir, cs) },
		formats: map[string]func(io.Writer) error{
			"text":     func(w io.Writer) error { return report.SidesText(w, cs) },
			"json":     func(w io.Writer) error { return report.SidesJSON(w, cs) },
			"markdown": func(w io.Writer) error { return report.SidesMarkdown(w, cs) },
			"html":     func(w io.Writer) error { return report.SidesHTML(w, cs) },
		},
	}
}
