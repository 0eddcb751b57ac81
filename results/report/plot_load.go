package report

import (
	"image/color"

	"xmpprig/results"

	"gonum.org/v1/plot/plotter"
)

// loadPlot shows what was asked of the server and what it did.
func (v *view) loadPlot() Plot {
	offered, completed := rates(v.ticks, "offered"), rates(v.ticks, "completed")
	lost := sumOf(rates(v.ticks, "failed"), rates(v.ticks, "dropped"))
	legend := []entry{
		{label: "offered (came due)", style: stroke(rgb(0xF2B456), 4)},
		{label: "completed", style: stroke(blue(), 1.4)},
		{label: "failed or dropped", style: stroke(rgb(0xDF8A62), 1), block: true},
	}
	p := linear("operations a second", 190, highest(offered, completed, lost), 1, countTicks{"/s"},
		under(lost, legend[2].style.Color), trace{offered, legend[0].style}, trace{completed, legend[1].style})
	if highest(offered, completed, lost) == 0 {
		p.empty = "no samples"
	}
	return Plot{Name: "load", Title: "Load: offered and achieved", figure: v.overTime(legend, p),
		Caption: "Operations that came due and operations completed in " + v.over(v.width) +
			". Where completed stays below offered, the server (or the rig) is behind; where it then rises above, the backlog is worked off. " +
			"Shaded phases are drawn but left out of the numbers."}
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

// sessionsPlot shows sessions that are logged in and what is under way.
func (v *view) sessionsPlot() Plot {
	sessions := thinnedLevels(v.Ticks, "sessions", v.width)
	waiting := thinnedLevels(v.Ticks, "in_flight", v.width)
	travelling := between(v.ticks, "ledger.sent", "ledger.delivered")
	return Plot{Name: "sessions", Title: "Sessions, and what is under way", figure: v.overTime(nil,
		gauge("sessions logged in", sessions, blue()),
		gauge("operations waiting for an answer", waiting, purple()),
		gauge("messages sent and not delivered", travelling, green())),
		Caption: "Operations and messages under way that grow while the offered load does not are a backlog: the server is past its limit."}
}

// gauge is a panel with one line that counts something.
func gauge(title string, line []plotter.XY, c color.Color) panel {
	p := linear(title, 85, highest(line), 1, countTicks{}, trace{line, stroke(c, 1.6)})
	if len(line) == 0 {
		p.empty = "no samples"
	}
	return p
}

// between is how far one cumulative count is ahead of another.
func between(ticks []results.Tick, ahead, behind string) []plotter.XY {
	var pts []plotter.XY
	for _, t := range ticks {
		a, ok := metric(t, ahead)
		b, _ := metric(t, behind)
		if ok {
			pts = append(pts, plotter.XY{X: t.At.Seconds(), Y: max(0, a-b)})
		}
	}
	return pts
}
