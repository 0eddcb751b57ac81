package fuzz

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"xmpprig/fuzz/program"
)

// halfClose ends our direction: of TLS where there is any, and of TCP, as not every server takes the first for an end.
func (d *play) halfClose(p *peer) error {
	d.record(p.actor, program.Dropped, nil)
	conn := p.conn
	if over, ok := conn.(*tls.Conn); ok {
		if err := over.CloseWrite(); err != nil {
			return err
		}
		conn = over.NetConn()
	}
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok {
		return net.ErrClosed
	}
	return half.CloseWrite()
}

// mostParked bounds the connections that one program holds.
const mostParked = 500

// park leaves a connection to itself, and the actor without one.
func (d *play) park(p *peer) error {
	if len(d.parked) >= mostParked {
		return errEnd
	}
	d.parked = append(d.parked, p)
	delete(d.peers, p.actor)
	delete(d.logins, p.actor)
	return nil
}

// hangUp ends the connection: with FIN, or with RST. What came until then and was not read is not known.
func (d *play) hangUp(p *peer, reset bool) error {
	d.record(p.actor, program.Dropped, nil)
	conn := p.conn
	p.conn, p.bound = nil, false
	if p.bosh != nil {
		return p.bosh.end(reset)
	}
	if over, ok := conn.(*tls.Conn); ok && reset {
		conn = over.NetConn() // without a goodbye
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok && reset {
		_ = tcp.SetLinger(0) // Close says what is wrong with it
	}
	return conn.Close()
}

// freeze does nothing for a while.
func freeze(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
