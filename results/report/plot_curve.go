package report

import (
	"fmt"
	"math"

	"xmpprig/results"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/plot"
)

// gapCaption explains what the two lines of a percentile curve mean.
const gapCaption = "Response time counts from when an operation was due, service time from when it was sent. " +
	"The gap between the lines is the wait before sending that a closed-loop tool does not see (coordinated omission): " +
	"users feel the response time. Dashed: fewer than ten samples lie beyond."

// percentilePlot shows the headline step's whole distribution.
func (v *view) percentilePlot() Plot {
	p := Plot{Name: "percentiles", Title: "Latency by percentile", Caption: gapCaption}
	pl := panel{title: "latency (log scale)", height: 250}
	if v.some {
		p.Title += fmt.Sprintf(": %s in %s (%s)", line(v.head.Name, 40), line(v.head.Phase, 24), plural(v.head.samples(), "answer"))
		if phase, ok := phaseNamed(&v.Run, v.head.Phase); ok && phase.Kind == results.PhaseClosed {
			p.Caption += " In a closed phase an operation is due as soon as the one before is answered, so this is no statement about users who arrive on their own."
		}
		pl = v.curvePanel(v.head, pl)
	} else {
		pl = noCurve(pl)
	}
	p.figure = figure{legend: curveLegend(), panels: []panel{pl}, xName: "percentile of answers"}
	return p
}

func curveLegend() []entry {
	return []entry{{label: "response (answered − due)", style: stroke(blue(), 2)}, {label: "service (answered − sent)", style: stroke(orange(), 1.7)}}
}

func noCurve(pl panel) panel {
	none := noSamples(pl.title, pl.height)
	none.xMax, none.x = 3, percentileTicks{}
	return none
}

// curvePanel draws service under response on the axis of percentiles.
func (v *view) curvePanel(s step, pl panel) panel {
	lo, hi := math.Inf(1), math.Inf(-1)
	var marks []plot.Plotter
	legend := curveLegend()
	for i, h := range []*hdrhistogram.Histogram{v.whole(s, results.Service), v.whole(s, results.Response)} {
		if h == nil {
			continue
		}
		c := curveOf(h)
		style := legend[1-i].style
		marks = append(marks, trace{c.body, style})
		style.Dashes = stroke(nil, 0, 3, 2.5).Dashes
		style.Width *= .8
		marks = append(marks, trace{c.tail, style})
		pl.xMax = max(pl.xMax, endOfCurve(c.samples))
		lo, hi = min(lo, float64(h.Min())), max(hi, float64(h.Max()))
	}
	if marks == nil {
		return noCurve(pl)
	}
	pl.x, pl.y, pl.marks = percentileTicks{}, latencyTicks{3.4}, append(pl.marks, marks...)
	pl.xMax *= 1.02
	pl.yMin, pl.yMax = latencyRange(lo*.95, hi*1.05)
	return pl
}

// whole is the histogram of one kind of a step; nil where it has no samples.
func (v *view) whole(s step, kind string) *hdrhistogram.Histogram {
	return v.Merged(s.Name, s.Phase, kind)
}

// stepsPlot shows the other steps side by side on the same scales.
func (v *view) stepsPlot() Plot {
	p := Plot{Name: "steps", Title: "The other steps", Caption: "Each step in the phase where it has most answers, on the same scales. " + gapCaption}
	if !v.some {
		return p
	}
	xMax, lo, hi := 0.0, math.Inf(1), math.Inf(-1)
	for _, s := range others(&v.Run, v.head, 9) {
		pl := v.curvePanel(s, panel{title: fmt.Sprintf("%s in %s (%s)", line(s.Name, 20), line(s.Phase, 12), count(s.samples())), height: 130})
		if pl.empty == "" {
			p.figure.panels = append(p.figure.panels, pl)
			xMax, lo, hi = max(xMax, pl.xMax), min(lo, pl.yMin), max(hi, pl.yMax)
		}
	}
	for i := range p.figure.panels {
		pl := &p.figure.panels[i]
		pl.xMax, pl.yMin, pl.yMax = xMax, lo, hi
	}
	p.figure.legend, p.figure.xName, p.figure.columns = curveLegend(), "percentile of answers", min(3, len(p.figure.panels))
	return p
}
