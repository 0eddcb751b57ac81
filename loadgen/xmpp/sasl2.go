package xmpp

import (
	"encoding/base64"
	"errors"
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
	bind       bool     // Bind 2
	fast       []string // mechanisms for tokens (XEP-0484 §3.1)
	upgrades   []string // tasks (XEP-0480 §2.1)
}

func readInlineOffer(authentication *wire.Element) *inlineOffer {
	o := &inlineOffer{mechanisms: texts(authentication, wire.NSSASL2, "mechanism", (*wire.Element).Text)}
	if inline, ok := authentication.Child(wire.NSSASL2, "inline"); ok {
		_, o.bind = inline.Child(wire.NSBind2, "bind")
		if fast, ok := inline.Child(wire.NSFAST, "fast"); ok {
			o.fast = texts(&fast, wire.NSFAST, "mechanism", (*wire.Element).Text)
		}
	}
	o.upgrades = texts(authentication, wire.NSUpgrade, "upgrade", (*wire.Element).Text)
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
	if n.state&(encrypted|authenticated) != encrypted {
		return nil
	}
	n.stage = SASL
	switch {
	case (mode == SASL2Login || mode == FASTLogin) && o.sasl2 == nil:
		return NoSASL2
	case mode == FASTLogin && len(o.sasl2.fast) == 0:
		return NoFAST
	}
	return nil
}

func (n *negotiation) mayInline() bool {
	mode := n.dialer.LoginMode
	return mode == SASL2Login || mode == FASTLogin || mode == AutoLogin && n.tls != nil
}

// claim is who the stream header says it is from (RFC 6120 §4.7.1): nobody as long as others could read it.
func (n *negotiation) claim() string {
	if !n.mayInline() || n.state&encrypted == 0 || n.account.Local == "" || n.dialer.Mechanism == "ANONYMOUS" {
		return ""
	}
	return n.account.Local + "@" + n.dialer.Domain
}

// authenticateInline authenticates by SASL2, and binds with it where the peer can: by a token where there is one, and where
// that is refused by the mechanism asked for (XEP-0484 §4.1).
func (n *negotiation) authenticateInline() error {
	x, err := n.beginToken()
	if err != nil {
		return err
	}
	if x != nil {
		name := n.account.Device.token.mechanism
		won, err := n.converseInline(name, x)
		if err == nil {
			return n.enter(name, x, won)
		}
		if _, refused := errors.AsType[*SASLError](err); !refused {
			return err
		}
		n.account.Device.Forget()
		n.conn.means.TokenRefused = true
	}
	m, x, err := n.begin()
	if err != nil {
		return err
	}
	won, err := n.converseInline(m.name, x)
	if err != nil {
		return err
	}
	return n.enter(m.name, x, won)
}

// enter goes on after a success.
func (n *negotiation) enter(mechanism string, x exchange, won *winning) error {
	c := n.conn
	c.mechanism = mechanism
	c.means.SASL2, c.means.Bind2, c.means.FAST = true, won.bound, isTokenMechanism(mechanism)
	c.means.Upgraded = n.upgraded
	if won.token.secret != "" && n.account.Device != nil {
		n.account.Device.token, c.means.Token = won.token, true
	}
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

// converseInline carries the messages of an exchange, and of the tasks after it, until the peer reports success. Exchanges refuse
// challenges that they have no use for, and each task comes once, so this ends.
func (n *negotiation) converseInline(name string, x exchange) (*winning, error) {
	answer, err := n.request(n.appendAuthenticate(nil, name, x))
	for judged := false; err == nil; {
		if answer.Is(wire.NSSASL2, "success") {
			return n.readWinning(answer, name, x, judged)
		}
		answer, err = n.goOn(answer, name, x, &judged)
	}
	return nil, err
}

// goOn answers what the peer says before it reports success, and returns what it says then.
func (n *negotiation) goOn(answer *wire.Element, name string, x exchange, judged *bool) (*wire.Element, error) {
	switch {
	case answer.Is(wire.NSSASL2, "failure"):
		return nil, readFailure(answer, name)
	case answer.Is(wire.NSSASL2, "continue"):
		if err := judge(answer, x, judged); err != nil {
			return nil, err
		}
		return n.doTask(answer)
	case answer.Is(wire.NSSASL2, "challenge") && !*judged:
		data, err := additional(answer)
		if err != nil {
			return nil, err
		}
		reply, err := x.next(data)
		if err != nil {
			return nil, err
		}
		return n.request(appendResponse(wire.NSSASL2, reply))
	}
	return nil, UnexpectedAnswer
}

// additional decodes the text of an element, which may stand between white space (as in the examples of XEP-0388).
func additional(e *wire.Element) ([]byte, error) {
	data, err := decodeBase64(strings.TrimSpace(string(e.Text())))
	if err != nil {
		return nil, BadEncoding
	}
	return data, nil
}

// judge has the exchange judge the data of a success, or of the first continue.
func judge(e *wire.Element, x exchange, judged *bool) error {
	if *judged {
		return nil
	}
	*judged = true
	sealed, _ := e.Child(wire.NSSASL2, "additional-data")
	data, err := additional(&sealed)
	if err != nil {
		return err
	}
	return x.finish(data)
}

// appendAuthenticate appends the request (XEP-0388 §2.3), with what is to be done along with it.
func (n *negotiation) appendAuthenticate(b []byte, mechanism string, x exchange) []byte {
	b = append(b, "<authenticate xmlns='"+wire.NSSASL2+"'"...)
	b = append(wire.AppendAttr(b, "mechanism", mechanism), '>')
	if !serverFirst(x) {
		b = append(b, "<initial-response>"...)
		b = append(base64.StdEncoding.AppendEncode(b, x.start()), "</initial-response>"...)
	}
	b = append(b, "<user-agent"...)
	if n.account.Device != nil {
		b = wire.AppendAttr(b, "id", n.account.Device.id())
	}
	b = append(b, "><software>"+software+"</software></user-agent>"...)
	b = n.appendBind(b)
	b = n.appendFAST(b, mechanism)
	b = n.appendUpgrades(b, mechanism)
	return append(b, "</authenticate>"...)
}

// appendBind appends the request of Bind 2 (XEP-0386 §3.2), except where an earlier session is to go on instead.
func (n *negotiation) appendBind(b []byte) []byte {
	if !n.offer.sasl2.bind || n.resumption != nil {
		return b
	}
	tag := n.account.Resource
	if tag == "" {
		tag = software
	}
	b = append(b, "<bind xmlns='"+wire.NSBind2+"'><tag>"...)
	return append(wire.AppendText(b, tag), "</tag></bind>"...)
}

// winning is what a success brings.
type winning struct {
	identifier string
	bound      bool
	failed     error // why Bind 2 did not bind
	token      token // for the next login
}

// readWinning reads a success.
func (n *negotiation) readWinning(success *wire.Element, mechanism string, x exchange, judged bool) (*winning, error) {
	err := judge(success, x, &judged)
	if err != nil {
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
	if isTokenMechanism(mechanism) { // a token that takes its place
		n.wanted = mechanism
	}
	won.token, err = readToken(success, n.wanted)
	return won, err
}
