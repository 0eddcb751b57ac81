package trunk

import (
	"fmt"
	"slices"

	"xmpprig/loadgen/xmpp/wire"
)

// outbound is a stream that this side opened to another domain. Stanzas go out over it, and none come in.
type outbound struct {
	other string
	first string // the own domain that it was opened for

	// Guarded by Peer.mu.
	stream  *stream // nil while it is being opened
	id      string
	pending [][]byte // said before it was open: elements of dialback
	routes  []*route
}

// route is the way of stanzas from a domain of this side to another.
type route struct {
	pair
	by *outbound

	// Guarded by Peer.mu.
	open    bool
	waiting [][]byte
}

// mostQueued bounds the stanzas that wait for a route.
const mostQueued = 10_000

// Send sends stanzas, with from and to in them, from one of the own domains to another domain. They wait while that believes us; where
// it never does they are counted as unsent.
func (p *Peer) Send(from, to string, stanzas []byte) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	r := p.routes[pair{from, to}]
	if r == nil {
		r = p.begin(pair{from, to})
	}
	if !r.open {
		if len(r.waiting) < mostQueued {
			r.waiting = append(r.waiting, slices.Clone(stanzas))
		} else {
			p.unsent.Add(1)
		}
		p.mu.Unlock()
		return nil
	}
	s := r.by.stream
	p.mu.Unlock()
	if err := s.send(stanzas); err != nil {
		p.unsent.Add(1) // the stream is going; the next stanza opens another
	}
	return nil
}

// begin makes a route, over a stream that there is or a new one. Peer.mu is held, here and below.
func (p *Peer) begin(w pair) *route {
	o := p.share(w)
	r := &route{pair: w, by: o}
	p.routes[w] = r
	o.routes = append(o.routes, r)
	if o.stream != nil {
		p.tell(o, p.proof(r))
	}
	return r
}

// share picks the stream for a pair, or has one opened.
func (p *Peer) share(w pair) *outbound {
	list := p.out[w.other]
	if n := p.o.Streams; n > 0 && len(list) >= n {
		fewest := list[0]
		for _, o := range list {
			if len(o.routes) < len(fewest.routes) {
				fewest = o
			}
		}
		return fewest
	}
	o := &outbound{other: w.other, first: w.own}
	p.out[w.other] = append(list, o)
	p.doing.Go(func() { p.run(o) })
	return o
}

// proof is the key of a route (XEP-0220 §2.1.1).
func (p *Peer) proof(r *route) []byte {
	return appendDialback(nil, "result", r.own, r.other, "", "", dialbackKey(p.secret, r.other, r.own, r.by.id))
}

// tell says something over a stream, now or when it is open.
func (p *Peer) tell(o *outbound, b []byte) {
	if o.stream == nil {
		o.pending = append(o.pending, b)
		return
	}
	s := o.stream
	p.doing.Go(func() { _ = s.send(b) }) // it may wait, and the lock is held
}

// run opens a stream and listens to what the other end says of our keys, and of theirs.
func (p *Peer) run(o *outbound) {
	s, err := p.open(o)
	if err == nil {
		p.opened.Add(1)
		for {
			var e *wire.Element
			if e, err = s.next(); err != nil {
				break
			}
			if string(e.Space()) == wire.NSDialback {
				p.answered(o, e)
			}
		}
		s.end(err)
		p.forget(s.conn)
	}
	p.lose(o)
}

func (p *Peer) open(o *outbound) (*stream, error) {
	conn, err := p.o.Dial(p.ctx, o.other)
	if err != nil {
		return nil, err
	}
	s := newStream(conn, p.o.Limits)
	if !p.note(conn) {
		return nil, ErrClosed
	}
	release := s.within(p.ctx)
	id, err := s.greet(o.first, o.other)
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		s.drop()
		p.forget(conn)
		return nil, fmt.Errorf("open a stream from %s to %s: %w", o.first, o.other, err)
	}
	s.out.start()
	p.mu.Lock()
	o.stream, o.id = s, id
	for _, r := range o.routes {
		p.tell(o, p.proof(r))
	}
	for _, b := range o.pending {
		p.tell(o, b)
	}
	o.pending = nil
	p.mu.Unlock()
	return s, nil
}

// greet exchanges headers and takes the features.
func (s *stream) greet(from, to string) (id string, err error) {
	s.scanner.Reset(s.limits.Elements)
	if err := s.say(appendServerHeader(nil, from, to, "")); err != nil {
		return "", err
	}
	h, err := s.header(wire.NSServer)
	if err != nil {
		return "", err
	}
	if h.Version == "" { // there are none (RFC 6120 §4.7.5)
		return h.ID, nil
	}
	e, err := s.next()
	if err == nil && !e.Is(wire.NSStream, "features") {
		err = ErrUnexpected
	}
	return h.ID, err
}

// answered takes what the other end says: that it believes us, or not; or whether a key that somebody showed us is its own.
func (p *Peer) answered(o *outbound, e *wire.Element) {
	own, other := string(e.Attr("to")), string(e.Attr("from"))
	valid := string(e.Attr("type")) == "valid"
	switch string(e.Local()) {
	case "verify":
		p.believe(question{own, other, string(e.Attr("id"))}, valid)
	case "result":
		p.mu.Lock()
		defer p.mu.Unlock()
		r := p.routes[pair{own, other}]
		if r == nil || r.by != o {
			return
		}
		if !valid {
			p.invalid.Add(1)
			p.unsent.Add(int64(len(r.waiting)))
			delete(p.routes, r.pair)
			return
		}
		p.valid.Add(1)
		p.release(r)
	}
}

// release sends what waited for a route, before anything that comes after: whoever sends meanwhile waits for the lock.
func (p *Peer) release(r *route) {
	for _, b := range r.waiting {
		if r.by.stream.send(b) != nil {
			p.unsent.Add(1)
		}
	}
	r.waiting, r.open = nil, true
}

// lose forgets a stream that is gone, and its routes: the next stanza opens another.
func (p *Peer) lose(o *outbound) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out[o.other] = slices.DeleteFunc(p.out[o.other], func(x *outbound) bool { return x == o })
	for _, r := range o.routes {
		p.unsent.Add(int64(len(r.waiting)))
		if p.routes[r.pair] == r {
			delete(p.routes, r.pair)
		}
	}
}
