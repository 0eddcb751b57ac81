package loopback

import (
	"bytes"
	"sync"
	"time"
)

// parcel is a message on its way.
type parcel struct {
	from *session
	full bool // sent to a full JID: list is that one session
	list []resource
	data []byte
	age  *ageMark // where overtaking is counted; else nil
}

// due is when an answer to the stanza in hand may leave: once the fault rate has served it and a delay drawn for it
// has passed; zero is at once.
func (c *conn) due() time.Time {
	if c.leave.IsZero() {
		return c.srv.delayed(c.arrived)
	}
	return c.srv.delayed(c.leave)
}

// delayed is the given time and a drawn delay; without delays that is the time itself if the fault rate gave it, else zero.
func (s *Server) delayed(from time.Time) time.Time {
	switch {
	case s.delays != nil:
		d := s.delays.draw()
		s.tally.delays.Add(1)
		s.tally.delayTotal.Add(int64(d))
		return from.Add(d)
	case s.options.Faults.Rate > 0:
		return from
	}
	return time.Time{}
}

// emit sends b to a session at its time; b is copied if that is not now.
func (s *Server) emit(to *session, b []byte, at time.Time) {
	if at.IsZero() {
		to.conn.send(b, 0)
		return
	}
	b = bytes.Clone(b)
	s.clock.at(at, func(stopped bool) {
		if !stopped {
			to.conn.send(b, 0)
		}
	})
}

// hand gives a message to its sessions at its time.
func (c *conn) hand(p parcel, at time.Time) {
	if at.IsZero() {
		p.send()
		return
	}
	p.data = bytes.Clone(p.data)
	c.handAt(p, at)
}

func (c *conn) handAt(p parcel, at time.Time) {
	tally := &c.srv.tally
	c.srv.clock.at(at, func(stopped bool) {
		if stopped {
			tally.discarded.Add(p.recipients())
			return
		}
		if p.age != nil && c.srv.overtaking.overtaken(p.age) {
			tally.overtaken.Add(1)
		}
		p.send()
	})
}

func (p *parcel) send() {
	for i := range p.list {
		if r := &p.list[i]; p.full || r.willing() {
			r.session.conn.send(p.data, 1)
		}
	}
}

func (p *parcel) recipients() (n int64) {
	for i := range p.list {
		if p.full || p.list[i].willing() {
			n++
		}
	}
	return n
}

// rateQueue is the fault rate: one server that takes 1/rate for each stanza, in the order of their coming.
type rateQueue struct {
	mu   sync.Mutex
	free time.Time // when all that was admitted is served
}

// admit returns when a stanza that arrived now will have been served; zero without the fault.
func (q *rateQueue) admit(arrived time.Time, rate float64) time.Time {
	if rate <= 0 {
		return time.Time{}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free.Before(arrived) {
		q.free = arrived
	}
	q.free = q.free.Add(time.Duration(float64(time.Second) / rate))
	return q.free
}

// pair is a sender and an addressee as it was written.
type pair struct {
	from string // full JID
	to   string
}

// ageMark tells the age of a message within its pair.
type ageMark struct {
	pair pair
	seq  uint64
}

// overtaking counts messages that leave after a younger one of their pair.
type overtaking struct {
	mu   sync.Mutex
	sent map[pair]uint64
	left map[pair]uint64
}

func (o *overtaking) mark(p pair) *ageMark {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sent == nil {
		o.sent, o.left = map[pair]uint64{}, map[pair]uint64{}
	}
	o.sent[p]++
	return &ageMark{p, o.sent[p]}
}

func (o *overtaking) overtaken(m *ageMark) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if m.seq < o.left[m.pair] {
		return true
	}
	o.left[m.pair] = m.seq
	return false
}
