package loopback

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Faults says how the server misbehaves. The zero value is a correct server; a fault that is set is
// kept exactly and counted in [Tally].
//
// Lose, Duplicate, Reorder and Misdeliver share one count of the messages routed between users: message
// k meets the first of them, in that order, whose number divides k. A message meets one fault at most, so
// every count can be predicted.
type Faults struct {
	// Delay holds back every message, presence and iq answer of a bound session. Each leaves at its
	// arrival plus its own drawn delay and waits for no other, so random delays let stanzas overtake
	// one another; [Tally.Overtaken] counts the messages that arrive after a younger one of their pair.
	Delay Delay
	// LoginDelay holds back every answer the server gives before a session is bound: the stream header
	// with its features, proceed, challenge, success, failure and the answer to bind.
	LoginDelay Delay
	// Seed is that of every draw.
	Seed uint64
	// Stall stops all output of the server for a stretch.
	Stall Stall

	Lose          int           // drop every n-th message without a word; 0 never
	Duplicate     int           // deliver every n-th message twice
	Reorder       int           // deliver every n-th message after the next one of its sender and recipient
	ReorderWithin time.Duration // how long to wait for that next one before delivering in order; 0 means one second
	Misdeliver    int           // deliver every n-th message to a session of an uninvolved user

	LoseCopies int // lose every n-th carbon copy (XEP-0280)

	// Rate is the number of stanzas of bound sessions that the server serves in a second, one after
	// another from a single first-in-first-out queue; 0 means as many as it can.
	Rate float64
	// Sessions is how many sessions the server has room for at a time; 0 means any number. Whoever binds one more is
	// turned away with the stream error resource-constraint (RFC 6120 §4.9.3.17).
	Sessions int
	// RefuseLogins turns away logins whose credentials are right.
	RefuseLogins Refusal
	// CutConnections drops connections without a word.
	CutConnections Cut
	// NeverAnswer names the iqs that the server takes and leaves unanswered: [AllIQ], or the namespace of
	// the payload. Iqs before and during resource binding are always answered.
	NeverAnswer string
	// Without is a feature that the server does not have: the namespace of requests that it refuses with
	// service-unavailable, and does not show to service discovery.
	Without string
}

// AllIQ is the value of [Faults.NeverAnswer] that leaves every iq to the server unanswered.
const AllIQ = "all"

// Stall stops all output of the server from After, counted from the moment the first session is bound, for
// For. With Every the stall comes again each time that has passed since the last began.
type Stall struct{ After, For, Every time.Duration }

// Refusal turns away every n-th login with a SASL condition, not-authorized when none is named.
type Refusal struct {
	Every     int
	Condition string
}

// Cut drops the connection of every n-th session (1: each) once it has been bound for After; with All it drops
// every connection at one moment, After the first session was bound.
type Cut struct {
	Every int
	All   bool
	After time.Duration
}

// reorderWithin is the bound when Faults names none.
const reorderWithin = time.Second

// validate says what is wrong with faults that were not made by ParseFaults.
func (f Faults) validate() error {
	var errs []error
	complain := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, d := range []struct {
		name  string
		delay Delay
	}{{"delay", f.Delay}, {"login-delay", f.LoginDelay}} {
		if err := d.delay.validate(); err != nil {
			complain("fault %s: %w", d.name, err)
		}
	}
	for _, n := range []struct {
		name  string
		every int
	}{{"lose", f.Lose}, {"duplicate", f.Duplicate}, {"reorder", f.Reorder}, {"misdeliver", f.Misdeliver}, {"lose-copies", f.LoseCopies},
		{"sessions", f.Sessions}, {"refuse", f.RefuseLogins.Every}, {"cut", f.CutConnections.Every}} {
		if n.every < 0 {
			complain("fault %s: every %d-th is not possible", n.name, n.every)
		}
	}
	if f.Rate < 0 || math.IsNaN(f.Rate) || math.IsInf(f.Rate, 0) {
		complain("fault rate: %v stanzas per second is not possible", f.Rate)
	}
	if f.ReorderWithin < 0 {
		complain("fault reorder: a wait of %v is not possible", f.ReorderWithin)
	}
	if s := f.Stall; s.After < 0 || s.For < 0 || s.Every < 0 || (s.Every > 0 && s.Every <= s.For) {
		complain("fault stall: %s: the times must not be negative, and one stall must end before the next begins", s)
	}
	if f.CutConnections.After < 0 {
		complain("fault cut: a lifetime of %v is not possible", f.CutConnections.After)
	}
	if c := f.RefuseLogins.Condition; c != "" && !isRefusalCondition(c) {
		complain("fault refuse: %q is none of %s", c, strings.Join(refusalConditions, ", "))
	}
	return errors.Join(errs...)
}

// refusalConditions are those of RFC 6120 §6.5 that may meet a login with the right credentials.
var refusalConditions = []string{"not-authorized", "temporary-auth-failure", "account-disabled", "credentials-expired"}

func isRefusalCondition(c string) bool {
	for _, known := range refusalConditions {
		if c == known {
			return true
		}
	}
	return false
}

// onMessages reports whether routed messages are to be counted for a fault.
func (f *Faults) onMessages() bool {
	return f.Lose > 0 || f.Duplicate > 0 || f.Reorder > 0 || f.Misdeliver > 0
}

// untilEnd says how long a stall that holds at the given age of the first session still lasts; 0 when none holds.
func (s Stall) untilEnd(age time.Duration) time.Duration {
	age -= s.After
	if age < 0 || s.For <= 0 {
		return 0
	}
	if s.Every > 0 {
		age %= s.Every
	}
	return max(s.For-age, 0)
}

// begun counts the stalls that have begun at the given age of the first session.
func (s Stall) begun(age time.Duration) int64 {
	age -= s.After
	switch {
	case age < 0 || s.For <= 0:
		return 0
	case s.Every <= 0:
		return 1
	}
	return int64(age/s.Every) + 1
}
