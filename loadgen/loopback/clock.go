package loopback

import (
	"container/heap"
	"sync"
	"time"

	"xmpprig/loadgen/pace"
)

// clock runs things at their moment, in the order of their moments and, for one moment, in the order they
// were asked for. Its goroutine runs them one after another, so they must be short and never wait.
type clock struct {
	mu      sync.Mutex
	due     dueHeap
	asked   uint64
	alarm   pace.Alarm
	rings   time.Time     // what the alarm is set to
	lead    time.Duration // how late it tends to wake the goroutine, and so how early it is set
	stopped bool
	done    chan struct{} // closed when the goroutine has ended
}

type dueItem struct {
	at  time.Time
	seq uint64
	run func(stopped bool)
}

func newClock(a pace.Alarm) *clock {
	return &clock{alarm: a, done: make(chan struct{})}
}

// at runs f at t. Once the clock has stopped, f runs at once and is told.
func (c *clock) at(t time.Time, f func(stopped bool)) {
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		f(true)
		return
	}
	c.asked++
	heap.Push(&c.due, dueItem{t, c.asked, f})
	if c.due[0].seq == c.asked {
		c.set(time.Until(t))
	}
	c.mu.Unlock()
}

func (c *clock) run() {
	defer close(c.done)
	for c.alarm.Wait() {
		c.learn()
		c.runDue()
	}
	c.mu.Lock()
	rest := c.due
	c.due = nil
	c.mu.Unlock()
	for len(rest) > 0 {
		heap.Pop(&rest).(dueItem).run(true)
	}
}

// maxLead bounds how early the alarm is set, and with it how long the goroutine may have to spin.
const maxLead = 100 * time.Microsecond

// set has the alarm ring when an item due in d should run, less its lead. c.mu is held.
func (c *clock) set(d time.Duration) {
	d = max(d-c.lead, 0)
	c.rings = time.Now().Add(d)
	c.alarm.Set(d)
}

// learn follows how late the alarm is: some ten microseconds pass before a goroutine runs that a timer wakes.
func (c *clock) learn() {
	c.mu.Lock()
	late := min(max(time.Since(c.rings), 0), maxLead)
	c.lead += (late - c.lead) / 16
	c.mu.Unlock()
}

// runDue runs what is due, and sets the alarm to what is due next. For what is due before the alarm could ring again it
// waits awake, once: the network must have its turn too.
func (c *clock) runDue() {
	for spun := false; ; {
		c.mu.Lock()
		if len(c.due) == 0 {
			c.mu.Unlock()
			return
		}
		at := c.due[0].at
		if d := time.Until(at); d > 0 && (spun || d > c.lead) {
			c.set(d)
			c.mu.Unlock()
			return
		} else if d > 0 {
			c.mu.Unlock()
			for spun = true; time.Until(at) > 0; {
			}
			continue
		}
		item := heap.Pop(&c.due).(dueItem)
		c.mu.Unlock()
		item.run(false)
	}
}

// stop ends the clock's goroutine, which then hands back everything still due.
func (c *clock) stop() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.alarm.Off()
	<-c.done
}

type dueHeap []dueItem

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)   { *h = append(*h, x.(dueItem)) }
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	item := (*h)[last]
	(*h)[last] = dueItem{}
	*h = (*h)[:last]
	return item
}
