package main

import (
	"fmt"
	"net"
	"strings"

	"github.com/spf13/pflag"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
)

// federating is the flags of serve about servers of other domains.
type federating struct {
	listen, tls, ca string
	peers           []string
}

// What --peer-tls can be.
const (
	peersPlain    = target.PeersPlain
	peersOffered  = "offered"
	peersDialback = target.PeersDialback
	peersExternal = target.PeersExternal
)

func (g *federating) declare(f *pflag.FlagSet) {
	f.StringVar(&g.listen, "listen-servers", "127.0.0.1:5269", "`ADDRESS` for the servers of other domains, where there are any")
	f.StringArrayVar(&g.peers, "peer", nil, "where the server of another domain is, as `DOMAIN=HOST:PORT`; * is all others; repeatable")
	f.StringVar(&g.tls, "peer-tls", peersOffered, "between servers: none; offered: where both can; dialback: over TLS alone; external: with certificates of --peer-ca alone")
	f.StringVar(&g.ca, "peer-ca", "", "PEM `FILE` with the authority that vouches for other domains: over TLS they are offered EXTERNAL")
}

func (g *federating) wanted() bool { return len(g.peers) > 0 }

func (g *federating) check() error {
	if err := oneOf("peer-tls", g.tls, peersPlain, peersOffered, peersDialback, peersExternal); err != nil {
		return err
	}
	if !g.wanted() && (g.ca != "" || g.tls != peersOffered) {
		return &usageError{"--peer-tls and --peer-ca are about the servers of --peer, and there are none", "such as --peer 'example.org=127.0.0.1:5269'"}
	}
	if g.tls == peersExternal && g.ca == "" {
		return &usageError{"--peer-tls external needs somebody who vouches for the others", "name the authority with --peer-ca"}
	}
	return nil
}

// options are what the loopback server is made with; nil where there are no other servers.
func (g *federating) options() (*loopback.Federation, error) {
	if !g.wanted() {
		return nil, nil
	}
	at := map[string]string{}
	for _, p := range g.peers {
		domain, addr, _ := strings.Cut(p, "=")
		if _, _, err := net.SplitHostPort(addr); err != nil || domain == "" {
			return nil, &usageError{fmt.Sprintf("--peer %q is not DOMAIN=HOST:PORT", p), "such as example.org=127.0.0.1:5269"}
		}
		at[strings.ToLower(domain)] = addr
	}
	authorities, err := authorityIn(g.ca)
	if err != nil {
		return nil, &usageError{err.Error(), "--peer-ca takes a PEM file"}
	}
	find := func(domain string) (string, bool) {
		addr, ok := at[domain]
		if !ok {
			addr, ok = at["*"]
		}
		return addr, ok
	}
	return &loopback.Federation{
		Find: find, Authorities: authorities, NoTLS: g.tls == peersPlain,
		RequireTLS: g.tls == peersDialback || g.tls == peersExternal, NoDialback: g.tls == peersExternal,
	}, nil
}
