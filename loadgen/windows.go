package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// windows judges one objective stretch by stretch, while the run goes on. The last stretch of a phase ends with the run, so that
// what was late in coming is in it.
type windows struct {
	scenarios.Objective
	phases  []*windowed
	planned int // stretches of all phases
}

// windowed is one phase in stretches.
type windowed struct {
	phase  int
	length time.Duration
	times  *results.Reader // of the series; nil where the objective is of a figure
	before results.Phase   // the counts at the end of the stretch before
	gauge  gauging
	each   []results.Window
	missed int
}

// gauging is what was seen of a gauge in a stretch.
type gauging struct {
	most, sum float64
	n         int
}

// layWindows makes the windows of the objectives that have any.
func (w *watch) layWindows() []*windows {
	all := make([]*windows, len(w.o.Scenario.Objectives))
	for i, o := range w.o.Scenario.Objectives {
		if o.Window > 0 {
			all[i] = w.windowsOf(o)
		}
	}
	return all
}

func (w *watch) windowsOf(o scenarios.Objective) *windows {
	v := &windows{Objective: o}
	j := judgement{Objective: o}
	label, service := o.Series()
	series := slices.Index(w.board.series, label)
	for i := range w.board.phases {
		if p := &w.board.phases[i]; !j.covers(p.name, p.kind) {
			continue
		}
		part := &windowed{phase: i, length: w.plan[i].length}
		if o.Statistic != "" && series >= 0 {
			g := &w.board.gauges[i][series]
			part.times = g.response.Reader()
			if service {
				part.times = g.service.Reader()
			}
		}
		v.phases = append(v.phases, part)
		v.planned += int(part.length / o.Window)
	}
	return v
}

// glance looks at the objectives at the end of a second.
func (w *watch) glance(now time.Duration, r *results.Run) {
	for i, o := range w.o.Scenario.Objectives {
		v := w.windows[i]
		if v != nil {
			v.tick(w, now, r)
		}
		if o.Abort && w.abortion == nil && w.stage.Load() == stageLoad && w.mayAbort(o, now) {
			w.consider(i, v, now, r)
		}
	}
}

// mayAbort says that the delay of an objective is over, and that its phases are not.
func (w *watch) mayAbort(o scenarios.Objective, now time.Duration) bool {
	j := judgement{Objective: o}
	from := time.Duration(0)
	for i := range w.board.phases {
		p := &w.board.phases[i]
		start := time.Duration(p.start.Load())
		if !j.covers(p.name, p.kind) || start == 0 {
			continue
		}
		from = cmp.Or(from, start)
		if now >= start && now < time.Duration(p.end.Load()) {
			return now-from >= o.AbortAfter
		}
	}
	return false
}

// tick closes the stretches that are over.
func (v *windows) tick(w *watch, now time.Duration, r *results.Run) {
	for _, part := range v.phases {
		p := r.Phases[part.phase]
		start, end := time.Duration(p.StartNS), time.Duration(p.EndNS)
		if p.StartNS == 0 || now <= start {
			continue
		}
		if now <= end {
			part.gauge.see(v.gaugeOf(w))
		}
		for {
			next := start + time.Duration(len(part.each)+1)*v.Window
			if next > now || next+v.Window > end { // the last stays open
				break
			}
			v.close(part, p)
		}
	}
}

// gaugeOf is what the objective is about now, where it is a gauge; negative: it is not known.
func (v *windows) gaugeOf(w *watch) float64 {
	switch v.Metric {
	case scenarios.FigureServerRSS:
		if w.health.serverSeen && w.health.serverCPU >= 0 {
			return float64(w.health.usage.RSS)
		}
	case scenarios.FigureServerCPU:
		return w.health.serverCPU
	case scenarios.FigureSessions:
		return float64(w.connected.Load())
	}
	return -1
}

func (g *gauging) see(v float64) {
	if v >= 0 {
		g.most, g.sum, g.n = max(g.most, v), g.sum+v, g.n+1
	}
}

