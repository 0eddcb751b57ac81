package away

import (
	"crypto/tls"
	"sync"

	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/scenarios"
)

// keyring is the certificates of the rig's domains, each made when it is first shown.
type keyring struct {
	tls       string
	wildcard  string // that stands for all of them where they share streams; empty: each has its own
	authority *target.Authority

	mu   sync.Mutex
	made map[string]*tls.Certificate
}

func newKeyring(e *scenarios.Elsewhere) (*keyring, error) {
	k := &keyring{tls: e.TLS, made: map[string]*tls.Certificate{}}
	if e.Streams > 0 {
		k.wildcard = "*." + scenarios.PeerDomain
	}
	var err error
	if k.encrypts() {
		k.authority, err = target.NewAuthority()
	}
	return k, err
}

func (k *keyring) encrypts() bool {
	return k.tls == scenarios.PeersDialback || k.tls == scenarios.PeersExternal
}

// shared is the authority that the server under test has in common with the domains; nil where it is not to believe their
// certificates, so that dialback is what they have.
func (k *keyring) shared() *target.Authority {
	if k.tls == scenarios.PeersExternal {
		return k.authority
	}
	return nil
}

func (k *keyring) security() (y trunk.Security) {
	if !k.encrypts() {
		return y
	}
	y.Certificate, y.Required = k.certificate, true
	if k.tls == scenarios.PeersExternal {
		y.Authorities, y.NoDialback = k.authority.Pool(), true
	}
	return y
}

func (k *keyring) certificate(domain string) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.wildcard != "" {
		domain = k.wildcard
	}
	c := k.made[domain]
	if c == nil {
		var err error
		if c, err = k.authority.Issue(domain); err != nil {
			return nil, err
		}
		k.made[domain] = c
	}
	return c, nil
}
