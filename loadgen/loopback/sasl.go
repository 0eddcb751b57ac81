package loopback

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// allMechanisms are those the server speaks.
var allMechanisms = []string{
	"SCRAM-SHA-512-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1",
	"EXTERNAL", "PLAIN", "OAUTHBEARER", "DIGEST-MD5", "ANONYMOUS",
}

// saslError is a SASL failure (RFC 6120 §6.5).
type saslError string

func (e saslError) Error() string { return string(e) }

// saslExchange is a SASL exchange in progress.
type saslExchange struct {
	mechanism string // empty: none
	scram     *scramExchange
	digest    digestExchange
	refused   bool           // the token of OAUTHBEARER, and the client has been told why
	proven    string         // the user, once only the client's last, empty response is due
	inline    *inlineRequest // nil: SASL as in RFC 6120
}

const (
	maxFailures = 3       // RFC 6120 §6.4.5 asks for two to five
	maxToken    = 4 << 10 // bytes of a SASL message; none comes near
)

// offered are the mechanisms that this connection may use now.
func (l *login) offered() []string {
	if l.mustEncrypt() {
		return nil
	}
	var offered []string
	for _, m := range l.srv.options.Mechanisms {
		if l.missing(m) == "" {
			offered = append(offered, m)
		}
	}
	return offered
}

// missing is the condition that keeps a configured mechanism from being offered; empty if none does.
func (l *login) missing(mechanism string) saslError {
	switch {
	case isPlus(mechanism) && l.t.tls == nil, mechanism == "EXTERNAL" && !l.t.private(),
		(mechanism == "PLAIN" || mechanism == "OAUTHBEARER") && !l.t.private() && !l.srv.options.PlainWithoutTLS:
		return "encryption-required"
	case isPlus(mechanism) && len(l.channel().kinds) == 0:
		return "invalid-mechanism"
	case mechanism == "EXTERNAL" && !l.external.vouched:
		return "invalid-mechanism"
	}
	return ""
}

// negotiateSASL takes auth, response and abort (RFC 6120 §6.4).
func (l *login) negotiateSASL(e *wire.Element) error {
	if l.account != nil {
		return streamError{wire.NotAuthorized, "authenticated already"}
	}
	out, user, err := l.stepSASL(e)
	if bad, ok := errors.AsType[saslError](err); ok {
		return l.failSASL(bad)
	} else if err != nil {
		return streamError{wire.InternalServerError, err.Error()}
	}
	if user == "" {
		l.answer(appendSASL(l.scratch[:0], "challenge", out))
		return nil
	}
	if bad := l.srv.refuse(); bad != "" {
		return l.failSASL(bad)
	}
	l.account = l.srv.open(user)
	l.sasl = saslExchange{}
	l.answer(appendSASL(l.scratch[:0], "success", out))
	return l.openStream()
}

// refuse is the condition by which the fault refuse turns this login away; empty when it lets it pass.
func (s *Server) refuse() saslError {
	f := s.options.Faults.RefuseLogins
	if n := s.tally.attempts.Add(1); f.Every == 0 || n%int64(f.Every) != 0 {
		return ""
	}
	s.tally.refused.Add(1)
	s.tally.authFailed.Add(-1) // failSASL counts it
	if f.Condition == "" {
		return "not-authorized"
	}
	return saslError(f.Condition)
}

func (l *login) failSASL(condition saslError) error {
	l.srv.tally.authFailed.Add(1)
	b := append(l.scratch[:0], "<failure xmlns='"+wire.NSSASL+"'><"...)
	b = append(append(b, condition...), "/></failure>"...)
	if l.sasl.inline != nil {
		b = appendInlineFailure(l.scratch[:0], condition)
	}
	last := l.sasl.mechanism == "EXTERNAL" // the certificate will not be another one (XEP-0178 §2)
	l.sasl = saslExchange{}
	l.answer(b)
	if last {
		return errFooter
	}
	if l.failures++; l.failures >= maxFailures {
		return streamError{wire.PolicyViolation, "too many failed attempts to authenticate"}
	}
	return nil
}

func appendSASL(dst []byte, name string, data []byte) []byte {
	dst = append(append(append(dst, '<'), name...), " xmlns='"+wire.NSSASL+"'"...)
	if len(data) == 0 {
		return append(dst, "/>"...)
	}
	dst = base64.StdEncoding.AppendEncode(append(dst, '>'), data)
	return append(append(append(dst, "</"...), name...), '>')
}

// stepSASL returns what to say, and the user once that is proven.
func (l *login) stepSASL(e *wire.Element) (out []byte, user string, err error) {
	switch string(e.Local()) {
	case "abort":
		return nil, "", saslError("aborted")
	case "auth":
		l.sasl = saslExchange{} // one in progress is forgotten (RFC 6120 §6.4.2)
		return l.beginSASL(string(e.Attr("mechanism")), e.Text())
	case "response":
		if l.sasl.mechanism == "" || l.sasl.inline != nil {
			break
		}
		return l.resumeSASL(e.Text())
	}
	return nil, "", saslError("malformed-request")
}

// beginSASL starts an exchange; text is the initial response.
func (l *login) beginSASL(mechanism string, text []byte) (out []byte, user string, err error) {
	if bad := l.unusable(mechanism); bad != "" && !l.tolerates(mechanism) {
		return nil, "", bad
	}
	l.sasl.mechanism = mechanism
	if strings.HasPrefix(mechanism, "SCRAM-") {
		l.sasl.scram = l.newSCRAM(mechanism)
	}
	if mechanism == "DIGEST-MD5" && (len(text) == 0 || string(text) == "=") {
		return l.respond(nil) // the server speaks first
	}
	if len(text) == 0 {
		return nil, "", nil // no initial response: an empty challenge asks for it
	}
	return l.resumeSASL(text)
}

