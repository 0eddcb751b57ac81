package loopback

import (
	"crypto/hmac"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// inlineDefects are those of SASL2 (XEP-0388), Bind 2 and FAST (XEP-0484).
func inlineDefects() []Defect {
	return []Defect{
		{"inline-after-failure", "ST", "d", []int{37, 54}, "pre-auth", "MUST",
			"what was asked for inline is done though the authentication has failed",
			"<authenticate> by PLAIN with a wrong password and <bind xmlns='urn:xmpp:bind:0'/>"},
		{"inline-authenticate-twice", "ST", "d", []int{46, 54}, "order", "MUST",
			"who has authenticated may do so again, as somebody else",
			"<authenticate> behind the success of another"},
		{"inline-from-ignored", "ID", "", []int{53}, "answer", "MUST",
			"that the stream header names somebody else than who authenticates is passed over",
			"a header with from='WITNESS', then <authenticate> of the attacker"},
		{"inline-no-mechanism-crash", "AU", "g", []int{54}, "crash", "MUST",
			"<authenticate> without a mechanism panics and is swallowed",
			"<authenticate xmlns='urn:xmpp:sasl:2'/>"},
		{"token-unchecked", "AU", "", []int{51}, "identity", "MUST",
			"the code of a token is not compared",
			"HT-SHA-256-NONE with anything behind the user's name"},
		{"token-of-another", "AU", "", []int{51}, "identity", "MUST",
			"a token lets in whoever is named with it",
			"HT-SHA-256-NONE with the name of the witness and a token of one's own"},
		{"token-stays-good", "AU", "", []int{56}, "identity", "MUST",
			"a token that its client has invalidated is good still",
			"a login by token with <fast invalidate='true'/>, and another by the same token"},
	}
}

// misbegin is what defects do with an element of SASL2.
func (l *login) misbegin(e *wire.Element) {
	t := l.twist
	if string(e.Local()) != "authenticate" {
		return
	}
	if t.has("inline-authenticate-twice") {
		l.account = nil
	}
	if len(e.Attr("mechanism")) == 0 && t.has("inline-no-mechanism-crash") {
		l.srv.survive(func() { panic("assertion failed: a mechanism") })
	}
}

// misbindInline binds what was asked for with an authentication that has failed.
func (l *login) misbindInline(e *wire.Element, r *inlineRequest) error {
	if !l.twist.has("inline-after-failure") || r == nil || !r.bind {
		return nil
	}
	initial, _ := e.Child(wire.NSSASL2, "initial-response")
	data, _ := decodeToken(initial.Text()) // what cannot be decoded names nobody
	user, _, known := l.srv.credentials(nameIn(data))
	if !known {
		return nil
	}
	resource, err := l.inlineResource(r)
	if err != nil {
		return err
	}
	l.account = l.srv.open(user)
	l.srv.enter(newSession(l.conn, l.account, resource), []byte(" "))
	return nil
}

// misuseToken is whom defects let in by what was sent instead of a good token; empty: nobody.
func (l *login) misuseToken(user string, proof []byte) string {
	s := &l.srv.tokens
	if l.twist.has("token-unchecked") {
		return user
	}
	if !l.twist.has("token-of-another") {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, slot := range []map[clientName]*fastToken{s.next, s.current} {
		for _, t := range slot {
			if hmac.Equal(proof, t.mac("Initiator", nil)) {
				return user
			}
		}
	}
	return ""
}

// nameIn is the user that a message of PLAIN or of a token names.
func nameIn(data []byte) string {
	parts := strings.Split(string(data), "\x00")
	if len(parts) == 3 {
		return parts[1]
	}
	return parts[0]
}
