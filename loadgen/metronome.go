package loadgen

import (
	"context"
	"sync"
	"time"

	"xmpprig/loadgen/pace"
)

// metronome wakes the process at the moments that sessions wait for. They
// wait with timers of the runtime, which a process with nothing else to do
// may serve a millisecond late; any wake-up at the right moment serves them
// in time. A nil metronome does nothing.
type metronome struct {
	zero  time.Time
	alarm pace.Alarm

	mu   sync.Mutex // taken once for each wait, not for each stanza
	dues moments
}

func newMetronome(zero time.Time) *metronome {
	return &metronome{zero: zero, alarm: pace.NewAlarm()}
}

// closest is how near two wake-ups may be: one serves all that is due.
const closest = 50 * time.Microsecond

// expect asks for a wake-up at due.
func (m *metronome) expect(due time.Duration) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dues.push(due)
	if m.dues[0] == due {
		m.alarm.Set(due - time.Since(m.zero))
	}
}

// run wakes up, until ctx ends.
func (m *metronome) run(ctx context.Context) {
	stop := context.AfterFunc(ctx, m.alarm.Off)
	defer stop()
	for m.alarm.Wait() {
		m.next()
	}
}

// next sets the alarm for what is due after now.
func (m *metronome) next() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Since(m.zero)
	for len(m.dues) > 0 && m.dues[0] <= now+closest {
		m.dues.pop()
	}
	if len(m.dues) > 0 {
		m.alarm.Set(m.dues[0] - now)
	}
}

// moments is a heap with the earliest first. It is not container/heap's, as
// that allocates for every push.
type moments []time.Duration

func (m *moments) push(d time.Duration) {
	h := append(*m, d)
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if h[parent] <= h[i] {
			break
		}
		h[parent], h[i] = h[i], h[parent]
		i = parent
	}
	*m = h
}

func (m *moments) pop() time.Duration {
	h := *m
	first, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && h[child+1] < h[child] {
			child++
		}
		if h[i] <= h[child] {
			break
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
	*m = h
	return first
}
