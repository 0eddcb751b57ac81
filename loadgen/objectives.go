package loadgen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// judgement is what a run says to one objective.
type judgement struct {
	scenarios.Objective
	observed float64
	samples  int64
	lacks    string // why it cannot be decided
	never    string // what was waited for and never came, so that observed is beyond all bounds
}

// objectives judges all of the scenario's objectives by the run as it ended.
func (w *watch) objectives(r *results.Run) []results.Objective {
	all := make([]results.Objective, 0, len(w.o.Scenario.Objectives))
	for i, o := range w.o.Scenario.Objectives {
		j := w.judge(o, r)
		result := j.result()
		if v := w.windows[i]; v != nil {
			result = v.result(r)
		}
		if w.abortion != nil && w.abortion.objective == i {
			w.abortion.tell(&result)
		}
		all = append(all, result)
	}
	return all
}

// judge judges an objective by all that r holds.
func (w *watch) judge(o scenarios.Objective, r *results.Run) *judgement {
	j := &judgement{Objective: o}
	if o.Statistic != "" {
		j.times(w.board)
	} else {
		j.figure(r, w.health.serverRun.wall > 0)
	}
	return j
}

// result is the judgement as the record has it.
func (j *judgement) result() results.Objective {
	o := results.Objective{Text: j.Text, Phase: j.Phase, Bound: j.Bound, Unit: string(j.Unit), Samples: j.samples}
	if j.lacks != "" {
		o.Undecided = true
		o.Reason = fmt.Sprintf("%s is undecided: %s", j.subject(), j.lacks)
		return o
	}
	if j.never != "" {
		o.Passed, o.Reason = j.Holds(math.Inf(1)), fmt.Sprintf("%s, objective %s %s %s", j.never, j.subject(), j.Op, magnitudeOf(j.Bound, j.Unit).write(j.Bound, 15))
		return o
	}
	o.Observed = &j.observed
	if o.Passed = j.Holds(j.observed); !o.Passed {
		o.Reason = j.missed()
	}
	return o
}

// unmet is how a run ends whose objective o has not passed.
func unmet(o results.Objective) results.ExitCode {
	if o.Undecided {
		return results.ExitInconclusive
	}
	return results.ExitObjective
}

// subject is what is bounded: "ping p99 in steady".
func (j *judgement) subject() string {
	s := j.Metric
	if j.Statistic != "" {
		s += " " + j.Statistic
	}
	if j.Phase != "" {
		s += " in " + j.Phase
	}
	return s
}

// missed gives what was observed in so many digits that it is seen to miss.
func (j *judgement) missed() string {
	m := magnitudeOf(j.observed, j.Unit)
	digits := 3
	for ; digits < 15 && j.observed != j.Bound; digits++ {
		if v := rounded(j.observed/m.size, digits) * m.size; v != j.Bound && !j.Holds(v) {
			break
		}
	}
	bound := magnitudeOf(j.Bound, j.Unit)
	verb := "was"
	if j.Metric == scenarios.FigureErrors || j.Metric == scenarios.FigureSessions {
		verb = "were"
	}
	return fmt.Sprintf("%s %s %s, objective %s %s", j.subject(), verb, m.write(j.observed, digits), j.Op, bound.write(j.Bound, 15))
}

// magnitude is a size that figures of a unit are written in.
type magnitude struct {
	size float64
	name string // with the space before it
}

func magnitudeOf(v float64, unit scenarios.Unit) magnitude {
	var scale []magnitude
	switch unit {
	case scenarios.Nanoseconds:
		scale = []magnitude{{1e9, " s"}, {1e6, " ms"}, {1e3, " µs"}, {1, " ns"}}
	case scenarios.Bytes:
		scale = []magnitude{{1 << 30, " GiB"}, {1 << 20, " MiB"}, {1 << 10, " KiB"}, {1, " B"}}
	case scenarios.Percent, scenarios.CPUs:
		scale = []magnitude{{1, " " + string(unit)}}
	default:
		scale = []magnitude{{1, string(unit)}}
	}
	for _, m := range scale {
		if v >= m.size {
			return m
		}
	}
	return scale[len(scale)-1]
}

