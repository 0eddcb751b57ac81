package loopback

import (
	"sync/atomic"
	"time"
)

// Tally counts what a server did, exactly. Counts of faults are of faults that took effect. Once the server is closed, and where
// all messages went to full JIDs, Delivered + Discarded + Unacked + Abroad = Routed − Lost + Duplicated.
type Tally struct {
	Connections  int64 `json:"connections"`        // accepted
	Logins       int64 `json:"logins"`             // sessions bound
	Inline       int64 `json:"inline,omitempty"`   // sessions that SASL2 bound, of Logins
	Tokens       int64 `json:"tokens,omitempty"`   // of FAST given
	Upgraded     int64 `json:"upgraded,omitempty"` // upgrades to a SCRAM mechanism done
	AuthFailed   int64 `json:"auth_failed"`        // SASL exchanges that failed for a reason of the client's
	Refused      int64 `json:"refused"`            // logins with right credentials that the fault refuse turned away
	Full         int64 `json:"full"`               // logins turned away for want of room, by the fault sessions
	Registered   int64 `json:"registered"`         // accounts made in-band
	Sessions     int64 `json:"sessions"`           // bound now
	StreamErrors int64 `json:"stream_errors"`      // streams ended with an error
	Ended        int64 `json:"ended"`              // streams ended without one, because the peer closed its own or was gone

	Stanzas int64 `json:"stanzas"` // received from bound sessions
	Routed  int64 `json:"routed"`  // messages that had a recipient; the faults lose … misdeliver count these
	Bounced int64 `json:"bounced"` // messages answered with an error
	Ignored int64 `json:"ignored"` // messages that nobody was there for and that ask for no answer
	// Delivered counts messages written to a session's connection, one for each recipient session and copy.
	Delivered int64 `json:"delivered"`
	// Abroad counts messages sent to other domains, copies included; they are among Routed, and not among Delivered.
	Abroad     int64 `json:"abroad"`
	Components int64 `json:"components"` // external components that came
	Returned   int64 `json:"returned"`   // stanzas to other servers that found no way, also among Abroad if they were messages
	Held       int64 `json:"held"`       // messages kept for users who were away
	// Discarded counts messages on their way to a session that ended before they were written.
	Discarded int64 `json:"discarded"`

	Resumed        int64 `json:"resumed"`         // sessions that another connection went on with (XEP-0198 §5)
	ResumesFailed  int64 `json:"resumes_failed"`  // requests to do so for a session that is not there
	ResumesExpired int64 `json:"resumes_expired"` // sessions whose client did not come back in time
	Redelivered    int64 `json:"redelivered"`     // stanzas sent again to such sessions, or kept for them
	// Unacked counts messages to sessions with stream management that ended before they acknowledged them. What they
	// acknowledge is Delivered.
	Unacked int64 `json:"unacked"`

	Carbons    int64 `json:"carbons"`               // copies for other sessions (XEP-0280)
	CopiesLost int64 `json:"copies_lost,omitempty"` // of those, by the fault lose-copies

	Lost           int64 `json:"lost"`
	Duplicated     int64 `json:"duplicated"`
	Reordered      int64 `json:"reordered"`       // true inversions of two messages of one sender and recipient
	ReorderExpired int64 `json:"reorder_expired"` // held back for a next message that did not come; delivered in order
	Misdelivered   int64 `json:"misdelivered"`
	Overtaken      int64 `json:"overtaken"`    // delivered after a younger message of the pair for its random delay
	Cut            int64 `json:"cut"`          // connections dropped by the fault cut
	Unanswered     int64 `json:"unanswered"`   // iqs left unanswered
	SlowReaders    int64 `json:"slow_readers"` // sessions cut off because their queue was full
	Stalls         int64 `json:"stalls"`       // stalls begun
	Delays         int64 `json:"delays"`       // stanzas held back by the fault delay
	DelayTotal     int64 `json:"delay_total_ns"`
	LoginDelays    int64 `json:"login_delays"` // answers held back by the fault login-delay
}

// counters is what a Tally is read from.
type counters struct {
	connections, logins, authFailed, refused, full, registered, sessions, streamErrors atomic.Int64
	inline, tokens, upgraded                                                           atomic.Int64
	stanzas, routed, bounced, ignored, delivered, discarded                            atomic.Int64
	lost, duplicated, reordered, reorderExpired, misdelivered, overtaken               atomic.Int64
	held                                                                               atomic.Int64
	cut, unanswered, slowReaders, delays, delayTotal, loginDelays                      atomic.Int64
	resumed, resumesFailed, resumesExpired, redelivered, unacked, carbons, copiesLost  atomic.Int64
	abroad, components, returned                                                       atomic.Int64
	footers, attempts, boundEver                                                       atomic.Int64 // footers: streams ended without an error; the others are what refuse and cut count by
}

// Tally returns the counts so far. After Close they are final.
func (s *Server) Tally() Tally {
	c := &s.tally
	return Tally{
		Connections: c.connections.Load(), Logins: c.logins.Load(), Inline: c.inline.Load(), Tokens: c.tokens.Load(), Upgraded: c.upgraded.Load(), AuthFailed: c.authFailed.Load(), Refused: c.refused.Load(),
		Full: c.full.Load(), Registered: c.registered.Load(), Sessions: c.sessions.Load(), StreamErrors: c.streamErrors.Load(), Ended: c.footers.Load(),
		Stanzas: c.stanzas.Load(), Routed: c.routed.Load(), Bounced: c.bounced.Load(), Ignored: c.ignored.Load(),
		Delivered: c.delivered.Load(), Held: c.held.Load(), Discarded: c.discarded.Load(),
		Lost: c.lost.Load(), Duplicated: c.duplicated.Load(), Reordered: c.reordered.Load(), ReorderExpired: c.reorderExpired.Load(),
		Misdelivered: c.misdelivered.Load(), Overtaken: c.overtaken.Load(), Cut: c.cut.Load(), Unanswered: c.unanswered.Load(),
		SlowReaders: c.slowReaders.Load(), Stalls: s.stallsBegun(), Delays: c.delays.Load(), DelayTotal: c.delayTotal.Load(),
		LoginDelays: c.loginDelays.Load(),
		Resumed:     c.resumed.Load(), ResumesFailed: c.resumesFailed.Load(), ResumesExpired: c.resumesExpired.Load(),
		Redelivered: c.redelivered.Load(), Unacked: c.unacked.Load(), Carbons: c.carbons.Load(), CopiesLost: c.copiesLost.Load(),
		Abroad: c.abroad.Load(), Components: c.components.Load(), Returned: c.returned.Load(),
	}
}

// age is how long ago the first session was bound; negative before that.
func (s *Server) age(now time.Time) time.Duration {
	first := s.firstBound.Load()
	if first == nil {
		return -1
	}
	return now.Sub(*first)
}

func (s *Server) stallsBegun() int64 {
	now := time.Now()
	if ended := s.ended.Load(); ended != nil {
		now = *ended
	}
	age := s.age(now)
	if age < 0 {
		return 0
	}
	return s.options.Faults.Stall.begun(age)
}
