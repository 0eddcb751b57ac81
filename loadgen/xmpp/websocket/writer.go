package websocket

import (
	"bytes"

	"xmpprig/loadgen/xmpp/wire"
)

// NSFraming is the namespace of <open/> and <close/> (RFC 7395 §3.3.2).
const NSFraming = "urn:ietf:params:xml:ns:xmpp-framing"

// Root is a stream header to scan messages under, one after the other. It has no default namespace and no prefix that
// anybody uses, so that a message which leaves a declaration out is not taken for what it does not say.
const Root = "<xmpprig-s:stream xmlns:xmpprig-s='" + wire.NSStream + "' xmlns:xmpprig-c='" + wire.NSClient + "'>"

// Writer makes messages of a client stream. It is for one goroutine at a time.
type Writer struct {
	Masked bool // as clients do

	scanner wire.Scanner
}

// unlimited are limits for what this side itself sends.
var unlimited = wire.Limits{Depth: 1 << 20, Attrs: 1 << 20, Bytes: 1 << 30}

// Append appends a frame for each element that ends in stream: <open/> for a stream header and <close/> for a footer
// (RFC 7395 §3.4, §3.6), all others with the declarations that they need to stand alone. A stream header begins with an
// XML declaration, by which a restart of the stream is known.
//
// The error is one of the stream's syntax; what came before it is framed.
func (w *Writer) Append(dst, stream []byte) ([]byte, error) {
	for {
		if bytes.HasPrefix(stream, []byte("<?xml ")) {
			w.scanner.Reset(unlimited)
		}
		e, n, err := w.scanner.Next(stream)
		stream = stream[n:]
		if err != nil || e.Kind == wire.None {
			return dst, err
		}
		start := len(dst)
		dst = seal(appendMessage(begin(dst), e), start, Text, w.Masked)
	}
}

func appendMessage(dst []byte, e *wire.Element) []byte {
	switch e.Kind {
	case wire.Header:
		return AppendOpen(dst, e.StreamHeader())
	case wire.Footer:
		return append(dst, "<close xmlns='"+NSFraming+"'/>"...)
	}
	return wire.AppendAlone(dst, e)
}

// AppendOpen appends <open/>, which stands in the place of a stream header (RFC 7395 §3.3.2).
func AppendOpen(dst []byte, h wire.StreamHeader) []byte {
	dst = append(dst, "<open xmlns='"+NSFraming+"'"...)
	for _, a := range [...]struct{ name, value string }{{"from", h.From}, {"to", h.To}, {"id", h.ID}, {"version", h.Version}, {"xml:lang", h.Lang}} {
		if a.value != "" {
			dst = wire.AppendAttr(dst, a.name, a.value)
		}
	}
	return append(dst, "/>"...)
}
