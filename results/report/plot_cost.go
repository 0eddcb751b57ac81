package report

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
)

// serverPlot shows what the server used, aligned with the phases.
func (v *view) serverPlot() Plot {
	p := Plot{Name: "server", Title: "Server: processor and memory", Caption: "All processes of the server under test, once a second" +
		peakText(v) + "."}
	cpu, rss := thinnedLevels(v.Ticks, "server.cpu", v.width), thinnedLevels(v.Ticks, "server.rss", v.width)
	top := linear("processors in use", 110, highest(cpu), .5, countTicks{}, trace{cpu, stroke(blue(), 1.6)})
	var legend []entry
	if busiest := thinnedLevels(v.Ticks, "server.busiest_thread", v.width); len(busiest) > 0 {
		thin := stroke(orange(), 1.2, 4, 2)
		top.marks = append(top.marks, trace{busiest, thin})
		legend = []entry{{label: "all threads", style: stroke(blue(), 1.6)}, {label: "the busiest thread, which cannot use more than one", style: thin}}
	}
	unit, _ := sizeUnit(highest(rss))
	low := linear("memory in use (RSS)", 110, highest(rss), unit, sizeTicks{}, trace{rss, stroke(green(), 1.6)})
	if len(cpu) == 0 {
		top.empty = "not observed"
	}
	if len(rss) == 0 {
		low.empty = "not observed"
	}
	p.figure = v.overTime(legend, top, low)
	return p
}

func peakText(v *view) string {
	if v.width > lineWidth(0) {
		return "; the peak in " + v.over(v.width) + " is drawn"
	}
	return ""
}

// generatorPlot shows the rig's own health against its limits.
func (v *view) generatorPlot() Plot {
	p := Plot{Name: "generator", Title: "Generator: was the rig itself the limit?", Caption: fmt.Sprintf(
		"Within the dashed lines the rig does not distort the figures: %s of its processor quota on average over the measured phases, "+
			"and a lag (sent − due) of %s at the 99th percentile%s.", orAbsent(v.Run.Generator.CPULimit, share), limitLatency(&v.Run), peakText(v))}
	cpu := scaled(thinnedLevels(v.Ticks, "generator.cpu", v.width), 1/v.quota())
	lag := scaled(thinnedLevels(v.Ticks, "generator.lag_p99_s", v.width), 1e9)
	top := linear("share of the processor quota", 100, max(1, highest(cpu)), 1, shareTicks{}, trace{cpu, stroke(blue(), 1.6)})
	top.yMax = max(1, highest(cpu)*1.05)
	if most := v.Run.Generator.CPULimit; most > 0 {
		top.marks = append(top.marks, limit{most, "limit " + share(most) + " on average"})
	}
	if len(cpu) == 0 {
		top.empty = "no samples"
	}
	p.figure = v.overTime(nil, top, v.lagPanel(lag), v.filesPanel())
	return p
}

func (v *view) quota() float64 {
	switch e := v.Run.Environment; {
	case e.CPUQuota > 0:
		return e.CPUQuota
	case e.CPUs > 0:
		return float64(e.CPUs)
	}
	return 1
}

func (v *view) lagPanel(lag []plotter.XY) panel {
	bound := float64(v.Run.Generator.LagLimitNS) // 0: the run did not come to its end
	lo, hi := max(bound, 1e6)/100, bound
	for _, pt := range lag {
		lo, hi = min(lo, max(pt.Y, 1e3)), max(hi, pt.Y)
	}
	pl := panel{title: "lag p99 (log scale)", height: 100, y: latencyTicks{1}}
	pl.yMin, pl.yMax = latencyRange(lo, hi*1.9)
	for i := range lag {
		lag[i].Y = max(pl.yMin, logLatency(int64(lag[i].Y)))
	}
	pl.marks = append(pl.marks, trace{lag, stroke(purple(), 1.5)})
	if bound > 0 {
		pl.marks = append(pl.marks, limit{logLatency(int64(bound)), "limit " + limitLatency(&v.Run)})
	}
	if len(lag) == 0 {
		pl.empty = "no samples"
	}
	return pl
}

func (v *view) filesPanel() panel {
	files := thinnedLevels(v.Ticks, "generator.fds", v.width)
	bound := float64(v.Run.Environment.OpenFiles)
	top := highest(files)
	if bound > 0 && top > bound/4 {
		top = max(top, bound*1.1)
	}
	pl := linear("open files", 80, top, 1, countTicks{}, trace{files, stroke(green(), 1.5)})
	if bound > 0 {
		pl.title += " (limit " + count(int64(bound)) + ")"
		pl.marks = append(pl.marks, limit{bound, "limit " + count(int64(bound))})
	}
	if len(files) == 0 {
		pl.empty = "no samples"
	}
	return pl
}

func scaled(pts []plotter.XY, by float64) []plotter.XY {
	for i := range pts {
		pts[i].Y *= by
	}
	return pts
}
