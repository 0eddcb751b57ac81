package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Objective is one bound that a run has to keep: METRIC [STATISTIC] OP BOUND
// [over WINDOW [for SHARE]] [in PHASE] [abort after DELAY].
type Objective struct {
	Pos       Position // zero for one of the command line
	Text      string   // as written, but for spaces
	Metric    string   // the label of a series, or a figure of the run
	Statistic string   // p50 … p99.9, max or mean of a series; empty: Metric is a figure
	Op        string   // <, <=, >, >= or ==
	Bound     float64
	Unit      Unit   // of Bound
	Phase     string // empty: all measured phases together

	Window     time.Duration // each stretch of a phase that is judged alone, in whole seconds; 0: the phase is judged as a whole
	Share      float64       // percent of the windows that have to keep the bound; 0 without windows
	Abort      bool          // the run ends as soon as the objective cannot be met any more
	AbortAfter time.Duration // but not before the phase has lasted so long

	metricAt, statisticAt, phaseAt, windowAt, abortAt int // columns in what was written
}

// Unit is what a bound is counted in.
type Unit string

// Units.
const (
	Nanoseconds Unit = "ns"
	PerSecond   Unit = "/s"
	Bytes       Unit = "B"
	Percent     Unit = "%"
	CPUs        Unit = "CPUs"
	Count       Unit = ""
)

// ObjectiveError says what is wrong with the text of an objective.
type ObjectiveError struct {
	Text   string
	Column int // of Text, in characters from 1
	Reason string
	Remedy string // may be empty
}

func (e *ObjectiveError) Error() string {
	s := fmt.Sprintf("objective %q, column %d: %s", clip(e.Text), e.Column, e.Reason)
	if e.Remedy != "" {
		s += " (" + e.Remedy + ")"
	}
	return s
}

// Figures of a run that objectives may bound, beside its series.
const (
	FigureErrors       = "errors"
	FigureCompleted    = "completed"
	FigureDropped      = "dropped"
	FigureRate         = "rate"
	FigureLost         = "lost"
	FigureDuplicated   = "duplicated"
	FigureReordered    = "reordered"
	FigureMisdelivered = "misdelivered"
	FigureServerRSS    = "server.rss"
	FigureServerCPU    = "server.cpu"
	FigureSessions     = "sessions"
)

// figure is one of them: what it may be bounded in, and what it is known for.
type figure struct {
	name     string
	units    []Unit
	byPhase  bool // known for a single phase
	windowed bool // known for a stretch of one
	messages bool // of the ledger: nothing without messages
}

func figures() []figure {
	share := []Unit{Count, Percent}
	return append([]figure{
		{FigureErrors, share, true, true, false}, {FigureCompleted, share, true, false, false}, {FigureDropped, share, true, true, false},
		{FigureRate, []Unit{PerSecond}, true, true, false},
		{FigureLost, share, false, false, true}, {FigureDuplicated, share, false, false, true}, {FigureReordered, share, false, false, true}, {FigureMisdelivered, share, false, false, true},
		{FigureServerRSS, []Unit{Bytes}, false, true, false}, {FigureServerCPU, []Unit{CPUs}, false, true, false}, {FigureSessions, []Unit{Count}, false, true, false},
	}, recoveryFigures()...)
}

func figureOf(name string) (figure, bool) {
	all := figures()
	if i := slices.IndexFunc(all, func(f figure) bool { return f.name == name }); i >= 0 {
		return all[i], true
	}
	return figure{}, false
}

func figureNames() (names []string) {
	for _, f := range figures() {
		names = append(names, f.name)
	}
	return names
}

// statistics of a series.
func statistics() []string {
	return []string{"p50", "p90", "p95", "p99", "p99.9", "max", "mean"}
}

func operators() []string { return []string{"<", "<=", ">", ">=", "=="} }

// Percentile is the objective's percentile, if it bounds one.
func (o Objective) Percentile() (float64, bool) {
	p, err := strconv.ParseFloat(strings.TrimPrefix(o.Statistic, "p"), 64)
	return p, err == nil && strings.HasPrefix(o.Statistic, "p")
}

// serviceSuffix asks for the service times of a series.
const serviceSuffix = ".service"

// loginParts are the stages of a login, of which only service times are known.
func loginParts() []string {
	return []string{".connect", ".tls", ".resumed", ".upgrade", ".sasl", ".fast", ".bind"}
}

// Series is the label of the series that the objective bounds, and whether its
// service times are meant and not its response times.
func (o Objective) Series() (label string, service bool) {
	label, service = strings.CutSuffix(o.Metric, serviceSuffix)
	for _, part := range loginParts() {
		service = service || strings.HasSuffix(label, part)
	}
	service = service || strings.HasSuffix(label, accountSuffix)
	return label, service
}

// Holds says whether what was observed, in the objective's unit, keeps to it.
func (o Objective) Holds(observed float64) bool {
	switch o.Op {
	case "<":
		return observed < o.Bound
	case "<=":
		return observed <= o.Bound
	case ">":
		return observed > o.Bound
	case ">=":
		return observed >= o.Bound
	}
	return observed == o.Bound
}