// close judges the stretch that is open by what came since the one before.
func (v *windows) close(part *windowed, now results.Phase) {
	j := &judgement{Objective: v.Objective}
	switch {
	case part.times != nil:
		j.statistic(part.times.Next())
	case v.gauged():
		part.gauge.judge(j)
	default:
		j.iterations(since(now, part.before, v.Window))
	}
	one := results.Window{StartNS: now.StartNS + int64(len(part.each))*int64(v.Window)}
	if j.lacks == "" {
		one.Observed, one.Held = &j.observed, j.Holds(j.observed)
		if !one.Held {
			part.missed++
		}
	}
	part.each, part.before, part.gauge = append(part.each, one), now, gauging{}
}

func (v *windows) gauged() bool {
	return slices.Contains([]string{scenarios.FigureServerRSS, scenarios.FigureServerCPU, scenarios.FigureSessions}, v.Metric)
}

func (g *gauging) judge(j *judgement) {
	switch {
	case g.n == 0:
		j.lacks = "it was not seen"
	case j.Metric == scenarios.FigureServerCPU:
		j.observed = g.sum / float64(g.n)
	default:
		j.observed = g.most
	}
}

// since is what a phase gained in a stretch of the given length.
func since(now, before results.Phase, length time.Duration) results.Phase {
	return results.Phase{
		Offered: now.Offered - before.Offered, Completed: now.Completed - before.Completed, Failed: now.Failed - before.Failed,
		Dropped: now.Dropped - before.Dropped, Errors: now.Errors - before.Errors, EndNS: int64(length),
	}
}

// needed is how many of n stretches have to keep the bound.
func (v *windows) needed(n int) int { return int(math.Ceil(float64(n)*v.Share/100 - 1e-9)) }

// hopeless says that too many have missed it already.
func (v *windows) hopeless() bool {
	missed := 0
	for _, part := range v.phases {
		missed += part.missed
	}
	return missed > v.planned-v.needed(v.planned)
}

// result closes what is still open, and judges them all. Stretches that an early end of the run has cut short are none.
func (v *windows) result(r *results.Run) results.Objective {
	all := results.Windows{LengthNS: int64(v.Window), Share: v.Share, Each: []results.Window{}}
	var observed []float64
	for _, part := range v.phases {
		p := r.Phases[part.phase]
		if p.StartNS > 0 && time.Duration(p.StartNS)+time.Duration(len(part.each)+1)*v.Window <= time.Duration(p.EndNS) {
			v.close(part, p)
		}
		for _, one := range part.each {
			switch {
			case one.Observed == nil:
				all.Undecided++
				continue
			case one.Held:
				all.Held++
			default:
				all.Missed++
			}
			observed = append(observed, *one.Observed)
		}
		all.Each = append(all.Each, part.each...)
	}
	return v.verdict(all, observed)
}

// verdict is decided where it is the same whatever the stretches without data would have shown.
func (v *windows) verdict(all results.Windows, observed []float64) results.Objective {
	n := len(all.Each)
	needed := v.needed(n)
	o := results.Objective{Text: v.Text, Phase: v.Phase, Bound: v.Bound, Unit: string(v.Unit), Samples: int64(n), Windows: &all}
	j := judgement{Objective: v.Objective}
	switch {
	case n == 0 || all.Held < needed && all.Missed <= n-needed:
		o.Undecided = true
		o.Reason = fmt.Sprintf("%s is undecided: of %d windows of %v %d held and %d had too little data", j.subject(), n, v.Window, all.Held, all.Undecided)
		return o
	case all.Held >= needed:
		o.Passed = true
	default:
		o.Reason = fmt.Sprintf("%s missed %s %s in %d of %d windows of %v, objective %s%% of them", j.subject(), v.Op,
			magnitudeOf(v.Bound, v.Unit).write(v.Bound, 15), all.Missed, n, v.Window, magnitude{1, ""}.write(v.Share, 15))
	}
	slices.Sort(observed)
	if v.Op == ">" || v.Op == ">=" {
		slices.Reverse(observed)
	}
	if needed <= len(observed) {
		o.Observed = &observed[max(0, needed-1)]
	}
	return o
}
