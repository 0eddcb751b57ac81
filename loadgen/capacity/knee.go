package capacity

import (
	"slices"

	"xmpprig/results"
)

// FindKnee is where the 99th percentile begins to rise faster than the load (Kneedle, Satopää et al. 2011): the load furthest below the
// straight line from the first to the last. Nil where there are fewer than five loads or the curve hardly bends.
func FindKnee(trials []results.Trial) *results.Knee {
	type point struct{ load, p99 float64 }
	byLoad := map[float64][]float64{}
	for _, t := range trials {
		if t.P99NS > 0 && (t.Class == results.TrialPassed || t.Class == results.TrialMissed) && t.Kind == results.TrialSearch {
			byLoad[t.Load] = append(byLoad[t.Load], float64(t.P99NS))
		}
	}
	var curve []point
	for load, all := range byLoad {
		slices.Sort(all)
		curve = append(curve, point{load, all[len(all)/2]})
	}
	if len(curve) < 5 {
		return nil
	}
	slices.SortFunc(curve, func(a, b point) int {
		if a.load < b.load {
			return -1
		}
		return 1
	})
	first, last := curve[0], curve[len(curve)-1]
	const leastBend = .2
	best, most := point{}, leastBend
	for _, p := range curve[1 : len(curve)-1] {
		x, y := (p.load-first.load)/(last.load-first.load), (p.p99-first.p99)/(last.p99-first.p99)
		if last.p99 > first.p99 && x-y > most {
			best, most = p, x-y
		}
	}
	if best.load == 0 {
		return nil
	}
	return &results.Knee{Load: best.load, P99NS: int64(best.p99)}
}
