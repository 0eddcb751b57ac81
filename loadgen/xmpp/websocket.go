package xmpp

import (
	"fmt"
	"io"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// webSocket is what a session over WebSocket has besides.
type webSocket struct {
	in  websocket.Reader
	out websocket.Writer
	bad bool  // the message under way has not begun yet
	err error // what comes after the bytes that were returned last
}

// upgrade does the opening handshake. Reads still wait.
func (n *negotiation) upgrade() error {
	c := n.conn
	var transport io.ReadWriter = &c.socket
	if n.tls != nil {
		transport = n.tls
	}
	early, err := websocket.Upgrade(transport, n.dialer.host(), n.dialer.WebSocket)
	if err != nil {
		return err
	}
	c.web = &webSocket{out: websocket.Writer{Masked: true}}
	n.lap(&n.timings.Upgrade)
	n.data, err = c.unframe(early)
	c.in += int64(len(n.data))
	return err
}

// beginStream readies the scanner for a new stream. Messages lack a header that encloses them: theirs is made up.
func (c *Conn) beginStream(l wire.Limits) error {
	if c.bosh != nil { // where a wrapper that is not at its end stays
		c.bosh.limits = l
		return nil
	}
	c.scanner.Reset(l)
	if c.web == nil {
		return nil
	}
	_, _, err := c.scanner.Next([]byte(websocket.Root))
	return err
}

// isHeader reports whether e is the header of the peer's stream.
func (c *Conn) isHeader(e *wire.Element) bool {
	if c.web != nil {
		return e.Is(websocket.NSFraming, "open")
	}
	return e.Kind == wire.Header
}

// isEnd reports whether e ends the peer's stream.
func (c *Conn) isEnd(e *wire.Element) bool {
	return e.Kind == wire.Footer || c.web != nil && e.Kind == wire.Nonza && e.Is(websocket.NSFraming, "close")
}

// sendMessages sends stanzas, each as a message, and says how many bytes of XML they are.
func (c *Conn) sendMessages(b []byte) (int, error) {
	lent := c.socket.buffers.borrow()
	defer c.socket.buffers.giveBack(lent)
	frames, err := c.web.out.Append(lent[:0], b)
	if err != nil {
		return 0, err
	}
	if _, err := c.write(frames); err != nil {
		return 0, err
	}
	return len(b), nil
}

// messages returns the content of the messages in data, and gives the buffer back where there is none.
func (c *Conn) messages(data []byte) ([]byte, error) {
	content, err := c.unframe(data)
	if len(content) > 0 {
		return content, nil
	}
	c.release()
	return nil, err
}

// unframe takes the frames apart in place: what it returns is the content of the messages, one after the other. An error
// that comes with content is kept for the next call.
func (c *Conn) unframe(data []byte) ([]byte, error) {
	w, content := c.web, data[:0]
	for len(data) > 0 && w.err == nil {
		p, n, err := w.in.Next(data)
		data = data[n:]
		if err == nil {
			err = c.takePiece(p)
		}
		if w.err = err; err == nil && p.Op == websocket.Text {
			content = append(content, p.Data...)
		}
	}
	if len(content) > 0 {
		return content, nil
	}
	return nil, w.err
}

// takePiece judges a piece of a message, and answers control frames.
func (c *Conn) takePiece(p websocket.Piece) error {
	w := c.web
	switch p.Op {
	case websocket.Text:
		w.bad = w.bad || p.First
		if w.bad && len(p.Data) > 0 && p.Data[0] == '<' {
			w.bad = false
		}
		if w.bad && (len(p.Data) > 0 || p.Last) {
			return NotXML
		}
	case websocket.Ping:
		if _, err := c.write(websocket.AppendFrame(nil, websocket.Pong, p.Data, true)); err != nil {
			return fmt.Errorf("answer a WebSocket ping: %w", err)
		}
	case websocket.Close:
		if err := websocket.CloseStatus(p.Data); err != nil {
			return err
		}
		return io.EOF
	}
	return nil
}
