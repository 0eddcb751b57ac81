package xmpp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// errNoFooter says that the peer went on without ending its stream.
var errNoFooter = errors.New("peer did not end its stream")

// Close ends the stream (RFC 6120 §4.4): it sends the footer, waits for the
// peer's as long as ctx and the Dialer's Timeout let it, and closes the
// connection in any case. What else comes meanwhile is dropped. The error says
// that this was not a proper end.
func (c *Conn) Close(ctx context.Context) error { return c.CloseTaking(ctx, nil) }

// CloseTaking is Close that hands the stanzas which still come to take, where
// that is not nil. Nothing is answered any more.
func (c *Conn) CloseTaking(ctx context.Context, take func(*wire.Element)) error {
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.cancel()
		close(fired)
	})
	err := c.end(time.Now().Add(c.socket.timeout), take)
	if err == nil && c.web != nil {
		c.write(websocket.AppendClose(nil, true)) // a courtesy, as the alert that follows
	}
	if err == nil && c.bosh == nil && c.tls != nil {
		c.tls.Close() // the alert that may fail here is a courtesy
	}
	if !stop() {
		<-fired
	}
	if err != nil {
		c.Abort()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("close stream: %w", err)
	}
	if c.bosh != nil {
		c.bosh.close()
		return nil
	}
	c.socket.Close() // again with TLS, to no effect
	return nil
}

// cancel ends every wait and write from now on, from any goroutine.
func (c *Conn) cancel() {
	if c.bosh != nil {
		c.bosh.cancel()
		return
	}
	c.socket.cancel()
}

// end exchanges the footers. A peer that just closes the connection is
// content too.
func (c *Conn) end(deadline time.Time, take func(*wire.Element)) error {
	if c.closed {
		return nil
	}
	c.closed = true
	var last []byte
	if c.sm != nil && c.err == nil { // lest the peer keeps what was handled for somebody else
		last = c.sm.appendAck(nil)
	}
	if err := c.sendOut(wire.AppendFooter(last)); err != nil {
		return err
	}
	for !c.ended && time.Now().Before(deadline) {
		if err := c.drain(deadline, take); atEnd(err) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if !c.ended {
		return errNoFooter
	}
	return nil
}

// drain reads once and looks for the footer; what else there is goes to take.
func (c *Conn) drain(deadline time.Time, take func(*wire.Element)) error {
	if atEnd(c.err) {
		return c.err
	}
	data, err := c.fill(deadline)
	if err == errIdle {
		return nil
	}
	c.readAt = time.Now()
	for err == nil {
		e, n, failed := c.element(data)
		data, err = data[n:], failed
		if c.isEnd(e) {
			c.ended = true
		}
		if e.Kind == wire.None || c.ended {
			break
		}
		if take != nil && e.Kind == wire.Stanza {
			take(e)
		}
	}
	c.done()
	return err
}

// Abort drops the connection at once and without a word; TCP resets it, so no
// port stays behind. What waits then fails with net.ErrClosed. Any goroutine may
// call it.
func (c *Conn) Abort() error {
	if c.bosh != nil {
		return c.bosh.abort()
	}
	return c.socket.abort()
}
