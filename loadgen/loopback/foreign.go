package loopback

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
)

// foreign is what the server knows of domains that are not its own.
type foreign struct {
	mu         sync.RWMutex
	components map[string]*trunk.Component // connected now, by domain
	listener   net.Listener
	addr       net.Addr
	peer       *trunk.Peer           // nil: the server is not federated
	servers    net.Addr              // where others of them come
	opening    map[net.Conn]struct{} // connections that have not said yet which component they are of
	closed     bool
}

// ListenComponents serves external components (XEP-0114) at addr.
func (s *Server) ListenComponents(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for components: %w", err)
	}
	f := &s.foreign
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || f.listener != nil {
		_ = l.Close()
		return fmt.Errorf("listen for components: %w", ErrClosed)
	}
	s.startClock.Do(func() { s.runClock(pace.NewAlarm()) })
	f.listener, f.addr = l, l.Addr()
	f.components, f.opening = map[string]*trunk.Component{}, map[net.Conn]struct{}{}
	s.wg.Go(func() { s.acceptComponents(l) })
	return nil
}

// ComponentAddr is where ListenComponents listens; nil before.
func (s *Server) ComponentAddr() net.Addr {
	s.foreign.mu.RLock()
	defer s.foreign.mu.RUnlock()
	return s.foreign.addr
}

func (s *Server) acceptComponents(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil && s.foreign.note(conn) {
			s.wg.Go(func() { s.serveComponent(conn) })
		}
	}
}

func (f *foreign) note(conn net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = conn.Close()
		return false
	}
	f.opening[conn] = struct{}{}
	return true
}

// serveComponent takes a component in, and what it sends, until it is gone. One that has the same domain as another takes its place.
func (s *Server) serveComponent(conn net.Conn) {
	f := &s.foreign
	secret := func(domain string) (string, bool) { w, ok := s.options.Components[domain]; return w, ok }
	c, err := trunk.AcceptComponent(conn, secret, s.componentLimits())
	f.mu.Lock()
	delete(f.opening, conn)
	if err != nil {
		f.mu.Unlock()
		return // it was told why
	}
	old, closed := f.components[c.Domain()], f.closed
	f.components[c.Domain()] = c
	f.mu.Unlock()
	if old != nil {
		old.Close()
	}
	if closed {
		c.Close()
	}
	s.tally.components.Add(1)
	_ = c.Run(func(e *wire.Element, at time.Time) { s.fromAbroad(c.Domain(), e, at) }) // it is gone, whatever the reason
	c.Close()
	f.mu.Lock()
	if f.components[c.Domain()] == c {
		delete(f.components, c.Domain())
	}
	f.mu.Unlock()
}

// close ends what there is with others.
func (f *foreign) close() {
	f.mu.Lock()
	f.closed = true
	if f.listener != nil {
		_ = f.listener.Close()
	}
	for conn := range f.opening {
		_ = conn.Close()
	}
	var open []*trunk.Component
	for _, c := range f.components {
		open = append(open, c)
	}
	f.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
	if f.peer != nil {
		f.peer.Close()
	}
}

// sendAbroad sends a stanza to another domain; false where the way there is not known.
func (s *Server) sendAbroad(domain string, stanza []byte) bool {
	return s.send(s.options.Domain, domain, stanza)
}

// send is sendAbroad for what comes from any domain that is here: the server's, or a component's.
func (s *Server) send(from, to string, stanza []byte) bool {
	s.foreign.mu.RLock()
	c := s.foreign.components[to]
	s.foreign.mu.RUnlock()
	if c != nil {
		return c.Send(stanza) == nil
	}
	if s.foreign.peer == nil || !s.local(from) || s.local(to) || to == s.rooms.domain || to == s.pubsubDomain() {
		return false
	}
	return s.foreign.peer.Send(from, to, stanza) == nil
}
