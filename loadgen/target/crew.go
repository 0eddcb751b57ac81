package target

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"sync"
	"time"
)

// A part is one of the processes that a server consists of.
type part struct {
	name string // in sentences; empty: there is but one
	args []string
}

// A crew is the processes of one life of a server. They stand and fall together:
// where one ended by itself, the server has, though the others may run on.
type crew struct {
	all    []*process    // as they were started; the others need the first
	fallen chan struct{} // closed once one of them ended
	gone   chan struct{} // closed once all have, and their groups are killed

	asked bool // to end: guarded by Server.mu

	mu     sync.Mutex
	left   int            // not yet ended
	first  *process       // that ended
	family map[int]uint64 // helpers last seen: pid and start time
}

// startCrew starts the processes of a server. Where there are several, the first
// listens before the others are started.
func startCrew(ctx context.Context, l *launch, dir string, user owner, files int) (*crew, error) {
	parts := l.parts
	if len(parts) == 0 {
		parts = []part{{args: l.args}}
	}
	c := &crew{fallen: make(chan struct{}), gone: make(chan struct{}), left: len(parts)}
	for i, part := range parts {
		p, err := startProcess(part, l.env, dir, user, files, c.ended)
		if err == nil {
			c.all = append(c.all, p)
			if i == 0 && len(parts) > 1 {
				err = c.awaitBase(ctx, l.base)
			}
		}
		if err != nil {
			c.abandon()
			return nil, err
		}
	}
	return c, nil
}

// awaitBase waits until the first process listens where the others look for it.
func (c *crew) awaitBase(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w (last attempt: %v)", context.Cause(ctx), err)
		case <-c.fallen:
			return fmt.Errorf("it ended at once: %s", c.end())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// ended takes note of the end of a process.
func (c *crew) ended(p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first == nil {
		c.first = p
		close(c.fallen)
	}
	if c.left--; c.left == 0 {
		close(c.gone)
	}
}

// abandon ends a crew that is not complete.
func (c *crew) abandon() {
	for _, p := range c.all {
		_ = p.signal(os.Kill) // it may have ended
		<-p.exited
	}
}

// end describes the first end of a process, after fallen.
func (c *crew) end() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first.ended()
}

func (c *crew) hasFallen() bool {
	select {
	case <-c.fallen:
		return true
	default:
		return false
	}
}

// signal signals all processes.
func (c *crew) signal(s os.Signal) error {
	var err error
	for _, p := range c.all {
		err = errors.Join(err, p.signal(s))
	}
	return err
}

func (c *crew) pids() []int {
	var pids []int
	for _, p := range c.all {
		pids = append(pids, p.pid())
	}
	return pids
}

// sawFamily remembers the helper processes there are, so that sweep knows them
// when their parent no longer leads to them.
func (c *crew) sawFamily(members map[int]uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.family = members
	for _, p := range c.all {
		delete(c.family, p.pid())
	}
}

// sweep waits until the helpers that left their process group (each port program
// of the Erlang VM leads a session of its own) are gone, and kills those that
// stay. It must follow gone. A helper is known by pid and start time.
func (c *crew) sweep(patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.family == nil {
		c.family = map[int]uint64{}
	}
	maps.Copy(c.family, dwellers(c.all[0].cmd.Dir))
	deadline := time.Now().Add(patience)
	for pid, start := range c.family {
		for alive(pid, start) {
			if time.Now().After(deadline) {
				killExactly(pid, start)
			}
			<-time.After(5 * time.Millisecond)
		}
	}
	clear(c.family)
}
