package oracle

import (
	"bytes"
	"strconv"

	"xmpprig/loadgen/xmpp/wire"
)

// Unwrapper is the Decoder of BOSH (XEP-0124, XEP-0206): what it takes is each the whole <body/> of a request, or of a response. It is
// as lenient as can be: what a <body/> holds stands in the stream as it is.
type Unwrapper struct {
	client  bool
	rid     int64             // of the last request
	sid     string            // of the session, as far as it was said
	created wire.StreamHeader // what the first response said
	fresh   bool              // a header is to stand before what is next
}

// NewUnwrapper reads what a client sends, or else what a server does.
func NewUnwrapper(client bool) *Unwrapper { return &Unwrapper{client: client, fresh: true} }

// Begin has a header stand before what is next: responses have none of their own (XEP-0206 §4).
func (u *Unwrapper) Begin() { u.fresh = true }

// Take reads a <body/>.
func (u *Unwrapper) Take(data []byte) (bits []Bit, err error) {
	var s wire.Scanner
	s.ResetBody(Limits())
	e, n, err := s.Next(data)
	if err != nil {
		return nil, err
	}
	if e.Kind != wire.Header {
		return nil, wire.SyntaxError{Condition: wire.NotWellFormed, Reason: "not the start of a body"}
	}
	if u.client && !u.turn(e) {
		return []Bit{{Loose: true}}, nil
	}
	content := data[n:]
	if bytes.HasSuffix(data[:n], []byte("/>")) {
		content = nil
	} else if i := bytes.LastIndex(content, []byte("</")); i >= 0 {
		content = content[:i]
	}
	if h, ok := u.header(e); ok {
		bits = append(bits, Bit{Restart: true, Text: wire.AppendHeader(nil, h)})
		u.fresh = false
	}
	if content = bytes.TrimSpace(content); len(content) > 0 {
		bits = append(bits, u.content(content)...)
	}
	if string(e.Attr("type")) == "terminate" {
		bits = append(bits, u.end(string(e.Attr("condition")), content))
	}
	return bits, nil
}

// turn reports whether a request is the next one of its session: what others hold is taken later, or not at all (XEP-0124 §14.2), as is
// what comes with keys that are not right.
func (u *Unwrapper) turn(e *wire.Element) bool {
	rid, err := strconv.ParseInt(string(e.Attr("rid")), 10, 64)
	sid := string(e.Attr("sid"))
	first := u.rid == 0
	next := err == nil && (first || rid == u.rid+1) && (sid == u.sid || u.sid == "")
	u.rid, u.sid = rid, sid
	return next
}

// header is what a <body/> says in the place of a stream header.
func (u *Unwrapper) header(e *wire.Element) (wire.StreamHeader, bool) {
	h := wire.StreamHeader{From: string(e.Attr("from")), To: string(e.Attr("to")), ID: string(e.Attr("authid")), Version: string(e.Attr("xmpp:version")),
		Lang: string(e.Attr("xml:lang")), Namespace: wire.NSClient}
	if u.client {
		return h, e.Attr("sid") == nil || string(e.Attr("xmpp:restart")) == "true"
	}
	if e.Attr("sid") == nil || u.created.Namespace != "" {
		return h, false
	}
	u.created = h
	return h, true
}

// content is what stands in a stream for what a <body/> holds.
func (u *Unwrapper) content(content []byte) []Bit {
	if u.client || !u.fresh {
		return []Bit{{Text: content}}
	}
	u.fresh = false
	h := u.created
	h.Namespace = wire.NSClient
	return []Bit{{Restart: true, Text: wire.AppendHeader(nil, h)}, {Text: content}}
}

// end is what stands in a stream for a terminate.
func (u *Unwrapper) end(condition string, content []byte) Bit {
	if u.client || condition == "" || condition == "remote-stream-error" && bytes.Contains(content, []byte("error")) {
		return Bit{Text: wire.AppendFooter(nil)}
	}
	return Bit{Terminated: condition}
}

// conditionOf is the condition that an HTTP status stands for, as of servers that do not say it in a <body/> (XEP-0124 §17.1); the status
// itself where it stands for none.
func conditionOf(status string) string {
	switch status {
	case "400", "411":
		return "bad-request"
	case "403", "413":
		return "policy-violation"
	case "404":
		return "item-not-found"
	case "500":
		return "internal-server-error"
	}
	return status
}

// meansSame reports whether the condition of a terminate (XEP-0124 §17.2) is how BOSH says a stream error (RFC 6120 §4.9.3): it
// has one for all that is wrong with the XML.
func meansSame(terminate, stream string) bool {
	switch terminate {
	case "bad-request":
		switch stream {
		case "not-well-formed", "restricted-xml", "bad-format", "invalid-xml", "bad-namespace-prefix", "invalid-namespace", "unsupported-encoding", "unsupported-stanza-type", "unsupported-version":
			return true
		}
	case "see-other-uri":
		return stream == "see-other-host"
	case "undefined-condition":
		return stream == "undefined-condition"
	}
	return stream == "any" || stream == terminate
}
