package xmpp

import (
	"errors"
	"io"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Claimed is what a handler of Receive returns for a request, an iq of type get
// or set, that it answers itself.
var Claimed = errors.New("request claimed")

// Receive waits until something comes, the deadline passes (zero: none) or Wake
// is called, and hands every whole stanza that is there to handle; so too other
// first-level elements, but for those of stream management where that is on. It returns how many elements
// came, those that it answers itself included.
//
// Neither deadline nor wake is an error. A deadline in the past takes what is
// there without waiting; connections without syscall.Conn then give nothing.
//
// The element is valid until handle returns. An error of handle ends the batch
// and is returned; the elements behind it are kept for the next call. Else the
// error is io.EOF after the peer's footer or the end of the connection, a
// *StreamError, a wire.SyntaxError, or one of the connection, and comes again
// with every further call.
func (c *Conn) Receive(deadline time.Time, handle func(*wire.Element) error) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	data, err := c.fill(deadline)
	if err == errIdle {
		return 0, nil
	}
	c.readAt = time.Now()
	total := 0
	for len(data) > 0 && err == nil {
		var n int
		n, err = c.scan(data, handle)
		total += n
		if data = nil; err == nil {
			data, err = c.more()
		}
	}
	if failed := c.answer(); err == nil {
		err = failed
	}
	if stopped, ok := err.(*handlerError); ok {
		return total, stopped.err
	}
	c.err = err
	return total, err
}

// handlerError tells an error of the handler from those of the stream.
type handlerError struct{ err error }

func (e *handlerError) Error() string { return e.err.Error() }

// scan hands out the elements of data and releases it.
func (c *Conn) scan(data []byte, handle func(*wire.Element) error) (int, error) {
	for n := 0; ; {
		e, used, err := c.element(data)
		data = data[used:]
		if err != nil || e.Kind == wire.None {
			c.done()
			return n, err
		}
		n++
		if err := c.take(e, handle); err != nil {
			c.keep(data)
			return n, err
		}
	}
}

// element scans the next element of the stream. Over BOSH the wrappers around them are no elements.
func (c *Conn) element(data []byte) (*wire.Element, int, error) {
	if c.bosh != nil {
		return c.unwrap(data)
	}
	return c.scanner.Next(data)
}

// take deals with one element.
func (c *Conn) take(e *wire.Element, handle func(*wire.Element) error) error {
	if c.sm != nil {
		if done, err := c.managed(e); done || err != nil {
			return err
		}
	}
	switch {
	case c.isEnd(e):
		c.ended = true
		return io.EOF
	case e.Kind == wire.Nonza && e.Is(wire.NSStream, "error"):
		return parseStreamError(e)
	case !isRequest(e):
		return handled(handle(e))
	case isPing(e):
		c.answers = appendAnswer(c.answers, e, "result")
		return nil
	}
	err := handle(e)
	if err == Claimed {
		return nil
	}
	c.answers = appendAnswer(c.answers, e, "error")
	return handled(err)
}

func handled(err error) error {
	if err == nil || err == Claimed {
		return nil
	}
	return &handlerError{err}
}

// answer sends the answers to the requests of a batch.
func (c *Conn) answer() error {
	if len(c.answers) == 0 {
		return nil
	}
	b := c.answers
	c.answers = nil
	return c.Send(b)
}

func isIQ(e *wire.Element) bool { return e.Kind == wire.Stanza && string(e.Local()) == "iq" }

func isRequest(e *wire.Element) bool {
	if !isIQ(e) {
		return false
	}
	t := e.Attr("type")
	return string(t) == "get" || string(t) == "set"
}

// isPing tells a ping (XEP-0199 §4) from other requests.
func isPing(e *wire.Element) bool {
	_, ok := e.Child(wire.NSPing, "ping")
	return ok && string(e.Attr("type")) == "get"
}

// appendAnswer appends the result of a ping, or that a request is not served
// (RFC 6120 §8.2.3 and §8.3.3.19).
func appendAnswer(dst []byte, request *wire.Element, kind string) []byte {
	dst = append(dst, "<iq"...)
	dst = wire.AppendAttr(dst, "type", kind)
	for _, a := range [...]struct{ from, to string }{{"id", "id"}, {"from", "to"}} {
		if v := request.Attr(a.from); v != nil {
			dst = wire.AppendAttr(dst, a.to, v)
		}
	}
	dst = append(dst, '>')
	if kind == "error" {
		dst = wire.AppendStanzaError(dst, "cancel", "service-unavailable", "")
	}
	return append(dst, "</iq>"...)
}

// Wake makes the Receive under way, or else the next one, return at once. Any
// goroutine may call it.
func (c *Conn) Wake() {
	if c.bosh != nil {
		c.bosh.wake()
		return
	}
	c.socket.wake()
}
