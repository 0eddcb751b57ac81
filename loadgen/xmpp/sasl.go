package xmpp

import (
	"encoding/base64"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// authenticate implements RFC 6120 §6.4.
func (n *negotiation) authenticate() error {
	m, x, err := n.begin()
	if err != nil {
		return err
	}
	if err := n.converse(m.name, x); err != nil {
		return err
	}
	n.conn.mechanism = m.name
	n.lapSASL(x)
	return nil
}

// begin makes the exchange of the mechanism asked for, or of the strongest.
func (n *negotiation) begin() (mechanism, exchange, error) {
	m, err := choose(n)
	if err != nil {
		return m, nil, err
	}
	x, err := m.begin(n, m)
	return m, x, err
}

// lapSASL ends the stage. Where keys are cached their derivation is a cost of
// the first login only, and not one of the server, so it does not count.
func (n *negotiation) lapSASL(x exchange) {
	n.lap(&n.timings.SASL)
	if n.dialer.Keys == nil {
		return
	}
	n.timings.Derivation = n.derivation
	if s, ok := x.(*scram); ok {
		n.timings.Derivation += s.derivation
	}
	n.timings.SASL -= n.timings.Derivation
}

// converse carries the messages of an exchange until the peer reports success.
func (n *negotiation) converse(name string, x exchange) error {
	opening := wire.AppendAttr([]byte("<auth xmlns='"+wire.NSSASL+"'"), "mechanism", name)
	opening = append(opening, '>')
	if initial := x.start(); len(initial) > 0 {
		opening = base64.StdEncoding.AppendEncode(opening, initial)
	} else if !serverFirst(x) {
		opening = append(opening, '=') // RFC 6120 §6.4.2
	}
	answer, err := n.request(append(opening, "</auth>"...))
	for { // an exchange refuses challenges that it has no use for, so this ends
		if err != nil {
			return err
		}
		data, done, err := readSASL(answer, name)
		if err != nil {
			return err
		}
		if done {
			return x.finish(data)
		}
		reply, err := x.next(data)
		if err != nil {
			return err
		}
		if answer, err = n.request(appendResponse(wire.NSSASL, reply)); err != nil {
			return err
		}
	}
}

// serverFirst reports whether the server speaks first, so that there is no initial response; an empty one is one.
func serverFirst(x exchange) bool {
	_, ok := x.(*digest)
	return ok
}

func appendResponse(space string, data []byte) []byte {
	b := []byte("<response xmlns='" + space + "'>")
	b = base64.StdEncoding.AppendEncode(b, data)
	return append(b, "</response>"...)
}

// readSASL reads a challenge, a success or a failure.
func readSASL(e *wire.Element, mechanism string) (data []byte, done bool, err error) {
	switch {
	case e.Is(wire.NSSASL, "challenge"):
	case e.Is(wire.NSSASL, "success"):
		done = true
	case e.Is(wire.NSSASL, "failure"):
		return nil, false, readFailure(e, mechanism)
	default:
		return nil, false, UnexpectedAnswer
	}
	text := string(e.Text())
	if text == "=" {
		text = ""
	}
	data, err = decodeBase64(text)
	if err != nil {
		return nil, false, BadEncoding
	}
	return data, done, nil
}

// decodeBase64 takes no white space: RFC 6120 §13.9.1 has it rejected, and encoding/base64 passes over line ends.
func decodeBase64(s string) ([]byte, error) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	return base64.StdEncoding.DecodeString(s)
}

// readFailure reads the failure of SASL, or that of SASL2, whose text is in a namespace of its own, and whose conditions some
// servers put there too.
func readFailure(e *wire.Element, mechanism string) *SASLError {
	found := &SASLError{Mechanism: mechanism, Condition: "undefined-condition"}
	for c, ok := e.First(); ok; c, ok = c.Next() {
		if space := string(c.Space()); space != wire.NSSASL && space != wire.NSSASL2 {
			continue
		}
		if string(c.Local()) == "text" {
			found.Text = string(c.Text())
		} else {
			found.Condition = string(c.Local())
		}
	}
	return found
}