// resumeSASL takes one message of the client's, as text.
func (l *login) resumeSASL(text []byte) (out []byte, user string, err error) {
	data, err := decodeToken(text)
	if err != nil {
		return nil, "", err
	}
	return l.respond(data)
}

// unusable is the condition that keeps the client from using a mechanism now; empty if none does.
func (l *login) unusable(mechanism string) saslError {
	switch {
	case !slices.Contains(l.srv.options.Mechanisms, mechanism):
		return "invalid-mechanism"
	case l.mustEncrypt():
		return "encryption-required"
	}
	return l.missing(mechanism)
}

// decodeToken decodes one SASL message; "=" is an empty one (RFC 6120 §6.4.2).
func decodeToken(text []byte) ([]byte, error) {
	if len(text) > maxToken {
		return nil, saslError("malformed-request")
	}
	if string(text) == "=" {
		return nil, nil
	}
	data, err := decodeBase64(text)
	if err != nil {
		return nil, saslError("incorrect-encoding")
	}
	return data, nil
}

// respond takes one message of the client's.
func (l *login) respond(data []byte) (out []byte, user string, err error) {
	switch l.sasl.mechanism {
	case "PLAIN":
		user, err = l.plain(data)
		if l.twist != nil {
			user, err = l.misjudge(data, user, err)
		}
	case "EXTERNAL":
		user, err = l.authorize(string(data))
	case "OAUTHBEARER":
		return l.bearer(data)
	case "DIGEST-MD5":
		return l.respondDigest(data)
	case "ANONYMOUS":
		var random [8]byte
		rand.Read(random[:])
		user = "anonymous-" + hex.EncodeToString(random[:])
	default:
		return l.respondSCRAM(data)
	}
	return nil, user, err
}

// plain checks a PLAIN message (RFC 4616 §2).
func (l *login) plain(data []byte) (string, error) {
	parts := strings.Split(string(data), "\x00")
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return "", saslError("malformed-request")
	}
	if bad := l.srv.troubled(parts[1]); bad != "" {
		return l.admit(parts[1], bad)
	}
	user, password, ok := l.srv.credentials(parts[1])
	if !ok || !hmac.Equal([]byte(password), []byte(parts[2])) {
		return "", saslError("not-authorized")
	}
	return user, l.checkAuthzid(parts[0], user)
}

// checkAuthzid lets a user act for himself alone (RFC 6120 §6.3.8).
func (l *login) checkAuthzid(authzid, user string) error {
	if authzid == "" {
		return nil
	}
	a, err := parseAddress([]byte(authzid))
	if err != nil || string(a.local) != user || string(a.domain) != l.srv.options.Domain || !a.bare() {
		return saslError("invalid-authzid")
	}
	return nil
}

// credentials returns the normal name of a user and the password.
func (s *Server) credentials(name string) (user, password string, ok bool) {
	local, err := normalLocal([]byte(name))
	if err != nil {
		return "", "", false
	}
	password, ok = s.password(string(local))
	return string(local), password, ok
}

func (l *login) newSCRAM(mechanism string) *scramExchange {
	x := &scramExchange{plus: isPlus(mechanism), channel: l.channel(), nonce: rand.Text(), lax: l.twist}
	x.hash = hashOf(mechanism)
	x.keysOf = func(user string) (*scramKeys, error) { return l.srv.scramKeys(x.hash, user) }
	return x
}

func hashOf(mechanism string) scramHash {
	switch strings.TrimSuffix(mechanism, "-PLUS") {
	case "SCRAM-SHA-512":
		return scramSHA512
	case "SCRAM-SHA-256":
		return scramSHA256
	}
	return scramSHA1
}

func (l *login) respondSCRAM(data []byte) (out []byte, user string, err error) {
	x := l.sasl.scram
	if x.first == nil {
		out, err = x.begin(data)
		if bad := l.srv.troubled(x.user); err == nil && bad != "" {
			return nil, "", bad
		}
		return out, "", asSASL(err)
	}
	if out, err = x.finish(data); err != nil {
		return nil, "", asSASL(err)
	}
	user, _, ok := l.srv.credentials(x.user)
	if !ok {
		return nil, "", saslError("not-authorized")
	}
	return out, user, l.checkAuthzid(x.authzid, user)
}

// asSASL finds the SASL failure for an error of SCRAM; others are the server's own.
func asSASL(err error) error {
	switch err {
	case errSCRAMSyntax:
		return saslError("malformed-request")
	case errSCRAMChannel, errSCRAMNonce, errSCRAMProof:
		return saslError("not-authorized")
	}
	return err
}

// channel is what SCRAM may be bound to on this connection: its keys by RFC 9266, under TLS 1.3, and the certificate shown by
// RFC 5929 §4.
func (l *login) channel() channel {
	if l.t.tls == nil {
		return channel{}
	}
	state := l.t.tls.ConnectionState()
	kinds := []string{"tls-exporter", "tls-server-end-point"}
	if state.Version < tls13 {
		kinds = kinds[1:]
	}
	return channel{kinds, func(kind string) ([]byte, error) {
		if kind == "tls-exporter" {
			return state.ExportKeyingMaterial("EXPORTER-Channel-Binding", []byte{}, 32)
		}
		return l.identity.endPoint, nil
	}, slices.ContainsFunc(l.srv.options.Mechanisms, isPlus)}
}
