package results

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Directions of a Measure: which change of it is for the better.
const (
	BetterLower  = "lower"
	BetterHigher = "higher"
)

// Measure is one figure of a whole run, of those that are compared from run to run.
type Measure struct {
	Name    string  // as in objectives: "message.delivery p99 in steady", "rate in steady", "server.rss"
	Value   float64 // in Unit
	Unit    string  // ns, /s, B, CPUs, or empty: a number of things
	Better  string  // BetterLower or BetterHigher
	Samples int64   // that it was taken from: times of a series, operations; 0: it is one figure
	Main    bool    // whether it is looked at where nobody names measures: too many comparisons find too much
}

// Measures are the figures of a run in the order of the record: of each response series the median, p90, p99, p99.9 and mean,
// where ten samples lie beyond; of each measured phase what was completed a second; then what the server cost, where it was seen.
// What lies in warm-up and drain is left out.
func (r *Run) Measures() []Measure {
	var all []Measure
	for i := range r.Series {
		all = append(all, r.seriesMeasures(&r.Series[i])...)
	}
	for _, p := range r.Phases {
		if d := p.EndNS - p.StartNS; p.Measured() && p.Completed > 0 && d > 0 {
			all = append(all, Measure{"rate in " + p.Name, float64(p.Completed) / (float64(d) / 1e9), "/s", BetterHigher, p.Completed, true})
		}
	}
	if r.Server.Observed {
		all = append(all, r.Server.measures()...)
	}
	return all
}

func (r *Run) seriesMeasures(s *Series) (all []Measure) {
	if s.Kind != Response || s.Count == 0 || !r.compared(s) {
		return nil
	}
	put := func(statistic string, v float64, main bool) {
		all = append(all, Measure{s.Name + " " + statistic + " in " + s.Phase, v, "ns", BetterLower, s.Count, main})
	}
	stage := strings.HasPrefix(s.Name, "login.")
	for _, p := range []struct {
		statistic string
		value     *int64
		main      bool
	}{{"p50", s.P50NS, !stage}, {"p90", s.P90NS, false}, {"p99", s.P99NS, !stage}, {"p99.9", s.P999NS, false}} {
		if p.value != nil {
			put(p.statistic, float64(*p.value), p.main)
		}
	}
	if Enough(s.Count, 50) {
		put("mean", s.MeanNS, false)
	}
	return all
}

// compared says whether a series belongs to what is measured: logins in the login phase, all else in measured phases.
func (r *Run) compared(s *Series) bool {
	for _, p := range r.Phases {
		if p.Name == s.Phase {
			return p.Measured() || p.Kind == PhaseLogin && (s.Name == "login" || strings.HasPrefix(s.Name, "login."))
		}
	}
	return false
}

// Measured reports whether the figures of a phase count for the run. A phase that was rebuilt after a kill has no kind, and is
// judged by its name.
func (p Phase) Measured() bool {
	switch cmp.Or(p.Kind, p.Name) {
	case PhaseLogin, PhaseWarmUp, PhaseDrain:
		return false
	}
	return true
}

func (s *Server) measures() (all []Measure) {
	put := func(name string, v float64, unit string, main bool) {
		if v > 0 {
			all = append(all, Measure{Name: name, Value: v, Unit: unit, Better: BetterLower, Main: main})
		}
	}
	put("server.cpu per stanza", float64(s.CPUPerMsgNS), "ns", true)
	put("server.rss per session", float64(s.BytesPerSession), "B", true)
	put("server.rss", float64(s.RSSPeak), "B", false)
	put("server.cpu", s.CPUMean, "CPUs", false)
	return all
}

// ReadRun reads run.json of dir alone, without what happened second by second: enough where many runs are looked at. Errors are
// those of Open. Of a run that was killed it has no series; see Run.Unfinished.
func ReadRun(dir string) (*Run, error) {
	r := &Record{Dir: dir}
	if err := r.openRun(); err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	return &r.Run, nil
}

// HoldsRun reports whether dir has a run.json.
func HoldsRun(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, RunFile))
	return err == nil && info.Mode().IsRegular()
}
