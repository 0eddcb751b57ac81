package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/compare"
	"xmpprig/results/report"
)

// noising is the flags of noise.
type noising struct {
	*running
	judging
	pairs  int
	effect float64
}

func noiseCommand() command {
	return command{
		name: "noise", args: "SCENARIO | RECORD…", summary: "say what differences so many runs can see here",
		long: `
It runs one and the same thing in pairs, as run --interleave would, and says how
much the runs differ, what change 5, 10, 20 or more pairs would find, and how
many pairs it takes to find one of --effect. With records, or a directory that
holds some, it says the same of those, without running anything.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			n := &noising{running: newRunning(f)}
			n.judging.declare(f)
			f.IntVar(&n.pairs, "repeat", defaultRepeat, "number of pairs of runs")
			f.Float64Var(&n.effect, "effect", 5, "change to be found, in percent")
			return n.run
		},
	}
}

func (n *noising) run(ctx context.Context, args []string, ui *ui) error {
	if !(n.effect >= .1 && n.effect <= 100) { // nor is NaN
		return &usageError{fmt.Sprintf("--effect %v: a number of percent from 0.1 to 100 is needed", n.effect), ""}
	}
	if err := firstOf(n.judging.check(), atLeast(4, n.pairs, "repeat"), oneOf("format", n.format, "text", "json")); err != nil {
		return err
	}
	if len(args) > 0 && isDirectory(args[0]) {
		kept, err := gather(args, ui)
		if err != nil {
			return err
		}
		return n.conclude(kept, sideName(args), ui)
	}
	return n.make(ctx, args, ui)
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeDir != 0
}

// make runs the pairs.
func (n *noising) make(ctx context.Context, args []string, ui *ui) error {
	if err := n.check(); err != nil {
		return err
	}
	if n.load.o.Password == "" {
		n.load.o.Password = os.Getenv("XMPPRIG_PASSWORD")
	}
	s, err := n.load.scenario(args)
	if err != nil {
		return err
	}
	n.settle(s)
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	m := &maker{ui: ui, signals: signals}
	one := side{n.running, s}
	p, err := m.inTurn(ctx, one, one, n.pairs, func(p *pairs) bool { return len(p.base)+len(p.left) < n.pairs })
	if err != nil {
		return err
	}
	var kept []keptRun
	for i := range p.base {
		kept = append(kept, p.base[i], p.head[i])
	}
	if p.worst != results.ExitPass && len(p.base) < 4 {
		for _, l := range p.left {
			ui.say("left out: %s", l)
		}
		return &exitError{code: p.worst}
	}
	ui.say("records: %s", n.record)
	return n.conclude(kept, filepath.Base(n.record), ui)
}

// check is of the flags that noise has in common with run.
func (n *noising) check() error { return n.running.check() }

// conclude says what the runs tell. Those that come in pairs are taken as such.
func (n *noising) conclude(kept []keptRun, name string, ui *ui) error {
	kept, paired := inPairs(kept)
	r, err := compare.Noise(runsOf(kept), n.effect/100, n.options(paired))
	if err != nil {
		return judgingError(err)
	}
	r.Tool, r.Runs.Name, r.Runs.Records = tool(), name, dirsOf(kept)
	if n.format == "json" {
		return results.EncodeObject(ui.out, r.Listed())
	}
	return report.NoiseText(ui.out, r)
}

// inPairs sorts runs that were made in pairs base, head, base, head, and leaves others as they are. The two of a pair lie in
// base/NUMBER and head/NUMBER of one directory.
func inPairs(kept []keptRun) ([]keptRun, bool) {
	type place struct {
		dir    string
		number int
	}
	bySide := map[string]map[place]keptRun{"base": {}, "head": {}}
	var bases []place
	for _, k := range kept {
		if k.Repeat == nil || bySide[k.Repeat.Side] == nil {
			return kept, false
		}
		at := place{filepath.Dir(filepath.Dir(filepath.Clean(k.dir))), k.Repeat.Number}
		if _, twice := bySide[k.Repeat.Side][at]; !twice && k.Repeat.Side == "base" {
			bases = append(bases, at)
		}
		bySide[k.Repeat.Side][at] = k
	}
	var sorted []keptRun
	for _, at := range bases {
		if h, ok := bySide["head"][at]; ok {
			sorted = append(sorted, bySide["base"][at], h)
		}
	}
	if len(sorted) == 0 { // of one side alone
		return kept, false
	}
	return sorted, true
}
