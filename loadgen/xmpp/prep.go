package xmpp

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
)

// maxPart is the most bytes each part of an address may have (RFC 7622 §3.1).
const maxPart = 1023

var (
	errUnstable = errors.New("preparation does not settle")
	errNotUTF8  = errors.New("not UTF-8")
)

// settle applies prepare until it changes nothing more. RFC 8264 §7 allows a
// profile that is not idempotent up to three more rounds; an input that still
// moves then is refused, so that what is accepted is always its own preparation.
func settle(s string, prepare func(string) (string, error)) (string, error) {
	if !utf8.ValidString(s) { // the profiles would make U+FFFD of it
		return "", errNotUTF8
	}
	for range 4 {
		next, err := prepare(s)
		if err != nil {
			return "", err
		}
		if next == s {
			return s, nil
		}
		s = next
	}
	return "", errUnstable
}

// prepareSecret prepares a user name or password for SASL with the
// OpaqueString profile (RFC 8265 §4.2).
func prepareSecret(s string) (string, error) {
	p, err := settle(s, precis.OpaqueString.String)
	if err != nil {
		return "", fmt.Errorf("prepare with OpaqueString: %w", err)
	}
	return p, nil
}

func prepareLocal(s string) (string, error) {
	p, err := settle(s, precis.UsernameCaseMapped.String)
	if err != nil {
		return "", err
	}
	if i := strings.IndexAny(p, `"&'/:<>@`); i >= 0 {
		return "", fmt.Errorf("%q is not allowed", p[i])
	}
	return p, checkLength(p)
}

func prepareResource(s string) (string, error) {
	p, err := settle(s, precis.OpaqueString.String)
	if err != nil {
		return "", err
	}
	return p, checkLength(p)
}

// domains maps and checks domain names (RFC 7622 §3.2, RFC 5895).
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true), idna.StrictDomainName(true), idna.Transitional(false))

func prepareDomain(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errNotUTF8
	}
	s = strings.TrimSuffix(s, ".")
	if ip, ok := strings.CutPrefix(s, "["); ok {
		return prepareIPv6(ip)
	}
	if _, err := netip.ParseAddr(s); err == nil && !strings.Contains(s, ":") {
		return s, nil
	}
	p, err := settle(s, domains.ToUnicode)
	if err != nil {
		return "", err
	}
	return p, checkDomain(p)
}

// asciiDomain returns a domain as certificates name it (RFC 6125 §6.4.2). What
// is ASCII, or no domain by the rules, stays as it is.
func asciiDomain(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	if ascii, err := domains.ToASCII(s); err == nil {
		return ascii
	}
	return s
}

// checkDomain adds what the profile leaves out: empty labels and lengths,
// which DNS counts in the ASCII form.
func checkDomain(p string) error {
	ascii, err := idna.ToASCII(p)
	if err != nil {
		return err
	}
	if len(ascii) > 253 {
		return errors.New("longer than 253 bytes in its ASCII form")
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 {
			return errors.New("a label is empty or longer than 63 bytes")
		}
	}
	return checkLength(p)
}

func prepareIPv6(s string) (string, error) {
	s, closed := strings.CutSuffix(s, "]")
	ip, err := netip.ParseAddr(s)
	if err != nil || !closed || !ip.Is6() || ip.Zone() != "" {
		return "", errors.New("not an IPv6 literal")
	}
	return "[" + ip.String() + "]", nil
}

func checkLength(s string) error {
	if s == "" || len(s) > maxPart {
		return fmt.Errorf("%d bytes long, 1 to %d are allowed", len(s), maxPart)
	}
	return nil
}
