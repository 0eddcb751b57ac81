package loopback

import (
	"bytes"
	"errors"
	"io"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// webSocket makes a stream of the messages of a connection over WebSocket, and messages of the stream, so that all above
// it is as over TCP. It is stricter than that needs: a message holds exactly one element, and stands alone.
type webSocket struct {
	in      websocket.Reader
	limits  wire.Limits
	scanner wire.Scanner // of the message under way
	held    int          // elements that it held so far
	early   []byte       // what came behind the request
	stream  []byte       // what read returned; nil while waiting
	err     error        // what comes after it
	out     websocket.Writer
	garbled bool        // what is sent is no XML any more, on purpose
	bent    *bentFrames // what defects have to do with it; nil without any
}

// Those who come for WebSocket or BOSH begin so. They share a port with XMPP, where no stream begins like that.
const (
	webStart  = "GET " + websocket.DefaultPath + " "
	boshStart = "POST /" // whose path is looked at later
)

// upgrade goes over to WebSocket or BOSH if that is what the client begins with.
func (l *login) upgrade() error {
	var head []byte
	for {
		if err := l.more(); err != nil {
			return err
		}
		if head == nil && !begins(l.rest, webStart) && !begins(l.rest, boshStart) {
			return nil
		}
		head = append(head, l.rest...)
		if begins(head, boshStart) && len(head) >= len(boshStart) {
			return l.relay(head)
		}
		if !begins(head, webStart) && !begins(head, boshStart) {
			l.rest = head
			return nil
		}
		l.rest = nil
		n, err := websocket.RequestHead(head)
		if err != nil {
			return errNoRequest
		}
		if n > 0 {
			return l.accept(head[:n], head[n:])
		}
	}
}

// begins reports whether data may be the beginning of a request, or is one's.
func begins(data []byte, request string) bool {
	n := min(len(data), len(request))
	return string(data[:n]) == request[:n]
}

// errNoRequest says that an HTTP request was refused; no stream is there to be closed.
var errNoRequest = errors.New("no stream was begun over HTTP")

func (l *login) accept(head, early []byte) error {
	var answer bytes.Buffer
	if l.twist != nil {
		l.misupgrade(head)
	}
	err := websocket.Accept(&answer, head, websocket.DefaultPath)
	l.answer(answer.Bytes())
	l.flush()
	if err != nil {
		return errNoRequest
	}
	if !l.out.hush(true) {
		return io.EOF
	}
	defer l.out.hush(false)
	l.t.web = &webSocket{in: websocket.Reader{FromClient: true}, limits: l.limits(), early: early}
	if l.twist != nil {
		l.misframe()
	}
	return nil
}

// readMessages waits for messages. What it returns is valid until the next call.
func (t *transport) readMessages() ([]byte, error) {
	w := t.web
	returnBytes(w.stream)
	w.stream = nil
	for {
		if w.err != nil {
			return nil, w.err
		}
		data := w.early
		if w.early = nil; len(data) == 0 {
			var err error
			if data, err = t.readBytes(); err != nil {
				return nil, err
			}
		}
		if w.err = t.unframe(data); len(w.stream) > 0 {
			return w.stream, nil
		}
	}
}

// unframe appends to the stream what data brings. The error comes after it.
func (t *transport) unframe(data []byte) error {
	w := t.web
	if w.bent != nil {
		data = w.bent.bend(data)
	}
	for len(data) > 0 {
		p, n, err := w.in.Next(data)
		if err != nil {
			return err
		}
		data = data[n:]
		switch p.Op {
		case websocket.Text:
			err = w.message(p)
		case websocket.Ping:
			for range w.bent.echo() {
				err = t.writeBytes(websocket.AppendFrame(nil, websocket.Pong, p.Data, false))
			}
		case websocket.Close:
			err = io.EOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// message takes a piece of a message. The limits are those of the stream, so that no message is held that it would not
// take.
func (w *webSocket) message(p websocket.Piece) error {
	if w.bent != nil {
		return w.mismessage(p)
	}
	if p.First {
		w.held = 0
		w.scanner.Reset(w.limits)
		if _, _, err := w.scanner.Next([]byte(websocket.Root)); err != nil {
			return err
		}
	}
	for data := p.Data; ; {
		e, n, err := w.scanner.Next(data)
		data = data[n:]
		if err != nil {
			return asStreamError(err)
		}
		if e.Kind == wire.None {
			break
		}
		if w.held++; w.held > 1 || e.Kind == wire.Footer {
			return streamError{wire.BadFormat, "a message holds one element"}
		}
		if w.stream == nil {
			w.stream = borrowBytes()
		}
		w.stream = appendStream(w.stream, e)
	}
	if p.Last && w.held == 0 {
		return streamError{wire.NotWellFormed, "a message holds a whole element"}
	}
	return nil
}

// asStreamError is what a client is told of what is no XML.
func asStreamError(err error) error {
	if bad, ok := errors.AsType[wire.SyntaxError](err); ok {
		return streamError{bad.Condition, bad.Reason}
	}
	return err
}

// appendStream appends what stands in a stream for the element of a message.
func appendStream(dst []byte, e *wire.Element) []byte {
	switch {
	case e.Is(websocket.NSFraming, "open"):
		return wire.AppendHeader(dst, wire.StreamHeader{
			From: string(e.Attr("from")), To: string(e.Attr("to")), Version: string(e.Attr("version")),
			Lang: string(e.Attr("xml:lang")), Namespace: wire.NSClient,
		})
	case e.Is(websocket.NSFraming, "close"):
		return wire.AppendFooter(dst)
	}
	return wire.AppendElement(dst, e, wire.NSClient, wire.Addressing{})
}

// writeMessages frames a piece of the stream. What is no XML goes out as it is, in one message.
func (t *transport) writeMessages(b []byte) error {
	w := t.web
	frames := borrowBytes()
	defer func() { returnBytes(frames) }()
	if !w.garbled {
		var err error
		if frames, err = w.out.Append(frames, b); err == nil {
			return t.writeBytes(frames)
		}
		w.garbled, frames = true, frames[:0]
	}
	frames = websocket.AppendFrame(frames, websocket.Text, b, false)
	return t.writeBytes(frames)
}

// releaseAll gives back all buffers.
func (t *transport) releaseAll() {
	t.release()
	if t.web != nil {
		t.web.scanner.Reset(wire.Limits{})
		returnBytes(t.web.stream)
		t.web.stream = nil
	}
}
