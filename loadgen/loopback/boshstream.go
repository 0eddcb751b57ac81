package loopback

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// boshStream is a session over BOSH as a connection: Read gives the stream that the requests hold, in their order, and
// Write makes answers of the server's. So all above it is as over TCP.
type boshStream struct {
	srv     *Server
	sid     string
	private bool // its requests come over TLS
	local   net.Addr
	remote  net.Addr

	mu      sync.Mutex
	in      []byte // what Read has to give
	ended   bool   // nothing more will come
	readBy  time.Time
	arrival chan struct{} // tells Read of a change
	rid     int64         // of the last request taken
	key     string        // that the key of the next has to lead to; empty: none is needed
	early   *exchange     // a request that came before the one in front of it
	held    []*exchange   // requests without an answer, in their order
	answers [2]answer     // the last ones, for those who lost them
	out     bosh.Writer
	content []byte
	garbled bool // what is sent is no XML any more, on purpose
	opened  bool // the session was granted
	failed  bool // a stream error was said
	over    bool // the stream's footer was
	closed  bool
	alarm   *time.Timer // ends the wait for an answer, or for a request
}

// answer is what was said to a request.
type answer struct {
	rid  int64
	data []byte
}

// inactivity is how long a session lives without a request (XEP-0124 §10).
const inactivity = time.Minute

// newBOSHStream begins a session by its first request; nil where the server takes none.
func (s *Server) newBOSHStream(x *exchange) *boshStream {
	var id [12]byte
	rand.Read(id[:])
	t := &x.conn.t
	b := &boshStream{srv: s, sid: hex.EncodeToString(id[:]), private: t.tls != nil, local: t.raw.LocalAddr(), remote: t.raw.RemoteAddr(),
		rid: x.rid - 1, arrival: make(chan struct{}, 1)}
	c := s.newConn(b, false)
	s.connsMu.Lock()
	defer s.connsMu.Unlock()
	if s.closed {
		return nil
	}
	b.alarm = time.AfterFunc(inactivity, b.overdue)
	s.boshMu.Lock()
	if s.bosh == nil {
		s.bosh = map[string]*boshStream{}
	}
	s.bosh[b.sid] = b
	s.boshMu.Unlock()
	s.begin(c, false)
	return b
}

func (s *Server) boshStream(sid string) *boshStream {
	s.boshMu.Lock()
	defer s.boshMu.Unlock()
	return s.bosh[sid]
}

// forget ends the session's name.
func (b *boshStream) forget() {
	b.srv.boshMu.Lock()
	delete(b.srv.bosh, b.sid)
	b.srv.boshMu.Unlock()
	_ = b.Close()
}

// take takes a request, which is answered sooner or later.
func (b *boshStream) take(x *exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed || b.over && b.ended && x.rid > b.rid: // which the peer was told
		x.answered <- terminated("item-not-found")
	case b.srv.bug("bosh-rid-ignored"):
		b.advance(x)
		b.pump()
	case x.rid <= b.rid:
		b.takeAgain(x)
	case x.rid == b.rid+2 && b.early == nil:
		b.early = x
	case x.rid != b.rid+1:
		x.answered <- terminated("item-not-found")
		b.give()
	default:
		b.advance(x)
		if next := b.early; next != nil {
			b.early = nil
			b.advance(next)
		}
		b.pump()
	}
}

// advance takes the request that is next.
func (b *boshStream) advance(x *exchange) {
	b.rid = x.rid
	if !b.unlock(x) {
		x.answered <- terminated("item-not-found")
		b.give()
		return
	}
	b.in = append(b.in, x.stream...)
	b.held = append(b.held, x)
	b.notify()
}

// unlock reports whether a request has the key that is its turn (XEP-0124 §15).
func (b *boshStream) unlock(x *exchange) bool {
	if sum := sha1.Sum([]byte(x.key)); b.key != "" && hex.EncodeToString(sum[:]) != b.key && !(x.key == "" && b.srv.bug("bosh-missing-key-taken")) {
		return false
	}
	if b.key != "" {
		b.key = x.key
	}
	if x.new != "" {
		b.key = x.new
	}
	return true
}

// takeAgain answers a request that came before as it was answered then, or takes the place of the one that waits
// (XEP-0124 §14.3).
func (b *boshStream) takeAgain(x *exchange) {
	if i := slices.IndexFunc(b.held, func(h *exchange) bool { return h.rid == x.rid }); i >= 0 {
		b.held[i].answered <- bosh.AppendResponse(nil, &bosh.Body{Type: "error"})
		b.held[i] = x
		return
	}
	if i := slices.IndexFunc(b.answers[:], func(a answer) bool { return a.rid == x.rid }); i >= 0 {
		x.answered <- b.answers[i].data
		return
	}
	x.answered <- terminated("item-not-found")
	b.give()
}

