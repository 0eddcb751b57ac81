package loopback

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"

	"xmpprig/loadgen/xmpp/wire"
)

// login is the way of a connection to a bound session.
type login struct {
	*conn
	account  *account  // nil until authenticated
	identity *identity // the certificate shown; nil before TLS
	claimed  string    // the user that the stream header names
	external certified // what the client's certificate says
	foreign  bool      // the header names somebody of another domain
	sasl     saslExchange
	failures int  // of SASL
	binds    int  // attempts to bind
	opened   bool // a stream header came, since the connection or the TLS handshake
}

// errTLS says that TLS failed, after which no stream is left.
var errTLS = errors.New("TLS handshake failed")

func (l *login) run(direct bool) error {
	if direct {
		if err := l.secure(); err != nil {
			return err
		}
	}
	if err := l.upgrade(); err != nil {
		return err
	}
	if err := l.openStream(); err != nil {
		return err
	}
	for l.session == nil {
		e, err := l.next()
		if err != nil {
			return err
		}
		if l.twist != nil && l.mislead(e) {
			continue
		}
		switch e.Kind {
		case wire.Footer:
			return errFooter
		case wire.Stanza:
			err = l.stanza(e)
		default:
			err = l.nonza(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *login) nonza(e *wire.Element) error {
	switch string(e.Space()) {
	case wire.NSTLS:
		return l.startTLS(e)
	case wire.NSSASL:
		return l.negotiateSASL(e)
	case wire.NSSASL2:
		if l.offersInline() {
			return l.negotiateInline(e)
		}
	case wire.NSSM:
		return l.manage(e)
	case nsCompress:
		if l.srv.options.Compression {
			return l.compress(e)
		}
	}
	if l.account == nil {
		return streamError{wire.NotAuthorized, ""}
	}
	return unexpected(e)
}

// stanza takes what may come before a session is bound: registration, and the request to bind.
func (l *login) stanza(e *wire.Element) error {
	if err := l.checkStanza(e); err != nil {
		return err
	}
	switch {
	case l.account != nil && string(e.Local()) == "iq":
		return l.bind(e)
	case l.account == nil && l.srv.options.Register && !l.mustEncrypt():
		if q, ok := e.Child(wire.NSRegister, "query"); ok && string(e.Local()) == "iq" {
			l.answer(l.register(l.scratch[:0], e, q))
			return nil
		}
	}
	return streamError{wire.NotAuthorized, ""}
}

// startTLS answers starttls and goes on under TLS (RFC 6120 §5.4).
func (l *login) startTLS(e *wire.Element) error {
	name := string(e.Local())
	if name != "starttls" || l.t.tls != nil || l.t.http() || l.account != nil || l.srv.options.NoStartTLS || len(l.rest) > 0 && !l.srv.bug("starttls-injection") {
		// What follows starttls unencrypted must never be taken for something said under TLS, so that nothing may.
		l.answer([]byte("<failure xmlns='" + wire.NSTLS + "'/>"))
		return errFooter
	}
	l.answer([]byte("<proceed xmlns='" + wire.NSTLS + "'/>"))
	l.flush()
	injected := bytes.Clone(l.rest)
	if err := l.secure(); err != nil {
		return err
	}
	l.rest = injected // none, unless that is the defect
	return l.openStream()
}

func (l *login) secure() error {
	if l.opened = false; !l.out.hush(true) {
		return io.EOF
	}
	l.identity = l.srv.identity.Load()
	err := l.t.handshake(l.identity.config)
	if !l.out.hush(false) {
		return io.EOF
	}
	if err != nil {
		return errTLS
	}
	l.rest = nil
	l.external = l.srv.certifiedBy(l.t.tls.ConnectionState())
	return nil
}

// answer sends one step of the login, held back by the fault login-delay.
func (l *login) answer(b []byte) {
	l.holdBack()
	l.send(b, 0)
}

func (l *login) holdBack() {
	if s := l.srv.loginDelay; s != nil {
		l.srv.tally.loginDelays.Add(1)
		l.srv.awaitTime(l.arrived.Add(s.draw()))
	}
}

// bind answers the request for a resource (RFC 6120 §7). A resource that another session of the account holds goes
// over to this one, and the other is ended with conflict (§7.7.2.2).
func (l *login) bind(e *wire.Element) error {
	if l.binds++; l.binds > 10 {
		return streamError{wire.PolicyViolation, "too many attempts to bind"}
	}
	request, ok := e.Child(wire.NSBind, "bind")
	if kind := string(e.Attr("type")); !ok || kind == "result" || kind == "error" { // which have no answer (§8.2.3)
		return streamError{wire.NotAuthorized, "bind a resource first"}
	}
	resource, condition := "", ""
	if id, t := e.Attr("id"), string(e.Attr("type")); t != "set" || len(id) == 0 || !hasOneChild(e) {
		condition = "bad-request"
	} else {
		resource, condition = requestedResource(request)
	}
	if condition != "" {
		l.answer(appendIQError(l.scratch[:0], e, "modify", condition))
		return nil
	}
	s := newSession(l.conn, l.account, resource)
	if l.twist != nil {
		l.misbind(s)
	}
	id := string(e.Attr("id"))
	payload := append([]byte("<bind xmlns='"+wire.NSBind+"'><jid>"), wire.AppendText(nil, s.full)...)
	payload = append(payload, "</jid></bind>"...)
	if l.twist != nil {
		payload = l.twist.restore(payload)
	}
	l.holdBack()
	if !l.srv.enter(s, wire.AppendIQ(l.scratch[:0], wire.Addressing{ID: id, Type: "result"}, payload)) {
		return streamError{wire.ResourceConstraint, "there is no room for another session"}
	}
	return nil
}

func requestedResource(request wire.Element) (resource, condition string) {
	if e, ok := request.Child(wire.NSBind, "resource"); ok {
		if text := e.Text(); len(text) > 0 {
			r, err := normalResource(text)
			if err != nil {
				return "", "bad-request"
			}
			return string(r), ""
		}
	}
	var random [8]byte
	rand.Read(random[:])
	return hex.EncodeToString(random[:]), ""
}

func hasOneChild(e *wire.Element) bool {
	first, ok := e.First()
	if !ok {
		return false
	}
	_, more := first.Next()
	return !more
}
