package report

import "xmpprig/results"

// SidesPlots draws the picture of several comparisons with one base: for each side the effects with their intervals, on one axis.
func SidesPlots(cs []*results.Comparison) []Plot {
	cs = cs[:min(mostSides, len(cs))]
	p := Plot{Name: "sides", Title: "Change of each metric, each side against the base", Caption: "One axis for all sides. " + forestCaption}
	if len(cs) > 0 {
		p.Title = "Change of each metric against " + sideNames(cs)[0]
	}
	reach := 0.0
	rows := make([][]results.Compared, len(cs))
	for i, c := range cs {
		rows[i] = forestRows(c)
		reach = max(reach, forestReach(rows[i]))
	}
	for i, c := range cs {
		pl := forestPanel(rows[i], reach)
		pl.title = sideName(c.Head.Name)
		p.figure.panels = append(p.figure.panels, pl)
	}
	p.figure.title, p.figure.xName = p.Title, forestAxis
	return []Plot{p}
}
