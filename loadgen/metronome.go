package loadgen

import (
	"container/heap"
	"context"
	"time"

	"xmpprig/loadgen/pace"
)

// metronome wakes the process at each arrival of the open phases. Sessions
// wait with timers of the runtime, which a process with nothing else to do
// may serve a millisecond late; any wake-up at the right moment serves them
// in time.
func (e *engine) metronome(ctx context.Context) {
	e.awaitLoad(ctx)
	alarm := pace.NewAlarm()
	stop := context.AfterFunc(ctx, alarm.Off)
	defer func() {
		if stop() {
			alarm.Off()
		}
	}()
	for i := e.firstPhase(); i < e.drainPhase(); i++ {
		if e.plan[i].open != nil && !e.beat(alarm, i) {
			return
		}
	}
}

// awaitLoad waits until the phases have their times, or the run ends.
func (e *engine) awaitLoad(ctx context.Context) {
	for e.stage.Load() < stageLoad && ctx.Err() == nil {
		changed := *e.changed.Load()
		if e.stage.Load() >= stageLoad {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// closest is how near two beats may be: one wake-up serves all that is due.
const closest = 50 * time.Microsecond

// beat rings for each arrival of phase i; false when the run is over.
func (e *engine) beat(alarm pace.Alarm, i int) bool {
	parts := newParts(e.plan[i].open, e.size)
	start := e.start(i)
	for len(parts) > 0 {
		if e.stage.Load() >= stageCut {
			return false
		}
		left := start + parts[0].due - e.now()
		if left > closest {
			alarm.Set(left)
			if !alarm.Wait() {
				return false
			}
		}
		parts.step()
	}
	return true
}

// parts is every share of a schedule, the one with the earliest arrival first.
type parts []part

type part struct {
	due    time.Duration
	cursor pace.Cursor
}

func newParts(s *pace.Schedule, n int) parts {
	var all parts
	if !s.Poisson { // the shares of an even schedule make up the whole one
		return all.with(s.Cursor(pace.Whole))
	}
	for i := range n {
		all = all.with(s.Cursor(pace.Share{I: i, N: n}))
	}
	heap.Init(&all)
	return all
}

func (p parts) with(c pace.Cursor) parts {
	if due, ok := c.Next(); ok {
		return append(p, part{due, c})
	}
	return p
}

// step moves on from the earliest arrival.
func (p *parts) step() {
	first := &(*p)[0]
	due, ok := first.cursor.Next()
	if !ok {
		heap.Remove(p, 0)
		return
	}
	first.due = due
	heap.Fix(p, 0)
}

func (p parts) Len() int           { return len(p) }
func (p parts) Less(i, j int) bool { return p[i].due < p[j].due }
func (p parts) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *parts) Push(x any)        { *p = append(*p, x.(part)) }
func (p *parts) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}
