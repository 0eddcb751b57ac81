package trunk

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"strings"
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

	// Domain reads the domain of an address in the form in which it is compared, and whether that is one. Nil: in lower case, where it is
	// not empty.
	Domain func(jid []byte) (string, bool)
	// Return takes back what was to be sent and found no way, with the condition of the error that answers it. Nil: it is counted, and no
	// more.
	Return func(from, to string, stanzas []byte, condition string)
	// Took is told what a stream took time for as it was opened; called from many goroutines. Nil: nobody asks.
	Took func(Handshake, time.Duration)

	Streams  int // that its domains share to each other domain; 0: each has one of its own
	Pairs    int // most pairs of domains that a stream of another server may be for; 1,000 when 0
	Security Security
	Limits   Limits
	Flaws    Flaws // that it is to have
}

// Handshake is something that opening a stream takes time for.
type Handshake int

// What a stream takes time for.
const (
	TLSOpened      Handshake = iota // the TLS handshake of a stream that this side opened
	TLSAccepted                     // and of one that came
	ExternalOpened                  // EXTERNAL, from the request to the answer
	DialbackOpened                  // dialback, from showing the key to the verdict
)

func (p *Peer) took(what Handshake, began time.Time) {
	if p.o.Took != nil {
		p.o.Took(what, time.Since(began))
	}
}

// Peer is a server of many domains among servers: it opens streams to others and takes theirs (RFC 6120 §4.8.2), and each end proves by
// dialback (XEP-0220) or a certificate (XEP-0178) that it is who it says. Its methods may be called from any goroutine.
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
	lists  []net.Listener
	closed bool

	opened, accepted, valid, invalid, verified, unsent atomic.Int64
	encrypted, external, vouched                       atomic.Int64
}

// pair is a domain of this side and one of another.
type pair struct{ own, other string }

// domainOf is the domain of an address, in lower case.
func domainOf(jid []byte) (string, bool) {
	jid, _, _ = bytes.Cut(jid, []byte("/"))
	if _, d, ok := bytes.Cut(jid, []byte("@")); ok {
		jid = d
	}
	return strings.ToLower(string(jid)), len(jid) > 0
}

// NewPeer makes a server that has no streams yet.
func NewPeer(o PeerOptions) *Peer {
	if o.Domain == nil {
		o.Domain = domainOf
	}
	if o.Pairs <= 0 {
		o.Pairs = 1000
	}
	p := &Peer{o: o, secret: rand.Text(), out: map[string][]*outbound{}, in: map[*inbound]struct{}{}, conns: map[net.Conn]struct{}{}, routes: map[pair]*route{}}
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
	Encrypted        int64 // streams of either kind
	Valid, Invalid   int64 // domains of ours that others believed by dialback, and did not
	External         int64 // domains of ours that others believed by a certificate
	Verified         int64 // domains of others that we believed by dialback
	Vouched          int64 // domains of others that we believed by a certificate
	Unsent           int64 // stanzas whose way never came to be
}

// Counts returns what it did so far.
func (p *Peer) Counts() PeerCounts {
	return PeerCounts{
		Opened: p.opened.Load(), Accepted: p.accepted.Load(), Encrypted: p.encrypted.Load(), Valid: p.valid.Load(), Invalid: p.invalid.Load(),
		External: p.external.Load(), Verified: p.verified.Load(), Vouched: p.vouched.Load(), Unsent: p.unsent.Load(),
	}
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