// pump answers what can be answered; mu is held.
func (b *boshStream) pump() {
	for len(b.held) > 0 && (len(b.content) > 0 || len(b.held) > bosh.Hold || b.over) {
		b.answer()
	}
	if b.over && len(b.held) == 0 || b.closed {
		b.alarm.Stop()
	} else if len(b.held) > 0 {
		b.alarm.Reset(bosh.Wait * time.Second)
	} else {
		b.alarm.Reset(inactivity)
	}
}

// answer answers the oldest request. The end is told once.
func (b *boshStream) answer() {
	x := b.held[0]
	b.held = slices.Delete(b.held, 0, 1)
	body := bosh.Body{Payload: b.content}
	if !b.opened && b.out.Header != nil {
		b.opened = true
		body.Create, body.SID = b.out.Header, b.sid
	}
	if b.over && !b.ended {
		body.Type = "terminate"
		if b.ended = true; b.failed {
			body.Condition = "remote-stream-error"
		}
	}
	data := bosh.AppendResponse(nil, &body)
	b.answers[0], b.answers[1] = b.answers[1], answer{x.rid, data}
	b.content = b.content[:0]
	x.answered <- data
}

// overdue answers a request that was held long enough, or ends a session that asks no more.
func (b *boshStream) overdue() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.held) == 0 {
		b.give()
		return
	}
	b.answer()
	b.pump()
}

// hangUp ends a session whose peer is told so otherwise (XEP-0124 §17.2).
func (b *boshStream) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.give()
}

// give ends what Read gives.
func (b *boshStream) give() {
	b.ended = true
	b.notify()
}

func (b *boshStream) notify() {
	select {
	case b.arrival <- struct{}{}:
	default:
	}
}

// Write takes a piece of the server's stream. What is no XML goes out as it is.
func (b *boshStream) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.content) > b.srv.options.Queue {
		return 0, net.ErrClosed
	}
	if !b.garbled {
		before := len(b.content)
		content, turn, err := b.out.Append(b.content, p)
		if b.content = content; err != nil {
			b.garbled, b.content = true, b.content[:before]
		}
		b.over = b.over || turn&bosh.Close != 0
		b.failed = b.failed || isStreamError(b.content[before:])
	}
	if b.garbled {
		b.content = append(b.content, p...)
	}
	b.pump()
	return len(p), nil
}

// isStreamError reports whether content begins with a stream error, as wire.AppendAlone writes it.
func isStreamError(content []byte) bool {
	const start = "<error xmlns='" + wire.NSStream + "'"
	return len(content) > len(start) && string(content[:len(start)]) == start
}

// await returns once Read has something to say.
func (b *boshStream) await() {
	for {
		b.mu.Lock()
		ready := len(b.in) > 0 || b.ended || b.closed || !b.readBy.IsZero() && !time.Now().Before(b.readBy)
		by := b.readBy
		b.mu.Unlock()
		if ready {
			return
		}
		if by.IsZero() {
			<-b.arrival
			continue
		}
		timer := time.NewTimer(time.Until(by))
		select {
		case <-b.arrival:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (b *boshStream) Read(p []byte) (int, error) {
	b.await()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case len(b.in) > 0:
		n := copy(p, b.in)
		if b.in = b.in[n:]; len(b.in) == 0 {
			b.in = nil
		}
		return n, nil
	case b.closed:
		return 0, net.ErrClosed
	case b.ended:
		return 0, io.EOF
	}
	return 0, os.ErrDeadlineExceeded
}

// CloseWrite ends the session in good order: all that waits is answered, the first with the end.
func (b *boshStream) CloseWrite() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	b.pump()
	return nil
}

// Close ends the session. Where that was not told, the connections of those who wait are dropped.
func (b *boshStream) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	b.alarm.Stop()
	if b.early != nil {
		b.held = append(b.held, b.early)
	}
	for _, x := range b.held {
		if !b.over {
			x.conn.t.drop()
		}
		x.answered <- terminated("item-not-found")
	}
	b.held, b.early = nil, nil
	b.notify()
	return nil
}

func (b *boshStream) SetReadDeadline(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readBy = t
	b.notify()
	return nil
}

func (b *boshStream) SetDeadline(t time.Time) error    { return b.SetReadDeadline(t) }
func (b *boshStream) SetWriteDeadline(time.Time) error { return nil } // it never waits
func (b *boshStream) LocalAddr() net.Addr              { return b.local }
func (b *boshStream) RemoteAddr() net.Addr             { return b.remote }
