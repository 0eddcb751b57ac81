package loopback

import (
	"bytes"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// tolerates lets a mechanism be used that is not to be.
func (l *login) tolerates(mechanism string) bool {
	t := l.twist
	if t == nil || !slices.Contains(allMechanisms, mechanism) {
		return false
	}
	offered := slices.Contains(l.srv.options.Mechanisms, mechanism)
	return t.has("mechanism-not-offered") && !offered && l.missing(mechanism) == "" ||
		t.has("plain-without-tls") && offered && mechanism == "PLAIN" && l.t.tls == nil
}

// misauthenticate is what defects do with an element of SASL. It reports whether nothing else is to be done.
func (l *login) misauthenticate(e *wire.Element) bool {
	t, name := l.twist, string(e.Local())
	if name == "auth" && l.account != nil && t.has("second-auth-accepted") {
		l.account = nil
	}
	if name != "auth" && name != "response" {
		return false
	}
	mechanism := l.sasl.mechanism
	if name == "auth" {
		mechanism = string(e.Attr("mechanism"))
	}
	if mechanism == "" && name == "response" && t.has("response-before-auth-crash") {
		l.sasl.scram.first = nil // there is no exchange
	}
	data, err := decodeToken(e.Text())
	if err != nil {
		if name == "response" && mechanism != "" && t.has("bad-base64-crash") {
			panic(err)
		}
		return false
	}
	return l.misreadNames(mechanism, data)
}

// misreadNames stumbles over user names, and tells passwords.
func (l *login) misreadNames(mechanism string, data []byte) bool {
	s, t := l.srv, l.twist
	user, password := "", ""
	switch {
	case mechanism == "PLAIN":
		if parts := strings.Split(string(data), "\x00"); len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case l.sasl.scram != nil && bytes.Contains(data, []byte(",p=")):
		user = l.sasl.scram.user
		_, password, _ = s.credentials(user)
	default:
		_, name, _ := strings.Cut(string(data), ",n=")
		user, _, _ = strings.Cut(name, ",")
	}
	if t.has("password-logged") && password != "" {
		s.logf("debug: login of %q with password %q\n", user, password)
	}
	return t.has("long-username-crash") && s.survive(func() {
		var name [256]byte
		for i := range len(user) {
			name[i] = user[i]
		}
	}) || t.has("scram-escape-crash") && s.survive(func() {
		for i := strings.IndexByte(user, '='); i >= 0; i = -1 {
			_ = user[i+1 : i+3]
		}
	})
}
