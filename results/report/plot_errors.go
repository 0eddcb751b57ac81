package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"xmpprig/results"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// errorsPlot stacks the errors of every class over time.
func (v *view) errorsPlot() Plot {
	p := Plot{Name: "errors", Title: "Errors over the run, by class", Caption: "Errors stacked by class, one bar " + v.over(v.width) + "."}
	classes := v.errorLines()
	if len(classes) == 0 {
		pl := linear("errors a second", 90, 0, 1, countTicks{"/s"})
		pl.empty = "no errors"
		p.figure = v.overTime(nil, pl)
		return p
	}
	base, ends := make([]float64, len(classes[0].points)), edges(classes[0].points)
	hair := 0.0 // between bars that are wide enough for it
	if len(base) <= 150 {
		hair = .03 * v.width.Seconds()
	}
	var marks []plot.Plotter
	var legend []entry
	top := 0.0
	for i, c := range classes {
		fill := seriesColors()[i]
		for k, pt := range c.points {
			if pt.Y > 0 {
				marks = append(marks, bar{ends[k] + hair, ends[k+1] - hair, base[k], base[k] + pt.Y, fill})
			}
			base[k] += pt.Y
			top = min(mostValue, max(top, base[k]))
		}
		legend = append(legend, entry{label: c.name, style: stroke(fill, 1), block: true})
	}
	p.figure = v.overTime(legend, linear("errors a second", 150, top, 1, countTicks{"/s"}, marks...))
	return p
}

// edges are the ends of the stretches that points of rates lie in the middle
// of: one more than there are points.
func edges(points []plotter.XY) []float64 {
	all := []float64{0}
	for i, pt := range points {
		all = append(all, 2*pt.X-all[i])
	}
	return all
}

// errorLine is the rate of one class of errors over time.
type errorLine struct {
	name   string
	points []plotter.XY
}

// errorLines are the most frequent classes first, the rest as one.
func (v *view) errorLines() []errorLine {
	const prefix = "error:"
	totals := map[string]float64{}
	for _, t := range v.ticks {
		for _, m := range t.Metrics {
			if name, ok := strings.CutPrefix(m.Name, prefix); ok && m.Value > 0 {
				totals[name] = max(totals[name], m.Value)
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(totals), func(a, b string) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b))
	})
	shown := names
	if most := len(seriesColors()); len(names) > most {
		shown = names[:most-1]
	}
	var all []errorLine
	for _, name := range shown {
		all = append(all, errorLine{line(name, 40), rates(v.ticks, prefix+name)})
	}
	if len(shown) < len(names) {
		all = append(all, errorLine{"other classes", rates(rest(v.ticks, prefix, shown), "rest")})
	}
	return all
}

// rest adds up, in every tick, the metrics of a prefix that are not shown.
func rest(ticks []results.Tick, prefix string, shown []string) []results.Tick {
	out := make([]results.Tick, len(ticks))
	for i, t := range ticks {
		sum := 0.0
		for _, m := range t.Metrics {
			if name, ok := strings.CutPrefix(m.Name, prefix); ok && !slices.Contains(shown, name) {
				sum += m.Value
			}
		}
		out[i] = results.Tick{At: t.At, Metrics: []results.Metric{{Name: "rest", Value: sum}}}
	}
	return out
}
