package loopback

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// certified is what a client's certificate says of who it is.
type certified struct {
	vouched bool     // an authority that the server trusts has issued it
	users   []string // accounts that it names
	subject string   // as a string (RFC 4514)
}

// certifiedBy reads the certificate of a connection: the addresses in it (RFC 6120 §13.7.1.4) and, where there are none, the common name.
func (s *Server) certifiedBy(state tls.ConnectionState) (c certified) {
	if len(state.PeerCertificates) == 0 || s.clientCAs == nil {
		return c
	}
	cert := state.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, other := range state.PeerCertificates[1:] {
		between.AddCert(other)
	}
	if _, err := cert.Verify(x509.VerifyOptions{
		Roots: s.clientCAs, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		return c
	}
	c.vouched, c.subject = true, subjectOf(cert)
	addresses := xmppAddresses(cert)
	for _, text := range addresses {
		if a, err := parseAddress([]byte(text)); err == nil && string(a.domain) == s.options.Domain {
			c.name(s, string(a.local))
		}
	}
	if len(addresses) == 0 {
		c.name(s, cert.Subject.CommonName)
	}
	return c
}

// subjectOf is the subject of a certificate as a string, whose parts are in the order in which they stand in it (RFC 4514 §2.1).
func subjectOf(cert *x509.Certificate) string {
	var names pkix.RDNSequence
	if _, err := asn1.Unmarshal(cert.RawSubject, &names); err != nil {
		return ""
	}
	return names.String()
}

// name adds a name, if there is such an account.
func (c *certified) name(s *Server, local string) {
	if user, _, ok := s.credentials(local); ok {
		c.users = append(c.users, user)
	}
}

// authorize is whom a client with a certificate acts for (XEP-0178 §2).
func (l *login) authorize(authzid string) (string, error) {
	users := l.external.users
	if l.twist != nil {
		if user := l.misauthorize(authzid); user != "" {
			return user, nil
		}
	}
	switch {
	case len(users) == 0:
		return "", saslError("not-authorized")
	case authzid == "" && len(users) > 1:
		return "", saslError("invalid-authzid") // which of them is not for the server to choose
	}
	for _, user := range users {
		if l.checkAuthzid(authzid, user) == nil {
			return user, nil
		}
	}
	return "", saslError("invalid-authzid")
}
