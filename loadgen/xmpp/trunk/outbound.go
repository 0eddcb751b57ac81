package trunk

import (
	"fmt"
	"net"
	"slices"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// outbound is a stream that this side opened to another domain. Stanzas go out over it, and none come in.
type outbound struct {
	other string
	first string // the own domain that it was opened for

	// Guarded by Peer.mu.
	stream  *stream // nil while it is being opened
	conn    net.Conn
	id      string
	proven  bool     // first, by EXTERNAL
	pending [][]byte // said before it was open: elements of dialback
	routes  []*route
	asked   map[question]*inbound // whose keys the other end is asked about
}

// route is the way of stanzas from a domain of this side to another.
type route struct {
	pair
	by *outbound

	// Guarded by Peer.mu.
	open    bool
	asked   time.Time // when the other end was shown the key; zero: it was not
	waiting [][]byte
}

// mostQueued bounds the stanzas that wait for a route.
const mostQueued = 10_000

// Send sends stanzas, with from and to in them, from one of the own domains to another domain. They wait while that believes us; where
// it never does they are counted as unsent, and returned.
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
		full := len(r.waiting) >= mostQueued
		if !full {
			r.waiting = append(r.waiting, slices.Clone(stanzas))
		}
		p.mu.Unlock()
		if full {
			p.giveBack(r.pair, [][]byte{stanzas}, "resource-constraint")
		}
		return nil
	}
	s := r.by.stream
	p.mu.Unlock()
	if err := s.send(stanzas); err != nil { // the stream is going; the next stanza opens another
		p.giveBack(r.pair, [][]byte{stanzas}, "remote-server-timeout")
	}
	return nil
}

// giveBack counts stanzas that found no way, and hands them back. Peer.mu is not held.
func (p *Peer) giveBack(w pair, stanzas [][]byte, condition string) {
	p.unsent.Add(int64(len(stanzas)))
	if p.o.Return == nil {
		return
	}
	for _, b := range stanzas {
		p.o.Return(w.own, w.other, b, condition)
	}
}

// begin makes a route, over a stream that there is or a new one. Peer.mu is held, here and below.
func (p *Peer) begin(w pair) *route {
	o := p.share(w)
	r := &route{pair: w, by: o}
	p.routes[w] = r
	o.routes = append(o.routes, r)
	if o.stream != nil {
		p.prove(o, r)
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
	} else if n == 0 {
		for _, o := range list {
			if o.first == w.own {
				return o
			}
		}
	}
	o := &outbound{other: w.other, first: w.own, asked: map[question]*inbound{}}
	p.out[w.other] = append(list, o)
	p.doing.Go(func() { p.run(o) })
	return o
}

// prove opens a route that a certificate stands for, and shows the key of any other (XEP-0220 §2.1.1).
func (p *Peer) prove(o *outbound, r *route) {
	if o.proven && r.own == o.first {
		p.release(r)
		return
	}
	r.asked = time.Now()
	p.tell(o, appendRequest(nil, "result", r.own, r.other, "", dialbackKey(p.secret, r.other, r.own, o.id)))
	p.await(o)
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

// await limits the time that the other end may take for what it was asked, from now on.
func (p *Peer) await(o *outbound) {
	if o.stream == nil || p.closed {
		return
	}
	waits := len(o.asked) > 0
	for _, r := range o.routes {
		waits = waits || !r.open
	}
	var by time.Time
	if waits {
		by = time.Now().Add(p.o.Limits.timeout())
	}
	o.stream.conn.SetReadDeadline(by)
}

// run opens a stream and listens to what the other end says of our keys, and of theirs.
func (p *Peer) run(o *outbound) {
	s, err := p.open(o)
	if err != nil {
		p.lose(o, err)
		return
	}
	p.opened.Add(1)
	for err == nil {
		var e *wire.Element
		if e, err = s.next(); err == nil && string(e.Space()) == wire.NSDialback {
			err = p.answered(o, e)
		}
	}
	p.lose(o, err)
	s.end(overdue(err))
}

// open connects, and negotiates what comes before stanzas and dialback.
func (p *Peer) open(o *outbound) (*stream, error) {
	conn, err := p.o.Dial(p.ctx, o.other)
	if err != nil {
		return nil, err
	}
	if !p.note(conn) {
		return nil, ErrClosed
	}
	n := negotiation{p: p, s: newStream(conn, p.o.Limits), own: o.first, other: o.other}
	release := n.s.within(p.ctx)
	err = n.run()
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		n.s.drop()
		p.forget(conn)
		return nil, fmt.Errorf("open a stream from %s to %s: %w", o.first, o.other, err)
	}
	n.s.out.start()
	p.mu.Lock()
	defer p.mu.Unlock()
	o.stream, o.id, o.proven, o.conn = n.s, n.id, n.proven, conn
	for _, r := range o.routes {
		p.prove(o, r)
	}
	for _, b := range o.pending {
		p.tell(o, b)
	}
	o.pending = nil
	p.await(o)
	return n.s, nil
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

// lose forgets a stream that is gone, and its routes: the next stanza opens another. What waited for it is returned, and who asked
// about a key is told (XEP-0220 §2.5).
func (p *Peer) lose(o *outbound, why error) {
	p.mu.Lock()
	if o.conn != nil {
		delete(p.conns, o.conn)
	}
	v, condition := unanswered(why, o.stream != nil)
	p.out[o.other] = slices.DeleteFunc(p.out[o.other], func(x *outbound) bool { return x == o })
	routes, asked := o.routes, o.asked
	o.asked = nil
	for _, r := range routes {
		if p.routes[r.pair] == r {
			delete(p.routes, r.pair)
		}
	}
	p.mu.Unlock()
	for _, r := range routes {
		p.giveBack(r.pair, r.waiting, condition)
	}
	for q, i := range asked {
		p.tellVerdict(q, i, v)
	}
}
