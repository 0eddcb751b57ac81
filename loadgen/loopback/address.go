package loopback

import (
	"bytes"
	"errors"
	"net"
	"unicode"
	"unicode/utf8"
)

// address is a JID taken apart and made comparable (RFC 7622): parts are equal when their bytes are. Local part and
// domain are in lower case and full-width forms are made ASCII; canonical equivalents are not unified, for
// which the standard library has no tables. The parts may be views of what was parsed.
type address struct{ local, domain, resource []byte }

var (
	errJIDPart   = errors.New("a part is empty or longer than 1023 bytes")
	errJIDLocal  = errors.New("a character that no local part may hold")
	errJIDDomain = errors.New("not a domain name")
	errJIDRes    = errors.New("a character that no resource may hold")
)

const maxPart = 1023 // RFC 7622 §3.1

// parseAddress splits before it maps, as RFC 7622 §3.1 asks. It allocates only where something must be mapped.
func parseAddress(b []byte) (a address, err error) {
	a.domain = b
	if i := bytes.IndexByte(b, '/'); i >= 0 {
		a.domain = b[:i]
		if a.resource, err = normalResource(b[i+1:]); err != nil {
			return address{}, err
		}
	}
	if i := bytes.IndexByte(a.domain, '@'); i >= 0 {
		if a.local, err = normalLocal(a.domain[:i]); err != nil {
			return address{}, err
		}
		a.domain = a.domain[i+1:]
	}
	a.domain, err = normalDomain(a.domain)
	return a, err
}

// bare reports whether there is no resource.
func (a *address) bare() bool { return len(a.resource) == 0 }

func checkLength(b []byte) error {
	if len(b) == 0 || len(b) > maxPart {
		return errJIDPart
	}
	return nil
}

// normalLocal is the UsernameCaseMapped profile (RFC 8265 §3.3) as far as the standard library goes, less the
// characters of RFC 7622 §3.3.1.
func normalLocal(b []byte) ([]byte, error) {
	if err := checkLength(b); err != nil {
		return nil, err
	}
	plain := true
	for _, c := range b {
		if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			plain = false
		} else if c <= ' ' || c == 0x7f || isLocalExcluded(rune(c)) {
			return nil, errJIDLocal
		}
	}
	if plain {
		return b, nil
	}
	out := bytes.Map(lower, b)
	for _, r := range string(out) {
		if isLocalExcluded(r) || r == utf8.RuneError || r > unicode.MaxASCII && !unicode.In(r, unicode.L, unicode.N, unicode.M) {
			return nil, errJIDLocal
		}
	}
	return out, checkLength(out)
}

func isLocalExcluded(r rune) bool {
	switch r {
	case '"', '&', '\'', '/', ':', '<', '>', '@':
		return true
	}
	return false
}

// lower maps to lower case, and full-width forms to their ASCII ones.
func lower(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		r -= 0xfee0
	}
	return unicode.ToLower(r)
}

// normalResource is the OpaqueString profile (RFC 8265 §4.2) as far as the standard library goes.
func normalResource(b []byte) ([]byte, error) {
	if err := checkLength(b); err != nil {
		return nil, err
	}
	spaces := false
	for _, r := range string(b) {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || unicode.Is(unicode.Cc, r) {
			return nil, errJIDRes
		}
		spaces = spaces || r > unicode.MaxASCII && unicode.Is(unicode.Zs, r)
	}
	if !spaces {
		return b, nil
	}
	out := bytes.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, b)
	return out, nil
}

// normalDomain maps to lower case and strips one trailing dot (RFC 7622 §3.2). Names of letters, digits and hyphens
// in any script, and addresses, are domains; IDNA's own mappings are not made.
func normalDomain(b []byte) ([]byte, error) {
	b = bytes.TrimSuffix(b, []byte("."))
	if err := checkLength(b); err != nil {
		return nil, err
	}
	if b[0] == '[' {
		return normalIPv6(b)
	}
	plain, label := true, 0
	for _, c := range b {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			label++
		case 'A' <= c && c <= 'Z', c >= utf8.RuneSelf:
			plain = false
			label++
		case c == '.' && label > 0:
			label = 0
		default:
			return nil, errJIDDomain
		}
	}
	if label == 0 {
		return nil, errJIDDomain
	}
	if plain {
		return b, nil
	}
	out := bytes.Map(lower, b)
	for _, r := range string(out) {
		if r > unicode.MaxASCII && !unicode.In(r, unicode.L, unicode.N, unicode.M) || r == utf8.RuneError || isLocalExcluded(r) {
			return nil, errJIDDomain
		}
	}
	return out, checkLength(out)
}

func normalIPv6(b []byte) ([]byte, error) {
	if b[len(b)-1] != ']' || net.ParseIP(string(b[1:len(b)-1])) == nil {
		return nil, errJIDDomain
	}
	return bytes.ToLower(b), nil
}
