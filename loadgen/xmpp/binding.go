package xmpp

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
)

// binding is a type of channel binding: a name, and the data of a connection,
// nil where the connection has none.
type binding struct {
	name string
	data func(tls.ConnectionState) []byte
}

const tlsUnique = "tls-unique"

// bindings are all types, in the order in which they are tried. A peer that
// lists none understands at least the default: tls-exporter from TLS 1.3 on
// (RFC 9266 §3), tls-unique before (RFC 5802 §6.1).
var bindings = [...]binding{
	{"tls-exporter", exporter},
	{tlsUnique, func(s tls.ConnectionState) []byte { return s.TLSUnique }}, // RFC 5929 §3; crypto/tls leaves it out where it is unsafe
	{"tls-server-end-point", endPoint},
}

// channel chooses the type of channel binding: the first that the connection
// allows and that the peer offers, if it lists any (XEP-0440). The name is empty
// if there is none.
func (n *negotiation) channel() (name string, data []byte) {
	if n.tls == nil || n.conn != nil && n.conn.bosh != nil { // a session over BOSH has more than one connection
		return "", nil
	}
	state := n.tls.ConnectionState()
	for _, b := range bindings {
		if len(n.offer.bindings) > 0 && !slices.Contains(n.offer.bindings, b.name) {
			continue
		}
		if data := b.data(state); data != nil {
			return b.name, data
		}
	}
	return "", nil
}

// offersPlus reports whether the peer offers any mechanism with channel binding.
func (n *negotiation) offersPlus() bool {
	return slices.ContainsFunc(n.offer.mechanisms, func(m string) bool { return strings.HasSuffix(m, "-PLUS") })
}

// exporter is the data of RFC 9266 §2.
func exporter(s tls.ConnectionState) []byte {
	if s.Version < tls.VersionTLS13 {
		return nil
	}
	data, err := s.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	if err != nil {
		return nil // renegotiation is on, which crypto/tls lets nothing be exported with
	}
	return data
}

// endPoint is the data of RFC 5929 §4.
func endPoint(s tls.ConnectionState) []byte {
	h := endPointHash(s)
	if h == 0 {
		return nil
	}
	digest := h.New()
	digest.Write(s.PeerCertificates[0].Raw)
	return digest.Sum(nil)
}

// endPointHash returns the hash of RFC 5929 §4.1: that of the certificate's
// signature, SHA-256 in place of MD5 and SHA-1, none where the signature
// algorithm does not name one.
func endPointHash(state tls.ConnectionState) crypto.Hash {
	if len(state.PeerCertificates) == 0 {
		return 0
	}
	switch state.PeerCertificates[0].SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.ECDSAWithSHA256:
		return crypto.SHA256
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		return crypto.SHA512
	}
	return 0
}

// parseLeaf returns the leaf of a client's certificate.
func parseLeaf(c *tls.Certificate) (*x509.Certificate, error) {
	if c == nil || len(c.Certificate) == 0 {
		return nil, errors.New("no certificate")
	}
	if c.Leaf != nil {
		return c.Leaf, nil
	}
	return x509.ParseCertificate(c.Certificate[0])
}
