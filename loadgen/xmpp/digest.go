package xmpp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
)

// Faults of DIGEST-MD5.
const (
	BadDigest    Fault = "DIGEST-MD5 challenge is malformed, or wants what is not supported"
	BadResponded Fault = "DIGEST-MD5 response of the server is wrong"
)

// digest is a client's exchange of DIGEST-MD5 (RFC 2831), which RFC 6331 has made historic: servers are asked for it that offer
// nothing else. Only authentication is supported, without a layer of its own.
type digest struct {
	user, password, authzid string
	uri, domain, nonce      string // nonce: the client's
	state                   int
	want                    string // what the server proves itself with
}

// States of a digest.
const (
	digestBegun = iota
	digestAnswered
	digestProved
)

func beginDigest(n *negotiation, _ mechanism) (exchange, error) {
	user, password, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	domain := asciiDomain(n.dialer.Domain)
	return &digest{user: user, password: password, authzid: n.account.Authzid, uri: "xmpp/" + domain, domain: domain, nonce: n.dialer.newNonce()}, nil
}

// start returns nothing: the server speaks first.
func (d *digest) start() []byte { return nil }

func (d *digest) next(challenge []byte) ([]byte, error) {
	switch d.state {
	case digestBegun:
		return d.answer(string(challenge))
	case digestAnswered:
		return nil, d.verify(string(challenge))
	}
	return nil, Unexpected
}

func (d *digest) finish(data []byte) error {
	switch {
	case d.state == digestAnswered && len(data) > 0:
		return d.verify(string(data))
	case d.state == digestProved && len(data) == 0:
		return nil
	case d.state == digestProved:
		return Unexpected
	}
	return EarlySuccess
}

// answer is the digest-response (RFC 2831 §2.1.2).
func (d *digest) answer(challenge string) ([]byte, error) {
	given, err := parseDirectives(challenge)
	if err != nil {
		return nil, err
	}
	nonce, realm := given["nonce"], given["realm"]
	if len(nonce) != 1 || len(given["algorithm"]) != 1 || given["algorithm"][0] != "md5-sess" {
		return nil, BadDigest
	}
	if qop := given["qop"]; len(qop) > 0 && !slices.Contains(strings.Split(strings.ReplaceAll(qop[0], " ", ""), ","), "auth") {
		return nil, BadDigest
	}
	if len(realm) == 0 {
		realm = []string{d.domain}
	}
	const count = "00000001"
	proof := func(method string) string {
		return digestOf(d.user, realm[0], d.password, d.authzid, nonce[0], d.nonce, count, method, d.uri)
	}
	d.want, d.state = proof(""), digestAnswered
	answer := "username=" + quoted(d.user) + ",realm=" + quoted(realm[0]) + ",nonce=" + quoted(nonce[0]) + ",cnonce=" + quoted(d.nonce) +
		",nc=" + count + ",qop=auth,digest-uri=" + quoted(d.uri) + ",response=" + proof("AUTHENTICATE") + ",charset=utf-8"
	if d.authzid != "" {
		answer += ",authzid=" + quoted(d.authzid)
	}
	return []byte(answer), nil
}

// verify checks what the server proves itself with (RFC 2831 §2.1.3).
func (d *digest) verify(response string) error {
	given, err := parseDirectives(response)
	if err != nil {
		return err
	}
	if len(given["rspauth"]) != 1 || !hmac.Equal([]byte(given["rspauth"][0]), []byte(d.want)) {
		return BadResponded
	}
	d.state = digestProved
	return nil
}

// digestOf is the response-value of RFC 2831 §2.1.2.1.
func digestOf(user, realm, password, authzid, nonce, cnonce, count, method, uri string) string {
	secret := md5.Sum([]byte(latin1(user) + ":" + latin1(realm) + ":" + latin1(password)))
	a1 := string(secret[:]) + ":" + nonce + ":" + cnonce
	if authzid != "" {
		a1 += ":" + authzid
	}
	return hexMD5(hexMD5(a1) + ":" + nonce + ":" + count + ":" + cnonce + ":auth:" + hexMD5(method+":"+uri))
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// latin1 is s in ISO 8859-1 where that has all its characters, as RFC 2831 §2.1.2.1 has it hashed; else s.
func latin1(s string) string {
	var b []byte
	for _, r := range s {
		if r > 0xff {
			return s
		}
		b = append(b, byte(r))
	}
	return string(b)
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// parseDirectives reads name=value and name="value", with commas between (RFC 2831 §7.1).
func parseDirectives(s string) (map[string][]string, error) {
	found := map[string][]string{}
	for {
		s = strings.TrimLeft(s, ", \t\r\n")
		if s == "" {
			return found, nil
		}
		name, rest, ok := strings.Cut(s, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			return nil, BadDigest
		}
		value, rest, ok := directiveValue(strings.TrimLeft(rest, " \t\r\n"))
		if !ok {
			return nil, BadDigest
		}
		found[name] = append(found[name], value)
		if s = strings.TrimLeft(rest, " \t\r\n"); s != "" && s[0] != ',' {
			return nil, BadDigest
		}
	}
}

func directiveValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t\r\n")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], end > 0
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
