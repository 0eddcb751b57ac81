package mutate

import (
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// phase is how far an actor's connection has come, as far as the operations tell.
type phase uint8

const (
	absent    phase = iota // no connection, or none any more
	connected              // no stream yet, or one that is to be restarted
	streaming
	bound
	ending // half-closed
)

// after is the phase that follows upon an operation of the actor's.
func (p phase) after(v program.Verb) phase {
	switch v {
	case program.Dial, program.DialTLS, program.DialWS, program.DialWSS, program.DialBOSH, program.DialComponent, program.DialS2S, program.Accept, program.StartTLS, program.Compress, program.Auth:
		return connected
	case program.Open, program.Authenticate:
		return max(p, streaming)
	case program.Bind, program.Login, program.Prove, program.Federate:
		return bound
	case program.HalfClose:
		return ending
	case program.Close, program.Reset, program.Park:
		return absent
	}
	return p
}

// phases are those of all actors behind these operations.
func phases(ops []program.Op) map[program.Actor]phase {
	all := map[program.Actor]phase{}
	for _, op := range ops {
		if op.Actor != "" {
			all[op.Actor] = all[op.Actor].after(op.Verb)
		}
	}
	return all
}

// stateOf names the state that a way leads the attacker to.
func stateOf(way []program.Op) string {
	state := "connected"
	for _, op := range way {
		if op.Actor != program.Attacker {
			continue
		}
		before := state
		switch op.Verb {
		case program.Dial, program.DialWS, program.DialComponent:
			state = "connected"
		case program.DialTLS, program.DialWSS, program.DialBOSH, program.StartTLS:
			if state = "secured"; strings.HasPrefix(before, "s2s-") && op.Verb == program.StartTLS {
				state = "s2s-secured"
			}
		case program.Auth, program.Authenticate:
			state = "authenticated"
		case program.Bind, program.Login:
			state = "bound"
		case program.DialS2S:
			state = "s2s-connected"
		case program.Prove, program.Federate:
			state = "s2s-believed"
		}
	}
	return state
}

// steps is a login taken apart.
func steps(a program.Actor) []program.Op { return program.TCP.Steps(a) }

// apart replaces the logins of an actor by their steps.
func apart(ops []program.Op, a program.Actor) []program.Op {
	var all []program.Op
	for _, op := range ops {
		if op.Actor == a && op.Verb == program.Login {
			all = append(all, op.Parts()...)
			continue
		}
		if op.Actor == a && op.Verb == program.Federate {
			all = append(all, program.FederateSteps(a)...)
			continue
		}
		all = append(all, op)
	}
	return all
}

// waits tells operations that only wait for what is answered.
func waits(op program.Op) bool { return op.Verb == program.Sync || op.Verb == program.Await }

// does tells whether an actor takes part.
func does(ops []program.Op, a program.Actor) bool {
	return slices.ContainsFunc(ops, func(op program.Op) bool { return op.Actor == a })
}
