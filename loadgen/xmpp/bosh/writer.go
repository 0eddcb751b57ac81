package bosh

import (
	"bytes"
	"cmp"
	"strconv"

	"xmpprig/loadgen/xmpp/wire"
)

// Turn is what a stream does besides going on.
type Turn uint8

// The turns.
const (
	Open  Turn = 1 << iota // a stream header came
	Close                  // a footer came
)

// Writer makes payloads of a stream. It is for one goroutine at a time.
type Writer struct {
	Header *wire.StreamHeader // the last that came; nil: none

	scanner wire.Scanner
}

// unlimited are limits for what this side itself sends.
var unlimited = wire.Limits{Depth: 1 << 20, Attrs: 1 << 20, Bytes: 1 << 30}

// Append appends the elements that end in stream, with the declarations that they need inside <body/>. Stream header and
// footer have no place there (XEP-0206 §3, §5): they are told as a Turn. The error is one of the stream's syntax.
func (w *Writer) Append(dst, stream []byte) ([]byte, Turn, error) {
	var turn Turn
	for {
		if bytes.HasPrefix(stream, []byte("<?xml ")) {
			w.scanner.Reset(unlimited)
		}
		e, n, err := w.scanner.Next(stream)
		stream = stream[n:]
		if err != nil || e.Kind == wire.None {
			return dst, turn, err
		}
		switch e.Kind {
		case wire.Header:
			turn |= Open
			h := e.StreamHeader()
			w.Header = &h
		case wire.Footer:
			turn |= Close
		default:
			dst = wire.AppendAlone(dst, e)
		}
	}
}

// Body is the <body/> of a request or response.
type Body struct {
	RID  int64  // of a request (XEP-0124 §14); 0: none
	SID  string // of the session, once there is one
	Type string // terminate or error
	// Condition of a terminate.
	Condition string

	Create  *wire.StreamHeader // a request for a session, or the answer to it, in which ID is that of the stream
	Restart *wire.StreamHeader // a request that restarts the stream (XEP-0206 §4)
	Payload []byte
}

const bodyStart = "<body xmlns='" + wire.NSBOSH + "'"

// appendBody appends the element.
func appendBody(dst []byte, b *Body, request bool) []byte {
	dst = append(dst, bodyStart...)
	if b.RID != 0 {
		dst = append(dst, " rid='"...)
		dst = append(strconv.AppendInt(dst, b.RID, 10), '\'')
	}
	if b.SID != "" {
		dst = wire.AppendAttr(dst, "sid", b.SID)
	}
	if b.Type != "" {
		dst = wire.AppendAttr(dst, "type", b.Type)
	}
	if b.Condition != "" {
		dst = wire.AppendAttr(dst, "condition", b.Condition)
	}
	switch {
	case b.Create != nil && request:
		dst = appendCreation(dst, b.Create)
	case b.Create != nil:
		dst = appendCreated(dst, b.Create)
	case b.Restart != nil:
		dst = append(wire.AppendAttr(dst, "to", b.Restart.To), " xmpp:restart='true' xmlns:xmpp='"+wire.NSXBOSH+"'"...)
		if b.Restart.Lang != "" {
			dst = wire.AppendAttr(dst, "xml:lang", b.Restart.Lang)
		}
	}
	if len(b.Payload) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(append(dst, '>'), b.Payload...)
	return append(dst, "</body>"...)
}

// appendCreation appends what a client asks for (XEP-0124 §7.1, XEP-0206 §3).
func appendCreation(dst []byte, h *wire.StreamHeader) []byte {
	dst = append(dst, " content='text/xml; charset=utf-8' ver='1.6' hold='"...)
	dst = append(strconv.AppendInt(dst, Hold, 10), "' wait='"...)
	dst = append(strconv.AppendInt(dst, Wait, 10), "' xmpp:version='1.0' xmlns:xmpp='"+wire.NSXBOSH+"'"...)
	dst = wire.AppendAttr(dst, "to", h.To)
	if h.From != "" {
		dst = wire.AppendAttr(dst, "from", h.From)
	}
	return wire.AppendAttr(dst, "xml:lang", cmp.Or(h.Lang, "en")) // it is a MUST
}

// appendCreated appends what a server grants (XEP-0124 §7.2): all that was asked.
func appendCreated(dst []byte, h *wire.StreamHeader) []byte {
	dst = append(dst, " ver='1.6' hold='1' requests='2' polling='5' inactivity='60' wait='"...)
	dst = append(strconv.AppendInt(dst, Wait, 10), "' xmpp:version='1.0' xmpp:restartlogic='true' xmlns:xmpp='"+wire.NSXBOSH+"'"...)
	dst = wire.AppendAttr(dst, "from", h.From)
	return wire.AppendAttr(dst, "authid", h.ID)
}

// RequestHead is what the head of every request to a host and a path begins with; AppendRequest goes on with the length.
func RequestHead(host, path string) []byte {
	return []byte("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: ")
}

// AppendRequest appends a request, whose head begins as RequestHead says.
func AppendRequest(dst, head []byte, b *Body) []byte { return appendMessage(dst, head, b, true) }

var responseHead = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: ")

// AppendResponse appends a response.
func AppendResponse(dst []byte, b *Body) []byte { return appendMessage(dst, responseHead, b, false) }

// lengthRoom is the most that the length and the end of the head take.
const lengthRoom = 10 + 4

func appendMessage(dst, head []byte, b *Body, request bool) []byte {
	dst = append(dst, head...)
	at := len(dst)
	var room [lengthRoom]byte
	dst = appendBody(append(dst, room[:]...), b, request)
	body := dst[at+lengthRoom:]
	dst = append(strconv.AppendInt(dst[:at], int64(len(body)), 10), "\r\n\r\n"...)
	return append(dst, body...)
}

// AppendStatus appends a response without a <body/>.
func AppendStatus(dst []byte, status int, text string) []byte {
	dst = append(strconv.AppendInt(append(dst, "HTTP/1.1 "...), int64(status), 10), ' ')
	return append(append(dst, text...), "\r\nContent-Length: 0\r\n\r\n"...)
}
