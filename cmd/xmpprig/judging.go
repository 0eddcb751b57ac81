package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/results/compare"
)

// judging is the flags that say how surely runs are to be told apart.
type judging struct {
	alpha, floor float64
	metrics      []string
	force        bool
	conclusive   bool
}

func (j *judging) declare(f *pflag.FlagSet) {
	f.Float64Var(&j.alpha, "alpha", compare.DefaultAlpha, "probability with which all metrics together may err")
	f.Float64Var(&j.floor, "floor", 100*compare.DefaultFloor, "the smallest change that matters, in percent")
	f.StringArrayVar(&j.metrics, "metric", nil, "`METRIC` that has a say, whole or by its beginning, such as 'message.delivery p99'; may be given again; default: the usual ones")
	f.BoolVar(&j.force, "force", false, "compare what does not compare, with a warning")
	f.BoolVar(&j.conclusive, "require-conclusive", false, "end with 14 where a metric that has a say is not decided")
}

func (j *judging) check() error {
	if !(j.alpha > 0 && j.alpha < .5) { // nor is NaN
		return &usageError{fmt.Sprintf("--alpha %v: a probability between 0 and 0.5 is needed", j.alpha), ""}
	}
	if !(j.floor > 0 && j.floor < 100) {
		return &usageError{fmt.Sprintf("--floor %v: a number of percent between 0 and 100 is needed", j.floor), ""}
	}
	return nil
}

func (j *judging) options(paired bool) compare.Options {
	return compare.Options{Paired: paired, Alpha: j.alpha, Floor: j.floor / 100, Metrics: j.metrics, Force: j.force}
}

// exit is how a command ends that has compared: what is not decided fails it only on demand.
func (j *judging) exit(c *results.Comparison) results.ExitCode {
	if c.Verdict.ExitCode == results.ExitInconclusive && !j.conclusive {
		return results.ExitPass
	}
	return c.Verdict.ExitCode
}

// judgingError says that it is the runs that are at fault, not the rig.
func judgingError(err error) error {
	if is[*compare.RefusedError](err) {
		return &exitError{results.ExitConfig, err}
	}
	if bad, ok := err.(*compare.MetricError); ok {
		return &usageError{"--metric: " + bad.Error(), bad.Hint()}
	}
	return err
}
