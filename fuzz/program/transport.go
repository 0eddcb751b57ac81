package program

import (
	"errors"
	"slices"
	"strings"
)

// Transport is what a stream goes over.
type Transport string

// The transports.
const (
	TCP  Transport = "tcp"  // with STARTTLS
	TLS  Transport = "tls"  // from the first byte
	WS   Transport = "ws"   // WebSocket (RFC 7395)
	WSS  Transport = "wss"  // WebSocket under TLS
	BOSH Transport = "bosh" // requests of HTTP under TLS (XEP-0124, XEP-0206)
)

// Transports returns all transports.
func Transports() []Transport { return []Transport{TCP, TLS, WS, WSS, BOSH} }

// dial is the operation that connects over t.
func (t Transport) dial() Verb {
	switch t {
	case TLS:
		return DialTLS
	case WS:
		return DialWS
	case WSS:
		return DialWSS
	case BOSH:
		return DialBOSH
	}
	return Dial
}

// Connects reports whether v makes a connection.
func (v Verb) Connects() bool {
	switch v {
	case Dial, DialTLS, DialWS, DialWSS, DialBOSH, DialComponent, Login, DialS2S, Federate, Accept:
		return true
	}
	return false
}

// HasText reports whether v sends a text, which is a template.
func (v Verb) HasText() bool {
	return v == Send || v == Frame || v == Raw || v == Post || v == Request || v == Authenticate || v == Certificate
}

// Steps are the operations that a login over t is made of.
func (t Transport) Steps(a Actor) []Op {
	ops := []Op{{Verb: t.dial()}, {Verb: Open}}
	if t == TCP || t == "" {
		ops = append(ops, Op{Verb: StartTLS}, Op{Verb: Open})
	}
	ops = append(ops, Op{Verb: Auth, Arg: "PLAIN"}, Op{Verb: Open}, Op{Verb: Bind})
	for i := range ops {
		ops[i].Actor = a
	}
	return ops
}

// TransportError says why a program is not played over a transport.
type TransportError struct {
	Transport Transport
	Reason    string
}

func (e *TransportError) Error() string { return "over " + string(e.Transport) + ": " + e.Reason }

// Over is p with what the attacker and the accomplice do done over another transport; p itself where they come by that already. A program
// that negotiates TLS in what it is about has no counterpart where TLS is not negotiated. The error is a *TransportError.
func Over(p *Program, t Transport) (*Program, error) {
	if p.Only != "" && p.Only != t {
		return nil, &TransportError{t, "the program is about " + string(p.Only)}
	}
	if slices.Contains(p.Except, t) {
		return nil, &TransportError{t, "what the program is about has no counterpart there"}
	}
	q := *p
	q.Ops = slices.Clone(p.Ops)
	for _, a := range []Actor{Attacker, Accomplice} {
		if err := q.carry(a, t); err != nil {
			return nil, &TransportError{t, err.Error()}
		}
	}
	return &q, nil
}

// Comes reports whether the attacker and the accomplice connect by t alone, where they do.
func (p *Program) Comes(t Transport) bool {
	for _, op := range p.Ops {
		by := op.Verb == t.dial() || op.Verb == Login && (op.Arg == string(t) || op.Arg == "" && t == TCP)
		if op.Actor.Account() == Attacker.Account() && op.Verb.Connects() && !by {
			return false
		}
	}
	return true
}

// carry has one actor come by a transport.
func (p *Program) carry(a Actor, t Transport) error {
	var ops []Op
	marked := false
	for i, op := range p.Ops {
		marked = marked || op.Verb == Mark
		switch {
		case op.Actor != a:
		case op.Verb == DialComponent || op.Verb == Login && op.Arg == ComponentLogin:
			return errors.New("components come over TCP")
		case op.Verb == Login:
			if op.Arg = string(t); t == TCP {
				op.Arg = ""
			}
		case op.Verb == Dial && t != TCP:
			op.Verb = t.dial()
		case op.Verb.Connects() && op.Verb != t.dial():
			return errors.New("it connects by " + string(op.Verb))
		case t == TCP:
		case op.Verb == StartTLS && !marked && p.next(i, a) == Open:
			continue // with the header behind it
		case op.Verb == Open && !marked && p.last(i, a) == StartTLS:
			continue
		case op.Verb == StartTLS || op.Verb == Handshake:
			return errors.New("TLS is not negotiated there")
		case op.Verb == Compress && t != TLS:
			return errors.New("streams are not compressed there")
		case t == BOSH && unwrappable(op):
			return errors.New("there are no such stream headers")
		}
		ops = append(ops, op)
	}
	p.Ops = ops
	return nil
}

// next is what the actor does behind the operation at i.
func (p *Program) next(i int, a Actor) Verb {
	for _, op := range p.Ops[i+1:] {
		if op.Actor == a || op.Verb == Mark {
			return op.Verb
		}
	}
	return ""
}

// last is what it did before.
func (p *Program) last(i int, a Actor) Verb {
	for _, op := range slices.Backward(p.Ops[:i]) {
		if op.Actor == a || op.Verb == Mark {
			return op.Verb
		}
	}
	return ""
}

// unwrappable reports whether an operation sends a stream header that has no counterpart in a <body/> of BOSH: one that is not in the
// namespaces that all streams there are in, or of another form than XML 1.0 in UTF-8.
func unwrappable(op Op) bool {
	if op.Verb != Send || !strings.Contains(op.Arg, "<stream:stream") && !strings.Contains(op.Arg, "<?xml") {
		return false
	}
	plain := strings.HasPrefix(op.Arg, "<stream:stream ") || strings.HasPrefix(op.Arg, "<?xml version='1.0'?><stream:stream ")
	return !plain || !strings.Contains(op.Arg, " xmlns='jabber:client'") || !strings.Contains(op.Arg, " xmlns:stream='http://etherx.jabber.org/streams'")
}
