package xmpp

import (
	"context"
	"errors"
	"net"

	"xmpprig/loadgen/xmpp/wire"
)

// Register makes an account in-band (XEP-0077 §3.1): it connects and encrypts as a login does, asks what the server wants to know,
// and gives it name and password of a; then it closes the stream. Any error is a *LoginError, in which what the server has against
// it is a *StanzaError. Timings have how long the server took to make the account.
func (d *Dialer) Register(ctx context.Context, a Account, laddr net.Addr) (Timings, error) {
	if d.Join != nil {
		return Timings{}, &LoginError{Registration, errors.New("users of a shared stream have no accounts")}
	}
	c, took, err := d.negotiate(ctx, &negotiation{dialer: d, account: a, registers: true}, laddr)
	if err != nil {
		return took, err
	}
	_ = c.Close(ctx) // the account is made, however the stream ends
	return took, nil
}

// enroll goes as far as encryption, and makes the account there.
func (n *negotiation) enroll() error {
	for {
		n.stage = Stream
		if err := n.open(); err != nil {
			return err
		}
		if n.state&encrypted != 0 {
			break
		}
		n.stage = TLS
		if !n.offer.startTLS {
			return NoStartTLS
		}
		if err := n.startTLS(); err != nil {
			return err
		}
		n.state |= encrypted
	}
	n.stage = Registration
	if err := n.makeAccount(); err != nil {
		return err
	}
	return n.handOver()
}

// makeAccount fetches the form, as the server may wait for that, and sends the two fields that all servers have.
func (n *negotiation) makeAccount() error {
	to := n.dialer.Domain
	form, err := n.query(wire.Addressing{To: to, ID: "register-form", Type: "get"}, []byte("<query xmlns='"+wire.NSRegister+"'/>"))
	if err != nil {
		return err
	}
	if query, ok := form.Child(wire.NSRegister, "query"); !ok {
		return UnexpectedAnswer
	} else if _, ok := query.Child(wire.NSRegister, "username"); !ok {
		return NoAccountForm
	}
	n.lap(&n.timings.Account) // begins anew: the form is no part of it
	payload := wire.AppendText([]byte("<query xmlns='"+wire.NSRegister+"'><username>"), n.account.Local)
	payload = wire.AppendText(append(payload, "</username><password>"...), n.account.Password)
	_, err = n.query(wire.Addressing{To: to, ID: "register", Type: "set"}, append(payload, "</password></query>"...))
	if err != nil {
		return err
	}
	n.lap(&n.timings.Account)
	return nil
}

// query sends an iq and returns its result.
func (n *negotiation) query(a wire.Addressing, payload []byte) (*wire.Element, error) {
	answer, err := n.request(wire.AppendIQ(nil, a, payload))
	if err != nil {
		return nil, err
	}
	if !isIQ(answer) || string(answer.Attr("id")) != a.ID {
		return nil, UnexpectedAnswer
	}
	switch string(answer.Attr("type")) {
	case "result":
		return answer, nil
	case "error":
		return nil, ParseStanzaError(answer)
	}
	return nil, UnexpectedAnswer
}
