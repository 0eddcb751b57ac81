package oracle

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// syncPrefix begins the id of the pings of sync, whose answers are not judged.
const syncPrefix = "sync-"

// Limits are those of what actors read. They are wide: what a server passes on is to be seen, and not to look like its fault.
func Limits() wire.Limits { return wire.Limits{Depth: 1 << 16, Attrs: 1 << 12, Bytes: 8 << 20} }

// Seen is one thing that an actor saw.
type Seen struct {
	Kind      program.Kind
	Type      string // of an Error
	Condition string
	raw       string        // as received
	element   *wire.Element // of what is one, nil for others
}

// String is Seen in the words of a program.
func (s Seen) String() string {
	words := []string{string(s.Kind)}
	for _, w := range []string{s.Type, s.Condition} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// view is the reduction of what one actor received.
type view struct {
	actor   program.Actor
	scanner wire.Scanner
	decoder Decoder // nil over TCP
	marked  bool
	header  []byte // of the stream, as received
	broken  bool   // what came was no XMPP
	spoken  bool   // what came began with no status of HTTP
	opening []byte // what came, while it may become one
	over    bool   // the end was seen
	seen    []Seen
}

// Look returns what an actor saw after the mark.
func Look(t program.Transcript, actor program.Actor) []Seen {
	v := &view{actor: actor}
	for _, e := range t {
		switch {
		case e.What == program.Marked:
			v.marked = true
		case e.Actor != actor:
		case e.What == program.Stream:
			v.begin()
		case e.What == program.Dialled:
			v.decoder = nil
		case e.What == program.Upgraded:
			v.decoder = NewUnframer(false)
		case e.What == program.Wrapped:
			v.decoder = NewUnwrapper(false)
		case e.What == program.Compressed:
			v.decoder = new(Inflater)
		case e.What == program.Replied:
			v.reply(string(e.Data))
		case e.What == program.Renewed:
			v.add(Seen{Kind: program.Handshaken})
			v.over = true
		case e.What == program.Denied && v.decoder != nil:
			v.add(Seen{Kind: program.Terminated, Condition: conditionOf(string(e.Data))})
			v.over = true
		case e.What == program.Denied:
			v.add(Seen{Kind: program.Refused, Condition: string(e.Data)})
			v.over = true
		case e.What == program.Received && v.decoder != nil:
			v.receiveCarried(e.Data)
		case e.What == program.Received:
			v.receivePlain(e.Data)
		case e.What == program.Ended && !v.over:
			v.speak()
			v.add(Seen{Kind: program.Closed})
			v.over = true
		case e.What == program.TimedOut && !optional(string(e.Data)):
			v.add(Seen{Kind: program.Unanswered})
		}
	}
	return v.settle()
}

// optional reports whether nobody is owed what was waited for.
func optional(what string) bool {
	return what == program.AwaitElement || what == program.AwaitFeatures || what == program.AwaitEnd || what == program.AwaitVerify || what == program.AwaitResult ||
		what == string(program.Accept)
}

func (v *view) add(s Seen) {
	if v.marked {
		v.seen = append(v.seen, s)
	}
}

// begin is a new stream.
func (v *view) begin() {
	v.scanner.Reset(Limits())
	v.broken, v.over = false, false
	v.spoken, v.opening = false, nil
	begin(v.decoder)
}

// receiveCarried takes what carries a stream.
func (v *view) receiveCarried(data []byte) {
	bits, err := v.decoder.Take(data)
	for _, b := range bits {
		switch {
		case b.Closed != "" && !v.over:
			v.add(Seen{Kind: program.CloseFrame, Condition: b.Closed})
			v.over = true
		case b.Terminated != "":
			v.add(Seen{Kind: program.Terminated, Condition: b.Terminated})
			v.over = true
		case b.Pong:
			v.add(Seen{Kind: program.PongFrame})
		case b.Restart:
			v.scanner.Reset(Limits())
		}
		v.receive(b.Text)
	}
	if err != nil && !v.broken {
		v.add(Seen{Kind: program.Garbage, raw: err.Error()})
		v.broken = true
	}
}

func (v *view) receive(data []byte) {
	for !v.broken {
		e, n, err := v.scanner.Next(data)
		if err != nil {
			v.add(Seen{Kind: program.Garbage, raw: err.Error()})
			v.broken = true
			return
		}
		data = data[n:]
		if e.Kind == wire.None {
			return
		}
		if e.Kind == wire.Header {
			v.header = slices.Clone(e.Raw())
		}
		if own := standalone(v.header, e); !ofSync(own) {
			s := classify(own)
			v.add(s)
			v.over = v.over || e.Kind == wire.Footer
			if own.Is(wire.NSSASL, "success") { // what comes behind it belongs to a new stream (RFC 6120 §6.4.6)
				v.scanner.Reset(Limits())
				begin(v.decoder)
			}
		}
	}
}

func classify(e *wire.Element) Seen {
	s := Seen{Kind: program.Other, element: e, raw: string(e.Raw())}
	switch e.Kind {
	case wire.Header:
		s.Kind = program.Header
	case wire.Footer:
		s.Kind = program.Footer
	case wire.Stanza:
		classifyStanza(&s, e)
	default:
		classifyNonza(&s, e)
	}
	return s
}

func classifyStanza(s *Seen, e *wire.Element) {
	if len(e.Name()) != len(e.Local()) {
		s.Condition = string(e.Name()) // a prefix is not for stanzas (RFC 6120 §4.8.5)
		return
	}
	switch string(e.Attr("type")) {
	case "error":
		s.Kind = program.Error
		s.Type, s.Condition = stanzaError(e)
		return
	case "result":
		if string(e.Local()) == "iq" {
			s.Kind = program.Result
			return
		}
	}
	s.Kind = program.Kind(e.Local())
}

// stanzaError reads an error stanza (RFC 6120 §8.3.2); what is not one of these has no condition.
func stanzaError(e *wire.Element) (type_, condition string) {
	bad, ok := e.Child(string(e.Space()), "error")
	if !ok {
		return "", ""
	}
	return string(bad.Attr("type")), onlyCondition(&bad, wire.NSStanzas)
}

// onlyCondition is the one defined condition inside of an error; empty unless there is exactly one.
func onlyCondition(e *wire.Element, space string) (condition string) {
	for c := range e.Children() {
		if string(c.Space()) != space || string(c.Local()) == "text" {
			continue
		}
		if condition != "" {
			return ""
		}
		condition = string(c.Local())
	}
	return condition
}

func classifyNonza(s *Seen, e *wire.Element) {
	name := string(e.Local())
	switch string(e.Space()) {
	case wire.NSStream:
		switch name {
		case "features":
			s.Kind = program.Features
		case "error":
			s.Kind, s.Condition = program.StreamError, onlyCondition(e, wire.NSStreams)
		}
	case wire.NSSASL, wire.NSSASL2:
		switch name {
		case "failure":
			s.Kind, s.Condition = program.SASLFailure, onlyCondition(e, wire.NSSASL)
		case "success", "challenge":
			s.Kind = program.Kind(name)
		}
	case wire.NSTLS:
		switch name {
		case "failure":
			s.Kind = program.TLSFailure
		case "proceed":
			s.Kind = program.Proceed
		}
	}
	if string(e.Space()) == wire.NSDialback && (name == "result" || name == "verify") {
		classifyDialback(s, e)
	}
	if s.Kind == program.Other {
		s.Condition = fmt.Sprintf("{%s}%s", e.Space(), name)
	}
}

// settle joins a stream error and the end of the stream that belongs to it, and takes away the end of the connection that
// belongs to a footer. A stream error that nothing followed has no condition: it does not count.
func (v *view) settle() (settled []Seen) {
	for _, s := range v.seen {
		last := len(settled) - 1
		if last >= 0 && settled[last].Kind == program.StreamError && s.Kind != program.StreamError {
			if s.Kind == program.Footer || s.Kind == program.Closed || s.Kind == program.CloseFrame || s.Kind == program.Terminated {
				settled[last].Type = ""
				continue
			}
		}
		if s.Kind == program.StreamError {
			s.Type = "unclosed"
		}
		settled = append(settled, s)
	}
	return settled
}
