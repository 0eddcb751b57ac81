package scenarios

import "time"

// Scenario is a checked scenario file. It is plain data: whoever runs it
// must not change it.
type Scenario struct {
	Name        string
	Description string
	Users       Users
	Target      Target
	Elsewhere   *Elsewhere // nil: all users are the target's
	Load        Load
	Rooms       *Rooms // nil: none
	Session     Session
	Objectives  []Objective
	Source      []byte // the file as read
	Hash        string // hex SHA-256 of Source
}

// Users says who logs in. User n (from 0) is Name and Password with {n}
// replaced by n.
type Users struct {
	Count    int // 0: as many as Load.Sessions, by Devices
	Name     string
	Password string
	Resource string // default "xmpprig"
	Devices  int    // sessions of each user; 0: one
}

// Target is where the scenario wants to run; the command line overrides it.
type Target struct {
	Server    string // loopback, prosody, ejabberd, jabberd2, HOST[:PORT]
	Domain    string
	Transport string // empty: TCP; websocket or bosh
	TLS       string // none, starttls, direct
	Login     string // empty: classic; sasl2, fast, auto
	Mechanism string // empty: the strongest offered

	StreamManagement *StreamManagement // nil: none
}

// Load is how many sessions there are, how fast they come, and the phases.
type Load struct {
	Sessions int
	Login    LoginPace
	WarmUp   time.Duration // a run-up to the first phase at its rate: recorded, tagged, left out
	Drain    time.Duration // longest wait for late answers
	Timeout  time.Duration // longest wait for one answer

	Reconnect     bool          // sessions that lose their connection come back, after delays that grow
	RestartServer time.Duration // how long after the beginning of the measured phases the server is restarted; 0: never
	Phases        []Phase
}

// LoginPace is how fast the sessions come up, before any phase.
type LoginPace struct {
	Rate    float64 // sessions a second
	Poisson bool
}

// Phase is one measured stretch. Exactly one of Open and Closed is set.
type Phase struct {
	Name     string
	Duration time.Duration
	Open     *Open
	Closed   *Closed
	Pos      Position
}

// Open offers arrivals at a rate, whether or not the server keeps up; each
// arrival runs Session.Work once on the session whose turn it is.
type Open struct {
	Poisson bool
	// Stairs holds the rate as straight pieces that follow each other and
	// fill the phase: constant is one level piece, a ramp one sloping piece,
	// stairs several level ones.
	Pieces []Piece
}

// Piece is a stretch over which the rate goes in a straight line.
type Piece struct {
	From, To float64 // arrivals a second
	Duration time.Duration
}

// Closed holds Sessions sessions, each running Session.Work again and again.
type Closed struct {
	Sessions int // 0: all
}

// Session is what one session does: Start once after it came up, Work for
// each arrival (open) or over and over (closed), Stop once at the end.
// Start begins with a login step unless Work does, in which case the session
// exists only inside Work (login storms).
type Session struct {
	Start, Work, Stop []Step
	Features          []string // what the client says that it can do; empty: it says nothing
}

// Position is a place in the scenario file.
type Position struct{ Line, Column int }

// Step is one of the step types of this package.
type Step interface{ Common() Base }

// Base is what every step has.
type Base struct {
	Pos   Position
	Label string // names the step's series in the record; the step's own name unless the file says "as"
}

// Common returns b; it makes the types that embed a Base steps.
func (b Base) Common() Base { return b }

