package away

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// door is an address behind which a server is that does not run yet. It passes connections on, unless it is shut.
type door struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	room   sync.Cond
	to     string // where the server is; empty: not yet
	shut   bool
	closed bool
	open   map[net.Conn]struct{} // both ends of all connections
}

// newDoor opens a door on a loopback address.
func newDoor() (*door, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a door between servers: %w", err)
	}
	d := &door{listener: l, open: map[net.Conn]struct{}{}}
	d.room.L = &d.mu
	d.running.Go(d.accept)
	return d, nil
}

func (d *door) addr() string { return d.listener.Addr().String() }

func (d *door) port() int { return d.listener.Addr().(*net.TCPAddr).Port }

// lead says where the server is.
func (d *door) lead(addr string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = addr
}

func (d *door) accept() {
	for {
		c, err := d.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			d.running.Go(func() { d.pass(c) })
		}
	}
}

// pass carries one connection.
func (d *door) pass(client net.Conn) {
	if !d.note(client) || !d.wait() {
		d.drop(client)
		return
	}
	d.mu.Lock()
	to := d.to
	d.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil || !d.note(server) {
		d.drop(client, server)
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			d.carry(way[0], way[1])
			if half, ok := way[1].(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite() // it is gone already, if that fails
			}
		})
	}
	both.Wait()
	d.drop(client, server)
}

// carry copies one direction, and holds it while the door is shut.
func (d *door) carry(from, to net.Conn) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			if !d.wait() {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				_ = to.Close()
			}
			return
		}
	}
}

// wait waits until the door stands open; false where it never will again.
func (d *door) wait() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.shut && !d.closed {
		d.room.Wait()
	}
	return !d.closed && d.to != ""
}

// bar lets nothing through any more, and resets what goes through it if so asked.
func (d *door) bar(reset bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
	if reset {
		d.reset()
	}
}

func (d *door) unbar() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = false
	d.room.Broadcast()
}

// reset drops all connections; the lock is held.
func (d *door) reset() {
	for c := range d.open {
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}
}

func (d *door) note(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.open[c] = struct{}{}
	return true
}

func (d *door) drop(conns ...net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range conns {
		if c != nil {
			_ = c.Close()
			delete(d.open, c)
		}
	}
}

// close ends the door and all that goes through it.
func (d *door) close() {
	d.mu.Lock()
	d.closed = true
	d.reset()
	d.room.Broadcast()
	d.mu.Unlock()
	_ = d.listener.Close()
	d.running.Wait()
}

// split shuts doors from a time on, for a while, and returns how to call that off.
func split(doors []*door, at time.Time, length time.Duration, reset bool) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for _, step := range []struct {
			at time.Time
			do func(*door)
		}{{at, func(d *door) { d.bar(reset) }}, {at.Add(length), (*door).unbar}} {
			timer := time.NewTimer(time.Until(step.at))
			select {
			case <-timer.C:
			case <-over:
				timer.Stop()
				return
			}
			for _, d := range doors {
				step.do(d)
			}
		}
	}()
	return func() { close(over); <-done }
}
