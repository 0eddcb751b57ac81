package loopback

import (
	"bytes"
	"errors"
	"io"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

const (
	widerBytes     = 768 << 10 // a limit, and another one than elsewhere
	unboundedBytes = 16 << 20  // what stands for no limit: the machine is to outlive it
	unboundedQueue = 256 << 20 // likewise
)

// limits are those of the stream that is to be opened.
func (l *login) limits() wire.Limits {
	limits := l.srv.options.Limits
	t := l.twist
	if t == nil {
		return limits
	}
	t.begun = false
	if t.has("unbounded-attributes") {
		limits.Attrs = 1 << 20
	}
	if t.has("deep-recursion") {
		limits.Depth = 1 << 20
	}
	bound, direct := l.account != nil, t.direct
	if bound && (t.has("unbounded-stanza") || t.has("limit-after-parse")) || !bound && t.has("no-limit-before-auth") ||
		l.t.tls != nil && !direct && t.has("limit-lost-after-starttls") || direct && t.has("no-limit-on-direct-tls") {
		limits.Bytes = unboundedBytes
	}
	if t.has("limit-not-enforced") {
		limits.Bytes *= 2
	}
	limits.Bytes = int(l.srv.overstated(time.Duration(limits.Bytes)))
	if l.t.web != nil && t.has("no-limit-over-websocket") || (l.t.bosh != nil || l.relaying.Load()) && t.has("no-limit-over-bosh") || l.t.packed != nil && t.has("inflated-unbounded") {
		limits.Bytes = unboundedBytes
	}
	if l.t.web != nil && t.has("wider-limit-over-websocket") {
		limits.Bytes = widerBytes
	}
	return limits
}

// misconnect is what defects do when there is one connection more.
func (s *Server) misconnect() {
	if s.bug("many-connections-crash") && len(s.conns) > 80 {
		s.survive(func() {
			var room [80]*conn
			_ = room[:len(s.conns)]
		})
	}
}

// misuse is what defects do with every whole element.
func (c *conn) misuse(e *wire.Element) error {
	t := c.twist
	if e.Kind == wire.Footer || e.Kind == wire.Header {
		return nil
	}
	if t.has("deep-recursion") {
		descend(*e)
	}
	if t.has("quadratic-children") {
		c.compareChildren(e)
	}
	if t.has("limit-after-parse") && len(e.Raw()) > c.srv.options.Limits.Bytes {
		return streamError{wire.PolicyViolation, "element too long"}
	}
	return nil
}

// descend counts the levels of an element on the stack.
func descend(e wire.Element) int {
	var names [256]byte // makes the stack as fat as that of a function that does something
	deepest := copy(names[:], e.Local()) & 0
	for child, ok := e.First(); ok; child, ok = child.Next() {
		deepest = max(deepest, descend(child))
	}
	return deepest + 1 + int(names[255])
}

// compareChildren looks for children of the same name, pair by pair, for two seconds at most.
func (c *conn) compareChildren(e *wire.Element) {
	var seen []wire.Element
	end := time.Now().Add(2 * time.Second)
	for child, ok := e.First(); ok; child, ok = child.Next() {
		pairs := 0
		for i := range seen {
			if bytes.Equal(seen[i].Name(), child.Name()) {
				pairs++
			}
		}
		if seen = append(seen, child); pairs > 0 && time.Now().After(end) {
			return
		}
	}
}

// survives lets a session go on after an error that should end it.
func (c *conn) survives(err error) bool {
	bad, ok := errors.AsType[streamError](err)
	if !ok || !c.twist.has("goes-on-after-error") || c.ending() {
		return false
	}
	c.end(bad.condition, bad.text)
	_ = c.t.raw.SetReadDeadline(time.Now().Add(farewell)) // the peer is gone otherwise
	c.scanner.Reset(c.srv.options.Limits)
	_, _, _ = c.scanner.Next(wire.AppendHeader(nil, wire.StreamHeader{Namespace: wire.NSClient})) // ours is right
	next := len(c.rest)
	for _, start := range []string{"<message", "<presence", "<iq"} {
		if i := bytes.Index(c.rest, []byte(start)); i >= 0 {
			next = min(next, i)
		}
	}
	c.rest = c.rest[next:]
	return true
}

// mayForge lets a stanza pass whose from is not the sender's.
func (c *conn) mayForge(e *wire.Element) bool {
	t := c.twist
	return string(e.Local()) == "message" &&
		(t.has("forged-from-relayed") || t.has("forged-from-on-errors") && string(e.Attr("type")) == "error")
}

// misleave is what defects do when a connection ends.
func (c *conn) misleave(err error) {
	s, t := c.srv, c.twist
	c.misclose()
	bad, fatal := errors.AsType[streamError](err)
	broken := c.scanner.Pending() > 0 && !fatal
	if fatal && c.session != nil && t.has("stream-error-crash") {
		var seen map[wire.Condition]int
		seen[bad.condition]++ // nobody made the map
	}
	if fatal && t.has("stream-error-leak") {
		s.planted.keep(make([]byte, 256<<10))
		s.wg.Go(func() { <-s.stopping })
	}
	if broken && err == io.EOF && t.has("truncated-input-loop") {
		s.spin(2 * time.Second)
	}
	if c.session == nil && t.has("preauth-memory-leak") {
		s.planted.keep(make([]byte, 128<<10))
	}
	if broken && c.session != nil && t.has("abrupt-close-leak") {
		s.planted.keep(make([]byte, 64<<10))
		s.planted.keepOpen(c.t.raw)
	}
}

// hoard keeps what a reader did not take; the outbox is locked.
func (c *conn) hoard() {
	if c.twist.has("slow-reader-unbounded") && len(c.out.buf) > maxKept {
		c.srv.planted.keep(c.out.buf)
	}
}

// keepOpen takes a descriptor for a connection that nobody will close.
func (p *planted) keepOpen(raw net.Conn) {
	tcp, ok := raw.(*net.TCPConn)
	if !ok {
		return
	}
	if f, err := tcp.File(); err == nil {
		p.mu.Lock()
		p.files = append(p.files, f)
		p.mu.Unlock()
	}
}
