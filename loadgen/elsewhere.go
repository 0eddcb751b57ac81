package loadgen

import (
	"math/rand/v2"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
)

// Elsewhere is where every second user of a run is at home, users 1, 3, 5 and so on, rather than at the server under test.
type Elsewhere struct {
	// Domains are theirs in turn: user 1 is of the first, user 3 of the second. Dialers say, for each, how they log in.
	Domains []string
	Dialers []*xmpp.Dialer
	// Own says that these domains are of a server whose own users they are, so that they ask it where a step asks the server; else
	// they ask the server under test.
	Own bool
	// Server is what these domains are on, to be watched for crashes; may be nil.
	Server *target.Server
	// Federation says what became of the streams to the server under test so far; may be nil.
	Federation func() *results.Federation
	// AtWork is told when the measured phases begin; may be nil. It must not wait.
	AtWork func(begin time.Time)
}

// domain is which of the domains user n belongs to; n is odd.
func (e *Elsewhere) domain(n int) int { return n / 2 % len(e.Domains) }

// isAway reports whether user n is not the server's.
func (p *population) isAway(n int) bool { return p.away != nil && n%2 == 1 }

// home is the domain of user n.
func (p *population) home(n int) string {
	if p.isAway(n) {
		return p.away.Domains[p.away.domain(n)]
	}
	return p.domain
}

// server is the domain that user n asks what is for the server.
func (p *population) server(n int) string {
	if p.isAway(n) && p.away.Own {
		return p.home(n)
	}
	return p.domain
}

// pickRemote draws a user of the other side.
func (p *population) pickRemote(self int, r *rand.Rand) int {
	if self%2 == 1 {
		return 2 * r.IntN((p.size+1)/2)
	}
	if p.size < 2 {
		return self
	}
	return 2*r.IntN(p.size/2) + 1
}

// dialer is how user n logs in by a mechanism.
func (e *engine) dialer(n int, mechanism string) *xmpp.Dialer {
	if e.users.isAway(n) {
		return e.users.away.Dialers[e.users.away.domain(n)]
	}
	return e.dialers[mechanism]
}

// tellWork tells whoever waits for it when the measured phases begin.
func (e *engine) tellWork() {
	if e.users.away == nil || e.users.away.AtWork == nil {
		return
	}
	for i := e.firstPhase(); i < e.drainPhase(); i++ {
		if e.board.phases[i].measured() {
			e.users.away.AtWork(e.zero.Add(e.start(i)))
			return
		}
	}
}

// servers are those that are watched for crashes.
func (e *engine) servers() (all []*target.Server) {
	if e.server != nil {
		all = append(all, e.server)
	}
	if e.users.away != nil && e.users.away.Server != nil {
		all = append(all, e.users.away.Server)
	}
	return all
}
