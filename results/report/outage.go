package report

import (
	"fmt"
	"time"

	"xmpprig/results"

	"gonum.org/v1/plot/plotter"
)

// outageFacts say how the sessions came back after many had lost their
// connections; nil where that never was.
func outageFacts(run *results.Run) []fact {
	var facts []fact
	for _, r := range run.Restarts {
		value := "the rig restarted it; it was ready " + span(time.Duration(r.ReadyNS-r.AtNS)) + " later"
		if r.Error != "" {
			value = "the rig failed to restart it: " + line(r.Error, 300)
		}
		facts = append(facts, fact{"server at " + span(time.Duration(r.AtNS)), value})
	}
	for _, o := range run.Outages {
		facts = append(facts, fact{"outage at " + span(time.Duration(o.AtNS)), outage(run, o)})
	}
	return facts
}

func outage(run *results.Run, o results.Outage) string {
	text := fmt.Sprintf("of %s connected, %s at the fewest", plural(int64(o.Sessions), "session"), count(int64(o.Lowest)))
	for _, t := range []struct {
		what    string
		percent int
		after   *int64
	}{{"50 %", 50, o.To50NS}, {"90 %", 90, o.To90NS}, {"all", 100, o.To100NS}} {
		switch {
		case t.after != nil:
			text += fmt.Sprintf("; %s back after %s", t.what, span(time.Duration(*t.after)))
		case 100*o.Lowest < t.percent*o.Sessions:
			text += "; " + t.what + " never back"
		}
	}
	if ready, ok := readyAfter(run, o); ok && o.To100NS != nil {
		text += ", " + span(time.Duration(o.AtNS+*o.To100NS-ready)) + " after the server was ready again"
	}
	return text
}

// readyAfter is when the server was ready again whose restart made the outage.
func readyAfter(run *results.Run, o results.Outage) (int64, bool) {
	for _, r := range run.Restarts {
		if r.Error == "" && r.ReadyNS >= o.AtNS && r.AtNS <= o.AtNS+int64(time.Second) {
			return r.ReadyNS, true
		}
	}
	return 0, false
}

// recoveryPlot shows how the sessions came back, from the moment they began to
// go; without an outage there is none.
func (v *view) recoveryPlot() Plot {
	var panels []panel
	longest := 1.0 // of all, for they share the axis of time
	for _, o := range v.Run.Outages[:min(4, len(v.Run.Outages))] {
		pts := make([]plotter.XY, 0, len(o.Curve))
		for _, c := range o.Curve {
			x := float64(c.NS-o.AtNS) / 1e9
			longest = max(longest, x)
			pts = append(pts, plotter.XY{X: x, Y: float64(c.Sessions)})
		}
		p := linear("sessions connected, outage at "+span(time.Duration(o.AtNS)), 120, float64(o.Sessions), 1, countTicks{}, trace{pts, stroke(blue(), 1.6)})
		panels = append(panels, p)
	}
	for i := range panels {
		panels[i].xMin, panels[i].xMax, panels[i].x = 0, longest, timeTicks{}
	}
	return Plot{Name: "recovery", Title: "Recovery: sessions that are back", figure: figure{panels: panels, xName: "time since the sessions began to go"},
		Caption: "Sessions connected after many of them had lost their connections."}
}
