package report

import (
	"time"

	"xmpprig/results"

	"gonum.org/v1/plot/plotter"
)

// metric is a tick's value of a metric, and whether it has one.
func metric(t results.Tick, name string) (float64, bool) {
	for _, m := range t.Metrics {
		if m.Name == name {
			return m.Value, true
		}
	}
	return 0, false
}

// thinned keeps the last tick of every stretch of width, so that cumulative
// counts stay whole.
func thinned(ticks []results.Tick, width time.Duration) []results.Tick {
	var kept []results.Tick
	for i, t := range ticks {
		if i+1 == len(ticks) || tickSlot(ticks[i+1], width) != tickSlot(t, width) {
			kept = append(kept, t)
		}
	}
	return kept
}

// tickSlot says which stretch of a width the second before a tick belongs to.
func tickSlot(t results.Tick, width time.Duration) int { return int((t.At - time.Second/2) / width) }

// rates turns a cumulative count into a rate a second between ticks, placed
// between them. A metric that appears late counts from zero.
func rates(ticks []results.Tick, name string) []plotter.XY {
	var pts []plotter.XY
	var before time.Duration
	var last float64
	for _, t := range ticks {
		v, _ := metric(t, name)
		if dt := (t.At - before).Seconds(); dt > 0 {
			pts = append(pts, plotter.XY{X: (t.At + before).Seconds() / 2, Y: max(0, v-last) / dt})
		}
		before, last = t.At, max(v, last)
	}
	return pts
}

// thinnedLevels keeps the largest value of a gauge in every stretch of width,
// so that no peak is lost.
func thinnedLevels(ticks []results.Tick, name string, width time.Duration) []plotter.XY {
	var kept []plotter.XY
	slot := -1
	for _, t := range ticks {
		v, ok := metric(t, name)
		switch s := tickSlot(t, width); {
		case !ok:
		case s == slot && v <= kept[len(kept)-1].Y:
		case s == slot:
			kept[len(kept)-1] = plotter.XY{X: t.At.Seconds(), Y: v}
		default:
			kept, slot = append(kept, plotter.XY{X: t.At.Seconds(), Y: v}), s
		}
	}
	return kept
}

// mostValue bounds what an axis is made for; a record may hold anything.
const mostValue = 1e15

// highest is the largest value of some lines.
func highest(lines ...[]plotter.XY) float64 {
	top := 0.0
	for _, pts := range lines {
		for _, p := range pts {
			if p.Y > top {
				top = p.Y
			}
		}
	}
	return min(top, mostValue)
}
