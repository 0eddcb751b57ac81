package loopback

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"sync"
)

const tls13 = tls.VersionTLS13

// keyCache keeps what SCRAM needs of each user, so that PBKDF2 is paid once.
type keyCache struct {
	mu   sync.Mutex
	keys map[keyName]*keyEntry
}

type keyName struct {
	hash scramHash
	user string
}

type keyEntry struct {
	once     sync.Once
	password string
	keys     *scramKeys
	err      error
}

// scramKeys returns the keys of a user; of one that does not exist too, with a salt that never changes and keys that fit no
// password, so that the exchange tells nobody which it is (RFC 6120 §6.5.10).
func (s *Server) scramKeys(h scramHash, name string) (*scramKeys, error) {
	user, password, ok := s.credentials(name)
	salt := s.salt(h, user)
	if !ok {
		none := make([]byte, h.new().Size())
		iterations := s.options.Iterations
		if s.bug("scram-enumeration") {
			iterations *= 2
		}
		return &scramKeys{s.salt(h, name), iterations, none, none}, nil
	}
	e := s.keys.entry(keyName{h, user}, password)
	e.once.Do(func() { e.keys, e.err = deriveSCRAMKeys(h, password, salt, s.options.Iterations) })
	return e.keys, e.err
}

func (c *keyCache) entry(name keyName, password string) *keyEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.keys[name]
	if e == nil || e.password != password {
		e = &keyEntry{password: password}
		if c.keys == nil {
			c.keys = map[keyName]*keyEntry{}
		}
		c.keys[name] = e
	}
	return e
}

func (s *Server) salt(h scramHash, user string) []byte {
	m := hmac.New(sha256.New, s.secret[:])
	m.Write([]byte{byte(h)})
	m.Write([]byte(user))
	return m.Sum(nil)[:16]
}

var (
	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidXMPPAddr       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5} // RFC 6120 §13.7.1.4
)

// xmppAddresses are the id-on-xmppAddr names of a certificate.
func xmppAddresses(cert *x509.Certificate) (found []string) {
	for _, ext := range cert.Extensions {
		if !ext.Id.Equal(oidSubjectAltName) {
			continue
		}
		var names []asn1.RawValue
		if _, err := asn1.Unmarshal(ext.Value, &names); err != nil {
			return nil
		}
		for _, n := range names {
			if n.Class == asn1.ClassContextSpecific && n.Tag == 0 {
				found = appendXMPPAddress(found, n.Bytes)
			}
		}
	}
	return found
}

func appendXMPPAddress(found []string, otherName []byte) []string {
	var id asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(otherName, &id)
	if err != nil || !id.Equal(oidXMPPAddr) {
		return found
	}
	var value asn1.RawValue // [0] EXPLICIT
	if _, err := asn1.Unmarshal(rest, &value); err != nil {
		return found
	}
	var text asn1.RawValue
	if _, err := asn1.Unmarshal(value.Bytes, &text); err != nil || text.Tag != asn1.TagUTF8String {
		return found
	}
	return append(found, string(text.Bytes))
}
