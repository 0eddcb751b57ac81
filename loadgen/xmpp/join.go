package xmpp

import (
	"context"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// adopted is the header that the stream of a session has which joined.
const adopted = "<stream:stream xmlns='" + wire.NSClient + "' xmlns:stream='" + wire.NSStream + "'>"

// awaiter is a connection that can wait for bytes without a buffer to read them into.
type awaiter interface{ Await() error }

// join makes a session of a connection that is beyond negotiation.
func (d *Dialer) join(ctx context.Context, a Account, laddr net.Addr) (*Conn, Timings, error) {
	began := time.Now()
	transport, jid, err := d.Join(ctx, a, laddr)
	if err != nil {
		return nil, Timings{}, &LoginError{Connect, cause(ctx, err)}
	}
	c := newConn(d, transport)
	c.jid = jid
	c.scanner.Reset(d.Limits)
	_, _, err = c.scanner.Next([]byte(adopted))
	return c, Timings{Connect: time.Since(began)}, err
}
