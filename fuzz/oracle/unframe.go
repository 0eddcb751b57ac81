package oracle

import (
	"bytes"
	"slices"
	"strconv"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// Unframer is the Decoder of WebSocket (RFC 7395), which takes frames in pieces of any size. It is
// as lenient as can be: what a message holds stands in the stream as it is, whether a message should hold it or not.
type Unframer struct {
	frames websocket.Reader
	head   []byte // of the message under way, until it is known what it is
	mode   int8
	failed error // what came is no frame
}

// NewUnframer reads what a client sends, or else what a server does.
func NewUnframer(client bool) *Unframer {
	return &Unframer{frames: websocket.Reader{FromClient: client}}
}

// Begin does nothing: a stream begins with its <open/>.
func (u *Unframer) Begin() {}

// What a message is.
const (
	undecided int8 = iota
	passing        // it stands in a stream as it is
	gathering      // <open/> or <close/>, which is looked at when it is whole
)

// Take reads data. The error says that they are no frames; nobody knows how it goes on then.
func (u *Unframer) Take(data []byte) (bits []Bit, err error) {
	data = slices.Clone(data) // which is unmasked in place
	for len(data) > 0 {
		if u.failed != nil {
			return bits, u.failed
		}
		p, n, err := u.frames.Next(data)
		if u.failed = err; err != nil {
			return bits, err
		}
		data = data[n:]
		switch p.Op {
		case websocket.Text:
			bits = append(bits, u.piece(p)...)
		case websocket.Close:
			bits = append(bits, Bit{Closed: statusOf(p.Data)})
		case websocket.Ping:
			bits = append(bits, Bit{Ping: append([]byte{}, p.Data...)})
		case websocket.Pong:
			bits = append(bits, Bit{Pong: true})
		}
	}
	return bits, nil
}

func statusOf(payload []byte) string {
	if len(payload) < 2 {
		return "none"
	}
	return strconv.Itoa(int(payload[0])<<8 | int(payload[1]))
}

// piece takes a piece of a message.
func (u *Unframer) piece(p websocket.Piece) []Bit {
	if p.First {
		u.head, u.mode = nil, undecided
	}
	if u.mode == passing {
		return []Bit{{Text: p.Data}}
	}
	u.head = append(u.head, p.Data...)
	if u.mode == undecided {
		u.mode = modeOf(u.head, p.Last)
	}
	switch {
	case u.mode == passing:
		return []Bit{{Text: u.head}}
	case u.mode == gathering && p.Last:
		return []Bit{opened(u.head)}
	}
	return nil
}

// modeOf is what a message is that begins like that.
func modeOf(head []byte, whole bool) int8 {
	for _, name := range []string{"<open", "<close"} {
		n := len(name)
		switch {
		case len(head) > n && bytes.HasPrefix(head, []byte(name)) && bytes.IndexByte([]byte(" \t\r\n/>"), head[n]) >= 0:
			return gathering
		case !whole && len(head) <= n && bytes.HasPrefix([]byte(name), head):
			return undecided
		}
	}
	return passing
}

// opened is what stands in a stream for <open/> and <close/> (RFC 7395 §3.3.2).
func opened(message []byte) Bit {
	var s wire.Scanner
	s.Reset(Limits())
	if _, _, err := s.Next([]byte(websocket.Root)); err != nil {
		return Bit{Text: message}
	}
	e, n, err := s.Next(message)
	switch {
	case err != nil || e.Kind == wire.None || n != len(message):
		return Bit{Text: message}
	case e.Is(websocket.NSFraming, "open"):
		return Bit{Restart: true, Text: wire.AppendHeader(nil, wire.StreamHeader{
			From: string(e.Attr("from")), To: string(e.Attr("to")), ID: string(e.Attr("id")), Version: string(e.Attr("version")), Lang: string(e.Attr("xml:lang")),
			Namespace: wire.NSClient,
		})}
	case e.Is(websocket.NSFraming, "close"):
		return Bit{Text: wire.AppendFooter(nil)}
	}
	return Bit{Text: message}
}
