package oracle

import (
	"bytes"
	"errors"
	"slices"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// maxTurns is how many elements are judged each way, as some are compared in pairs: floods have thousands.
const maxTurns = 2000

// turn is one element that an actor sent or received.
type turn struct {
	event    int // where in the transcript it ended
	from, to int // which bytes of that event's data belong to it
	element  *wire.Element
	actor    program.Actor
	stream   int  // the how manieth of the actor's it is on
	asked    bool // authentication had been asked for on the connection, so that this is not before it
	binding  bool // a resource had been, too

	connection int  // the how manieth of the actor's
	encrypted  int  // the first stream under TLS of the connection; 0: there is none
	spoiled    bool // something that the actor had sent was not read here: where streams begin is not sure since
	spoken     bool // the actor had sent something on the stream, whatever that was
	marked     bool // it came after the mark
	secure     bool // under TLS
	user       string
	bound      bool
	id, name   string // of a stanza, for comparisons
	lineName   string
	used       bool   // as the original of something received
	component  string // the domain of the external component whose stream it is on; empty: it is a client's
	server     bool   // on a stream between servers
}

// span is the turn as evidence.
func (t *turn) span() Span { return Span{t.event, t.from, t.to} }

// half is one direction of an actor's streams.
type half struct {
	scanner  wire.Scanner
	header   []byte
	turns    []*turn
	bytes    int64 // after the mark
	all      int64 // bytes, before it too
	here     int64 // of these, on this stream
	largest  int   // bytes of the largest element, whole or not, after the mark
	largeAt  int   // event of that
	broken   bool  // what came on the stream is not well-formed
	unread   bool  // how it goes on is not known: it is more than is read here, or what not every server refuses
	lost     bool  // some of it was unread or broken, on this stream or an earlier one
	doubtful bool  // some of it was unread
	partial  bool  // an element is unfinished
	badAt    int   // event of what broke the stream, -1: none did after the mark
	rest     int   // bytes that went behind it

	outgoing bool
	decoder  Decoder // nil over TCP
}

// talk is all that an actor said and heard.
type talk struct {
	actor      program.Actor
	sent       half
	received   half
	streams    int
	secure     bool   // the connection is under TLS
	direct     bool   // and was so from its first byte
	begun      bool   // a stream has begun on it
	carrier    string // what carries the stream instead of TCP, as findings have it; empty: nothing does
	user       string // who is authenticated, by what the client sent; unproven is one without a known password
	bound      bool
	ended      bool // the connection was ended by the server
	over       bool // the stream was
	robbed     bool // that came after the mark
	left       bool // the actor had ended its stream itself
	dropped    bool // the actor ended the connection
	leaving    bool // TLS is to follow: what is sent now is no XMPP
	asked      bool // authentication was asked for on this connection
	binding    bool // a resource was
	dials      int
	exchange   int      // steps of SASL that were asked for
	users      []string // as whom it has authenticated
	encrypted  int      // the first stream under TLS of the connection; 0: there is none
	registers  bool     // accounts can be registered here, said the last features
	timeouts   []int
	excused    []bool // of the timeouts: nobody was owed anything, inside of an element or behind what not every server refuses
	did        bool   // the actor did something of its own after the mark
	wrongs     []wrong
	offered    []string // mechanisms of the last features
	inline     []string // mechanisms of SASL2 in them, those of tokens too
	pending    int      // messages of SASL that were sent and not answered
	component  string   // the domain of the external component whose connection it is
	components []string // that it has been let in as
	handshake  *turn    // the last that was sent on this stream
	streamID   string
	shows      []program.Claim // of the certificate that it shows
	shown      []program.Claim // that the connection was encrypted with
	common     *common
	features   *turn
	auth       *turn  // the last auth that was sent on this stream
	trunk      *trunk // of streams between servers; nil: there was none
	server     bool   // the connection is one between servers
}

// wrong is what a talk shows of itself.
type wrong struct {
	kind string
	at   *turn
	what string
}

// listen reads a transcript as the talks of its actors.
func listen(t program.Transcript) map[program.Actor]*talk {
	talks := map[program.Actor]*talk{}
	marked, shared := false, &common{}
	for i, e := range t {
		if domain, ok := bytes.CutPrefix(e.Data, []byte("domain=")); ok && e.What == program.Learned {
			shared.domain = string(domain)
		}
		if e.What == program.Marked {
			marked = true
			continue
		}
		w := talks[e.Actor]
		if w == nil {
			w = &talk{actor: e.Actor, common: shared}
			w.sent.badAt, w.received.badAt, w.sent.outgoing = -1, -1, true
			talks[e.Actor] = w
		}
		w.take(i, e, marked)
	}
	return talks
}

func (w *talk) take(i int, e program.Event, marked bool) {
	switch e.What {
	case program.Dialled, program.Accepted:
		w.connect()
		w.server = e.What == program.Accepted || string(e.Data) == "server"
	case program.Secured:
		w.secure, w.encrypted, w.direct = true, w.streams+1, !w.begun // the stream that begins now
		w.shown = w.shows
	case program.Shows:
		w.shows = program.Claims(string(e.Data))
	case program.Component:
		w.component = string(e.Data)
	case program.Upgraded:
		w.carriedBy("WebSocket", NewUnframer(true), NewUnframer(false))
	case program.Wrapped:
		w.carriedBy("BOSH", NewUnwrapper(true), NewUnwrapper(false))
	case program.Compressed:
		w.carriedBy("a compressed stream", new(Inflater), new(Inflater))
	case program.Denied:
		w.refused(marked)
	case program.Stream:
		w.begin()
	case program.Sent:
		if w.carrier == "" {
			w.did = w.did || marked && !isSync(e.Data)
		}
		w.sent.take(w, i, e.Data, marked, w.say)
	case program.Received:
		w.received.take(w, i, e.Data, marked, w.hear)
	case program.Ended:
		w.robbed = w.robbed || marked && !w.over
		w.ended, w.over = true, true
	case program.Dropped:
		w.dropped, w.did = true, w.did || marked
	case program.TimedOut:
		if marked {
			w.timeouts = append(w.timeouts, i)
			w.excused = append(w.excused, w.sent.unread || w.sent.partial)
		}
	}
}

// isSync reports whether data is what a sync asks.
func isSync(data []byte) bool {
	if bytes.HasPrefix(data, []byte("<db:verify ")) {
		return bytes.Contains(data, []byte(" id='"+syncPrefix))
	}
	return bytes.HasPrefix(data, []byte("<iq ")) && bytes.Contains(data[:min(len(data), 80)], []byte(" type='get' id='"+syncPrefix))
}

// connect is a new connection.
func (w *talk) connect() {
	w.secure, w.user, w.bound, w.ended, w.dropped = false, "", false, false, false
	w.asked, w.binding, w.direct, w.begun = false, false, false, false
	w.component, w.shown = "", nil
	w.carriedBy("", nil, nil)
	w.dials++
	w.encrypted, w.sent.largest = 0, 0 // what was refused is over with the connection
}

// carriedBy has what goes both ways be read as what carries a stream.
func (w *talk) carriedBy(carrier string, sent, received Decoder) {
	w.carrier, w.sent.decoder, w.received.decoder = carrier, sent, received
}

// refused takes an answer of HTTP that carries no stream.
func (w *talk) refused(marked bool) {
	w.robbed = w.robbed || marked && !w.over && !w.left
	w.over = true
}

// begin is a new stream.
func (w *talk) begin() {
	w.streams, w.begun = w.streams+1, true
	w.over, w.auth, w.left, w.leaving = false, nil, false, false
	w.pending, w.handshake, w.streamID = 0, nil, ""
	for _, h := range []*half{&w.sent, &w.received} {
		h.scanner.Reset(Limits())
		h.broken, h.unread, h.partial, h.header, h.rest, h.here = false, false, false, nil, 0, 0
		begin(h.decoder)
	}
}

// take reads what went one way, and gives each whole element to then.
func (h *half) take(w *talk, event int, data []byte, marked bool, then func(*turn)) {
	if h.decoder == nil {
		h.count(data, marked)
		h.read(w, event, data, marked, then)
		return
	}
	h.decode(w, event, data, marked, then)
}

// count counts bytes.
func (h *half) count(data []byte, marked bool) {
	h.all += int64(len(data))
	h.here += int64(len(data))
	if marked {
		h.bytes += int64(len(data))
	}
	if h.broken {
		h.rest += len(data)
	}
}

// read reads a piece of the stream.
func (h *half) read(w *talk, event int, data []byte, marked bool, then func(*turn)) {
	for at := 0; !h.broken && !h.unread; {
		before := h.scanner.Pending()
		e, n, err := h.scanner.Next(data[at:])
		if marked {
			h.grow(event, max(h.scanner.Pending(), len(e.Raw())))
		}
		if bad, ok := errors.AsType[wire.SyntaxError](err); ok {
			if marked && bad.Condition == wire.PolicyViolation {
				h.grow(event, min(before+len(data)-at, Limits().Bytes))
			}
			h.fail(event, marked, bad, len(data)-at-n)
			return
		}
		if e.Kind == wire.None {
			h.partial = h.scanner.Pending() > 0
			return
		}
		h.partial = false
		if e.Kind == wire.Header {
			h.header = slices.Clone(e.Raw())
		}
		from := max(at, at+n-len(e.Raw()))
		t := &turn{event: event, from: from, to: at + n, element: standalone(h.header, e), actor: w.actor, stream: w.streams, marked: marked,
			secure: w.secure, user: w.user, bound: w.bound, asked: w.asked, binding: w.binding, connection: w.dials, spoken: w.sent.here > 0, encrypted: w.encrypted, spoiled: w.sent.lost, component: w.component, server: w.server}
		t.id, t.name = mirrored(t.element), string(t.element.Local())
		if h.turns = append(h.turns, t); len(h.turns) >= maxTurns {
			h.unread, h.lost, h.doubtful, h.partial = true, true, true, false
		}
		then(t)
		at += n
	}
}

// grow notes how large an element has become.
func (h *half) grow(event, size int) {
	if size > h.largest {
		h.largest, h.largeAt = size, event
	}
}

// fail takes a stream that is no XMPP. What comes in is broken then. Of what goes out, only what is not well-formed is: some
// servers pass over a comment, and all begin a new stream where the old one has authenticated.
func (h *half) fail(event int, marked bool, bad wire.SyntaxError, rest int) {
	h.partial, h.lost = false, true
	if bad.Condition == wire.PolicyViolation || h.outgoing && !malformed(bad) {
		h.unread, h.doubtful = true, true
		return
	}
	h.broken, h.rest = true, rest
	if marked && h.badAt < 0 {
		h.badAt = event
	}
}

// malformed reports whether no parser of XML can read it. What a stream begins with may be another encoding (XML 1.0 §F.1), in which
// nobody here knows how it goes on.
func malformed(bad wire.SyntaxError) bool {
	if bad.Offset < 4 && (bad.Reason == "not UTF-8" || bad.Reason == "character that XML forbids") {
		return false
	}
	return bad.Condition == wire.NotWellFormed || bad.Condition == wire.UnsupportedEncoding && bad.Reason == "not UTF-8"
}

// say follows what the actor sent.
func (w *talk) say(t *turn) {
	e := t.element
	if w.server {
		w.sayDialback(t)
	}
	switch {
	case e.Kind == wire.Footer:
		w.left = true
	case e.Is(wire.NSSASL, "auth"), e.Is(wire.NSSASL2, "authenticate"):
		w.auth, w.asked = t, true
		w.exchange++
		w.pending++
		w.binding = w.binding || hasChildOf(e, wire.NSBind2)
	case e.Is(wire.NSSASL, "response"), e.Is(wire.NSSASL2, "response"):
		w.exchange++
		w.pending++
	case e.Is(wire.NSComponent, "handshake"):
		w.handshake, w.asked, w.binding = t, true, true
	case e.Kind == wire.Stanza && isRequest(e):
		w.asked = w.asked || hasChildOf(e, nsLegacyAuth)
		w.binding = w.binding || w.asked && hasChildOf(e, wire.NSBind) || hasChildOf(e, nsLegacyAuth)
	case string(e.Space()) == wire.NSSM && string(e.Local()) == "resume":
		w.binding = w.asked
	}
}

// nsLegacyAuth is that of XEP-0078, by which authentication and resource come at once.
const nsLegacyAuth = "jabber:iq:auth"

// hear follows what the actor received, and notes what a server must not do.
func (w *talk) hear(t *turn) {
	e := t.element
	if w.server {
		w.hearDialback(t)
	}
	switch {
	case e.Kind == wire.Header:
		w.streamID = string(e.Attr("id"))
	case e.Kind == wire.Footer, e.Is(wire.NSStream, "error"):
		w.robbed = w.robbed || t.marked && !w.over && !w.left
		w.over = true
	case e.Is(wire.NSStream, "features"):
		w.learnFeatures(t)
	case e.Is(wire.NSSASL, "success"):
		w.succeed(t)
		w.received.scanner.Reset(Limits()) // what comes behind it belongs to a new stream (RFC 6120 §6.4.6)
		begin(w.received.decoder)
	case e.Is(wire.NSSASL2, "success"):
		w.succeed(t)
		w.entered(t)
	case e.Is(wire.NSSASL, "failure"), e.Is(wire.NSSASL2, "failure"), e.Is(wire.NSSASL, "challenge"), e.Is(wire.NSSASL2, "challenge"):
		w.pending = max(w.pending-1, 0)
	case e.Is(wire.NSComponent, "handshake"):
		w.attached(t)
	case e.Is(wire.NSTLS, "proceed"):
		w.leaving = true
		w.proceed(t)
	case e.Kind == wire.Stanza:
		w.hearStanza(t)
	}
}

func (w *talk) learnFeatures(t *turn) {
	w.features, w.offered, w.inline = t, nil, inlineOffers(t.element)
	w.registers = hasChildOf(t.element, "http://jabber.org/features/iq-register")
	if all, ok := t.element.Child(wire.NSSASL, "mechanisms"); ok {
		for m := range all.Children() {
			w.offered = append(w.offered, string(m.Text()))
		}
	}
}

func (w *talk) hearStanza(t *turn) {
	bind, ok := t.element.Child(wire.NSBind, "bind")
	if ok && string(t.element.Attr("type")) == "result" {
		w.bound = true
		if jid, ok := bind.Child(wire.NSBind, "jid"); ok {
			w.wrongs = append(w.wrongs, wrong{wrongBound, t, string(jid.Text())})
		}
	}
}

// standalone is a copy of e that outlives what is scanned next.
func standalone(header []byte, e *wire.Element) *wire.Element {
	if e.Kind == wire.Footer {
		return &wire.Element{Kind: wire.Footer}
	}
	var s wire.Scanner
	s.Reset(Limits())
	own, _, err := s.Next(header)
	if err == nil && e.Kind != wire.Header {
		own, _, err = s.Next(slices.Clone(e.Raw()))
	}
	if err != nil { // it has been scanned before, so it can be
		return &wire.Element{Kind: e.Kind}
	}
	return own
}
