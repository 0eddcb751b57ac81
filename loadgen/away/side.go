package away

import (
	"context"

	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/scenarios"
)

// Side is where the users are who are not the server's. Its methods do nothing for a nil Side.
type Side struct{ there side }

// side is one kind of Side.
type side interface {
	extend(*target.Spec)
	open(context.Context, *target.Server) error
	users(base *xmpp.Dialer) *loadgen.Elsewhere
	describe() string
	close() error
}

// proof says how servers prove to one another who they are.
func proof(tls string) string {
	switch tls {
	case scenarios.PeersPlain:
		return "dialback, without TLS"
	case scenarios.PeersDialback:
		return "dialback over TLS"
	case scenarios.PeersExternal:
		return "certificates over TLS"
	}
	return "dialback"
}

// Prepare makes ready what a scenario needs besides its server; nil where that is nothing. A Side is to be closed.
func Prepare(s *scenarios.Scenario) (*Side, error) {
	switch e := s.Elsewhere; {
	case e == nil:
		return nil, nil
	case e.Server != "":
		second, err := prepareSecond(s)
		if err != nil {
			return nil, err
		}
		return &Side{second}, nil
	case e.Domains > 0:
		peer, err := preparePeer(s)
		if err != nil {
			return nil, err
		}
		return &Side{peer}, nil
	}
	return &Side{prepareComponent(s)}, nil
}

// Extend has the server that is to be started know of the others.
func (s *Side) Extend(spec *target.Spec) {
	if s != nil {
		s.there.extend(spec)
	}
}

// Open brings up what the users have in common, once the server runs.
func (s *Side) Open(ctx context.Context, srv *target.Server) error {
	if s == nil {
		return nil
	}
	return s.there.open(ctx, srv)
}

// Users is who is elsewhere, for the run; nil: nobody. Base is how the server's own users log in.
func (s *Side) Users(base *xmpp.Dialer) *loadgen.Elsewhere {
	if s == nil {
		return nil
	}
	return s.there.users(base)
}

// Describe says where they are, for the record.
func (s *Side) Describe() string {
	if s == nil {
		return ""
	}
	return s.there.describe()
}

// Close ends it, and says what became of the streams if that was not what it should be.
func (s *Side) Close() error {
	if s == nil {
		return nil
	}
	return s.there.close()
}
