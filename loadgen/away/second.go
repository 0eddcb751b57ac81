package away

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/names"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/scenarios"
)

// atSecond is users of a second server, which is federated with the one under test. Each finds the other behind a door of the rig.
type atSecond struct {
	scenario *scenarios.Scenario
	spec     target.Spec // of the second server
	in, out  *door       // to the server under test, and to the second one
	names    *names.Server
	server   *target.Server
	rejoin   func() // ends the split; nil: there is none yet
	// authority certifies both, where certificates are what they believe; nil: each has its own.
	authority *target.Authority
}

func prepareSecond(s *scenarios.Scenario) (*atSecond, error) {
	in, err := newDoor()
	if err != nil {
		return nil, err
	}
	out, err := newDoor()
	if err != nil {
		in.close()
		return nil, err
	}
	a := &atSecond{scenario: s, in: in, out: out}
	if s.Elsewhere.TLS == scenarios.PeersExternal {
		if a.authority, err = target.NewAuthority(); err != nil {
			in.close()
			out.close()
			return nil, err
		}
	}
	if a.names, err = names.Listen(a.port); err != nil {
		in.close()
		out.close()
		return nil, err
	}
	return a, nil
}

// port is where a domain is found.
func (a *atSecond) port(domain string) int {
	switch domain {
	case scenarios.ElsewhereDomain:
		return a.out.port()
	case strings.ToLower(a.scenario.Target.Domain):
		return a.in.port()
	}
	return 0
}

func (a *atSecond) extend(spec *target.Spec) {
	spec.Authority = a.authority
	a.spec = *spec
	a.spec.Driver, a.spec.Domain, a.spec.Config = a.scenario.Elsewhere.Server, scenarios.ElsewhereDomain, ""
	a.spec.Faults, a.spec.Defects = nil, nil
	a.spec.Federation = target.Federation{Via: a.in.addr(), Names: a.names.Addr(), TLS: a.scenario.Elsewhere.TLS}
	spec.Federation = target.Federation{Via: a.out.addr(), Names: a.names.Addr(), TLS: a.scenario.Elsewhere.TLS}
}

func (a *atSecond) open(ctx context.Context, srv *target.Server) error {
	a.in.lead(srv.Endpoint().ServerAddr)
	var err error
	if a.server, err = target.Start(ctx, a.spec); err != nil {
		return fmt.Errorf("start the second server: %w", err)
	}
	a.out.lead(a.server.Endpoint().ServerAddr)
	return nil
}

func (a *atSecond) users(base *xmpp.Dialer) *loadgen.Elsewhere {
	at := a.server.Endpoint()
	d := &xmpp.Dialer{
		Domain: at.Domain, TLS: base.TLS, TLSConfig: &tls.Config{RootCAs: at.CAs, MinVersion: tls.VersionTLS12},
		LoginMode: base.LoginMode, ResumeTLS: base.ResumeTLS, Mechanism: base.Mechanism, AllowPlainWithoutTLS: base.AllowPlainWithoutTLS,
		Limits: base.Limits, Timeout: base.Timeout,
	}
	if d.Addr = at.Addr; d.TLS == xmpp.DirectTLS {
		d.Addr = at.DirectTLSAddr
	}
	if t := a.scenario.Target.Transport; t != "" {
		if d.WebSocket = at.WebPath; t == scenarios.BOSH {
			d.WebSocket, d.BOSH = "", at.BOSHPath
		}
		if d.Addr = at.WebAddr; d.TLS == xmpp.DirectTLS {
			d.Addr = at.WebTLSAddr
		}
	}
	d.Dial = target.DialGuarded(d.Addr)
	if base.Keys != nil {
		d.Keys = new(xmpp.SCRAMKeys)
	}
	return &loadgen.Elsewhere{Domains: []string{at.Domain}, Dialers: []*xmpp.Dialer{d}, Own: true, Server: a.server, AtWork: a.atWork}
}

// atWork parts the two when their time has come.
func (a *atSecond) atWork(begin time.Time) {
	if s := a.scenario.Elsewhere.Split; s != nil && a.rejoin == nil {
		a.rejoin = split([]*door{a.in, a.out}, begin.Add(s.After), s.For, s.Reset)
	}
}

func (a *atSecond) describe() string {
	software, version := a.server.Software()
	text := strings.TrimSpace(fmt.Sprintf("at %s, %s %s", scenarios.ElsewhereDomain, software, version)) + ", federated by " + proof(a.scenario.Elsewhere.TLS)
	if s := a.scenario.Elsewhere.Split; s != nil {
		text += fmt.Sprintf(", parted for %v after %v", s.For, s.After)
	}
	return text
}

// stopPatience is how long the second server may take to stop.
const stopPatience = 20 * time.Second

func (a *atSecond) close() error {
	if a.rejoin != nil {
		a.rejoin()
	}
	a.in.close()
	a.out.close()
	a.names.Close()
	if a.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := a.server.Stop(ctx); err != nil {
		return fmt.Errorf("stop the second server: %w", err)
	}
	return nil
}
