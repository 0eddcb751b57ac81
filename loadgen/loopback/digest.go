package loopback

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// digestExchange is the server's side of DIGEST-MD5 (RFC 2831), for clients that know nothing better.
type digestExchange struct {
	nonce string
	user  string // proven, once only the client's last, empty response is due
}

// respondDigest takes one message of the client's; the first is empty.
func (l *login) respondDigest(data []byte) (out []byte, user string, err error) {
	x := &l.sasl.digest
	switch {
	case x.user != "":
		return nil, x.user, nil
	case x.nonce == "":
		x.nonce = rand.Text()
		return l.digestChallenge(), "", nil
	}
	given := directives(string(data))
	uri := "xmpp/" + l.srv.options.Domain
	name, password, ok := l.srv.credentials(given["username"])
	if given["nonce"] != x.nonce || given["nc"] != "00000001" || given["cnonce"] == "" || given["digest-uri"] != uri || given["qop"] != "auth" {
		return nil, "", saslError("malformed-request")
	}
	proof := func(method string) string {
		secret := md5.Sum([]byte(given["username"] + ":" + given["realm"] + ":" + password))
		a1 := string(secret[:]) + ":" + x.nonce + ":" + given["cnonce"]
		if a := given["authzid"]; a != "" {
			a1 += ":" + a
		}
		return md5Hex(md5Hex(a1) + ":" + x.nonce + ":00000001:" + given["cnonce"] + ":auth:" + md5Hex(method+":"+uri))
	}
	if !ok || !hmac.Equal([]byte(given["response"]), []byte(proof("AUTHENTICATE"))) {
		return nil, "", saslError("not-authorized")
	}
	if err := l.checkAuthzid(given["authzid"], name); err != nil {
		return nil, "", err
	}
	x.user = name
	return []byte("rspauth=" + proof("")), "", nil
}

func (l *login) digestChallenge() []byte {
	return []byte(`realm="` + l.srv.options.Domain + `",nonce="` + l.sasl.digest.nonce + `",qop="auth",charset=utf-8,algorithm=md5-sess`)
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// directives reads what clients send of RFC 2831 §7.1; quotes within quotes are not among it.
func directives(s string) map[string]string {
	found := map[string]string{}
	for s != "" {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return nil
		}
		value, after, _ := strings.Cut(rest, ",")
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			if value, after, ok = strings.Cut(quoted, `"`); !ok {
				return nil
			}
			after = strings.TrimPrefix(after, ",")
		}
		found[name], s = value, after
	}
	return found
}

// bearer checks a message of OAUTHBEARER (RFC 7628): the token of a user is the password. A bad one is first told why, and fails
// when the client has answered.
func (l *login) bearer(data []byte) (out []byte, user string, err error) {
	if l.sasl.refused {
		return nil, "", saslError("not-authorized")
	}
	head, rest, ok := strings.Cut(string(data), "\x01")
	authzid, named := strings.CutPrefix(strings.TrimSuffix(head, ","), "n,a=")
	if !ok || !named || !strings.HasSuffix(rest, "\x01\x01") {
		return nil, "", saslError("malformed-request")
	}
	authzid, ok = decodeSASLName(authzid, true)
	a, bad := parseAddress([]byte(authzid))
	if !ok || bad != nil {
		return nil, "", saslError("malformed-request")
	}
	user, password, known := l.srv.credentials(string(a.local))
	for field := range strings.SplitSeq(rest, "\x01") {
		token, ok := strings.CutPrefix(field, "auth=Bearer ")
		if ok && known && hmac.Equal([]byte(token), []byte(password)) {
			return nil, user, l.checkAuthzid(authzid, user)
		}
	}
	l.sasl.refused = true
	return []byte(`{"status":"invalid_token"}`), "", nil
}
