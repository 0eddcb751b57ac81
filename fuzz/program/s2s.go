package program

import (
	"fmt"
	"slices"
	"time"
)

// Authority is the server of the domains that the attacker and the accomplice say they serve: the server under test connects to it to ask
// whether a dialback key is its own (XEP-0220 §2.2.2), and to deliver what is for those domains.
const Authority Actor = "authority"

// The verbs of streams between servers.
const (
	DialS2S  Verb = "dial-s2s"
	Prove    Verb = "dialback"
	Federate Verb = "federate"
	Accept   Verb = "accept"
)

func serverVerbs() []Verb { return []Verb{DialS2S, Prove, Federate, Accept} }

// What Await can wait for on a stream between servers, passing over all else.
const (
	AwaitVerify = "verify" // a dialback element: a key to verify, or what became of one
	AwaitResult = "result" // the same: a key, or whether it was believed
)

// Dialback is an element of XEP-0220: its type is result or verify, and its condition valid, invalid, that of an error, or request
// where it has a key and no type.
const Dialback Kind = "dialback"

// Anything is whatever an actor saw, which is not judged.
const Anything Kind = "anything"

// hasType reports whether a type follows the kind, before the conditions.
func (k Kind) hasType() bool { return k == Error || k == Dialback }

// accept reads nothing, or how long to wait.
func (p *parser) accept(op *Op, verb token, args []token) {
	if len(args) == 0 {
		return
	}
	var err error
	if op.For, err = time.ParseDuration(word(args)); err != nil || len(args) > 1 || op.For <= 0 || op.For > MaxFreeze {
		p.fail(verb.column, "accept is followed by nothing, or by how long to wait, such as 200ms, at most %v", MaxFreeze)
	}
}

// FederateSteps are the operations that a federate is made of, but for TLS, which is negotiated where it is offered.
func FederateSteps(a Actor) []Op {
	return []Op{{Actor: a, Verb: DialS2S}, {Actor: a, Verb: Open}, {Actor: a, Verb: Prove}}
}

// BetweenServers reports whether any actor has a stream between servers.
func (p *Program) BetweenServers() bool {
	return slices.ContainsFunc(p.Ops, func(op Op) bool { return op.Actor == Authority || slices.Contains(serverVerbs(), op.Verb) })
}

// able says what is wrong with who does an operation: streams between servers are opened by the attacking side, and taken by the
// authority, which opens none.
func (o Op) able() error {
	switch o.Verb {
	case Accept:
		if o.Actor != Authority {
			return fmt.Errorf("%s: only the authority is connected to", o)
		}
	case DialS2S, Prove, Federate:
		if o.Actor != Attacker && o.Actor != Accomplice {
			return fmt.Errorf("%s: only the attacker and the accomplice are servers that connect", o)
		}
	case Open, Send, Raw, Await, Park, HalfClose, Close, Reset, Freeze:
	default:
		if o.Actor == Authority {
			return fmt.Errorf("%s: the authority does no such thing", o)
		}
	}
	return nil
}
