package target

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
)

// Claim is one thing that a certificate of a client says. Kinds are cn, o, ou and uid, which make the subject in their order; email,
// dns, uri and xmpp (RFC 6120 §13.7.1.4), which make subjectAltName; expired; and stranger, for one that an authority has issued which
// the server does not know.
type Claim struct{ Kind, Value string }

// Certifies reports whether clients may show certificates ([Spec].ClientCertificates).
func (s *Server) Certifies() bool { return s.site != nil && s.site.spec.ClientCertificates }

// Component is the external component that may connect; without a domain there is none.
func (s *Server) Component() Component {
	if s.site == nil {
		return Component{}
	}
	return s.site.spec.Component
}

// Certificate issues a certificate that says just what is claimed, be that true or not. The server must have been started here.
func (s *Server) Certificate(claims []Claim) (*tls.Certificate, error) {
	if s.site == nil {
		return nil, errors.New("issue a certificate: the server was not started here, and has an authority of its own")
	}
	issuer := s.site.certs
	for _, c := range claims {
		if c.Kind != "stranger" {
			continue
		}
		other, err := NewAuthority()
		if err != nil {
			return nil, err
		}
		if issuer, err = other.chain(s.site.spec.Domain, nil); err != nil {
			return nil, err
		}
	}
	t := certificateTemplate(0, "")
	t.Subject = pkix.Name{}
	if err := claim(t, claims); err != nil {
		return nil, err
	}
	return issuer.issue(t)
}

// claim fills a certificate with what is claimed.
func claim(t *x509.Certificate, claims []Claim) error {
	var names []asn1.RawValue
	for _, c := range claims {
		if oid := subjectType(c.Kind); oid != nil {
			t.Subject.ExtraNames = append(t.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: oid, Value: c.Value})
			continue
		}
		switch c.Kind {
		case "expired":
			t.NotAfter = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
		case "email", "dns", "uri":
			names = append(names, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: map[string]int{"email": 1, "dns": 2, "uri": 6}[c.Kind], Bytes: []byte(c.Value)})
		case "xmpp":
			name, err := xmppName(c.Value)
			if err != nil {
				return fmt.Errorf("name %q in a certificate: %w", c.Value, err)
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	all, err := asn1.Marshal(names)
	t.ExtraExtensions = []pkix.Extension{{Id: alternativeNames, Value: all}}
	return err
}

// subjectType is the type of an attribute of the subject (RFC 4519 §2); nil: it is none.
func subjectType(kind string) asn1.ObjectIdentifier {
	switch kind {
	case "cn":
		return asn1.ObjectIdentifier{2, 5, 4, 3}
	case "o":
		return asn1.ObjectIdentifier{2, 5, 4, 10}
	case "ou":
		return asn1.ObjectIdentifier{2, 5, 4, 11}
	case "uid":
		return asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	}
	return nil
}
