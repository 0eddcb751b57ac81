package loopback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"xmpprig/loadgen/xmpp/wire"
)

// inlineRequest is what a client asks for with its request to authenticate by SASL2 (XEP-0388 §2.3).
type inlineRequest struct {
	agent     string // id of the user agent
	bind      bool   // Bind 2
	tag       string // what the resource begins with
	fast      fastRequest
	upgrading upgrading
}

// offersInline reports whether SASL2 is offered on this connection: over TLS only (XEP-0388 §3).
func (l *login) offersInline() bool { return l.srv.options.SASL2 && l.t.private() }

func (l *login) appendInline(b []byte) []byte {
	offered := l.offered()
	if !l.offersInline() || len(offered) == 0 {
		return b
	}
	b = append(b, "<authentication xmlns='"+wire.NSSASL2+"'>"...)
	for _, m := range offered {
		b = append(append(append(b, "<mechanism>"...), m...), "</mechanism>"...)
	}
	b = append(b, "<inline><bind xmlns='"+wire.NSBind2+"'/>"...)
	b = append(l.appendFAST(b), "</inline>"...)
	return append(l.appendUpgrades(b), "</authentication>"...)
}

// negotiateInline takes authenticate, response and abort of SASL2.
func (l *login) negotiateInline(e *wire.Element) error {
	if l.twist != nil {
		l.misbegin(e)
	}
	if l.account != nil || l.sasl.inline != nil && l.sasl.inline.upgrading.user != "" && string(e.Local()) == "authenticate" {
		return streamError{wire.NotAuthorized, "authenticated already"} // XEP-0388 §4.8
	}
	if name := string(e.Local()); l.sasl.inline != nil && (name == "next" || name == "task-data") {
		return l.doTask(e)
	}
	out, user, err := l.stepInline(e)
	if bad, ok := errors.AsType[saslError](err); ok {
		request := l.sasl.inline
		if err := l.failSASL(bad); err != nil || l.twist == nil {
			return err
		}
		return l.misbindInline(e, request)
	} else if err != nil {
		return streamError{wire.InternalServerError, err.Error()}
	}
	if user == "" {
		b := append(l.scratch[:0], "<challenge xmlns='"+wire.NSSASL2+"'>"...)
		l.answer(append(base64.StdEncoding.AppendEncode(b, out), "</challenge>"...))
		return nil
	}
	if bad := l.srv.refuse(); bad != "" {
		return l.failSASL(bad)
	}
	if l.isOther(user) {
		return l.failSASL("invalid-authzid")
	}
	if u := &l.sasl.inline.upgrading; len(u.tasks) > 0 {
		u.user = user
		l.demand(u, out)
		return nil
	}
	return l.win(user, out)
}

// isOther reports whether the stream header names somebody else than who has authenticated (XEP-0388 §2.3, §4.6).
func (l *login) isOther(user string) bool {
	return (l.foreign || l.claimed != "" && l.claimed != user) && !l.srv.bug("inline-from-ignored")
}

// stepInline returns what to say, and the user once that is proven.
func (l *login) stepInline(e *wire.Element) (out []byte, user string, err error) {
	switch string(e.Local()) {
	case "abort":
		if l.sasl.inline == nil {
			l.sasl.inline = new(inlineRequest)
		}
		return nil, "", saslError("aborted")
	case "authenticate":
		l.sasl = saslExchange{inline: l.readInlineRequest(e)}
		child, given := e.Child(wire.NSSASL2, "initial-response")
		initial := child.Text()
		if given && len(initial) == 0 {
			initial = []byte("=") // there is one, and it is empty
		}
		mechanism := string(e.Attr("mechanism"))
		if isToken(mechanism) != l.sasl.inline.fast.byToken {
			break
		}
		if l.sasl.inline.fast.byToken {
			return l.respondToken(mechanism, initial)
		}
		return l.beginSASL(mechanism, initial)
	case "response":
		if l.sasl.mechanism != "" && l.sasl.inline != nil && l.sasl.inline.upgrading.user == "" {
			return l.resumeSASL(e.Text())
		}
	}
	if l.sasl.inline == nil {
		l.sasl.inline = new(inlineRequest)
	}
	return nil, "", saslError("malformed-request")
}

func (l *login) readInlineRequest(authenticate *wire.Element) *inlineRequest {
	r := &inlineRequest{fast: readFASTRequest(authenticate), upgrading: upgrading{tasks: l.readUpgrades(authenticate)}}
	if agent, ok := authenticate.Child(wire.NSSASL2, "user-agent"); ok {
		r.agent = string(agent.Attr("id"))
	}
	bind, ok := authenticate.Child(wire.NSBind2, "bind")
	if r.bind = ok; ok {
		tag, _ := bind.Child(wire.NSBind2, "tag")
		r.tag = string(tag.Text())
	}
	return r
}

// win tells the client that it is authenticated, and binds a resource if that was asked for. The features of the stream
// follow, which goes on.
func (l *login) win(user string, out []byte) error {
	request := l.sasl.inline
	l.account, l.sasl = l.srv.open(user), saslExchange{}
	b := append(l.scratch[:0], "<success xmlns='"+wire.NSSASL2+"'>"...)
	b = l.appendToken(appendAdditional(b, out), user, request)
	var s *session
	jid := l.account.jid
	if request.bind {
		resource, err := l.inlineResource(request)
		if err != nil {
			return err
		}
		s = newSession(l.conn, l.account, resource)
		jid = s.full
	}
	b = append(wire.AppendText(append(b, "<authorization-identifier>"...), jid), "</authorization-identifier>"...)
	if s == nil {
		b = l.appendFeatures(append(b, "</success>"...))
		l.answer(b)
		return nil
	}
	b = append(b, "<bound xmlns='"+wire.NSBind2+"'/></success><stream:features>"...)
	b = append(l.appendManagement(b), "</stream:features>"...)
	l.holdBack()
	l.srv.tally.inline.Add(1)
	if !l.srv.enter(s, b) {
		l.srv.tally.inline.Add(-1)
		return streamError{wire.ResourceConstraint, "there is no room for another session"}
	}
	return nil
}

func appendAdditional(b, data []byte) []byte {
	if len(data) == 0 {
		return b
	}
	b = append(b, "<additional-data>"...)
	return append(base64.StdEncoding.AppendEncode(b, data), "</additional-data>"...)
}

// inlineResource makes a resource of the client's tag and of what tells its installations apart, which stays the same
// from one session to the next (XEP-0386 §3.2.1).
func (l *login) inlineResource(r *inlineRequest) (string, error) {
	own, _ := requestedResource(wire.Element{})
	if r.agent != "" {
		m := hmac.New(sha256.New, l.srv.secret[:])
		m.Write([]byte(r.agent))
		own = base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:9])
	}
	if r.tag == "" {
		return own, nil
	}
	resource, err := normalResource([]byte(r.tag + "/" + own))
	if err != nil {
		return "", streamError{wire.BadFormat, "the tag makes no resource"}
	}
	return string(resource), nil
}

func appendInlineFailure(b []byte, condition saslError) []byte {
	b = append(b, "<failure xmlns='"+wire.NSSASL2+"'><"...)
	b = append(append(b, condition...), " xmlns='"+wire.NSSASL+"'/></failure>"...)
	return b
}
