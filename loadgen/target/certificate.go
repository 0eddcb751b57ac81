package target

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// A chain is a CA and a leaf it signed, in PEM. P-256 throughout: what public
// CAs issue by default today, and the cheaper handshake for both sides.
type chain struct {
	ca, leaf, key []byte
	pool          *x509.CertPool

	authority *x509.Certificate
	signer    *ecdsa.PrivateKey // the authority's
}

// chain makes a chain for the domain, its subdomains and the address. It is
// valid from 2000 to 2100, so that no clock is wrong enough to matter.
func (a *Authority) chain(domain string, ip net.IP) (*chain, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make server key: %w", err)
	}
	leaf := certificateTemplate(2, domain)
	if ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	}
	if name := net.ParseIP(domain); name != nil {
		leaf.IPAddresses = append(leaf.IPAddresses, name)
	} else {
		leaf.DNSNames = []string{domain, "*." + domain}
	}
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("make server certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode server key: %w", err)
	}
	return &chain{
		ca: a.PEM(), leaf: encodePEM("CERTIFICATE", leafDER), key: encodePEM("PRIVATE KEY", keyDER), pool: a.Pool(),
		authority: a.cert, signer: a.key,
	}, nil
}

func certificateTemplate(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
