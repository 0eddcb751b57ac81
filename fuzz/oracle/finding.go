package oracle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"xmpprig/fuzz/program"
)

// Name is what an oracle is called.
type Name string

// The oracles, the most valuable first.
const (
	Crash         Name = "crash"         // the server died, or its log tells of a failure inside
	Witness       Name = "witness"       // a session received what was not sent, or was cut off by what was
	Identity      Name = "identity"      // somebody passed for somebody else
	PreAuth       Name = "pre-auth"      // something had an effect before authentication
	Order         Name = "order"         // a step of the negotiation was accepted that was not offered
	Limit         Name = "limit"         // there is no bound where one must be
	Hang          Name = "hang"          // neither an answer nor an end came
	Leak          Name = "leak"          // something stayed when all connections were gone
	Cost          Name = "cost"          // the CPU time of a byte is out of proportion
	Metamorphic   Name = "metamorphic"   // another spelling of the same had another answer
	Answer        Name = "answer"        // the table of required answers
	Neighbour     Name = "neighbour"     // honest sessions waited
	Amplification Name = "amplification" // far more came out than went in
	LogFlood      Name = "log-flood"     // the log grew far more than the input
	Secret        Name = "secret"        // the log tells a password
)

// Names returns all oracles in the order of their value.
func Names() []Name {
	return []Name{Crash, Witness, Identity, PreAuth, Order, Limit, Hang, Leak, Cost, Metamorphic, Answer, Neighbour, Amplification, LogFlood, Secret}
}

// Span is evidence: some bytes of the data of one event of a transcript.
type Span struct {
	Event int `json:"event"` // from 0
	From  int `json:"from"`
	To    int `json:"to"`
}

// Finding is one thing that a server did and should not have done.
type Finding struct {
	Oracle   Name          `json:"oracle"`
	Row      string        `json:"row,omitempty"` // of the table of required answers, such as O-103
	Level    program.Level `json:"level"`         // of the requirement
	State    string        `json:"state"`         // of the attacker's stream
	Input    string        `json:"input"`         // the class of what was sent
	Title    string        `json:"title"`         // what happened, the same whenever it happens again
	Detail   string        `json:"detail"`        // the same with its circumstances
	Ought    string        `json:"ought"`         // what would have been right
	Clause   string        `json:"clause,omitempty"`
	Evidence []Span        `json:"evidence,omitempty"`
}

// Fingerprint identifies a finding across runs and versions of this program: that of version 1 is made of the oracle and the
// title.
func (f Finding) Fingerprint() string {
	sum := sha256.Sum256([]byte("v1\n" + string(f.Oracle) + "\n" + f.Title))
	return hex.EncodeToString(sum[:8])
}

// Facts is what was seen of the server itself while a program was played.
type Facts struct {
	Crashes []Failure     // that its log or its end told
	Ended   bool          // its process ended, or it opens no stream any more
	CPU     time.Duration // that it used
	RSS     int64         // bytes by which its memory is larger, once all connections are closed
	Peak    int64         // bytes by which its memory was larger meanwhile
	FDs     int           // file descriptors that it has more, then
	Threads int           // threads that it has more, then
	Log     int64         // bytes that it logged
	Lines   []string      // the last lines of these
	Waited  time.Duration // the longest that an honest session waited for an answer; 0: none was watched
	Usual   time.Duration // the same without the program
	Secrets []string      // what must not be logged
}

// Failure is one crash.
type Failure struct {
	Kind  string // panic, traceback, crash report, ended, …
	Title string // stable: without numbers and addresses
	Text  string
	Exit  bool // it is the end of the process
}

// Case is one program that was played.
type Case struct {
	Program    *program.Program
	Transcript program.Transcript
	Facts      Facts
	Domain     string
	talks      map[program.Actor]*talk
	names      map[string]string // that were learned
}

// known looks a name up in what was learned.
func (c *Case) known(name string) (string, bool) {
	if c.names == nil {
		c.names = c.Transcript.Names()
	}
	value, ok := c.names[name]
	return value, ok
}

// Examine returns what a server did in one program that it should not have done.
func Examine(c *Case) []Finding {
	c.talks = listen(c.Transcript)
	var found []Finding
	for _, look := range []func(*Case) []Finding{
		crashes, witnessed, copies, identities, reached, ordered, limits, differing, held, hung, leaks, costs, answers, enumerated, federated, besieged, neighbours, amplified, flooded, told,
	} {
		found = append(found, look(c)...)
	}
	state, input := c.state(), c.input()
	for i := range found {
		if found[i].State == "" {
			found[i].State = state
		}
		if found[i].Input == "" {
			found[i].Input = input
		}
		found[i].Detail = cmp.Or(found[i].Detail, found[i].Title)
	}
	return found
}