type (
	// Login connects, secures, authenticates and binds.
	Login struct {
		Base
		Mechanism string // empty: the target's
	}
	// Presence sends presence: broadcast, or directed where To is set.
	Presence struct {
		Base
		Unavailable bool
		Show        string // away, chat, dnd, xa or empty
		Status      string
		To          *Peer
	}
	// RosterGet asks for the roster and waits for it.
	RosterGet struct{ Base }
	// RosterAdd puts the peers into the roster, each with one awaited request.
	RosterAdd struct {
		Base
		Peer  Peer // a ring adds all its users
		Group string
	}
	// Subscribe asks for the peers' presence. Every session approves requests
	// that reach it.
	Subscribe struct {
		Base
		To     Peer          // a ring subscribes to all its users
		Within time.Duration // wait until all have approved, this long at most; 0: go on at once
	}
	// Message sends one message, which the ledger follows to its recipient.
	Message struct {
		Base
		To   Peer
		Type string // chat, normal, headline
		Size Dist   // bytes of the body
		Body string // instead of Size: the body itself, with placeholders
		MessageExtras
	}
	// Ping sends an XEP-0199 ping and waits for the answer.
	Ping struct {
		Base
		To *Peer // nil: the server
	}
	// Disco asks for disco#info (XEP-0030) and waits for the answer.
	Disco struct {
		Base
		To *Peer // nil: the server
	}
	// Raw sends text as it stands after its placeholders were filled:
	// {id} {n} {jid} {user} {domain} {peer} {room} {nick} {seq} {now}.
	Raw struct {
		Base
		XML   string
		Peer  *Peer
		Await bool // wait for the iq result or error with the same {id}
	}
	// Wait lets time pass; what arrives meanwhile is handled.
	Wait struct {
		Base
		For Dist // seconds
	}
	// Expect waits until a stanza has matched since the iteration began or
	// since the session last passed this step.
	Expect struct {
		Base
		Match  Match
		Within time.Duration
		Index  int // this step's place among the scenario's expects
	}
	// Repeat does its steps a number of times.
	Repeat struct {
		Base
		Times int
		Do    []Step
	}
	// Every does its steps at an interval, each due on a fixed grid (or a
	// Poisson process), until Times are done, or until the phase ends where
	// Times is 0.
	Every struct {
		Base
		Interval time.Duration
		Poisson  bool
		Times    int
		Do       []Step
	}
	// Choose does one of its options, by weight.
	Choose struct {
		Base
		Options []Option
	}
	// Logout closes the stream as RFC 6120 section 4.4 says.
	Logout struct{ Base }
	// Disconnect drops the connection without a word.
	Disconnect struct{ Base }
	// Reconnect drops the connection if there is one and logs in again.
	Reconnect struct{ Base }
	// Resume drops the connection if there is one and resumes the session
	// (XEP-0198 section 5).
	Resume struct{ Base }
	// StopReading lets time pass without reading what arrives.
	StopReading struct {
		Base
		For Dist // seconds
	}
	// Vanish leaves the connection half open: nothing is sent or read on it any
	// more, and nothing tells the server.
	Vanish struct{ Base }
	// Carbons asks for copies of the messages of the user's other sessions
	// (XEP-0280) and waits for the answer.
	Carbons struct{ Base }
	// CSI says whether somebody looks at the client (XEP-0352).
	CSI struct {
		Base
		Active bool
	}
)

// Option is one branch of a Choose.
type Option struct {
	Weight float64
	Do     []Step
}

// PeerMode says how a step finds whom it talks to.
type PeerMode int

// Peer modes.
const (
	Random PeerMode = iota // any user but oneself
	Paired                 // users 0 and 1, 2 and 3, …
	Fixed                  // user N, or the address in JID
	Ring                   // one of the Span users after oneself, cyclically
	Self                   // one's own bare address
	Remote                 // any user of the other side: of elsewhere, or from there of the server under test
)

// Peer is whom a step talks to.
type Peer struct {
	Mode PeerMode
	N    int    // Fixed: the user's number
	JID  string // Fixed: an address instead of a number
	Span int    // Ring
}

// Match is what an Expect waits for; empty fields match anything.
type Match struct {
	Stanza   string // message, presence, iq
	Type     string
	From     string // address, bare or full; {peer} is not known here
	Contains string // bytes that the stanza's text as received must hold
}

// DistKind is the shape of a Dist.
type DistKind int

// Shapes.
const (
	Constant    DistKind = iota // always A
	Uniform                     // between A and B
	Exponential                 // mean A, cut off at B where B > 0
)

// Dist is a distribution of sizes (bytes) or times (seconds).
type Dist struct {
	Kind DistKind
	A, B float64
}
