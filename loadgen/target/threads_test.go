package target

import (
	"testing"
	"time"
)

// TestBusiestThread has one of two processes compute and the other sleep.
func TestBusiestThread(t *testing.T) {
	r := newTree(t)
	m := newMeter(r.cmd.Process.Pid)
	if u := usageOf(t, m); u.ThreadsSeen {
		t.Errorf("before there is anything to compare with: %+v", u)
	}
	r.do("sleep 0.2")
	if u := usageOf(t, m); !u.ThreadsSeen || u.Busiest > .5 {
		t.Errorf("of a shell that waits: %+v", u)
	}
	r.do(burn)
	busy := usageOf(t, m)
	if !busy.ThreadsSeen || busy.Busiest <= 0 || busy.Busiest > 1 {
		t.Errorf("of a shell that computes: %+v", busy)
	}
	if busy.Waited < 0 {
		t.Errorf("waited %v", busy.Waited)
	}
}

func TestParseSchedule(t *testing.T) {
	for _, c := range []struct {
		text string
		want schedule
		ok   bool
	}{
		{"130274 3813808 5\n", schedule{130274, 3813808}, true},
		{"0 0 0\n", schedule{}, true},
		{"", schedule{}, false},
		{"12\n", schedule{}, false},
		{"x 1 2", schedule{}, false},
		{"1 y 2", schedule{}, false},
	} {
		got, err := parseSchedule([]byte(c.text))
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
}

// TestThreadsOfNothing asks for threads of a process that is not there, and for none.
func TestThreadsOfNothing(t *testing.T) {
	if _, _, ok := new(threads).sample([]int{1 << 30}, time.Now()); ok {
		t.Error("a process that is not there was seen")
	}
	if threadsOf(1<<30, 10) != nil || threadsOf(1, 0) != nil {
		t.Error("there are threads of nothing")
	}
}
