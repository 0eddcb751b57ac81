package report

import (
	"slices"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
)

// CampaignPlots draws the pictures of a campaign in the order in which they are read; that of the honest users only where there
// were any.
func CampaignPlots(c *results.Campaign) []Plot {
	v := newCampaignView(c)
	plots := []Plot{v.coveragePlot(), v.programsPlot(), v.layersPlot()}
	if len(c.Honest) > 0 {
		plots = slices.Insert(plots, 0, v.honestPlot())
	}
	for i := range plots {
		plots[i].figure.title = plots[i].Title
		if c.Verdict.Status == results.StatusIncomplete {
			plots[i].figure.mark = "INCOMPLETE"
		}
	}
	return plots
}

// campaignView is what the pictures of one campaign have in common.
type campaignView struct {
	*results.Campaign
	from    float64 // where the axis of time begins, seconds: 0, or before it
	end     float64 // and where it ends
	samples []results.Progress
}

func newCampaignView(c *results.Campaign) *campaignView {
	v := &campaignView{Campaign: c, end: campaignEnd(c)}
	width := lineWidth(seconds(v.end)).Seconds()
	slot := -1
	for _, s := range c.Samples {
		s.Seconds = seconds(s.Seconds).Seconds()
		if n := len(v.samples); n > 0 && s.Seconds < v.samples[n-1].Seconds {
			continue // time does not go back
		}
		if at := int(s.Seconds / width); at == slot {
			v.samples[len(v.samples)-1] = s
		} else {
			v.samples, slot = append(v.samples, s), at
		}
	}
	return v
}

// overTime is a figure whose panels share the axis of time, with the findings above them.
func (v *campaignView) overTime(legend []entry, panels ...panel) figure {
	if all := findingFlags(v.Campaign); len(all) > 0 {
		panels = append([]panel{v.flagPanel(flags{events: all})}, panels...)
	}
	for i := range panels {
		panels[i].xMin, panels[i].xMax, panels[i].x = v.from, v.end, timeTicks{}
		if !slices.ContainsFunc(panels[i].marks, func(m plot.Plotter) bool { _, ok := m.(flags); return ok }) {
			panels[i].marks = append(happenings(v.Campaign), panels[i].marks...)
		}
	}
	return figure{legend: append(legend, flagLegend(v.Campaign)...), panels: panels, xName: "time since the start of the campaign"}
}

// flagPanel is as high as its labels need.
func (v *campaignView) flagPanel(f flags) panel {
	lanes, crowded := f.needed(v.from, v.end)
	f.lanes = lanes
	p := panel{title: "findings, by their number in the report", height: float64(laneHeight * lanes), yMax: 1, y: plot.ConstantTicks(nil), marks: []plot.Plotter{f}}
	if crowded {
		p.height += laneBottom
	}
	return p
}

func (v *campaignView) progress(pick func(results.Progress) float64) []plotter.XY {
	var pts []plotter.XY
	for _, s := range v.samples {
		pts = append(pts, plotter.XY{X: s.Seconds, Y: max(0, pick(s))})
	}
	return pts
}

func (v *campaignView) coveragePlot() Plot {
	return Plot{Name: "coverage", Title: "What was seen of the server", figure: v.overTime(nil,
		gauge("edges: state, class of input, answer", v.progress(func(s results.Progress) float64 { return float64(s.Edges) }), blue()),
		gauge("states of streams", v.progress(func(s results.Progress) float64 { return float64(s.States) }), green()),
		gauge("rows of the table of required answers", v.progress(func(s results.Progress) float64 { return float64(s.Rows) }), purple()),
		gauge("corpus: programs that showed something new", v.progress(func(s results.Progress) float64 { return float64(s.Corpus) }), orange())),
		Caption: "A line that still rises at the end says that more time would show more; where all are flat, this corpus and these layers have given what they have."}
}

func (v *campaignView) programsPlot() Plot {
	var rate []plotter.XY
	last := results.Progress{}
	for _, s := range v.samples {
		if d := s.Seconds - last.Seconds; d > 0 {
			rate = append(rate, plotter.XY{X: (s.Seconds + last.Seconds) / 2, Y: max(0, float64(s.Programs-last.Programs)) / d})
			last = s
		}
	}
	p := linear("programs a second", 130, highest(rate), 1, countTicks{"/s"}, trace{rate, stroke(blue(), 1.6)})
	if len(rate) == 0 {
		p.empty = "no samples"
	}
	return Plot{Name: "programs", Title: "Programs played", figure: v.overTime(nil, p),
		Caption: "Programs a second between two samples, confirmations and cuts included. A hole is a server that had to be started again, or a program that waited long."}
}

// layersPlot shows what each layer of mutation was tried for and what it found.
func (v *campaignView) layersPlot() Plot {
	p := Plot{Name: "layers", Title: "Layers of mutation", Caption: "What each layer was tried for, and what it found: new edges and findings."}
	rows := layerRows(v.Campaign)
	tried := barPanel("programs tried", rows, func(l results.LayerWork) int64 { return l.Tried })
	found := barPanel("new edges and findings", rows, func(l results.LayerWork) int64 { return l.Found })
	p.figure = figure{panels: []panel{tried, found}, columns: 2}
	return p
}

// barPanel is a bar for each layer, the first on top.
func barPanel(title string, rows []results.LayerWork, pick func(results.LayerWork) int64) panel {
	const each, room = 22, 56
	p := panel{title: title, height: float64(each * max(3, len(rows))), yMax: float64(max(1, len(rows))), xMax: 1, x: plot.ConstantTicks(nil)}
	if len(rows) == 0 {
		p.empty, p.y = "no samples", plot.ConstantTicks(nil)
		return p
	}
	var names []plot.Tick
	top := 0.0
	style := small(ink())
	style.YAlign = text.YCenter
	for i, l := range rows {
		y, n := float64(len(rows)-i)-.5, max(0, float64(pick(l)))
		names = append(names, plot.Tick{Value: y, Label: fitted(style, seenLine(l.Layer, 40), room)})
		p.marks = append(p.marks, bar{0, n, y - .32, y + .32, seriesColors()[i%len(seriesColors())]}, note{n, y, " " + count(int64(n)), style})
		top = max(top, n)
	}
	p.y, p.xMax, p.x, p.bare = plot.ConstantTicks(names), max(1, top*1.3), plot.ConstantTicks(nil), true
	return p
}
