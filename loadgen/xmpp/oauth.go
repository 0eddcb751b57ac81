package xmpp

// bearer is a client's exchange of OAUTHBEARER (RFC 7628): one message, unless the server refuses the token.
type bearer struct {
	message string
	refused bool // the server has said why, and waits to be told that it may fail
}

// beginBearer takes the account's password for the token. Host and port, which RFC 7628 §3.1 has for other protocols, are left out.
func beginBearer(n *negotiation, _ mechanism) (exchange, error) {
	_, secret, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	who := n.account.Authzid
	if who == "" {
		who = n.account.Local + "@" + n.dialer.Domain
	}
	return &bearer{message: gs2Header("n", who) + "\x01auth=Bearer " + secret + "\x01\x01"}, nil
}

func (b *bearer) start() []byte { return []byte(b.message) }

// next answers the reason for a refusal, after which the failure comes (RFC 7628 §3.2.3).
func (b *bearer) next([]byte) ([]byte, error) {
	if b.refused {
		return nil, Unexpected
	}
	b.refused = true
	return []byte{1}, nil
}

func (b *bearer) finish([]byte) error {
	if b.refused {
		return EarlySuccess
	}
	return nil
}

// mayBear wants to be asked for by name: an account's password is seldom a token.
func mayBear(n *negotiation, named bool) error {
	if !named {
		return NoMechanism
	}
	if n.tls == nil && !n.dialer.AllowPlainWithoutTLS {
		return PlainWithoutTLS // RFC 7628 §3
	}
	return hasUser(n, named)
}
