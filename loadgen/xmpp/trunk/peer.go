package trunk

import (
	"context"
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// PeerOptions say what server a Peer is.
type PeerOptions struct {
	Local   func(domain string) bool                                   // whether a domain is one of its own
	Dial    func(ctx context.Context, domain string) (net.Conn, error) // how the server of another domain is reached
	Deliver func(e *wire.Element, at time.Time)                        // takes what comes for its domains, from whom it says; called from many goroutines
	Streams int                                                        // that its domains share to each other domain; 0: each has one of its own
	Limits  Limits
}

// Peer is a server of many domains among servers: it opens streams to others and takes theirs (RFC 6120 §4.8.2), and each end proves by
// dialback (XEP-0220) that it is who it says. Its methods may be called from any goroutine.
type Peer struct {
	o      PeerOptions
	secret string
	ctx    context.Context // of what it does on its own; ended by Close
	cancel context.CancelFunc
	doing  sync.WaitGroup

	mu     sync.Mutex
	out    map[string][]*outbound // by other domain
	in     map[*inbound]struct{}
	conns  map[net.Conn]struct{}
	routes map[pair]*route
	asked  map[question]*inbound
	lists  []net.Listener
	closed bool

	opened, accepted, valid, invalid, verified, unsent atomic.Int64
}

// pair is a domain of this side and one of another.
type pair struct{ own, other string }

// NewPeer makes a server that has no streams yet.
func NewPeer(o PeerOptions) *Peer {
	p := &Peer{o: o, secret: rand.Text(), out: map[string][]*outbound{}, in: map[*inbound]struct{}{}, conns: map[net.Conn]struct{}{},
		routes: map[pair]*route{}, asked: map[question]*inbound{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Serve takes the streams of others that come to l, until Close.
func (p *Peer) Serve(l net.Listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = l.Close()
		return
	}
	p.lists = append(p.lists, l)
	p.doing.Go(func() {
		for {
			c, err := l.Accept()
			if p.ctx.Err() != nil {
				return
			}
			if err == nil {
				p.doing.Go(func() { p.accept(c) })
			}
		}
	})
}

// note keeps a connection to be dropped by Close; false where that has been.
func (p *Peer) note(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.Close()
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *Peer) forget(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// PeerCounts are what a Peer did.
type PeerCounts struct {
	Opened, Accepted int64 // streams
	Valid, Invalid   int64 // domains of ours that others believed, and did not
	Verified         int64 // domains of others that we believed
	Unsent           int64 // stanzas whose way never came to be
}

// Counts returns what it did so far.
func (p *Peer) Counts() PeerCounts {
	return PeerCounts{p.opened.Load(), p.accepted.Load(), p.valid.Load(), p.invalid.Load(), p.verified.Load(), p.unsent.Load()}
}

// Close ends all streams and returns when nothing goes on any more.
func (p *Peer) Close() {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.lists {
		_ = l.Close()
	}
	var all []*stream
	for _, list := range p.out {
		for _, o := range list {
			if o.stream != nil {
				all = append(all, o.stream)
			}
		}
	}
	for i := range p.in {
		all = append(all, i.stream)
	}
	p.mu.Unlock()
	p.cancel()
	for _, s := range all {
		s.conn.SetDeadline(time.Now().Add(closingPatience))
		s.out.close(wire.AppendFooter(nil))
	}
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.doing.Wait()
}
