package xmpp

import "fmt"

// LoginMode says by which protocol a session authenticates and binds its resource.
type LoginMode uint8

// The modes.
const (
	ClassicLogin LoginMode = iota // SASL, a new stream, resource binding (RFC 6120 §6 and §7)
	SASL2Login                    // SASL2 (XEP-0388), with Bind 2 (XEP-0386) inline where that is offered
	FASTLogin                     // the same, and FAST (XEP-0484): with a token that an earlier login of the device was given
	AutoLogin                     // as clients would: what is best of what the server offers, SASL2 over TLS only
)

var loginModeNames = [...]string{"classic", "sasl2", "fast", "auto"}

// String returns classic, sasl2, fast or auto.
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
	return 0, fmt.Errorf("%q is no login mode: classic, sasl2, fast and auto are", s)
}

// Means says what a session was logged in by, beside its mechanism.
type Means struct {
	SASL2        bool // else SASL as in RFC 6120
	Bind2        bool // the resource was bound with the authentication
	FAST         bool // a token stood in for the password
	TokenRefused bool // one was refused before, and dropped
	Token        bool // one was given for the next login
	TLSResumed   bool // the handshake of TLS was that of a resumption
	Upgraded     bool // the server was given what it needs for another mechanism (XEP-0480)
}

// String names the protocols, such as "SASL2, Bind 2, FAST".
func (m Means) String() string {
	if !m.SASL2 {
		return "SASL"
	}
	s := "SASL2"
	if m.Bind2 {
		s += ", Bind 2"
	}
	if m.FAST || m.Token {
		s += ", FAST"
	}
	return s
}

// Means returns what logged the session in.
func (c *Conn) Means() Means { return c.means }
