package away

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"

	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/crowd"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// Side is where the users are who are not the server's. Its methods do nothing for a nil Side.
type Side struct {
	scenario *scenarios.Scenario
	secret   string // of the component

	users     *loadgen.Elsewhere
	crowd     *crowd.Crowd
	component *trunk.Component
	running   sync.WaitGroup
	ended     error
}

// Prepare makes ready what a scenario needs besides its server. A Side, even of nothing, is to be closed.
func Prepare(s *scenarios.Scenario) (*Side, error) {
	if s.Elsewhere == nil {
		return nil, nil
	}
	return &Side{scenario: s, secret: rand.Text()}, nil
}

// Extend has the server that is to be started know of the others.
func (s *Side) Extend(spec *target.Spec) {
	if s != nil {
		spec.Component = target.Component{Domain: s.scenario.ComponentDomain(), Secret: s.secret}
	}
}

// Open brings up what the users have in common, once the server runs.
func (s *Side) Open(ctx context.Context, srv *target.Server) error {
	if s == nil {
		return nil
	}
	domain, addr := s.scenario.ComponentDomain(), srv.Endpoint().ComponentAddr
	dialer := net.Dialer{KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("open the stream of component %s: %w", domain, err)
	}
	if s.component, err = trunk.OpenComponent(ctx, conn, domain, s.secret, trunk.Limits{Timeout: s.scenario.Load.Timeout}); err != nil {
		return err
	}
	s.crowd = crowd.New(componentCarrier{s.component}, wire.NSComponent)
	s.users = &loadgen.Elsewhere{Domains: []string{domain}, Dialers: []*xmpp.Dialer{s.dialer(domain)}}
	s.running.Go(func() {
		s.ended = s.component.Run(s.crowd.Deliver)
		s.crowd.End()
	})
	return nil
}

// dialer is how users of a domain of the crowd come in.
func (s *Side) dialer(domain string) *xmpp.Dialer {
	return &xmpp.Dialer{
		Domain: domain, Timeout: s.scenario.Load.Timeout,
		Join: func(_ context.Context, a xmpp.Account, _ net.Addr) (net.Conn, string, error) {
			return s.crowd.Join(a.Local, domain, a.Resource)
		},
	}
}

// componentCarrier carries what a crowd says over the stream of a component.
type componentCarrier struct{ *trunk.Component }

func (c componentCarrier) Send(_, _ string, stanzas []byte) error { return c.Component.Send(stanzas) }

// Users is who is elsewhere, for the run; nil: nobody.
func (s *Side) Users() *loadgen.Elsewhere {
	if s == nil {
		return nil
	}
	return s.users
}

// Close ends the streams, and says what became of them if that was not what it should be.
func (s *Side) Close() error {
	if s == nil || s.component == nil {
		return nil
	}
	s.component.Close()
	s.running.Wait()
	return errors.Join(s.ended)
}
