package xmpp

import (
	"encoding/base64"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// software is how this client names itself to servers (XEP-0388 §2.3).
const software = "xmpprig"

// Faults of SASL2.
const (
	NoSASL2      Fault = "peer does not offer SASL2"
	NoIdentifier Fault = "peer reports success without saying who is logged in"
	UnknownTask  Fault = "peer wants a task that was not asked for"
)

// inlineOffer is what a stream offers for SASL2 (XEP-0388 §2.1).
type inlineOffer struct {
	mechanisms []string
	bind       bool // Bind 2
}

func readInlineOffer(authentication *wire.Element) *inlineOffer {
	o := &inlineOffer{mechanisms: texts(authentication, wire.NSSASL2, "mechanism", func(m *wire.Element) []byte { return m.Text() })}
	if inline, ok := authentication.Child(wire.NSSASL2, "inline"); ok {
		_, o.bind = inline.Child(wire.NSBind2, "bind")
	}
	return o
}

// settle leaves in the offer what the Dialer's mode lets be used. SASL2 is for
// encrypted streams (XEP-0388 §3): on others it has to be asked for.
func (n *negotiation) settle() error {
	mode, o := n.dialer.LoginMode, &n.offer
	if !n.mayInline() || o.sasl2 != nil && len(o.sasl2.mechanisms) == 0 {
		o.sasl2 = nil
	}
	if o.sasl2 != nil {
		o.mechanisms = o.sasl2.mechanisms
	}
	if mode == SASL2Login && o.sasl2 == nil && n.state&(encrypted|authenticated) == encrypted {
		n.stage = SASL
		return NoSASL2
	}
	return nil
}

func (n *negotiation) mayInline() bool {
	mode := n.dialer.LoginMode
	return mode == SASL2Login || mode == AutoLogin && n.tls != nil
}

// claim is who the stream header says it is from (RFC 6120 §4.7.1): nobody as long as others could read it.
func (n *negotiation) claim() string {
	if !n.mayInline() || n.state&encrypted == 0 || n.account.Local == "" {
		return ""
	}
	return n.account.Local + "@" + n.dialer.Domain
}

// authenticateInline authenticates by SASL2, and binds with it where the peer can.
func (n *negotiation) authenticateInline() error {
	m, x, err := n.begin()
	if err != nil {
		return err
	}
	won, err := n.converseInline(m.name, x)
	if err != nil {
		return err
	}
	n.conn.mechanism, n.conn.means = m.name, Means{SASL2: true, Bind2: won.bound}
	if err := n.take(won); err != nil {
		return err
	}
	// They follow at once, without a new stream (XEP-0388 §2.6.1).
	if err := n.readFeatures(); err != nil {
		return err
	}
	n.lapSASL(x)
	return nil
}

// take takes over what a success brought.
func (n *negotiation) take(won *winning) error {
	n.state |= authenticated
	if won.failed != nil {
		n.stage = Bind
		return won.failed
	}
	if !won.bound {
		return nil
	}
	n.conn.jid = won.identifier
	if _, resource, ok := strings.Cut(won.identifier, "/"); !ok || resource == "" {
		n.stage = Bind
		return BadJID
	}
	n.state |= bound | established
	return nil
}

// converseInline carries the messages of an exchange until the peer reports success.
func (n *negotiation) converseInline(name string, x exchange) (*winning, error) {
	answer, err := n.request(n.appendAuthenticate(nil, name, x.start()))
	for { // an exchange refuses challenges that it has no use for, so this ends
		if err != nil {
			return nil, err
		}
		switch {
		case answer.Is(wire.NSSASL2, "success"):
			return readWinning(answer, x)
		case answer.Is(wire.NSSASL2, "failure"):
			return nil, readFailure(answer, name)
		case answer.Is(wire.NSSASL2, "continue"):
			return nil, UnknownTask
		case !answer.Is(wire.NSSASL2, "challenge"):
			return nil, UnexpectedAnswer
		}
		data, err := decodeBase64(strings.TrimSpace(string(answer.Text())))
		if err != nil {
			return nil, BadEncoding
		}
		reply, err := x.next(data)
		if err != nil {
			return nil, err
		}
		answer, err = n.request(appendResponse(wire.NSSASL2, reply))
		if err != nil {
			return nil, err
		}
	}
}

// appendAuthenticate appends the request (XEP-0388 §2.3, XEP-0386 §3.2).
func (n *negotiation) appendAuthenticate(b []byte, mechanism string, initial []byte) []byte {
	b = append(b, "<authenticate xmlns='"+wire.NSSASL2+"'"...)
	b = append(wire.AppendAttr(b, "mechanism", mechanism), '>')
	if len(initial) > 0 {
		b = append(b, "<initial-response>"...)
		b = append(base64.StdEncoding.AppendEncode(b, initial), "</initial-response>"...)
	}
	b = append(b, "<user-agent><software>"+software+"</software></user-agent>"...)
	if n.offer.sasl2.bind && n.resumption == nil { // which takes the place of binding, once authenticated
		b = append(b, "<bind xmlns='"+wire.NSBind2+"'><tag>"...)
		tag := n.account.Resource
		if tag == "" {
			tag = software
		}
		b = append(wire.AppendText(b, tag), "</tag></bind>"...)
	}
	return append(b, "</authenticate>"...)
}

// winning is what a success brings.
type winning struct {
	identifier string
	bound      bool
	failed     error // why Bind 2 did not bind
}

// readWinning reads a success that ends an exchange, which judges it.
func readWinning(success *wire.Element, x exchange) (*winning, error) {
	data, _ := success.Child(wire.NSSASL2, "additional-data")
	proof, err := decodeBase64(strings.TrimSpace(string(data.Text())))
	if err != nil {
		return nil, BadEncoding
	}
	if err := x.finish(proof); err != nil {
		return nil, err
	}
	id, ok := success.Child(wire.NSSASL2, "authorization-identifier")
	won := &winning{identifier: strings.TrimSpace(string(id.Text()))}
	if !ok || won.identifier == "" {
		return nil, NoIdentifier
	}
	_, won.bound = success.Child(wire.NSBind2, "bound")
	if refused, ok := success.Child(wire.NSBind2, "failed"); ok {
		won.failed = ParseStanzaError(&refused)
	}
	return won, nil
}
