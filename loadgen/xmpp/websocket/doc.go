// Package websocket frames XMPP streams as WebSocket messages (RFC 7395, RFC 6455) without allocating.
//
// A [Reader] takes the bytes that come, in pieces of any size, and gives the content of the messages as views into
// them; a [Writer] takes the bytes of a stream as it would go over TCP, and makes one message of each element:
//
//	out, err = w.Append(out[:0], stanzas) // frames, ready to be sent
//	…
//	p, n, err := r.Next(data)             // a piece of a message, or a whole control frame
//
// Messages do not stand in a stream: each declares its own namespaces (RFC 7395 §3.3.3). To have them scanned as a
// stream all the same, begin a wire.Scanner with [Root], which declares as little as can be. <open/> and <close/> are
// elements like others there.
//
// The opening handshake and the masking are those of github.com/gobwas/ws; see [Upgrade] and [Accept]. Its frames are
// not used: each would cost an allocation, and a buffer for as long as a session waits.
package websocket
