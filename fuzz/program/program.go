package program

import (
	"slices"
	"time"
)

// Program is what to send to a server, and what is asked of it then.
type Program struct {
	Row      int    // of the table of required answers; 0: none
	Class    string // of the record of robustness bugs, such as SM; empty: none
	Case     string // tells programs of one row or class apart
	Title    string
	State    string      // of the attacker's stream when the judged part begins
	Record   []int       // what it is like in the record of robustness bugs
	Origin   string      // how a mutant came to be; empty: written by hand
	Level    Level       // of the requirement; empty where there are no Lines
	Clause   string      // where it is required
	Unless   []string    // mechanisms that make the row not applicable when they are offered
	Offers   []string    // mechanisms without which it is not applicable
	Lacks    []string    // features, as in Needs, that make it so when they are among the last that were offered
	Except   []Transport // that have no counterpart of what it is about
	Only     Transport   // that it is about, so that it is played over no other; empty: any
	Needs    []string    // namespaces of stream features, or NAMESPACE#NAME for what they have in them, without which it is not applicable
	Serves   []Service   // without which it is not applicable
	Settings []Setting   // likewise
	Lines    []Line
	Ops      []Op
}

// Service is a feature that an address must have (XEP-0030).
type Service struct {
	Feature string
	At      string // a template
}

// Level is how binding a requirement is (RFC 2119).
type Level string

// The levels.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// Levels returns all levels, the most binding first.
func Levels() []Level { return []Level{Must, Should, May} }

// Actor is who does or sees something.
type Actor string

// The actors.
const (
	Attacker  Actor = "attacker"
	Witness   Actor = "witness"
	Bystander Actor = "bystander"
	// Accomplice is a second connection of the attacker's, with the same account.
	Accomplice Actor = "accomplice"
)

// Actors returns all actors.
func Actors() []Actor { return []Actor{Attacker, Witness, Bystander, Accomplice, Authority} }

// Account is the number of the account that an actor has.
func (a Actor) Account() int {
	switch a {
	case Witness:
		return 1
	case Bystander:
		return 2
	}
	return 0
}

// Verdict is what a line of the header means for a server that it fits.
type Verdict string

// The verdicts.
const (
	Conform  Verdict = "conform"
	Tolerate Verdict = "tolerate"
	Deviate  Verdict = "deviate"
)

// Line is one outcome that the header knows.
type Line struct {
	Verdict Verdict
	Level   Level // of Deviate; else empty
	Seen    []Sight
}

// Kind is what kind of thing an actor saw.
type Kind string

// The kinds. The package documentation says what they are.
const (
	Nothing     Kind = "nothing"
	Header      Kind = "header"
	Features    Kind = "features"
	StreamError Kind = "stream-error"
	Closed      Kind = "closed"
	Footer      Kind = "footer"
	SASLFailure Kind = "sasl-failure"
	Success     Kind = "success"
	Challenge   Kind = "challenge"
	Proceed     Kind = "proceed"
	TLSFailure  Kind = "tls-failure"
	Error       Kind = "error"
	Result      Kind = "result"
	IQ          Kind = "iq"
	Message     Kind = "message"
	Presence    Kind = "presence"
	Other       Kind = "element"
	Unanswered  Kind = "unanswered"
	Garbage     Kind = "garbage"
	Refused     Kind = "refused"     // an HTTP request, by a status
	CloseFrame  Kind = "close-frame" // of WebSocket, with a status
	PongFrame   Kind = "pong"        // of WebSocket
	Handshaken  Kind = "handshaken"  // TLS was negotiated anew
	Terminated  Kind = "terminated"  // a session over BOSH, with a condition of its own
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{Nothing, Header, Features, StreamError, Closed, Footer, SASLFailure, Success, Challenge, Proceed, TLSFailure,
		Error, Result, IQ, Message, Presence, Other, Unanswered, Garbage, Refused, CloseFrame, PongFrame, Handshaken, Terminated, Dialback, Anything}
}

// hasConditions reports whether conditions follow the kind.
func (k Kind) hasConditions() bool {
	switch k {
	case StreamError, SASLFailure, Error, Refused, CloseFrame, Terminated, Dialback:
		return true
	}
	return false
}

