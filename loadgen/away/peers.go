package away

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/names"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/crowd"
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// atPeer is users of many domains whose server is the rig itself.
type atPeer struct {
	scenario *scenarios.Scenario
	domains  []string
	known    map[string]bool
	listener net.Listener
	names    *names.Server
	server   string // the other servers' address
	peer     *trunk.Peer
	crowd    *crowd.Crowd
	keyring  *keyring
	took     [4]results.Histogram // by trunk.Handshake
}

func preparePeer(s *scenarios.Scenario) (*atPeer, error) {
	a := &atPeer{scenario: s, domains: s.PeerDomains(), known: map[string]bool{}}
	for _, d := range a.domains {
		a.known[d] = true
	}
	var err error
	if a.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen as a server: %w", err)
	}
	if a.names, err = names.Listen(a.port); err != nil {
		_ = a.listener.Close()
		return nil, err
	}
	if a.keyring, err = newKeyring(s.Elsewhere); err != nil {
		_ = a.listener.Close()
		a.names.Close()
		return nil, err
	}
	a.peer = trunk.NewPeer(trunk.PeerOptions{
		Local: func(domain string) bool { return a.known[domain] }, Dial: a.dial, Streams: s.Elsewhere.Streams,
		Deliver:  func(e *wire.Element, at time.Time) { a.crowd.Deliver(e, at) },
		Took:     func(what trunk.Handshake, d time.Duration) { a.took[what].Record(int64(d)) },
		Security: a.keyring.security(), Limits: trunk.Limits{Timeout: s.Load.Timeout},
	})
	a.crowd = crowd.New(a.peer, wire.NSServer)
	a.peer.Serve(a.listener)
	return a, nil
}

func (a *atPeer) port(domain string) int {
	if a.known[domain] {
		return a.listener.Addr().(*net.TCPAddr).Port
	}
	return 0
}

func (a *atPeer) dial(ctx context.Context, domain string) (net.Conn, error) {
	if domain != strings.ToLower(a.scenario.Target.Domain) {
		return nil, fmt.Errorf("there is no server of %s here", domain)
	}
	return (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", a.server)
}

func (a *atPeer) extend(spec *target.Spec) {
	spec.Federation = target.Federation{Via: a.listener.Addr().String(), Names: a.names.Addr(), TLS: a.scenario.Elsewhere.TLS}
	spec.Authority = a.keyring.shared()
}

func (a *atPeer) open(_ context.Context, srv *target.Server) error {
	a.server = srv.Endpoint().ServerAddr
	return nil
}

func (a *atPeer) users(base *xmpp.Dialer) *loadgen.Elsewhere {
	e := &loadgen.Elsewhere{Domains: a.domains, Federation: a.account}
	for _, d := range a.domains {
		e.Dialers = append(e.Dialers, joining(a.crowd, d, base))
	}
	return e
}

func (a *atPeer) describe() string {
	text := fmt.Sprintf("at %d domains of the rig, federated by %s", len(a.domains), proof(a.scenario.Elsewhere.TLS))
	if n := a.scenario.Elsewhere.Streams; n > 0 {
		text += fmt.Sprintf(" over %d streams that they share", n)
	}
	return text
}

// account is what became of the streams so far, for the record.
func (a *atPeer) account() *results.Federation {
	c := a.peer.Counts()
	f := &results.Federation{
		Opened: c.Opened, Accepted: c.Accepted, Encrypted: c.Encrypted, Dialback: c.Valid, External: c.External, Refused: c.Invalid,
		Verified: c.Verified, Vouched: c.Vouched, Unsent: c.Unsent,
	}
	for what, name := range []string{trunk.TLSOpened: "tls.out", trunk.TLSAccepted: "tls.in", trunk.ExternalOpened: "external", trunk.DialbackOpened: "dialback"} {
		if h := &a.took[what]; h.Count() > 0 {
			f.Handshakes = append(f.Handshakes, results.HandshakeOf(name, h))
		}
	}
	return f
}

func (a *atPeer) close() error {
	a.peer.Close()
	a.names.Close()
	if c := a.peer.Counts(); c.Unsent > 0 || c.Invalid > 0 {
		return fmt.Errorf("between the rig's domains and the server: %d stanzas found no way, %d of %d domains were not believed", c.Unsent, c.Invalid, c.Valid+c.Invalid)
	}
	return nil
}
