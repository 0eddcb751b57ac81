package report

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"

	"xmpprig/results"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// beyond is how many samples must lie beyond a percentile for it to be shown.
const beyond = 10

// mostWindows bounds the points of a line over time.
const mostWindows = 600

// fewestWindows is how many it takes to see time pass.
const fewestWindows = 10

// window is a stretch of time with the answers that came in it.
type window struct {
	from, to           float64 // seconds since the start
	count              int64
	p50, p90, p99, max float64 // ns; NaN where too few samples lie beyond
}

func (w window) middle() float64 { return (w.from + w.to) / 2 }

// intervalsOf are the intervals of one series in order of time.
func intervalsOf(r *results.Record, name, kind string) []results.Interval {
	var found []results.Interval
	for _, in := range r.Intervals {
		if in.Name == name && in.Kind == kind && in.Count > 0 {
			found = append(found, within(in, r.Run.Phases))
		}
	}
	slices.SortStableFunc(found, func(a, b results.Interval) int { return cmp.Compare(a.Start, b.Start) })
	return found
}

// within begins an interval no sooner than its phase did: what is due in the
// first moments of a phase may be answered before the tick that ends the
// second before it.
func within(in results.Interval, phases []results.Phase) results.Interval {
	for _, p := range phases {
		if start, end := time.Duration(p.StartNS), in.Start+in.Length; p.Name == in.Phase && start > in.Start && start <= end {
			in.Start, in.Length = start, max(end-start, time.Millisecond)
		}
	}
	return in
}

// widths are the lengths that windows may have.
var widths = [...]time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// windowWidth is the shortest window in which p99 usually has its samples,
// as long as that leaves fewestWindows.
func windowWidth(intervals []results.Interval, end time.Duration) time.Duration {
	var samples int64
	for _, in := range intervals {
		samples += in.Count
	}
	for i, w := range widths {
		if end/w > mostWindows {
			continue
		}
		enough := float64(samples)*w.Seconds() >= 100*beyond*end.Seconds()
		if enough || i+1 == len(widths) || end/widths[i+1] < fewestWindows {
			return w
		}
	}
	return end
}

// lineWidth is the shortest window that keeps a line over time bounded.
func lineWidth(end time.Duration) time.Duration {
	for _, w := range widths {
		if end/w <= mostWindows {
			return w
		}
	}
	return end
}

// merged is what intervals of one stretch and phase hold together.
type merged struct {
	slot     int
	from, to time.Duration
	hist     *hdrhistogram.Histogram
}

// slotOf says which stretch of a width an interval belongs to: the one that
// its middle lies in, for no tick is quite on time.
func slotOf(in results.Interval, width time.Duration) int {
	return int((in.Start + in.Length/2) / width)
}

// merge gathers intervals, in order of time, into stretches of a width. A
// stretch ends with a phase; an answer that came late counts when it came.
// Histograms are added up, nothing is averaged, and only one stretch is held
// at a time.
func merge(intervals []results.Interval, width time.Duration, phases []results.Phase) iter.Seq[merged] {
	type place struct{ slot, phase int }
	where := func(in results.Interval) place {
		return place{slotOf(in, width), phaseAt(phases, in.Start+in.Length/2)}
	}
	return func(yield func(merged) bool) {
		for i := 0; i < len(intervals); {
			first := &intervals[i]
			at := where(*first)
			m := merged{slot: at.slot, from: first.Start, to: first.Start + first.Length, hist: first.Hist()}
			for i++; i < len(intervals) && where(intervals[i]) == at; i++ {
				m.hist.Merge(intervals[i].Hist())
				m.to = max(m.to, intervals[i].Start+intervals[i].Length)
			}
			if !yield(m) {
				return
			}
		}
	}
}

// phaseAt is the place of the phase that was under way; -1 if none was.
func phaseAt(phases []results.Phase, at time.Duration) int {
	for i := len(phases) - 1; i >= 0; i-- {
		if at >= time.Duration(phases[i].StartNS) {
			return i
		}
	}
	return -1
}

// windows summarises the stretches of a width.
func windows(intervals []results.Interval, width time.Duration, phases []results.Phase) []window {
	var found []window
	for m := range merge(intervals, width, phases) {
		found = append(found, summarise(m.hist, m.from.Seconds(), m.to.Seconds()))
	}
	return found
}

func summarise(h *hdrhistogram.Histogram, from, to float64) window {
	n := h.TotalCount()
	at := func(percent float64) float64 {
		if !results.Enough(n, percent) {
			return math.NaN()
		}
		return float64(h.ValueAtPercentile(percent))
	}
	return window{from: from, to: to, count: n, p50: at(50), p90: at(90), p99: at(99), max: float64(h.Max())}
}
