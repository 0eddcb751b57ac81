package loopback

import (
	"sync"
	"sync/atomic"
)

// outbox is what waits to be written to one connection. Whoever puts something in never waits; a goroutine writes
// it out in as few pieces as it can, and lives only as long as there is something to write.
type outbox struct {
	mu       sync.Mutex
	buf      []byte
	messages int  // whole messages in buf
	writing  bool // a goroutine is at it
	closed   bool // nothing more is taken
	last     bool // close the connection's sending side once all is written
	hushed   bool // a handshake of TLS or WebSocket goes on, into which nothing may be said
	flushed  chan struct{}
	managed  *managed // of the session that this was the first connection of; nil without stream management
}

// maxKept is the largest buffer that goes back to the pool.
const maxKept = 64 << 10

var sendBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 2048); return &b }}

func borrowBytes() []byte { return (*sendBuffers.Get().(*[]byte))[:0] }

func returnBytes(b []byte) {
	if cap(b) > 0 && cap(b) <= maxKept {
		sendBuffers.Put(&b)
	}
}

// send puts b into the outbox, in which messages are whole messages, and reports whether it was taken. A peer that
// has let the queue fill is cut off.
func (c *conn) send(b []byte, messages int) bool {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.managed != nil {
		return c.sendManaged(b, messages)
	}
	return c.take(b, messages)
}

// sendNow is send for what is no stanza, or has been counted as one.
func (c *conn) sendNow(b []byte) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.take(b, 0)
}

// take puts b into the outbox, which is locked.
func (c *conn) take(b []byte, messages int) bool {
	o := &c.out
	if o.closed {
		c.srv.tally.discarded.Add(int64(messages))
		return false
	}
	if len(o.buf)+len(b) > c.srv.options.Queue {
		o.closed = true
		c.srv.tally.slowReaders.Add(1)
		c.srv.tally.discarded.Add(int64(messages))
		c.t.drop()
		return false
	}
	o.put(b, messages)
	c.startWriter()
	return true
}

// sendBefore puts b in after making the session known by publish, and before whatever that brings.
func (c *conn) sendBefore(b []byte, publish func()) {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	publish()
	if !o.closed {
		o.put(b, 0)
		c.startWriter()
	}
}

// sendLast puts b in as the last thing the peer hears, unless that has been said already, and counts it.
func (c *conn) sendLast(b []byte, counter *atomic.Int64) {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	o.closed = true
	if o.hushed {
		c.t.drop()
		return
	}
	counter.Add(1)
	o.put(b, 0)
	o.last = true
	c.startWriter()
}

func (o *outbox) put(b []byte, messages int) {
	if o.buf == nil {
		o.buf = borrowBytes()
	}
	o.buf = append(o.buf, b...)
	o.messages += messages
}

// startWriter is called with the outbox locked.
func (c *conn) startWriter() {
	if !c.out.writing {
		c.out.writing = true
		c.srv.wg.Go(c.writeOut)
	}
}

func (c *conn) writeOut() {
	o := &c.out
	for {
		o.mu.Lock()
		b, n := o.buf, o.messages
		o.buf, o.messages = nil, 0
		if b == nil && o.last {
			o.last = false
			o.mu.Unlock()
			c.t.closeWrite()
			continue
		}
		if b == nil {
			o.rest()
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		if err := c.t.write(b); err != nil {
			c.srv.tally.discarded.Add(int64(n))
			c.abandon()
		} else {
			c.srv.tally.delivered.Add(int64(n))
		}
		returnBytes(b)
	}
}

// rest ends the writer; the outbox is locked.
func (o *outbox) rest() {
	o.writing = false
	if o.flushed != nil {
		close(o.flushed)
		o.flushed = nil
	}
}

// abandon gives the connection up and with it all that waits.
func (c *conn) abandon() {
	c.out.mu.Lock()
	c.out.closed, c.out.last = true, false
	c.srv.tally.discarded.Add(int64(c.out.messages))
	if c.twist != nil {
		c.hoard()
	}
	c.out.buf, c.out.messages = nil, 0
	c.out.mu.Unlock()
	c.t.drop()
}

// hush keeps the outbox still for a handshake, and reports whether the connection is still to go on.
func (o *outbox) hush(on bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hushed = on
	return !o.closed
}

// flush waits until all is written or given up.
func (c *conn) flush() {
	o := &c.out
	o.mu.Lock()
	if !o.writing {
		o.mu.Unlock()
		return
	}
	if o.flushed == nil {
		o.flushed = make(chan struct{})
	}
	flushed := o.flushed
	o.mu.Unlock()
	<-flushed
}

// ending reports whether the last word has been said.
func (c *conn) ending() bool {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return c.out.closed
}
