package report

import (
	"slices"
	"time"

	"xmpprig/results"

	"gonum.org/v1/plot"
)

// Plots draws the pictures of a run in the order in which they are read.
// Every run has the same ones, save that "steps" needs a second step and "rooms" a room; where
// there is nothing to show they say so.
func Plots(r *results.Record) []Plot {
	v := newView(r)
	plots := []Plot{
		v.loadPlot(), v.latencyPlot(), v.heatPlot(), v.percentilePlot(), v.stepsPlot(), v.roomsPlot(), v.loginPlot(),
		v.errorsPlot(), v.sessionsPlot(), v.recoveryPlot(), v.serverPlot(), v.generatorPlot(),
	}
	for i := range plots {
		plots[i].figure.title = plots[i].Title
		plots[i].figure.mark = v.mark
	}
	return slices.DeleteFunc(plots, func(p Plot) bool { return len(p.figure.panels) == 0 })
}

// view is what the pictures of one run have in common.
type view struct {
	*results.Record
	end    time.Duration
	width  time.Duration // of a point of a line over time
	ticks  []results.Tick
	head   step
	some   bool // whether there is a headline
	phases []stretch
	mark   string
}

func newView(r *results.Record) *view {
	v := &view{Record: r, end: max(recordEnd(r), time.Second)}
	v.width = lineWidth(v.end)
	v.ticks = thinned(r.Ticks, v.width)
	v.head, v.some = headline(&r.Run)
	for _, p := range r.Run.Phases {
		v.phases = append(v.phases, stretch{name: line(p.Name, 30), from: max(0, float64(p.StartNS)/1e9), to: phaseEnd(p, v.end).Seconds(),
			measured: isMeasured(p), kind: p.Kind})
	}
	switch {
	case generatorLimited(&r.Run):
		v.mark = "GENERATOR-LIMITED"
	case r.Run.Verdict.Status == results.StatusIncomplete:
		v.mark = "INCOMPLETE"
	}
	return v
}

// overTime is a figure whose panels share the axis of time.
func (v *view) overTime(legend []entry, panels ...panel) figure {
	for i := range panels {
		panels[i].xMin, panels[i].xMax, panels[i].x = 0, v.end.Seconds(), timeTicks{}
	}
	return figure{legend: legend, phases: v.phases, panels: panels, xName: "time since the start of the run"}
}

// linear is a panel with an axis from zero up to a value.
func linear(title string, height, top, unit float64, ticker plot.Ticker, marks ...plot.Plotter) panel {
	return panel{title: title, height: height, yMax: niceTop(top, unit), y: ticker, marks: marks}
}

// over is what a caption says of the width of its points.
func (v *view) over(width time.Duration) string {
	switch {
	case width == time.Second:
		return "each second"
	case width < time.Minute:
		return "every " + trimmed(width.Seconds()) + " s"
	}
	return "every " + span(width)
}
