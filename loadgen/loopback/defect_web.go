package loopback

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// misupgrade is what defects do when a connection goes over to WebSocket.
func (l *login) misupgrade(head []byte) {
	if l.twist.has("no-subprotocol-crash") && !bytes.Contains(bytes.ToLower(head), []byte("sec-websocket-protocol:")) {
		l.srv.survive(func() {
			var offered []string
			_ = offered[0]
		})
	}
}

// misframe is what defects do with WebSocket itself. The reader is strict, so that what it must not refuse is put right before it comes there.
func (l *login) misframe() {
	w := l.t.web
	w.bent = &bentFrames{twist: l.twist, srv: l.srv}
	if l.twist.has("no-limit-over-websocket") || l.twist.has("fragments-gathered") {
		w.limits.Bytes = unboundedBytes
	}
	if l.twist.has("wider-limit-over-websocket") {
		w.limits.Bytes = widerBytes
	}
}

// bentFrames reads what a client sends before the strict reader does.
type bentFrames struct {
	twist *twist
	srv   *Server

	head     []byte // of the frame under way, until it is whole
	left     uint64 // of its payload
	key      [4]byte
	at       int  // in the key
	within   bool // a message in fragments is under way
	skip     bool // the frame is swallowed
	gather   bool // it is kept
	final    bool
	gathered []byte
	closed   bool // a close frame came
}

// frameHead is the header of one frame.
type frameHead struct {
	bytes  []byte
	op     websocket.Opcode
	final  bool
	masked bool
	length uint64
}

// bend returns what the reader is to read in place of data.
func (f *bentFrames) bend(data []byte) (out []byte) {
	for len(data) > 0 {
		if f.left > 0 {
			n := int(min(f.left, uint64(len(data))))
			out = f.payload(out, data[:n])
			data = data[n:]
			continue
		}
		f.head = append(f.head, data[0])
		data = data[1:]
		if h, ok := readHead(f.head); ok {
			f.head = nil
			out = f.begin(out, h)
		}
	}
	return out
}

func readHead(b []byte) (h frameHead, ok bool) {
	if len(b) < 2 {
		return h, false
	}
	size := 2
	switch h.length = uint64(b[1] & 0x7f); h.length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if h.masked = b[1]&0x80 != 0; h.masked {
		size += 4
	}
	if len(b) < size {
		return h, false
	}
	switch h.length {
	case 126:
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		h.length = binary.BigEndian.Uint64(b[2:])
	}
	h.bytes, h.op, h.final = b, websocket.Opcode(b[0]&0xf), b[0]&0x80 != 0
	return h, true
}

// begin begins a frame.
func (f *bentFrames) begin(out []byte, h frameHead) []byte {
	t := f.twist
	f.left, f.at, f.skip, f.gather, f.final = h.length, 0, false, false, h.final
	f.key = [4]byte{}
	if h.masked {
		copy(f.key[:], h.bytes[len(h.bytes)-4:])
	}
	f.stumble(h)
	f.closed = f.closed || h.op == websocket.Close
	f.skip = h.op == websocket.Close && t.has("close-frame-ignored") || h.op == websocket.Ping && t.has("ping-frame-ignored")
	if f.skip {
		return out
	}
	if h.op < websocket.Close && t.has("fragments-gathered") && (!h.final || f.within) {
		f.gather = true
	}
	b := slices.Clone(h.bytes)
	if h.op == websocket.Binary && t.has("binary-frame-accepted") || h.op == websocket.Continuation && !f.within && t.has("orphan-fragment-accepted") {
		b[0] = b[0]&^0xf | byte(websocket.Text)
	}
	if t.has("reserved-bits-accepted") {
		b[0] &^= 0x70
	}
	if !h.masked && t.has("unmasked-frame-accepted") {
		b[1] |= 0x80
		b = append(b, 0, 0, 0, 0)
	}
	if h.op < websocket.Close {
		f.within = !h.final
	}
	if f.gather {
		return f.payload(out, nil)
	}
	return append(out, b...)
}

// stumble is where headers make the server fail.
func (f *bentFrames) stumble(h frameHead) {
	switch t := f.twist; {
	case t.has("long-control-crash") && h.op >= websocket.Close && h.length > 125:
		f.srv.survive(func() {
			var room [125]byte
			_ = room[:h.length]
		})
	case t.has("short-close-crash") && h.op == websocket.Close && h.length == 1:
		f.srv.survive(func() { _ = binary.BigEndian.Uint16(make([]byte, h.length)) })
	case t.has("frame-length-crash") && h.length >= 1<<63:
		f.srv.survive(func() { _ = make([]byte, int64(h.length)) })
	}
}

// payload takes some of a frame's payload.
func (f *bentFrames) payload(out, data []byte) []byte {
	f.left -= uint64(len(data))
	switch {
	case f.skip:
		return out
	case !f.gather:
		return append(out, data...)
	}
	for _, b := range data {
		f.gathered = append(f.gathered, b^f.key[f.at&3])
		f.at++
	}
	if f.left == 0 && f.final || len(f.gathered) > unboundedBytes {
		out = append(out, websocket.AppendFrame(nil, websocket.Text, f.gathered, true)...)
		f.gathered = nil
	}
	return out
}

// echo is how many pongs a ping has.
func (f *bentFrames) echo() int {
	if f != nil && f.twist.has("ping-frame-echo") {
		return 1000
	}
	return 1
}

var webDoctype = regexp.MustCompile(`(?s)<!DOCTYPE[^>\[]*(\[[^\]]*\])?\s*>`)

// mismessage takes a piece of a message as defects have it.
func (w *webSocket) mismessage(p websocket.Piece) error {
	t := w.bent.twist
	data := p.Data
	if t.has("doctype-over-websocket") {
		data = webDoctype.ReplaceAll(data, nil)
	}
	across := t.has("stanza-across-messages") && w.scanner.Pending() > 0
	if p.First && !across {
		w.held = 0
		w.scanner.Reset(w.limits)
		if _, _, err := w.scanner.Next([]byte(websocket.Root)); err != nil {
			return err
		}
	}
	for {
		e, n, err := w.scanner.Next(data)
		data = data[n:]
		if err != nil {
			return asStreamError(err)
		}
		if e.Kind == wire.None {
			break
		}
		if w.held++; w.held > 1 && !t.has("two-stanzas-in-a-message") || e.Kind == wire.Footer {
			return streamError{wire.BadFormat, "a message holds one element"}
		}
		w.misstream(e)
	}
	if p.Last && w.held == 0 && !t.has("stanza-across-messages") {
		return streamError{wire.NotWellFormed, "a message holds a whole element"}
	}
	return nil
}

// misstream appends what stands in a stream for an element.
func (w *webSocket) misstream(e *wire.Element) {
	if w.stream == nil {
		w.stream = borrowBytes()
	}
	if string(e.Local()) == "open" && w.bent.twist.has("open-in-any-namespace") {
		w.stream = wire.AppendHeader(w.stream, wire.StreamHeader{To: string(e.Attr("to")), Version: string(e.Attr("version")), Namespace: wire.NSClient})
		return
	}
	w.stream = appendStream(w.stream, e)
}

// misclose is what defects do when a connection of WebSocket ends.
func (c *conn) misclose() {
	if w := c.t.web; w != nil && !w.bent.closed && c.twist.has("websocket-close-leak") {
		c.srv.planted.keep(make([]byte, 256<<10))
	}
}
