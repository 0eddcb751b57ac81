package loopback

import (
	"bytes"
	"sync"
	"time"
)

// fate is what becomes of one message.
type fate uint8

const (
	delivered fate = iota
	lost
	duplicated
	reordered
	misdelivered
)

// fate says what the faults make of the k-th routed message; one at most.
func (s *Server) fate(k int64) fate {
	f := &s.options.Faults
	for _, fault := range [...]struct {
		every int
		fate  fate
	}{{f.Lose, lost}, {f.Duplicate, duplicated}, {f.Reorder, reordered}, {f.Misdeliver, misdelivered}} {
		if fault.every > 0 && k%int64(fault.every) == 0 {
			return fault.fate
		}
	}
	return delivered
}

// tamper delivers a message as the faults will have it.
func (c *conn) tamper(p parcel, to address) {
	key := pair{c.session.full, string(to.local) + "@" + string(to.domain) + "/" + string(to.resource)}
	c.tamperWith(p, key, func() *session { return c.srv.bystander(c.session.account, p.list) })
}

// tamperWith delivers a message of a pair; whom tells who gets it where it is misdelivered, nil: nobody.
func (c *conn) tamperWith(p parcel, key pair, whom func() *session) {
	s := c.srv
	fate := s.fate(s.messages.Add(1))
	if fate == lost {
		s.tally.lost.Add(1)
		return
	}
	at := c.due()
	if s.delays != nil && s.delays.delay.Law != Fixed {
		p.age = s.overtaking.mark(key)
	}
	switch fate {
	case misdelivered:
		if other := whom(); other != nil {
			s.tally.misdelivered.Add(1)
			c.hand(parcel{from: p.from, full: true, list: []resource{{session: other}}, data: p.data}, at)
			return
		}
	case reordered:
		if s.swaps.hold(c, key, p, at) {
			return
		}
	case duplicated:
		s.tally.duplicated.Add(1)
		c.hand(p, at)
		p.age = nil
	}
	c.hand(p, at)
	s.swaps.release(c, key, at)
}

// bystander picks a session of a user who neither sent the message nor is to have it; nil if there is none.
func (s *Server) bystander(sender *account, list []resource) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	for i := range s.sessions {
		n := s.sessions[(s.turn+i)%len(s.sessions)]
		if n.account != sender && n.account != list[0].session.account {
			return n
		}
	}
	return nil
}

// swaps holds back the messages that are to come after the next of their pair.
type swaps struct {
	mu   sync.Mutex
	held map[pair]*heldMessage
}

type heldMessage struct {
	parcel parcel
	conn   *conn
}

// hold keeps a message back. It reports false if one of the pair is held already: this one then sets that one free.
func (w *swaps) hold(c *conn, key pair, p parcel, at time.Time) bool {
	w.mu.Lock()
	if w.held == nil {
		w.held = map[pair]*heldMessage{}
	}
	if w.held[key] != nil {
		w.mu.Unlock()
		return false
	}
	p.data, p.age = bytes.Clone(p.data), nil
	h := &heldMessage{p, c}
	w.held[key] = h
	w.mu.Unlock()
	if at.IsZero() {
		at = time.Now()
	}
	within := orElse(c.srv.options.Faults.ReorderWithin, reorderWithin)
	c.srv.clock.at(at.Add(within), func(bool) {
		if w.take(key, h) {
			c.srv.tally.reorderExpired.Add(1)
			h.parcel.send()
		}
	})
	return true
}

// release sends the message held of a pair right after another of the pair that leaves at the same time.
func (w *swaps) release(c *conn, key pair, at time.Time) {
	if c.srv.options.Faults.Reorder == 0 {
		return
	}
	w.mu.Lock()
	h := w.held[key]
	delete(w.held, key)
	w.mu.Unlock()
	if h != nil {
		c.srv.tally.reordered.Add(1)
		c.hand(h.parcel, at)
	}
}

func (w *swaps) take(key pair, h *heldMessage) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held[key] != h {
		return false
	}
	delete(w.held, key)
	return true
}

// forget delivers what is held of a session that has ended, in order.
func (w *swaps) forget(s *Server, n *session) {
	if s.options.Faults.Reorder > 0 {
		for _, h := range w.takeAll(n) {
			s.tally.reorderExpired.Add(1)
			h.parcel.send()
		}
	}
}

func (w *swaps) takeAll(n *session) (all []*heldMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, h := range w.held {
		if key.from == n.full {
			all = append(all, h)
			delete(w.held, key)
		}
	}
	return all
}
