package loopback

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/pace"
)

// TestClock has a thousand things run each at its moment, and those of one moment in the order they were asked for.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(pace.NewTimer())
		go c.run()
		type event struct {
			at  time.Duration
			seq int
		}
		var got []event
		start := time.Now()
		for i := range 1000 {
			d := time.Duration(rand.IntN(100)) * time.Millisecond
			c.at(start.Add(d), func(stopped bool) {
				if since := time.Since(start); stopped || since != d {
					t.Errorf("due at %v, run at %v, stopped %v", d, since, stopped)
				}
				got = append(got, event{d, i})
			})
		}
		stopped := 0
		c.at(start.Add(time.Hour), func(s bool) {
			if s {
				stopped++
			}
		})
		time.Sleep(time.Second)
		c.stop()
		c.at(start, func(s bool) {
			if s {
				stopped++
			}
		})
		if len(got) != 1000 || stopped != 2 {
			t.Errorf("%d ran and %d were handed back", len(got), stopped)
		}
		if !slices.IsSortedFunc(got, func(a, b event) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return a.seq - b.seq
		}) {
			t.Error("things ran out of order")
		}
	})
}

// TestFineAlarm has the system's own timer ring, be set again earlier, and end.
func TestFineAlarm(t *testing.T) {
	c := newClock(pace.NewAlarm())
	go c.run()
	ran := make(chan string, 2)
	start := time.Now()
	c.at(start.Add(20*time.Millisecond), func(bool) { ran <- "second" })
	c.at(start.Add(time.Millisecond), func(bool) { ran <- "first" })
	if a, b := <-ran, <-ran; a != "first" || b != "second" || time.Since(start) < 20*time.Millisecond {
		t.Errorf("%s and %s ran within %v", a, b, time.Since(start))
	}
	handed := make(chan bool, 1)
	c.at(start.Add(time.Hour), func(stopped bool) { handed <- stopped })
	c.stop()
	if !<-handed {
		t.Error("what was due in an hour ran")
	}
}
