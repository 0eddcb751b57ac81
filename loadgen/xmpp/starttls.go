package xmpp

import (
	"context"
	"crypto/tls"

	"xmpprig/loadgen/xmpp/wire"
)

// startTLS implements RFC 6120 §5.4. Bytes that came along with <proceed/>
// were not encrypted, and whoever sent them wants them taken for what is: they
// end the login.
func (n *negotiation) startTLS() error {
	answer, err := n.request([]byte("<starttls xmlns='" + wire.NSTLS + "'/>"))
	if err != nil {
		return err
	}
	switch {
	case answer.Is(wire.NSTLS, "failure"):
		return StartTLSRefused
	case !answer.Is(wire.NSTLS, "proceed"):
		return UnexpectedAnswer
	case len(n.data) > 0:
		return InjectedBytes
	}
	n.conn.scanner.Reset(n.dialer.Limits)
	n.conn.release()
	err = n.handshake()
	n.conn.socket.parked = err == nil
	return err
}

// handshake encrypts the connection, whose reads still wait. Cancelling the login sets a deadline on
// the connection below, so crypto/tls needs no context.
func (n *negotiation) handshake() error {
	s := &n.conn.socket
	s.records = recordCount{} // the stream before STARTTLS had none
	config := n.dialer.tlsConfig(&n.account)
	c := tls.Client(s, config)
	if err := c.HandshakeContext(context.Background()); err != nil {
		return err
	}
	n.tls, n.conn.tls = c, c
	n.conn.means.TLSResumed = config.ClientSessionCache != nil && c.ConnectionState().DidResume
	n.lap(&n.timings.TLS)
	return nil
}
