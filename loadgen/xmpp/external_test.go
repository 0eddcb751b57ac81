package xmpp

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
)

// named makes a client's certificate for XMPP addresses (RFC 6120 §13.7.1.4).
func named(t *testing.T, addresses ...string) *tls.Certificate {
	t.Helper()
	names := []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte("client.example")}}
	for _, a := range addresses {
		id, err := asn1.Marshal(xmppAddr)
		if err != nil {
			t.Fatal(err)
		}
		text, err := asn1.MarshalWithParams(a, "utf8")
		if err != nil {
			t.Fatal(err)
		}
		value, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: text})
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: append(id, value...)})
	}
	san, err := asn1.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	c := sign(t, &x509.Certificate{
		Subject:         pkix.Name{CommonName: "client"},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: san}},
	})
	return &c
}

// TestExternalAuthzid checks the rule of XEP-0178 §2.
func TestExternalAuthzid(t *testing.T) {
	for _, c := range []struct {
		name    string
		account Account
		want    string
	}{
		{"just this address", Account{Local: "Juliet", Certificate: named(t, "juliet@example.com")}, ""},
		{"none", Account{Local: "juliet", Certificate: named(t)}, "juliet@example.com"},
		{"another", Account{Local: "juliet", Certificate: named(t, "romeo@example.com")}, "juliet@example.com"},
		{"several", Account{Local: "juliet", Certificate: named(t, "juliet@example.com", "romeo@example.com")}, "juliet@example.com"},
		{"server chooses", Account{Certificate: named(t, "juliet@example.com", "romeo@example.com")}, ""},
		{"named", Account{Authzid: "nurse@example.com", Certificate: named(t, "juliet@example.com")}, "nurse@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &negotiation{dialer: &Dialer{Domain: "example.com"}, account: c.account}
			x, err := beginExternal(n, mechanism{})
			if err != nil || string(x.start()) != c.want {
				t.Fatalf("%q, %v; want %q", x.start(), err, c.want)
			}
		})
	}
}

// TestBadCertificate has certificates that name nobody: no addresses, no panic.
func TestBadCertificate(t *testing.T) {
	for _, der := range [][][]byte{nil, {nil}, {[]byte("not a certificate")}} {
		if got := addresses(&tls.Certificate{Certificate: der}); got != nil {
			t.Errorf("%q names %q", der, got)
		}
	}
	for _, v := range []asn1.RawValue{
		{Class: asn1.ClassContextSpecific, Tag: 0},
		{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: []byte{6, 8, 43, 6, 1, 5, 5, 7, 8, 5}},
		{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: []byte{6, 8, 43, 6, 1, 5, 5, 7, 8, 5, 0xa0, 0}},
		{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: []byte{6, 8, 43, 6, 1, 5, 5, 7, 8, 5, 0xa0, 3, 0x0c, 1, '@'}},
	} {
		if j, ok := addressName(v); ok {
			t.Errorf("%x names %q", v.Bytes, j)
		}
	}
}
