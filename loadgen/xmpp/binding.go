package xmpp

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// The types of channel binding (RFC 9266, RFC 5929 §4).
const (
	tlsExporter       = "tls-exporter"
	tlsServerEndPoint = "tls-server-end-point"
)

// bindingType returns the type of channel binding to use: the first that the
// connection allows and that the peer offers, if it lists any (XEP-0440).
// Empty means none. tls-exporter needs TLS 1.3 (RFC 9266 §3).
func (n *negotiation) bindingType() string {
	if n.tls == nil {
		return ""
	}
	state := n.tls.ConnectionState()
	for _, kind := range [...]string{tlsExporter, tlsServerEndPoint} {
		usable := state.Version >= tls.VersionTLS13
		if kind == tlsServerEndPoint {
			usable = endPointHash(state) != 0
		}
		if usable && (len(n.offer.bindings) == 0 || slices.Contains(n.offer.bindings, kind)) {
			return kind
		}
	}
	return ""
}

// offersPlus reports whether the peer offers any mechanism with channel binding.
func (n *negotiation) offersPlus() bool {
	return slices.ContainsFunc(n.offer.mechanisms, func(m string) bool { return strings.HasSuffix(m, "-PLUS") })
}

// bindingData returns the channel binding data of a connection.
func bindingData(c *tls.Conn, kind string) ([]byte, error) {
	state := c.ConnectionState()
	if kind == tlsExporter {
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			return nil, fmt.Errorf("channel binding %s: %w", kind, err)
		}
		return data, nil
	}
	h := endPointHash(state)
	if h == 0 {
		return nil, NoBinding
	}
	digest := h.New()
	digest.Write(state.PeerCertificates[0].Raw)
	return digest.Sum(nil), nil
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
		return nil, fmt.Errorf("no certificate")
	}
	if c.Leaf != nil {
		return c.Leaf, nil
	}
	return x509.ParseCertificate(c.Certificate[0])
}
