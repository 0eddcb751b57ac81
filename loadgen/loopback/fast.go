package loopback

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// fastBindings are the types of channel binding of the mechanisms of tokens, the strongest first.
var fastBindings = []struct{ mechanism, kind string }{
	{"HT-SHA-256-EXPR", "tls-exporter"}, {"HT-SHA-256-ENDP", "tls-server-end-point"}, {"HT-SHA-256-NONE", ""},
}

// defaultTokenLife is how long a token is good when Options.TokenLife is 0.
const defaultTokenLife = 21 * 24 * time.Hour

// fastRequest is what a client wants of FAST (XEP-0484).
type fastRequest struct {
	byToken    bool   // it authenticates with one
	invalidate bool   // which is to be good no more
	want       string // mechanism of a new one
}

func readFASTRequest(authenticate *wire.Element) (r fastRequest) {
	if fast, ok := authenticate.Child(wire.NSFAST, "fast"); ok {
		v := string(fast.Attr("invalidate"))
		r.byToken, r.invalidate = true, v == "1" || v == "true"
	}
	if want, ok := authenticate.Child(wire.NSFAST, "request-token"); ok {
		r.want = string(want.Attr("mechanism"))
	}
	return r
}

// fastMechanisms are those that this connection can be bound by.
func (l *login) fastMechanisms() (names []string) {
	kinds := l.channel().kinds
	for _, b := range fastBindings {
		if b.kind == "" || slices.Contains(kinds, b.kind) {
			names = append(names, b.mechanism)
		}
	}
	return names
}

func (l *login) appendFAST(b []byte) []byte {
	if !l.srv.options.FAST {
		return b
	}
	b = append(b, "<fast xmlns='"+wire.NSFAST+"'>"...)
	for _, m := range l.fastMechanisms() {
		b = append(append(append(b, "<mechanism>"...), m...), "</mechanism>"...)
	}
	return append(b, "</fast>"...)
}

// respondToken takes the one message of a client that authenticates by a token (draft-schmaus-kitten-sasl-ht-08).
func (l *login) respondToken(mechanism string, text []byte) (out []byte, user string, err error) {
	r := l.sasl.inline
	if !l.srv.options.FAST || r.agent == "" || !slices.Contains(l.fastMechanisms(), mechanism) {
		return nil, "", saslError("malformed-request")
	}
	data, err := decodeToken(text)
	if err != nil {
		return nil, "", err
	}
	name, proof, ok := bytes.Cut(data, []byte{0})
	if !ok {
		return nil, "", saslError("malformed-request")
	}
	user, _, ok = l.srv.credentials(string(name))
	if !ok {
		return nil, "", saslError("not-authorized")
	}
	binding, err := l.tokenBinding(mechanism)
	if err != nil {
		return nil, "", err
	}
	if l.twist != nil {
		if other := l.misuseToken(user, proof); other != "" {
			return nil, other, nil
		}
	}
	invalidate := r.fast.invalidate && !l.srv.bug("token-stays-good")
	t, err := l.srv.tokens.use(user, r.agent, mechanism, binding, proof, invalidate)
	if err != nil {
		return nil, "", err
	}
	if l.srv.due(t) && !r.fast.invalidate && r.fast.want == "" {
		r.fast.want = mechanism
	}
	return t.mac("Responder", binding), user, nil
}

// tokenBinding is the data that proofs by a mechanism are bound to.
func (l *login) tokenBinding(mechanism string) ([]byte, error) {
	for _, b := range fastBindings {
		if b.mechanism == mechanism && b.kind != "" {
			return l.channel().data(b.kind)
		}
	}
	return nil, nil
}

// fastToken is a token as the server knows it.
type fastToken struct {
	mechanism, secret string
	expires           time.Time
}

func (t *fastToken) mac(role string, binding []byte) []byte {
	m := hmac.New(sha256.New, []byte(t.secret))
	m.Write([]byte(role))
	m.Write(binding)
	return m.Sum(nil)
}

// tokenStore keeps two tokens of each client: the one in use, and a newer one that has not been used yet (XEP-0484 §5.1).
type tokenStore struct {
	mu      sync.Mutex
	current map[clientName]*fastToken
	next    map[clientName]*fastToken
}

// clientName is one installation of a client of one user.
type clientName struct{ user, agent string }

// maxTokens bounds the clients that have tokens; others get none.
const maxTokens = 1 << 20

// maxAgent bounds what a client may make the server remember.
const maxAgent = 64

// issue makes a token; nil where there is no room for it.
func (s *tokenStore) issue(user, agent, mechanism string, life time.Duration) *fastToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next, s.current = map[clientName]*fastToken{}, map[clientName]*fastToken{}
	}
	if len(s.next)+len(s.current) >= maxTokens || len(agent) > maxAgent {
		return nil
	}
	t := &fastToken{mechanism, rand.Text(), time.Now().Add(life)}
	s.next[clientName{user, agent}] = t
	return t
}

// use finds the token that a proof is made with. From then on older ones are good no more.
func (s *tokenStore) use(user, agent, mechanism string, binding, proof []byte, invalidate bool) (*fastToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := clientName{user, agent}
	for _, slot := range []map[clientName]*fastToken{s.next, s.current} {
		t := slot[name]
		if t == nil || t.mechanism != mechanism || !hmac.Equal(proof, t.mac("Initiator", binding)) {
			continue
		}
		delete(slot, name)
		if time.Now().After(t.expires) {
			return nil, saslError("credentials-expired")
		}
		if !invalidate {
			s.current[name] = t
		}
		return t, nil
	}
	return nil, saslError("not-authorized")
}

// due reports whether a token is to be replaced: when half its life is over.
func (s *Server) due(t *fastToken) bool { return time.Until(t.expires) < s.options.TokenLife/2 }

// appendToken appends a new token, if one is wanted that the client can use.
func (l *login) appendToken(b []byte, user string, r *inlineRequest) []byte {
	if !l.srv.options.FAST || r.agent == "" || !slices.Contains(l.fastMechanisms(), r.fast.want) {
		return b
	}
	t := l.srv.tokens.issue(user, r.agent, r.fast.want, l.srv.options.TokenLife)
	if t == nil {
		return b
	}
	l.srv.tally.tokens.Add(1)
	b = append(b, "<token xmlns='"+wire.NSFAST+"'"...)
	b = wire.AppendAttr(b, "expiry", t.expires.UTC().Format(time.RFC3339))
	return append(wire.AppendAttr(b, "token", t.secret), "/>"...)
}

func isToken(mechanism string) bool { return strings.HasPrefix(mechanism, "HT-") }
