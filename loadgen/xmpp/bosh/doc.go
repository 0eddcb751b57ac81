// Package bosh carries XMPP streams in requests and responses of HTTP/1.1 (XEP-0124, XEP-0206) without allocating.
//
// A [Reader] takes the bytes of a connection, in pieces of any size, and gives the content of HTTP messages as views into
// them. A [Writer] takes the bytes of a stream as it would go over TCP and makes payloads of them, which [AppendRequest]
// and [AppendResponse] wrap in <body/> and in HTTP:
//
//	payload, turn, err = w.Append(payload, stanzas)
//	out = bosh.AppendRequest(out, head, &bosh.Body{RID: rid, SID: sid, Payload: payload})
//	…
//	p, n, err := r.Next(data) // a piece of a response's content
//
// The content is to be scanned by a wire.Scanner that ResetBody readied. HTTP goes no further here than BOSH needs: lengths
// or chunks, connections that stay or are closed, no compression.
package bosh

// DefaultPath is where XMPP is spoken over BOSH: Prosody's default, and the one most used of ejabberd.
const DefaultPath = "/http-bind"

// What a client asks for (XEP-0124 §7.1).
const (
	Wait = 60 // seconds that a request is held at most
	Hold = 1  // requests held at a time; one more may be under way
)
