package report

import (
	"math"

	"xmpprig/results"
)

// The series of messages to rooms, as the engine names them.
const (
	firstRecipient = "groupchat.first"
	eachRecipient  = "groupchat.delivery"
	lastRecipient  = "groupchat.last"
)

// roomsPlot shows over time when the first, any and the last occupant had a message; nothing where none was sent to a room.
func (v *view) roomsPlot() Plot {
	p := Plot{Name: "rooms", Title: "Messages to rooms: the first and the last recipient"}
	if v.Run.Rooms == nil {
		return p
	}
	intervals := intervalsOf(v.Record, lastRecipient, results.Response)
	width := windowWidth(intervals, v.end)
	p.Caption = "From when a message was due until the first, any and the last occupant had it, " + v.over(width) +
		": the medians, and the 99th percentile of any and of the last recipient where ten samples lie beyond it. The scale is logarithmic."
	lines := []struct {
		entry
		series string
		pick   func(window) float64
	}{
		{entry{label: "first p50", style: stroke(sky(), 1.6)}, firstRecipient, func(w window) float64 { return w.p50 }},
		{entry{label: "any p50", style: stroke(blue(), 2)}, eachRecipient, func(w window) float64 { return w.p50 }},
		{entry{label: "any p99", style: stroke(blue(), 1.2, 3, 2)}, eachRecipient, func(w window) float64 { return w.p99 }},
		{entry{label: "last p50", style: stroke(red(), 2)}, lastRecipient, func(w window) float64 { return w.p50 }},
		{entry{label: "last p99", style: stroke(red(), 1.2, 3, 2)}, lastRecipient, func(w window) float64 { return w.p99 }},
	}
	pl := panel{title: "response time (log scale)", height: 230, y: latencyTicks{3.4}}
	var legend []entry
	lo, hi := math.Inf(1), 0.0
	for _, l := range lines {
		pts := along(windows(intervalsOf(v.Record, l.series, results.Response), width, v.Run.Phases), width.Seconds(), l.pick)
		least, most := extent(pts)
		if most == 0 {
			continue
		}
		pl.marks, legend = append(pl.marks, trace{pts, l.style}), append(legend, l.entry)
		lo, hi = min(lo, least), max(hi, most)
	}
	if hi == 0 {
		p.figure = v.overTime(nil, noSamples("response time (log scale)", 230))
		return p
	}
	pl.yMin, pl.yMax = latencyRange(lo*.9, hi*1.1)
	p.figure = v.overTime(legend, pl)
	return p
}
