package oracle

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// common is what the talks of a transcript share.
type common struct {
	domain string
	tokens []issued // that were given
	unsure bool     // others may have been, or were used
}

// issued is a token of FAST (XEP-0484), and to whom it was given.
type issued struct {
	secret, user, agent, mechanism, expiry string
	gone                                   bool // its client has given it up, or has used a newer one
}

// inlineOffers are the mechanisms that features offer by SASL2, those of tokens too.
func inlineOffers(features *wire.Element) (names []string) {
	all, _ := features.Child(wire.NSSASL2, "authentication")
	inline, _ := all.Child(wire.NSSASL2, "inline")
	fast, _ := inline.Child(wire.NSFAST, "fast")
	for _, e := range []wire.Element{all, fast} {
		for m := range e.Children() {
			if string(m.Local()) == "mechanism" {
				names = append(names, string(m.Text()))
			}
		}
	}
	return names
}

// entered follows a success of SASL2: whom it is for, what it binds, and the token that it gives.
func (w *talk) entered(t *turn) {
	t.user = w.user
	if name, ok := t.element.Child(wire.NSSASL2, "authorization-identifier"); ok {
		w.wrongs = append(w.wrongs, wrong{wrongBound, t, string(name.Text())})
	}
	w.bound = w.bound || hasChildOf(t.element, wire.NSBind2)
	token, ok := t.element.Child(wire.NSFAST, "token")
	if !ok || w.auth == nil {
		return
	}
	g := issued{secret: string(token.Attr("token")), expiry: string(token.Attr("expiry")), user: w.user, agent: w.agent()}
	want, ok := w.auth.element.Child(wire.NSFAST, "request-token")
	if g.mechanism = string(want.Attr("mechanism")); !ok {
		g.mechanism = string(w.auth.element.Attr("mechanism"))
	}
	w.common.tokens = append(w.common.tokens, g)
	w.common.unsure = w.common.unsure || w.user == "?"
}

// agent is the id of the user agent that asks (XEP-0388 §2.3).
func (w *talk) agent() string {
	agent, _ := w.auth.element.Child(wire.NSSASL2, "user-agent")
	return string(agent.Attr("id"))
}

// byToken notes what is wrong with a token that had success. What is bound to the channel cannot be known here.
func (w *talk) byToken(mechanism string, note func(kind, what string)) {
	data, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(w.token())) // as far as it goes
	name, code, _ := bytes.Cut(data, []byte{0})
	w.user = string(name)
	w.users = append(w.users, w.user)
	if w.common.unsure || mechanism != "HT-SHA-256-NONE" {
		return
	}
	at := slices.IndexFunc(w.common.tokens, func(g issued) bool { return hmac.Equal(code, codeOf(g.secret)) })
	if at < 0 {
		note(wrongSuccess, "a token that was not given")
		return
	}
	g := &w.common.tokens[at]
	switch {
	case !sameName(g.user, w.user):
		note(wrongToken, "it was given to "+g.user)
	case g.gone:
		note(wrongToken, "it is good no more")
	case g.mechanism != mechanism:
		note(wrongToken, "it was given for "+g.mechanism)
	}
	fast, _ := w.auth.element.Child(wire.NSFAST, "fast")
	v := string(fast.Attr("invalidate"))
	g.gone = g.gone || v == "1" || v == "true"
	for i := range w.common.tokens {
		if other := &w.common.tokens[i]; other.user == g.user && other.agent == g.agent && other.expiry < g.expiry {
			other.gone = true // XEP-0484 §5.1
		}
	}
}

// codeOf is what a client proves a token with that is bound to no channel (draft-schmaus-kitten-sasl-ht-08).
func codeOf(secret string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("Initiator"))
	return m.Sum(nil)
}

// certified notes what is wrong with a certificate that had success (XEP-0178 §2). Names that are no addresses a server may map
// to accounts as it likes, but they have to be the whole of a name.
func (w *talk) certified(note func(kind, what string)) {
	authzid := ""
	if token := strings.TrimSpace(w.token()); token != "=" {
		data, _ := base64.StdEncoding.DecodeString(token) // as far as it goes
		authzid = string(data)
	}
	addresses, names, good := w.claimed()
	if !good {
		note(wrongSuccess, "no certificate that is good")
	}
	isOf := func(local string) bool { return local != "" && sameName(local, localOf(authzid)) }
	switch {
	case authzid != "" && !slices.ContainsFunc(append(addresses, names...), isOf):
		note(wrongAuthzid, authzid)
	case authzid == "" && len(addresses) > 1:
		note(wrongSeveral, strings.Join(addresses, ", "))
	case authzid == "" && len(addresses) == 1:
		w.user = addresses[0]
	case authzid == "" && len(names) == 1:
		w.user = names[0]
	case authzid != "":
		w.user = localOf(authzid)
	}
	if w.user != "?" {
		w.users = append(w.users, w.user)
	}
}

// claimed is what the certificate of the connection says: the local parts of addresses at the server's domain, and of other names;
// good is false where nobody need believe it.
func (w *talk) claimed() (addresses, names []string, good bool) {
	good = len(w.shown) > 0
	for _, c := range w.shown {
		local, domain, _ := strings.Cut(c.Value, "@")
		switch {
		case c.Kind == "expired" || c.Kind == "stranger":
			good = false
		case c.Kind == "xmpp" && strings.EqualFold(bareOf(domain), w.common.domain) && !slices.Contains(addresses, local):
			addresses = append(addresses, local)
		case c.Kind == "cn" || c.Kind == "uid" || c.Kind == "email":
			names = append(names, local)
		}
	}
	if len(addresses) > 0 {
		names = nil
	}
	return addresses, names, good
}

// ofLogin fills a finding in of what went wrong in a login, and reports whether that is one.
func (f *Finding) ofLogin(kind string) bool {
	f.Ought, f.Row, f.Clause = "not-authorized", "O-54", "RFC 5802 §5.1, §7"
	switch kind {
	case wrongNonce:
		f.Oracle, f.Title = Answer, "SCRAM succeeds with another nonce than that of the exchange"
	case wrongBinding:
		f.Oracle, f.Title = Answer, "SCRAM succeeds with another channel binding than that of the exchange"
	case wrongDowngrade:
		f.Oracle, f.Title, f.Clause = Answer, "SCRAM succeeds though somebody has hidden channel binding from the client", "RFC 5802 §6"
	case wrongSeveral:
		f.Oracle, f.Level, f.Row, f.Clause = Answer, program.Should, "O-64", "XEP-0178 §2"
		f.Title, f.Ought = "a server chooses among the addresses of a certificate", "invalid-authzid, and the end of the stream"
	case wrongToken:
		f.Title, f.Row, f.Clause = "a token is accepted that is not good for this", "O-65", "XEP-0484 §4, §5"
	case wrongHandshake:
		f.Title, f.Row, f.Clause = "a component is let in without the secret", "O-135", "XEP-0114 §3"
	default:
		return false
	}
	return true
}
