package report

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// event is something that happened at a time, with a label of a few words.
type event struct {
	at    float64 // seconds
	label string
	color color.Color
}

// flags draws events in lanes. A label for which no lane has room is left out; its dot stands at the bottom.
type flags struct {
	events []event // in order of time
	lanes  int
}

const (
	laneHeight = 13
	laneBottom = 8 // beneath the lanes
	mostLanes  = 5
)

// placed is where the label of an event goes.
type placed struct {
	left vg.Length
	lane int // -1: nowhere
}

// place finds a lane for each event; x gives where on the canvas a time is, whose ends are lo and hi.
func (f flags) place(x func(float64) vg.Length, lo, hi vg.Length) []placed {
	free := make([]vg.Length, f.lanes) // from where each is
	for i := range free {
		free[i] = lo
	}
	var all []placed
	for _, e := range f.events {
		at, wide := x(e.at), small(ink()).Width(e.label)
		left := at + 6
		if left+wide > hi {
			left = at - 6 - wide
		}
		lane := slices.IndexFunc(free, func(from vg.Length) bool { return from <= min(left, at-4) })
		if lane >= 0 {
			free[lane] = max(left+wide, at) + 8
		}
		all = append(all, placed{left, lane})
	}
	return all
}

// needed is how many lanes there must be over an axis from 0 to end, and whether that leaves events without a label.
func (f flags) needed(from, end float64) (lanes int, crowded bool) {
	const width = figureWidth - leftMargin - rightMargin
	f.lanes = mostLanes
	for _, p := range f.place(func(s float64) vg.Length { return vg.Length((s - from) / (end - from) * width) }, -4, width) {
		lanes = max(lanes, p.lane+1)
		crowded = crowded || p.lane < 0
	}
	return max(1, lanes), crowded
}

// Plot implements [plot.Plotter].
func (f flags) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	places := f.place(x, c.Min.X-4, c.Max.X)
	height := func(lane int) vg.Length {
		if lane < 0 {
			return c.Min.Y + 3
		}
		return c.Max.Y - laneHeight*vg.Length(lane) - laneHeight/2
	}
	for i, e := range f.events {
		c.StrokeLine2(stroke(faint(e.color), .7), x(e.at), c.Min.Y, x(e.at), height(places[i].lane))
	}
	for i, e := range f.events {
		y := height(places[i].lane)
		dot(c, vg.Point{X: x(e.at), Y: y}, stroke(e.color, 3))
		if places[i].lane >= 0 {
			c.FillText(small(ink()), vg.Point{X: places[i].left, Y: y - 3.5}, e.label)
		}
	}
}

// faint is a colour that leaves what it crosses to be seen.
func faint(c color.Color) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = 110
	return n
}

// findingFlags are the findings of a campaign in the order in which they were seen; their numbers are those of the report.
func findingFlags(c *results.Campaign) []event {
	const most = 400
	var all []event
	for i, f := range byValue(c.Findings) {
		all = append(all, event{seconds(f.Seconds).Seconds(), fmt.Sprintf("%d %s", i+1, shortened(rowOrOracle(f), 16)), findingColor(f)})
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return all[:min(most, len(all))]
}

// byValue are findings as a report numbers them: those of the baseline last.
func byValue(all []results.Finding) []results.Finding {
	fresh, accepted := byAcceptance(all)
	return append(slices.Clip(fresh), accepted...)
}

func findingColor(f results.Finding) color.Color {
	switch {
	case f.Accepted:
		return grey()
	case f.Level == results.LevelMust, f.Oracle == "crash":
		return red()
	case f.Level == results.LevelShould:
		return orange()
	}
	return blue()
}

// flagLegend explains the colours that are used.
func flagLegend(c *results.Campaign) []entry {
	var all []entry
	used := map[color.Color]bool{}
	for _, f := range c.Findings {
		used[findingColor(f)] = true
	}
	for _, e := range []entry{
		{label: "finding at MUST", style: stroke(red(), 3)}, {label: "at SHOULD", style: stroke(orange(), 3)},
		{label: "at MAY", style: stroke(blue(), 3)}, {label: "accepted", style: stroke(grey(), 3)},
	} {
		if used[e.style.Color] {
			all = append(all, e)
		}
	}
	if len(c.Restarts) > 0 {
		all = append(all, entry{label: "server started again", style: restartStyle()})
	}
	return all
}

func restartStyle() draw.LineStyle { return stroke(purple(), 1.1, 4, 3) }

// happenings are the findings and restarts as lines through a panel.
func happenings(c *results.Campaign) []plot.Plotter {
	const most = 200
	var marks []plot.Plotter
	for _, f := range findingFlags(c)[:min(most, len(c.Findings))] {
		marks = append(marks, upright{f.at, stroke(faint(f.color), .7)})
	}
	for _, r := range c.Restarts[:min(most, len(c.Restarts))] {
		marks = append(marks, upright{seconds(r.Seconds).Seconds(), restartStyle()})
	}
	return marks
}
