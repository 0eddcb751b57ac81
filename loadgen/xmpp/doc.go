// Package xmpp is an XMPP client for load: sessions that are cheap to log in,
// almost free while idle, and that neither parse nor allocate more than needed
// per stanza.
//
// A [Dialer] describes a server and is shared by all sessions. [Dialer.Login]
// connects, negotiates TLS (RFC 6120 §5), authenticates (§6), binds a resource
// (§7) and returns a [Conn]. One goroutine then owns the session:
//
//	d := &xmpp.Dialer{Addr: "127.0.0.1:5222", Domain: "example.com", TLS: xmpp.StartTLS, Keys: new(xmpp.SCRAMKeys)}
//	c, timings, err := d.Login(ctx, xmpp.Account{Local: "juliet", Password: "secret"}, nil)
//	if err != nil {
//		return err // a *LoginError: at which stage, and why
//	}
//	for {
//		n, err := c.Receive(due, handle) // returns at due, on a batch of stanzas, or on Wake
//		…
//		err = c.Send(stanza)
//	}
//
// # Waiting
//
// A session that waits holds no buffer. [Conn.Receive] waits for the connection
// to become readable and only then borrows a buffer; under crypto/tls lies a
// connection that answers "no more for now" in place of blocking, so that TLS
// sessions hold none either. Connections that cannot be waited on in this way,
// such as net.Pipe, are read with a buffer held.
//
// # WebSocket
//
// With Dialer.WebSocket sessions go over WebSocket (RFC 7395). Callers of Conn see
// no difference: Send makes a message of each stanza, and adds the declarations
// that it needs to stand alone; Receive takes messages apart where they lie in the
// read buffer, and answers the pings of RFC 6455.
//
// # BOSH
//
// With Dialer.BOSH they go over BOSH (XEP-0124, XEP-0206). Send makes a request of what it is given; while two are under way
// it keeps it, and Receive sends it with the next answer, as it makes the empty requests that the server holds. Responses are
// taken in the order of the requests, so that a session waits for one connection at a time. A request whose connection broke,
// or that the server asks for again, is sent up to three times.
//
// # SASL
//
// Known are, the strongest first: EXTERNAL (if the account has a certificate),
// SCRAM with SHA-512, SHA-256 and SHA-1, each bound to the TLS channel if the
// server can, PLAIN, DIGEST-MD5 (RFC 2831) and, for an account without a name, ANONYMOUS;
// if asked for by name OAUTHBEARER (RFC 7628), with the password as the token. Channels are
// bound by tls-exporter (RFC 9266), tls-unique or tls-server-end-point (RFC 5929),
// as the server lists them (XEP-0440); to one without a list only tls-unique is
// used unasked. Names and passwords are prepared with PRECIS (RFC 8265).
//
// With Dialer.LoginMode sessions authenticate by SASL2 (XEP-0388) and bind their resource
// with it (XEP-0386). What an account's [Device] keeps makes the next login short: a token
// of FAST (XEP-0484), and a ticket of TLS. [Conn.Means] says what came of it.
//
// # Requests from the peer
//
// RFC 6120 §8.2.3 wants an answer to each iq of type get or set. Receive answers
// pings (XEP-0199) itself, and every other request with service-unavailable unless
// the handler claims it by returning [Claimed].
//
// # Errors
//
// What the peer reports is a [*StreamError], [*StanzaError] or [*SASLError]; what
// it does wrong is a wire.SyntaxError, a [Fault] or an [IterationError].
package xmpp