// write writes v with so many digits, but whole numbers whole.
func (m magnitude) write(v float64, digits int) string {
	if v /= m.size; v != math.Trunc(v) {
		v = rounded(v, digits)
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + m.name
}

// rounded keeps so many digits of v.
func rounded(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// times judges a statistic of a series, over the samples of all its phases.
func (j *judgement) times(b *board) {
	label, service := j.Series()
	at := slices.Index(b.series, label)
	if at < 0 { // the scenario was not checked
		j.lacks = "there is no such series"
		return
	}
	all := new(results.Histogram).Snapshot()
	for i := range b.phases {
		if !j.covers(b.phases[i].name, b.phases[i].kind) {
			continue
		}
		g := &b.gauges[i][at]
		if service {
			all.Merge(g.service.Snapshot())
		} else {
			all.Merge(g.response.Snapshot())
		}
	}
	j.statistic(all)
}

// distribution is a histogram to be asked.
type distribution interface {
	TotalCount() int64
	ValueAtPercentile(percentile float64) int64
	Max() int64
	Mean() float64
}

// statistic judges the times in all.
func (j *judgement) statistic(all distribution) {
	j.samples = all.TotalCount()
	percentile, ok := j.Percentile()
	switch {
	case ok && !results.Enough(j.samples, percentile):
		needed := int64(math.Round(10 / (1 - percentile/100)))
		j.lacks = fmt.Sprintf("it takes %d samples, of which ten lie beyond, and there are %d", needed, j.samples)
	case j.samples == 0:
		j.lacks = "there are no samples"
	case ok:
		j.observed = float64(all.ValueAtPercentile(percentile))
	case j.Statistic == "max":
		j.observed = float64(all.Max())
	default:
		j.observed = all.Mean()
	}
}

// covers says whether the objective is about a phase.
func (j *judgement) covers(name, kind string) bool {
	if j.Phase != "" {
		return name == j.Phase
	}
	return kind == results.PhaseOpen || kind == results.PhaseClosed
}

// figure judges a figure of the run; seen says that the server was, in a
// measured phase.
func (j *judgement) figure(r *results.Run, seen bool) {
	sum := results.Phase{}
	for _, p := range r.Phases {
		if j.covers(p.Name, p.Kind) {
			sum = together(sum, p)
		}
	}
	if j.iterations(sum) {
		return
	}
	l := r.Ledger
	switch j.Metric {
	case scenarios.FigureLost:
		j.counted(l.Lost, l.Sent, noMessage)
	case scenarios.FigureDuplicated:
		j.counted(l.Duplicated, l.Sent, noMessage)
	case scenarios.FigureReordered:
		j.counted(l.Reordered, l.Sent, noMessage)
	case scenarios.FigureMisdelivered:
		j.counted(l.Misdelivered, l.Sent, noMessage)
	case scenarios.FigureSessions:
		j.observed = float64(r.Sessions.Peak)
	case scenarios.FigureRecoveryHalf, scenarios.FigureRecoveryMost, scenarios.FigureRecoveryAll:
		j.recovery(r.Outages)
	default:
		j.server(r.Server, seen)
	}
}

// together adds the counts of two phases, whose EndNS is then how long they lasted.
func together(sum, p results.Phase) results.Phase {
	sum.Offered += p.Offered
	sum.Completed += p.Completed
	sum.Failed += p.Failed
	sum.Dropped += p.Dropped
	sum.Errors += p.Errors
	sum.EndNS += p.EndNS - p.StartNS
	return sum
}

// iterations judges figures of the iterations; false for others.
func (j *judgement) iterations(sum results.Phase) bool {
	switch j.Metric {
	case scenarios.FigureErrors:
		j.counted(sum.Errors, sum.Completed+sum.Failed, "no iteration was completed or failed")
	case scenarios.FigureCompleted:
		j.counted(sum.Completed, sum.Offered, "no iteration was offered")
	case scenarios.FigureDropped:
		j.counted(sum.Dropped, sum.Offered, "no iteration was offered")
	case scenarios.FigureRate:
		j.rate(sum)
	default:
		return false
	}
	return true
}

const noMessage = "no message was sent"

// counted is a number of things, or what share of all they are. Where there
// was nothing to go wrong, nothing is proved.
func (j *judgement) counted(n, of int64, none string) {
	j.observed, j.samples = float64(n), of
	switch {
	case of == 0 && (n == 0 || j.Unit == scenarios.Percent):
		j.lacks = none
	case j.Unit == scenarios.Percent:
		j.observed = 100 * float64(n) / float64(of)
	}
}

// rate is what the phases, which last EndNS together, completed a second.
func (j *judgement) rate(sum results.Phase) {
	if sum.EndNS <= 0 || sum.Offered == 0 {
		j.lacks = "nothing was offered"
		return
	}
	j.observed = float64(sum.Completed) / time.Duration(sum.EndNS).Seconds()
}

// server judges what the server cost.
func (j *judgement) server(s results.Server, seen bool) {
	switch {
	case !s.Observed:
		j.lacks = "the server's processes cannot be seen from here (of a server on this machine, give --server-pid)"
	case !seen:
		j.lacks = "the server was not looked at in a measured phase"
	case j.Metric == scenarios.FigureServerRSS:
		j.observed = float64(s.RSSPeak)
	default:
		j.observed = s.CPUMean
	}
}
