package loopback

import (
	"crypto/tls"
	"time"
)

// overstated is the limit that holds in place of the one that the server says it has.
func (s *Server) overstated(limit time.Duration) time.Duration {
	if s.bug("limit-overstated") {
		return limit / 8
	}
	return limit
}

// admit lets an account in that has no way in, if that is the defect.
func (l *login) admit(user string, condition saslError) (string, error) {
	if condition == "account-disabled" && l.srv.bug("disabled-account-in") || condition == "temporary-auth-failure" && l.srv.bug("outage-lets-in") {
		return user, nil
	}
	return "", condition
}

// renegotiates reports whether what comes under TLS 1.2 asks for another handshake, and the server is to answer that in XMPP.
func (t *transport) renegotiates(data []byte) bool {
	const handshake = 22 // a type of record, which TLS 1.3 does not show (RFC 8446 §5.2)
	return t.srv.bug("renegotiation-answered") && t.up && t.tls.ConnectionState().Version == tls.VersionTLS12 && data[0] == handshake
}
