package report

import (
	"image/color"

	"gonum.org/v1/plot/plotter"
)

// loadPlot shows what was asked of the server and what it did.
func (v *view) loadPlot() Plot {
	offered, completed := rates(v.ticks, "offered"), rates(v.ticks, "completed")
	lost := sumOf(rates(v.ticks, "failed"), rates(v.ticks, "dropped"))
	legend := []entry{
		{label: "offered (came due)", style: stroke(rgb(0xF2B456), 4)},
		{label: "completed", style: stroke(blue(), 1.4)},
		{label: "failed or dropped", style: stroke(red(), 1), block: true},
	}
	p := linear("operations a second", 190, highest(offered, completed, lost), 1, countTicks{"/s"},
		trace{offered, legend[0].style}, trace{completed, legend[1].style}, under(lost, red()))
	if highest(offered, completed, lost) == 0 {
		p.empty = "no samples"
	}
	return Plot{Name: "load", Title: "Load: offered and achieved", figure: v.overTime(legend, p),
		Caption: "Operations that came due and operations completed in " + v.over(v.width) +
			". Where completed stays below offered, the server (or the rig) is behind; where it then rises above, the backlog is worked off. " +
			"Shaded phases are recorded but left out of every figure."}
}

// under fills the space between a line and zero.
func under(line []plotter.XY, fill color.Color) area {
	a := area{fill: fill}
	for _, pt := range line {
		a.x, a.low, a.high = append(a.x, pt.X), append(a.low, 0), append(a.high, pt.Y)
	}
	return a
}

// sumOf adds lines that have the same X.
func sumOf(a, b []plotter.XY) []plotter.XY {
	out := make([]plotter.XY, len(a))
	for i := range a {
		out[i] = plotter.XY{X: a[i].X, Y: a[i].Y + b[i].Y}
	}
	return out
}

// sessionsPlot shows sessions that are logged in and what waits for an answer.
func (v *view) sessionsPlot() Plot {
	sessions := thinnedLevels(v.Ticks, "sessions", v.width)
	waiting := thinnedLevels(v.Ticks, "in_flight", v.width)
	top := linear("sessions logged in", 95, highest(sessions), 1, countTicks{}, trace{sessions, stroke(blue(), 1.8)})
	low := linear("operations waiting for an answer", 95, highest(waiting), 1, countTicks{}, trace{waiting, stroke(purple(), 1.5)})
	if len(sessions) == 0 {
		top.empty = "no samples"
	}
	if len(waiting) == 0 {
		low.empty = "no samples"
	}
	return Plot{Name: "sessions", Title: "Sessions and operations in flight", figure: v.overTime(nil, top, low),
		Caption: "Operations in flight that grow while the offered load does not are a backlog: the server is past its limit."}
}
