package loadgen

import (
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/results"
)

// fullThread is the share of a CPU from which a thread counts as full in a second: the kernel needs the rest to switch to it.
const fullThread = .95

// threadShare follows the server's busiest thread, and how long its threads wait for a CPU, each second.
type threadShare struct {
	seen          bool
	busiest       float64 // in the last second
	waiting       float64 // threads, on average, in the last second
	shares, waits float64 // summed up over the measured seconds
	seconds, full int64
}

// add takes over a second's sample; waited is how long threads waited in it, all together.
func (t *threadShare) add(measured bool, u target.Usage, waited, wall time.Duration) {
	if t.seen = u.ThreadsSeen; !t.seen {
		return
	}
	t.busiest, t.waiting = u.Busiest, max(0, waited).Seconds()/wall.Seconds()
	if !measured {
		return
	}
	t.shares, t.waits, t.seconds = t.shares+t.busiest, t.waits+t.waiting, t.seconds+1
	if t.busiest >= fullThread {
		t.full++
	}
}

func (t *threadShare) metrics() []results.Metric {
	if !t.seen {
		return nil
	}
	return []results.Metric{{Name: "server.busiest_thread", Value: t.busiest}, {Name: "server.waiting_threads", Value: t.waiting}}
}

func (t *threadShare) record(s *results.Server) {
	if t.seconds == 0 {
		return
	}
	n := float64(t.seconds)
	s.ThreadMean, s.ThreadFull, s.WaitingMean = t.shares/n, float64(t.full)/n, t.waits/n
}
