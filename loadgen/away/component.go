package away

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"sync"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/crowd"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// behindComponent is users behind an external component.
type behindComponent struct {
	domain, secret string
	timeout        time.Duration
	crowd          *crowd.Crowd
	stream         *trunk.Component
	running        sync.WaitGroup
	ended          error
}

func prepareComponent(s *scenarios.Scenario) *behindComponent {
	return &behindComponent{domain: s.ComponentDomain(), secret: rand.Text(), timeout: s.Load.Timeout}
}

func (b *behindComponent) extend(spec *target.Spec) {
	spec.Component = target.Component{Domain: b.domain, Secret: b.secret}
}

func (b *behindComponent) open(ctx context.Context, srv *target.Server) error {
	dialer := net.Dialer{KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, "tcp", srv.Endpoint().ComponentAddr)
	if err != nil {
		return fmt.Errorf("open the stream of component %s: %w", b.domain, err)
	}
	if b.stream, err = trunk.OpenComponent(ctx, conn, b.domain, b.secret, trunk.Limits{Timeout: b.timeout}); err != nil {
		return err
	}
	b.crowd = crowd.New(componentCarrier{b.stream}, wire.NSComponent)
	b.running.Go(func() {
		b.ended = b.stream.Run(b.crowd.Deliver)
		b.crowd.End()
	})
	return nil
}

func (b *behindComponent) users(base *xmpp.Dialer) *loadgen.Elsewhere {
	return &loadgen.Elsewhere{Domains: []string{b.domain}, Dialers: []*xmpp.Dialer{joining(b.crowd, b.domain, base)}}
}

func (b *behindComponent) describe() string { return "behind the component " + b.domain }

func (b *behindComponent) close() error {
	if b.stream != nil {
		b.stream.Close()
		b.running.Wait()
	}
	return b.ended
}

// componentCarrier carries what a crowd says over the stream of a component.
type componentCarrier struct{ *trunk.Component }

func (c componentCarrier) Send(_, _ string, stanzas []byte) error { return c.Component.Send(stanzas) }

// joining is how users of a domain of a crowd come in.
func joining(c *crowd.Crowd, domain string, base *xmpp.Dialer) *xmpp.Dialer {
	return &xmpp.Dialer{
		Domain: domain, Limits: base.Limits, Timeout: base.Timeout,
		Join: func(_ context.Context, a xmpp.Account, _ net.Addr) (net.Conn, string, error) {
			return c.Join(a.Local, domain, a.Resource)
		},
	}
}
