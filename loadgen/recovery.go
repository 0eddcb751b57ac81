package loadgen

import (
	"sync"
	"time"

	"xmpprig/results"
)

// recovery follows how many sessions are connected, to tell how long it takes
// until they are back when many have lost their connections.
type recovery struct {
	mu        sync.Mutex
	connected int
	level     int           // as many were connected when the phases began; 0 before
	whole     time.Duration // when nearly all were connected last
	now       *results.Outage
	last      time.Duration // of the curve
	spacing   time.Duration
	outages   []results.Outage
	before    results.Connected // since the last move but the one at hand
	over      bool
}

// An outage begins when fewer than nine tenths are connected; when they began to
// go is when fewer than 98 of 100 were.
const (
	outageShare = 0.90
	wholeShare  = 0.98
	maxOutages  = 16
	maxCurve    = 400
)

// begin says that the sessions are up.
func (r *recovery) begin(at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.level, r.whole = r.connected, at
}

// moved says that a session has connected, by 1, or lost its connection, by -1.
func (r *recovery) moved(at time.Duration, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if float64(r.connected) >= wholeShare*float64(r.level) {
		r.whole = at
	}
	r.connected += by
	defer func() { r.before = results.Connected{NS: int64(at), Sessions: r.connected} }()
	if r.level == 0 || r.over {
		return
	}
	if r.now == nil && float64(r.connected) < outageShare*float64(r.level) && len(r.outages) < maxOutages {
		r.now = &results.Outage{AtNS: int64(r.whole), Sessions: r.level, Lowest: r.connected}
		r.now.Curve = []results.Connected{{NS: int64(r.whole), Sessions: r.level}}
		r.last, r.spacing = r.whole, 50*time.Millisecond
	}
	if r.now == nil {
		return
	}
	r.follow(at)
	if r.connected >= r.level {
		r.end(at)
	}
}

// follow takes the state at a moment of an outage. So many are back for good only
// when they do not go again.
func (r *recovery) follow(at time.Duration) {
	o := r.now
	o.Lowest = min(o.Lowest, r.connected)
	after := int64(at) - o.AtNS
	for _, t := range []struct {
		at      **int64
		percent int
	}{{&o.To50NS, 50}, {&o.To90NS, 90}, {&o.To100NS, 100}} {
		switch enough := 100*r.connected >= t.percent*o.Sessions; {
		case !enough:
			*t.at = nil
		case *t.at == nil && 100*o.Lowest < t.percent*o.Sessions:
			*t.at = &after
		}
	}
	if at-r.last < r.spacing {
		return
	}
	r.draw(at)
}

// draw adds a point to the curve, which grows coarser as it grows longer. How it stood until now is a point too: all who went
// at once were not on their way until the first came back.
func (r *recovery) draw(at time.Duration) {
	o := r.now
	if len(o.Curve) >= maxCurve {
		n := 0
		for i := 0; i < len(o.Curve); i += 2 {
			o.Curve[n] = o.Curve[i]
			n++
		}
		o.Curve = o.Curve[:n]
		r.spacing *= 2
	}
	if r.before.NS > int64(r.last) && r.before.NS < int64(at) {
		o.Curve = append(o.Curve, r.before)
	}
	o.Curve = append(o.Curve, results.Connected{NS: int64(at), Sessions: r.connected})
	r.last = at
}

func (r *recovery) end(at time.Duration) {
	r.draw(at)
	r.outages = append(r.outages, *r.now)
	r.now = nil
}

// close ends the account: from now on sessions leave because they are to. It
// returns the outages so far, the one under way included.
func (r *recovery) close(at time.Duration) []results.Outage {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now != nil {
		r.end(at)
	}
	r.over = true
	return r.outages
}