// Sight is one thing that an actor is to see.
type Sight struct {
	Actor      Actor
	Many       bool // one or more of it, one after the other
	Kind       Kind
	Type       string   // of Error: its error type, of Dialback: verify or result; or any
	Conditions []string // alternatives; any
	Values     []Value
}

// Allows reports whether a condition is among those of s.
func (s *Sight) Allows(condition string) bool {
	return slices.Contains(s.Conditions, condition) || slices.Contains(s.Conditions, "any")
}

// Value is what an attribute of a thing seen is, or (Not) is not.
type Value struct {
	Name string
	Not  bool
	Text string // a template
}

// Verb is what an operation does.
type Verb string

// The verbs. The package documentation says what they do.
const (
	Dial          Verb = "dial"
	DialTLS       Verb = "dial-tls"
	DialWS        Verb = "dial-ws"
	DialWSS       Verb = "dial-wss"
	DialBOSH      Verb = "dial-bosh"
	DialComponent Verb = "dial-component"
	Open          Verb = "header"
	StartTLS      Verb = "starttls"
	Handshake     Verb = "handshake"
	Compress      Verb = "compress"
	Auth          Verb = "auth"
	Authenticate  Verb = "authenticate"
	Certificate   Verb = "certificate"
	Bind          Verb = "bind"
	Login         Verb = "login"
	Send          Verb = "send"
	Frame         Verb = "frame"
	Raw           Verb = "raw"
	Post          Verb = "post"
	Request       Verb = "request"
	Sync          Verb = "sync"
	Await         Verb = "await"
	Again         Verb = "renegotiate"
	Park          Verb = "park"
	HalfClose     Verb = "half-close"
	Close         Verb = "close"
	Reset         Verb = "reset"
	Freeze        Verb = "freeze"
	Learn         Verb = "learn"
	Mark          Verb = "mark"   // what follows is judged; it has no actor
	Repeat        Verb = "repeat" // what follows, up to End, is done N times; they have no actor
	End           Verb = "end"
)

// Verbs returns all verbs.
func Verbs() []Verb {
	return []Verb{Dial, DialTLS, DialWS, DialWSS, DialBOSH, DialComponent, DialS2S, Open, StartTLS, Handshake, Certificate, Compress, Auth, Authenticate, Bind, Login, Prove, Federate, Accept, Send, Frame, Raw, Post, Request, Sync, Await, Again, Park, HalfClose, Close, Reset, Freeze, Learn, Mark, Repeat, End}
}

// hasActor reports whether an actor does it.
func (v Verb) hasActor() bool { return v != Mark && v != Repeat && v != End }

// Bounds of a program, so that what plays it needs none.
const (
	MaxOps    = 200             // operations
	MaxRepeat = 10000           // times
	MaxFreeze = 5 * time.Second // one freeze
)

// KeySequence has all requests of a session over BOSH protected by keys (XEP-0124 §15).
const KeySequence = "keys"

// What Await can wait for.
const (
	AwaitElement  = "element"  // or the end of the stream, which belongs to a stream error
	AwaitFeatures = "features" // or the end of the stream
	AwaitHeader   = "header"   // or the end of the stream
	AwaitEnd      = "end"      // of the stream
	AwaitClosed   = "closed"   // the connection
)

// Op is one operation.
type Op struct {
	Actor     Actor
	Verb      Verb
	Mechanism string        // of Authenticate
	Attrs     string        // of Request: attributes of <body/> that are said otherwise than usual, as they stand in the program; see Attributes
	Arg       string        // of Send, Frame, Raw, Post and Request the template, of Auth the mechanism, of Await what to wait for, of Login the transport or ComponentLogin, of Authenticate what is asked for inline, of Certificate what it says, of DialWS and DialWSS the subprotocol, of DialBOSH KeySequence or nothing, of Learn the Lesson, of Freeze a template where For is 0
	By        int           // of Send: bytes that are written at a time; 0: all at once
	Form      Form          // of Frame
	Times     int           // of Repeat
	For       time.Duration // of Freeze, and of an Accept that may be in vain
}
