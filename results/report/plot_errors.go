package report

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// errorsPlot stacks the errors of every class over time.
func (v *view) errorsPlot() Plot {
	p := Plot{Name: "errors", Title: "Errors over the run, by class", Caption: "Errors a second in " + v.over(v.width) + ", stacked by class."}
	classes := v.errorLines()
	if len(classes) == 0 {
		pl := linear("errors a second", 90, 0, 1, countTicks{"/s"})
		pl.empty = "no errors"
		p.figure = v.overTime(nil, pl)
		return p
	}
	base := make([]float64, len(classes[0].points))
	var marks []plot.Plotter
	var legend []entry
	top := 0.0
	for i, c := range classes {
		fill := seriesColors()[i]
		for k, pt := range c.points {
			if pt.Y > 0 {
				half := barHalf(c.points, k)
				marks = append(marks, bar{pt.X - half, pt.X + half, base[k], base[k] + pt.Y, fill})
			}
			base[k] += pt.Y
			top = max(top, base[k])
		}
		legend = append(legend, entry{label: line(c.name, 40), style: stroke(fill, 1), block: true})
	}
	p.figure = v.overTime(legend, linear("errors a second", 150, top, 1, countTicks{"/s"}, marks...))
	return p
}

// barHalf is half the width of the k-th bar: up to the middle of the way to
// its neighbour, less a hair between bars.
func barHalf(points []plotter.XY, k int) float64 {
	half := points[k].X
	if k > 0 {
		half = (points[k].X - points[k-1].X) / 2
	} else if len(points) > 1 {
		half = min(half, (points[1].X-points[0].X)/2)
	}
	return half * .94
}

// errorLine is the rate of one class of errors over time.
type errorLine struct {
	name   string
	points []plotter.XY
	total  float64
}

// errorLines are the most frequent classes first, the rest as one.
func (v *view) errorLines() []errorLine {
	var all []errorLine
	for _, name := range metricsWith(v.Ticks, "error:") {
		l := errorLine{name: name, points: rates(v.ticks, "error:"+name)}
		for _, pt := range l.points {
			l.total += pt.Y
		}
		if l.total > 0 {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b errorLine) int { return cmp.Compare(b.total, a.total) })
	if most := len(seriesColors()); len(all) > most {
		rest := errorLine{name: "other classes", points: all[most-1].points}
		for _, l := range all[most:] {
			rest.points = sumOf(rest.points, l.points)
		}
		all = append(all[:most-1], rest)
	}
	return all
}
