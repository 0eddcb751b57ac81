package program

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What is what happened in an Event.
type What string

// What can happen.
const (
	Dialled    What = "dialled"    // a connection was made; the data is "server" where it is to the port of servers
	Accepted   What = "accepted"   // the server connected to the authority
	Secured    What = "secured"    // it went over to TLS
	Shows      What = "shows"      // TLS is negotiated with a certificate from here on; the data is what it says
	Component  What = "component"  // the connection is one of an external component
	Upgraded   What = "upgraded"   // it went over to WebSocket: what is sent and received is frames from here on; the data is the subprotocol, or none
	Wrapped    What = "wrapped"    // it is a session over BOSH: what is sent and received from here on is each the <body/> of a request or a response
	Compressed What = "compressed" // it went over to compression: what is sent and received is zlib from here on
	Renewed    What = "renewed"    // the server negotiates TLS anew
	Posted     What = "posted"     // a request of BOSH went out; the data is its body
	Replied    What = "replied"    // its answer came; the data is the status, and the body behind a space
	Denied     What = "denied"     // an HTTP server did not go over to WebSocket, or did not answer with a <body/>; the data is the status
	Sent       What = "sent"       // bytes went out
	Received   What = "received"   // bytes came in, decrypted
	Stream     What = "stream"     // a new stream begins here: after the connection, TLS or SASL
	Ended      What = "ended"      // the connection was ended by the peer; the data says how
	Ignored    What = "ignored"    // the server connected to the authority, which took no notice of it; told at the end
	Dropped    What = "dropped"    // it was ended by the actor
	TimedOut   What = "timed-out"
	Learned    What = "learned" // the data is NAME=VALUE
	Marked     What = "mark"    // what follows is judged
)

func whats() []What {
	return []What{Dialled, Accepted, Ignored, Secured, Shows, Component, Upgraded, Wrapped, Compressed, Renewed, Posted, Replied, Denied, Sent, Received, Stream, Ended, Dropped, TimedOut, Learned, Marked}
}

// Event is one thing that happened.
type Event struct {
	At    time.Duration // since the start, in whole microseconds; of Received: when it was read
	Actor Actor         // empty for Marked
	What  What
	Data  []byte // of Sent and Received byte for byte, but for passwords, which are ***
}

// Transcript is what happened when a program was run.
type Transcript []Event

// Known looks a name up in what was learned: the last value counts.
func (t Transcript) Known(name string) (string, bool) {
	for _, e := range slices.Backward(t) {
		if v, ok := bytes.CutPrefix(e.Data, []byte(name+"=")); e.What == Learned && ok {
			return string(v), true
		}
	}
	return "", false
}

// Names returns all that was learned: the last value of each name.
func (t Transcript) Names() map[string]string {
	names := map[string]string{}
	for _, e := range t {
		if name, value, ok := bytes.Cut(e.Data, []byte("=")); e.What == Learned && ok {
			names[string(name)] = string(value)
		}
	}
	return names
}

// String is the transcript as text, a line an event; ParseTranscript gives the same again.
func (t Transcript) String() string {
	var b strings.Builder
	for _, e := range t {
		actor := e.Actor
		if actor == "" {
			actor = "-"
		}
		fmt.Fprintf(&b, "%d.%06d %s %s", e.At/time.Second, e.At%time.Second/time.Microsecond, actor, e.What)
		if len(e.Data) > 0 {
			fmt.Fprintf(&b, " %s", strconv.QuoteToASCII(string(e.Data)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// ParseTranscript reads a transcript. The error joins one *SyntaxError for each thing that is wrong.
func ParseTranscript(file string, src []byte) (t Transcript, err error) {
	p := &parser{file: file}
	for line := range strings.SplitSeq(string(src), "\n") {
		p.line++
		if line == "" {
			continue
		}
		if e, ok := p.event(line); ok {
			t = append(t, e)
		}
	}
	return t, errors.Join(p.errs...)
}

func (p *parser) event(line string) (e Event, ok bool) {
	tokens, ok := p.tokens(line)
	if !ok {
		return e, false
	}
	if len(tokens) < 3 || len(tokens) > 4 {
		p.fail(1, "an event is: SECONDS ACTOR WHAT [DATA]")
		return e, false
	}
	before := len(p.errs)
	if e.At, ok = parseSeconds(tokens[0].word); !ok {
		p.fail(tokens[0].column, "%q is no time in seconds with six decimals", tokens[0].word)
	}
	if e.What = What(tokens[2].word); !slices.Contains(whats(), e.What) {
		p.fail(tokens[2].column, "%q cannot happen", tokens[2].word)
	}
	if e.What != Marked || tokens[1].word != "-" {
		e.Actor = p.actor(tokens[1])
	}
	if len(tokens) == 4 {
		if e.Data = []byte(tokens[3].text); !tokens[3].quoted || tokens[3].word != "" || len(e.Data) == 0 {
			p.fail(tokens[3].column, "data stand in quotes")
		}
	}
	for _, t := range tokens[:3] {
		if t.quoted {
			p.fail(t.column, "only data stand in quotes")
		}
	}
	return e, len(p.errs) == before
}

func parseSeconds(s string) (time.Duration, bool) {
	whole, micro, ok := strings.Cut(s, ".")
	n, err1 := strconv.ParseUint(whole, 10, 32)
	m, err2 := strconv.ParseUint(micro, 10, 32)
	return time.Duration(n)*time.Second + time.Duration(m)*time.Microsecond, ok && len(micro) == 6 && err1 == nil && err2 == nil
}
