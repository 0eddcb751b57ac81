package trunk

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// Security says what a Peer does about TLS (RFC 6120 §5), and about the certificates of others (XEP-0178). The zero value is
// unencrypted streams.
type Security struct {
	// Certificate returns what one of the own domains shows, to those that it opens a stream to and to those that come. It may be
	// called from many goroutines. Where it is nil there is no TLS.
	Certificate func(domain string) (*tls.Certificate, error)
	// Authorities vouch for other domains: who shows a certificate of theirs is offered EXTERNAL. Nil: nobody is.
	Authorities *x509.CertPool
	Required    bool // over an unencrypted stream nothing is done but STARTTLS
	NoDialback  bool // a domain that no certificate vouches for is not believed, and no other way is tried than EXTERNAL
}

// Errors of streams between servers.
var (
	ErrTLSRefused   = errors.New("peer refused STARTTLS")
	ErrTLSNeeded    = errors.New("peer wants TLS, and this side has no certificate")
	ErrTLSMissing   = errors.New("peer does not offer TLS, which is needed")
	ErrInjected     = errors.New("bytes came unencrypted after the request for TLS")
	ErrNotVouched   = errors.New("no certificate vouches for the peer")
	ErrNoExternal   = errors.New("peer does not offer EXTERNAL")
	ErrNotBelieved  = errors.New("peer did not accept the certificate")
	ErrNoSuchDomain = errors.New("there is no server of this domain") // for PeerOptions.Dial
)

func (y *Security) able() bool { return y.Certificate != nil }

// serving is how a stream that came is encrypted. Certificates of clients are judged afterwards, as dialback does without.
func (y *Security) serving(own string) (*tls.Config, error) {
	c, err := y.Certificate(own)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", own, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert, SessionTicketsDisabled: true}, nil
}

// dialling is how a stream to another domain is encrypted.
func (y *Security) dialling(own, other string) (*tls.Config, error) {
	c, err := y.Certificate(own)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", own, err)
	}
	return &tls.Config{
		ServerName: other, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify:   true, // vouches judges, where somebody is to
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c, nil },
	}, nil
}

// vouches tells whether an authority vouches for the domain at the other end (RFC 6120 §13.7.2).
func (y *Security) vouches(state tls.ConnectionState, domain string) bool {
	if y.Authorities == nil || len(state.PeerCertificates) == 0 || domain == "" {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: y.Authorities, Intermediates: between, DNSName: domain, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// encrypt puts TLS under a stream, which begins anew then.
func (s *stream) encrypt(c *tls.Conn) (tls.ConnectionState, error) {
	if len(s.rest) > 0 {
		return tls.ConnectionState{}, ErrInjected
	}
	if err := c.Handshake(); err != nil {
		return tls.ConnectionState{}, fmt.Errorf("TLS handshake: %w", err)
	}
	s.conn = c
	s.scanner.Reset(s.limits.Elements)
	return c.ConnectionState(), nil
}
