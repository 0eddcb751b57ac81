package xmpp

import (
	"crypto/hmac"
	"slices"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Faults of FAST.
const (
	NoFAST   Fault = "peer does not offer FAST"
	BadToken Fault = "peer gives a token of FAST that is empty, too long, or does not say when it expires"
	BadProof Fault = "peer does not prove that it knows the token"
)

// maxToken bounds what is kept of a server for each user.
const maxToken = 4 << 10

// token is a secret that stands in for the password (XEP-0484 §3.3).
type token struct {
	mechanism, secret string
	expiry            time.Time
}

func (t *token) usable(now time.Time) bool { return t.secret != "" && now.Before(t.expiry) }

// readToken reads the token that a success may hold.
func readToken(success *wire.Element, mechanism string) (token, error) {
	e, ok := success.Child(wire.NSFAST, "token")
	if !ok {
		return token{}, nil
	}
	secret := e.Attr("token")
	expiry, err := time.Parse(time.RFC3339, string(e.Attr("expiry"))) // XEP-0082
	if err != nil || len(secret) == 0 || len(secret) > maxToken || mechanism == "" {
		return token{}, BadToken
	}
	return token{mechanism, string(secret), expiry}, nil
}

// hashedTokens is what a mechanism of the family HT is bound by, in the order
// in which they are asked for: XEP-0484 §6 wants binding wherever it is possible.
var hashedTokens = [...]struct{ suffix, binding string }{
	{"-EXPR", "tls-exporter"}, {"-UNIQ", tlsUnique}, {"-ENDP", "tls-server-end-point"}, {"-NONE", ""},
}

// tokenMechanism returns the best mechanism offered that this connection can use; empty: none.
func (n *negotiation) tokenMechanism() string {
	for _, k := range hashedTokens {
		if _, ok := n.channelData(k.binding); !ok {
			continue
		}
		for _, h := range scramHashes {
			if name := "HT-" + h.name + k.suffix; slices.Contains(n.offer.sasl2.fast, name) {
				return name
			}
		}
	}
	return ""
}

// channelData returns what a type of channel binding gives on this connection; true and nothing for no type.
func (n *negotiation) channelData(kind string) ([]byte, bool) {
	if kind == "" {
		return nil, true
	}
	if n.tls == nil || n.conn != nil && n.conn.bosh != nil { // a session over BOSH has more than one connection
		return nil, false
	}
	state := n.tls.ConnectionState()
	for _, b := range bindings {
		if b.name == kind {
			data := b.data(state)
			return data, data != nil
		}
	}
	return nil, false
}

// hashedToken is a client's exchange of the mechanisms HT (draft-schmaus-kitten-sasl-ht-08): one message each way.
type hashedToken struct {
	hash    scramHash
	user    string
	secret  []byte
	binding []byte
}

// beginToken makes the exchange for the device's token; nil: it cannot be used on this connection.
func (n *negotiation) beginToken() (exchange, error) {
	d := n.account.Device
	if !d.HasToken() || !slices.Contains(n.offer.sasl2.fast, d.token.mechanism) {
		return nil, nil
	}
	user, _, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	for _, k := range hashedTokens {
		for _, h := range scramHashes {
			if d.token.mechanism != "HT-"+h.name+k.suffix {
				continue
			}
			if data, ok := n.channelData(k.binding); ok {
				return &hashedToken{h, user, []byte(d.token.secret), data}, nil
			}
		}
	}
	return nil, nil
}

func (t *hashedToken) mac(role string) []byte {
	return mac(t.hash, t.secret, role+string(t.binding))
}

func (t *hashedToken) start() []byte {
	return append([]byte(t.user+"\x00"), t.mac("Initiator")...)
}

func (t *hashedToken) next([]byte) ([]byte, error) { return nil, Unexpected }

func (t *hashedToken) finish(data []byte) error {
	if len(data) == 0 {
		return EarlySuccess
	}
	if !hmac.Equal(data, t.mac("Responder")) {
		return BadProof
	}
	return nil
}

// mayFAST reports whether tokens are to be asked for and used.
func (n *negotiation) mayFAST() bool {
	mode := n.dialer.LoginMode
	return n.account.Device != nil && len(n.offer.sasl2.fast) > 0 && (mode == FASTLogin || mode == AutoLogin)
}

// appendFAST appends what of FAST goes with an authentication: that it is by a
// token (XEP-0484 §3.4), or else that one is wanted (§3.2).
func (n *negotiation) appendFAST(b []byte, mechanism string) []byte {
	if isTokenMechanism(mechanism) {
		return append(b, "<fast xmlns='"+wire.NSFAST+"'/>"...)
	}
	if !n.mayFAST() {
		return b
	}
	if n.wanted = n.tokenMechanism(); n.wanted == "" {
		return b
	}
	b = append(b, "<request-token xmlns='"+wire.NSFAST+"'"...)
	return append(wire.AppendAttr(b, "mechanism", n.wanted), "/>"...)
}

// isTokenMechanism reports whether a mechanism is of the family HT.
func isTokenMechanism(name string) bool { return strings.HasPrefix(name, "HT-") }
