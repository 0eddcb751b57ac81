package xmpp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
)

// ready returns a lane's connection, or a new one where there is none or the peer has closed it meanwhile.
func (q *requests) ready(i int8) (*link, error) {
	l := &q.lanes[i]
	if k := l.link.Load(); k != nil {
		if l.times == 0 && q.stale(k) {
			q.drop(i)
		} else {
			return k, nil
		}
	}
	done := make(chan error)
	go func() { done <- q.dial(i) }() // on a stack of its own, as Login is
	err := <-done
	q.nudged = true
	if err != nil {
		return nil, fmt.Errorf("connect again: %w", err)
	}
	return l.link.Load(), nil
}

// stale reports whether nothing can be asked over a connection any more. One whose bytes are still being read was there
// just now.
func (q *requests) stale(k *link) bool {
	if k.socket.raw == nil || k == q.lent || q.sid == "" {
		return false
	}
	q.nudged = q.nudged || k.socket.woken.Load() // which the look would use up
	_, err := k.nextBytes(past())
	k.release()
	return err != errIdle
}

// drop closes a lane's connection. What was read from it stays until release.
func (q *requests) drop(i int8) {
	l := &q.lanes[i]
	k := l.link.Swap(nil)
	l.in.Reset()
	if k != nil {
		k.close()
	}
}

// dial connects a lane.
func (q *requests) dial(i int8) error {
	ctx, cancel := context.WithTimeout(context.Background(), q.dialer.timeout())
	defer cancel()
	if err := q.begin(cancel); err != nil {
		return err
	}
	transport, err := q.dialer.dial(ctx, q.local)
	if err == nil {
		k := &link{}
		k.socket.init(transport, &q.dialer.buffers, q.dialer.timeout())
		if err = q.encrypt(ctx, k); err == nil {
			q.lanes[i].link.Store(k)
		}
		if err != nil {
			k.socket.Close()
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.connect = nil
	if why := q.over(); why != nil {
		if err == nil {
			q.lanes[i].link.Load().socket.abort()
		}
		return why
	}
	return err
}

// begin notes how to end a connect, unless the session is over.
func (q *requests) begin(cancel context.CancelFunc) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if why := q.over(); why != nil {
		return why
	}
	q.connect = cancel
	return nil
}

// over is why nothing is to be connected any more; mu is held.
func (q *requests) over() error {
	switch {
	case q.aborted:
		return net.ErrClosed
	case q.cancelled:
		return errCancelled
	}
	return nil
}

func (q *requests) encrypt(ctx context.Context, k *link) error {
	if q.config == nil {
		return nil
	}
	c := tls.Client(&k.socket, q.config)
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	k.tls, k.socket.parked = c, true
	return nil
}

// each does something to every connection, from any goroutine.
func (q *requests) each(do func(*link)) {
	for i := range q.lanes {
		if k := q.lanes[i].link.Load(); k != nil {
			do(k)
		}
	}
}

// wake is socket.wake for whichever connection is waited for.
func (q *requests) wake() { q.each(func(k *link) { k.socket.wake() }) }

// cancel is socket.cancel for both connections.
func (q *requests) cancel() {
	q.end(&q.cancelled)
	q.each(func(k *link) { k.socket.cancel() })
}

// abort is socket.abort for both connections.
func (q *requests) abort() (err error) {
	q.end(&q.aborted)
	q.each(func(k *link) { err = k.socket.abort() })
	return err
}

// end keeps further connections from being made.
func (q *requests) end(why *bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if *why = true; q.connect != nil {
		q.connect()
	}
}

// close closes both connections in good order.
func (q *requests) close() { q.each((*link).close) }

// sameHost is the local address from which the other connection is made.
func sameHost(a net.Addr) net.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return &net.TCPAddr{IP: t.IP, Zone: t.Zone}
	}
	return nil
}
