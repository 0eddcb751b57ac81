package program

import (
	"slices"
	"strings"
)

// Mechanisms returns those that Auth and Authenticate know (RFC 4616, RFC 5802, RFC 7677, RFC 6120 §6.3.8), and, for
// Authenticate, that of a token (XEP-0484).
func Mechanisms() []string {
	return []string{
		"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS", "EXTERNAL", tokenMechanism,
	}
}

// tokenMechanism is that of tokens without channel binding.
const tokenMechanism = "HT-SHA-256-NONE"

// What the steps of an authentication say. The nonce is always the same, so that what is sent can be read.
const (
	nsSASL, nsSASL2 = "urn:ietf:params:xml:ns:xmpp-sasl", "urn:xmpp:sasl:2"
	clientNonce     = "fyko+d2lbbFgONRv9qkxdawL"
	// Agent is the id of the user agent that actors say they are (XEP-0388 §2.3).
	Agent = "d4565fa7-4d72-4749-b3d3-740edbf87770"
)

// AuthSteps are the operations that an Auth is made of (RFC 6120 §6.4), but for the header that follows.
func AuthSteps(a Actor, mechanism string) []Op {
	first, last := messages(a, mechanism)
	ops := []Op{
		{Actor: a, Verb: Send, Arg: "<auth xmlns='" + nsSASL + "' mechanism='" + mechanism + "'>" + first + "</auth>"},
		{Actor: a, Verb: Await, Arg: AwaitElement},
	}
	if last == "" {
		return ops
	}
	return append(ops, Op{Actor: a, Verb: Send, Arg: "<response xmlns='" + nsSASL + "'>" + last + "</response>"}, Op{Actor: a, Verb: Await, Arg: AwaitElement})
}

// AuthenticateSteps are the operations that an Authenticate is made of (XEP-0388 §2); inline is what is asked for with it.
func AuthenticateSteps(a Actor, mechanism, inline string) []Op {
	first, last := messages(a, mechanism)
	if mechanism == tokenMechanism && !strings.Contains(inline, "urn:xmpp:fast:0") {
		inline = "<fast xmlns='urn:xmpp:fast:0'/>" + inline
	}
	ops := []Op{
		{Actor: a, Verb: Send, Arg: "<authenticate xmlns='" + nsSASL2 + "' mechanism='" + mechanism + "'><initial-response>" + first + "</initial-response><user-agent id='" + Agent +
			"'><software>xmpprig</software></user-agent>" + inline + "</authenticate>"},
		{Actor: a, Verb: Await, Arg: AwaitElement},
	}
	if last == "" {
		return ops
	}
	return append(ops, Op{Actor: a, Verb: Send, Arg: "<response xmlns='" + nsSASL2 + "'>" + last + "</response>"}, Op{Actor: a, Verb: Await, Arg: AwaitElement})
}

// messages are what the client says: the first message, and the last, which is empty where there is one alone.
func messages(a Actor, mechanism string) (first, last string) {
	me := string(a)
	switch {
	case mechanism == "EXTERNAL":
		return "=", ""
	case mechanism == tokenMechanism:
		return "{b64:{" + me + ".local}\x00{hmac:{" + me + ".token} Initiator}}", ""
	case !strings.HasPrefix(mechanism, "SCRAM-"):
		return "{b64:\x00{" + me + ".local}\x00{" + me + ".password}}", ""
	}
	flag, binding := "n,,", ""
	if strings.HasSuffix(mechanism, "-PLUS") {
		flag, binding = "p=tls-exporter,,", "{"+me+".exporter}"
	}
	return "{b64:" + flag + "n={" + me + ".local},r=" + clientNonce + "}",
		"{b64:{" + me + ".proof:c={b64:" + flag + binding + "},r={" + me + ".nonce}}}"
}

// Parts are the operations that one stands for: a login, an authentication; the operation itself for all others.
func (o Op) Parts() []Op {
	switch o.Verb {
	case Login:
		if o.Arg == ComponentLogin {
			return ComponentSteps(o.Actor)
		}
		return Transport(o.Arg).Steps(o.Actor)
	case Auth:
		return AuthSteps(o.Actor, o.Arg)
	case Authenticate:
		return AuthenticateSteps(o.Actor, o.Mechanism, o.Arg)
	}
	return []Op{o}
}

// ComponentLogin is the argument of a Login as the external component (XEP-0114).
const ComponentLogin = "component"

// ComponentSteps are the operations that a login as the component is made of (XEP-0114 §3).
func ComponentSteps(a Actor) []Op {
	return []Op{
		{Actor: a, Verb: DialComponent},
		{Actor: a, Verb: Send, Arg: "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='{component.domain}'>"},
		{Actor: a, Verb: Await, Arg: AwaitHeader},
		{Actor: a, Verb: Send, Arg: "<handshake>{sha1:{" + string(a) + ".stream}{component.secret}}</handshake>"},
		{Actor: a, Verb: Await, Arg: AwaitElement},
	}
}

// auth reads the mechanism of an Auth.
func (p *parser) auth(op *Op, verb token, args []token) {
	if op.Arg = word(args); len(args) == 1 && slices.Contains(Mechanisms(), op.Arg) && op.Arg != tokenMechanism {
		return
	}
	p.fail(verb.column, "auth is followed by a mechanism: %s", strings.Join(Mechanisms()[:len(Mechanisms())-1], ", "))
}

// authenticate reads MECHANISM ["TEXT"].
func (p *parser) authenticate(op *Op, verb token, args []token) {
	op.Mechanism = word(args)
	if !slices.Contains(Mechanisms(), op.Mechanism) {
		p.fail(verb.column, "authenticate is followed by a mechanism, and what is asked for inline: %s", strings.Join(Mechanisms(), ", "))
		return
	}
	if len(args) > 1 {
		p.text(op, verb, args[1:])
	}
}
