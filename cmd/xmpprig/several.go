package main

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"
)

// several is the flags of run that make more than one run.
type several struct {
	judging
	repeat     int
	interleave []string
	first      string // the name of what is compared with; empty: as given
	against    []string
	untilSure  bool
	budget     time.Duration
	quick      bool
	declared   bool // by this verb
}

// defaultRepeat is how many runs a side a comparison has: enough for a change of ten percent where runs differ by three.
const defaultRepeat = 10

func (v *several) declare(f *pflag.FlagSet) {
	v.declared = true
	f.IntVar(&v.repeat, "repeat", 0, "number of runs, or of pairs of runs; each starts the server anew where there is one to start")
	f.StringArrayVar(&v.interleave, "interleave", nil, "compare with `OTHER`, run in turn: another --server, or flags that differ, such as '--tls none'; may be given again, for all side by side")
	f.StringArrayVar(&v.against, "against", nil, "compare with the runs in `RECORD`, or in records under it; may be given again")
	f.BoolVar(&v.untilSure, "until-sure", false, "with --interleave: add pairs until every metric that has a say is decided, or the budget is spent")
	f.DurationVar(&v.budget, "budget", 30*time.Minute, "how long --until-sure may take")
	f.BoolVar(&v.quick, "quick", false, "with --interleave: as many pairs as five minutes have room for, of runs of 8 s after 2 s of warm-up unless --duration and --warm-up say otherwise")
	v.judging.declare(f)
}

// wanted says that more than one run is.
func (v *several) wanted() bool { return v.repeat > 0 || v.compares() }

func (v *several) compares() bool { return v.interleave != nil || len(v.against) > 0 }

func (v *several) check(f *pflag.FlagSet) error {
	if !v.declared {
		return nil
	}
	judged := false
	for _, name := range []string{"alpha", "floor", "metric", "force", "require-conclusive"} {
		judged = judged || f.Changed(name)
	}
	switch {
	case f.Changed("repeat") && v.repeat < 1:
		return atLeast(1, v.repeat, "repeat")
	case v.repeat > 1000:
		return &usageError{fmt.Sprintf("--repeat %d: 1000 are the most", v.repeat), ""}
	case v.interleave != nil && len(v.against) > 0:
		return &usageError{"--interleave and --against exclude one another", "the one runs both sides in turn, the other takes records for the base"}
	case (v.untilSure || v.quick) && v.interleave == nil:
		return &usageError{"--until-sure and --quick are for --interleave", "name what to compare with: --interleave '--server 127.0.0.1:5223'"}
	case (v.untilSure || v.quick) && len(v.interleave) > 1:
		return &usageError{"--until-sure and --quick are for two sides", "give --repeat, or one --interleave"}
	case v.untilSure && v.quick:
		return &usageError{"--until-sure and --quick exclude one another", "--until-sure --budget 5m is sure as soon as it can be"}
	case (v.untilSure || v.quick) && f.Changed("repeat"):
		return &usageError{"--repeat is of no use where time decides", "leave it out"}
	case f.Changed("budget") && !v.untilSure:
		return &usageError{"--budget is for --until-sure", ""}
	case v.budget <= 0:
		return &usageError{fmt.Sprintf("--budget %v: more than nothing is needed", v.budget), ""}
	case judged && !v.compares():
		return &usageError{"--alpha, --floor, --metric, --force and --require-conclusive are for comparisons", "give --interleave or --against"}
	}
	return v.judging.check()
}

// runs is how many runs or pairs are to be made; 0: time decides.
func (v *several) runs() int {
	switch {
	case v.untilSure || v.quick:
		return 0
	case v.repeat > 0:
		return v.repeat
	}
	return defaultRepeat
}
