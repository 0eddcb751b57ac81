package pace

import "time"

// Alarm wakes one goroutine at one moment. NewAlarm's is as exact as the
// system allows; NewTimer's rests on package time alone, whose timers may be
// a millisecond late where nothing else wakes the process, and which
// testing/synctest can turn forward.
type Alarm interface {
	Set(d time.Duration) // rings once d has passed; replaces what was set before
	Wait() bool          // until it rings; false once it is off
	Off()                // ends Wait, now and later
}

// timer is an Alarm of package time.
type timer struct {
	t   *time.Timer
	off chan struct{}
}

// NewTimer returns an alarm that rests on package time.
func NewTimer() Alarm {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return timer{t, make(chan struct{})}
}

func (a timer) Set(d time.Duration) { a.t.Reset(d) }

func (a timer) Wait() bool {
	select {
	case <-a.t.C:
		return true
	case <-a.off:
		return false
	}
}

func (a timer) Off() { close(a.off) }
