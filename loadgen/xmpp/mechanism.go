package xmpp

import (
	"crypto/tls"
	"encoding/asn1"
	"slices"
	"strings"
)

// mechanism is a SASL mechanism that this client knows.
type mechanism struct {
	name string
	// fit reports whether it can serve this login; named says that it was asked for by name.
	fit func(n *negotiation, named bool) error
	// begin makes the exchange.
	begin func(n *negotiation, m mechanism) (exchange, error)
}

// mechanisms are all that this client knows, the strongest first.
var mechanisms = [...]mechanism{
	{"EXTERNAL", hasCertificate, beginExternal},
	{"SCRAM-SHA-512-PLUS", canBind, beginSCRAM},
	{"SCRAM-SHA-256-PLUS", canBind, beginSCRAM},
	{"SCRAM-SHA-1-PLUS", canBind, beginSCRAM},
	{"SCRAM-SHA-512", hasUser, beginSCRAM},
	{"SCRAM-SHA-256", hasUser, beginSCRAM},
	{"SCRAM-SHA-1", hasUser, beginSCRAM},
	{"PLAIN", mayPlain, beginPlain},
	{"OAUTHBEARER", mayBear, beginBearer},
	{"DIGEST-MD5", hasUser, beginDigest},
	{"ANONYMOUS", isAnonymous, beginAnonymous},
}

// Mechanisms returns the names of all SASL mechanisms that a Dialer may ask for,
// the strongest first.
func Mechanisms() []string {
	names := make([]string, len(mechanisms))
	for i, m := range mechanisms {
		names[i] = m.name
	}
	return names
}

// choose returns the mechanism asked for, or the strongest that is offered and fits.
func choose(n *negotiation) (mechanism, error) {
	why := error(NoMechanism)
	for _, m := range mechanisms {
		named := m.name == n.dialer.Mechanism
		if n.dialer.Mechanism != "" && !named {
			continue
		}
		if !slices.Contains(n.offer.mechanisms, m.name) {
			if named {
				return m, NotOffered
			}
			continue
		}
		err := m.fit(n, named)
		if err == nil {
			return m, nil
		}
		if named || err == PlainWithoutTLS {
			why = err
		}
	}
	return mechanism{}, why
}

func hasUser(n *negotiation, _ bool) error {
	if n.account.Local == "" {
		return NoMechanism
	}
	return nil
}

func hasCertificate(n *negotiation, named bool) error {
	if n.account.Certificate == nil && !named || n.tls == nil {
		return NoMechanism
	}
	return nil
}

// canBind wants to be sure of the type, or to be asked for. Servers that list
// none (XEP-0440) bind by tls-unique before TLS 1.3; later some know no other,
// which has no meaning there (RFC 8446 §C.5), and fail each attempt.
func canBind(n *negotiation, named bool) error {
	kind, _ := n.channel()
	sure := len(n.offer.bindings) > 0 || kind == tlsUnique
	if kind == "" || !sure && !named {
		return NoBinding
	}
	return hasUser(n, named)
}

func mayPlain(n *negotiation, named bool) error {
	if n.tls == nil && !named && !n.dialer.AllowPlainWithoutTLS {
		return PlainWithoutTLS
	}
	return hasUser(n, named)
}

func isAnonymous(n *negotiation, named bool) error {
	if !named && n.account.Local != "" {
		return NoMechanism
	}
	return nil
}

// single is an exchange of one message, which the server has no need to answer.
type single []byte

func (s single) start() []byte               { return s }
func (s single) next([]byte) ([]byte, error) { return nil, Unexpected }
func (s single) finish([]byte) error         { return nil }

// beginPlain implements RFC 4616.
func beginPlain(n *negotiation, _ mechanism) (exchange, error) {
	user, password, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	return single(n.account.Authzid + "\x00" + user + "\x00" + password), nil
}

// beginAnonymous implements RFC 4505, without trace information.
func beginAnonymous(*negotiation, mechanism) (exchange, error) { return single(nil), nil }

// beginExternal follows XEP-0178 §2: no authorization identity when the
// certificate names just the address that is wanted, the bare address otherwise.
func beginExternal(n *negotiation, _ mechanism) (exchange, error) {
	switch {
	case n.account.Authzid != "":
		return single(n.account.Authzid), nil
	case n.account.Local == "":
		return single(nil), nil
	}
	want := n.account.Local + "@" + n.dialer.Domain
	if j, err := ParseJID(want); err == nil {
		want = j.String()
	}
	named := addresses(n.account.Certificate)
	if len(named) == 1 && named[0] == want {
		return single(nil), nil
	}
	return single(want), nil
}

func beginSCRAM(n *negotiation, m mechanism) (exchange, error) {
	user, password, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	h, _ := hashOf(m.name)
	lowest, highest := n.dialer.iterations()
	s := &scram{hash: h, user: user, password: password, nonce: n.dialer.newNonce(), min: lowest, max: highest, cache: n.dialer.Keys}
	flag := "n"
	kind, data := n.channel()
	switch {
	case strings.HasSuffix(m.name, "-PLUS"):
		s.binding, flag = data, "p="+kind
	case !n.offersPlus() && kind != "":
		flag = "y"
	}
	s.gs2 = gs2Header(flag, n.account.Authzid)
	return s, nil
}

// xmppAddr is the object identifier id-on-xmppAddr (RFC 6120 §13.7.1.4).
var xmppAddr = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5}

// addresses returns the prepared XMPP addresses that a certificate names.
func addresses(c *tls.Certificate) []string {
	leaf, err := parseLeaf(c)
	if err != nil {
		return nil
	}
	var found []string
	for _, extension := range leaf.Extensions {
		if !extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 17}) {
			continue
		}
		var names []asn1.RawValue
		if _, err := asn1.Unmarshal(extension.Value, &names); err != nil {
			return nil
		}
		for _, name := range names {
			if j, ok := addressName(name); ok {
				found = append(found, j)
			}
		}
	}
	return found
}

// addressName reads a GeneralName that is an otherName of kind id-on-xmppAddr.
func addressName(name asn1.RawValue) (string, bool) {
	if name.Class != asn1.ClassContextSpecific || name.Tag != 0 {
		return "", false
	}
	var id asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(name.Bytes, &id)
	if err != nil || !id.Equal(xmppAddr) {
		return "", false
	}
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(rest, &outer); err != nil {
		return "", false
	}
	var text string
	if _, err := asn1.Unmarshal(outer.Bytes, &text); err != nil {
		return "", false
	}
	j, err := ParseJID(text)
	return j.String(), err == nil
}
