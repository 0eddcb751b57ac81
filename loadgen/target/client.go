package target

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// ClientCertificate issues a certificate that a user of a server that was started here logs in with by EXTERNAL: it names the user's
// address (RFC 6120 §13.7.1.4).
func (s *Server) ClientCertificate(local string) (*tls.Certificate, error) {
	if s.site == nil {
		return nil, errors.New("issue a certificate: the server was not started here, and has an authority of its own")
	}
	return s.site.certs.client(local, local+"@"+s.site.spec.Domain)
}

func (c *chain) client(name, address string) (*tls.Certificate, error) {
	t := certificateTemplate(0, name)
	if err := claim(t, []Claim{{"xmpp", address}}); err != nil {
		return nil, err
	}
	return c.issue(t)
}

// issue signs a certificate of a client.
func (c *chain) issue(t *x509.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of a client: %w", err)
	}
	if t.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	// Prosody 0.12 judges certificates of clients as it does those of servers.
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, c.authority, &key.PublicKey, c.signer)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of a client: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of a client: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// alternativeNames is subjectAltName (RFC 5280 §4.2.1.6).
var alternativeNames = asn1.ObjectIdentifier{2, 5, 29, 17}

// xmppName is one id-on-xmppAddr (RFC 6120 §13.7.1.4).
func xmppName(address string) (asn1.RawValue, error) {
	text, err := asn1.MarshalWithParams(address, "utf8")
	if err != nil {
		return asn1.RawValue{}, err
	}
	id, err := asn1.Marshal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5})
	if err != nil {
		return asn1.RawValue{}, err
	}
	value, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: text})
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: append(id, value...)}, err
}
