package xmpp

import "fmt"

// LoginMode says by which protocol a session authenticates and binds its resource.
type LoginMode uint8

// The modes.
const (
	ClassicLogin LoginMode = iota // SASL, a new stream, resource binding (RFC 6120 §6 and §7)
	SASL2Login                    // SASL2 (XEP-0388), with Bind 2 (XEP-0386) inline where that is offered
	AutoLogin                     // as clients would: what is best of what the server offers, SASL2 over TLS only
)

var loginModeNames = [...]string{"classic", "sasl2", "auto"}

// String returns classic, sasl2 or auto.
func (m LoginMode) String() string {
	if int(m) >= len(loginModeNames) {
		return fmt.Sprintf("login mode %d", uint8(m))
	}
	return loginModeNames[m]
}

// ParseLoginMode is the inverse of String; an empty text is ClassicLogin.
func ParseLoginMode(s string) (LoginMode, error) {
	for m, name := range loginModeNames {
		if s == name {
			return LoginMode(m), nil
		}
	}
	if s == "" {
		return ClassicLogin, nil
	}
	return 0, fmt.Errorf("%q is no login mode: classic, sasl2 and auto are", s)
}

// Means says what a session was logged in by, beside its mechanism.
type Means struct {
	SASL2 bool // else SASL as in RFC 6120
	Bind2 bool // the resource was bound with the authentication
}

// String names the protocols, such as "SASL2, Bind 2".
func (m Means) String() string {
	switch {
	case !m.SASL2:
		return "SASL"
	case !m.Bind2:
		return "SASL2"
	}
	return "SASL2, Bind 2"
}

// Means returns what logged the session in.
func (c *Conn) Means() Means { return c.means }
