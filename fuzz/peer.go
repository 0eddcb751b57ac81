package fuzz

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// peer is one actor's connection. Everything on it is done by the one goroutine that plays the program.
type peer struct {
	actor     program.Actor
	conn      net.Conn
	scanner   wire.Scanner
	out       wire.Scanner // of what is sent: nobody is owed an answer inside of an element
	pending   []byte       // read and not yet scanned
	web       *web         // what WebSocket needs; nil elsewhere
	packed    *packed      // what compression needs; nil without
	bosh      *session     // what BOSH needs; nil elsewhere
	broken    bool         // what came is no XMPP
	footer    bool         // the peer ended its stream
	ended     bool         // the connection is at its end, in the direction to us
	bound     bool
	unheard   bool     // something was sent, and nothing came since
	renewed   bool     // success came, after which a new stream begins (RFC 6120 §6.4.6)
	touched   bool     // it did more than log in and look on
	component bool     // the stream is one of the external component
	exchange  exchange // of SCRAM
	offers    features
	offered   []string          // of all features so far
	agreed    []string          // mechanisms that were offered before authentication
	heard     map[string]string // what is to be learned, by the lesson; nil: nothing

	domain string   // that it says it serves, on a stream between servers; empty: it is a client
	caller *arrival // who connected to it; nil: it connected itself
}

// features is what the last features offered.
type features struct {
	startTLS, bind bool
	mechanisms     []string // of SASL
	inline         []string // mechanisms of SASL2, those of tokens too
	spaces         []string // of all that is offered
}

// mechanism reports whether a mechanism is offered by SASL or SASL2.
func (f *features) mechanism(name string) bool {
	return slices.Contains(f.mechanisms, name) || slices.Contains(f.inline, name)
}

// item is a copy of an element.
type item struct {
	kind                    wire.Kind
	local, space, id, type_ string
	jid                     string          // of a bind result, or of a session that SASL2 has bound
	challenge               string          // of SASL or SASL2
	token, previd           string          // that came with a success of SASL2
	text, from, to          string          // of an element of dialback
	serves                  map[string]bool // features of an answer to service discovery
	offers                  features
}

func (i *item) features() bool { return i.space == wire.NSStream && i.local == "features" }

// errEnd says that the stream or the connection is at its end.
var errEnd = errors.New("the stream ended")

// errPatience says that something did not come in time.
var errPatience = errors.New("nothing came in time")

// speak follows what is sent.
func (p *peer) speak(text []byte) {
	for len(text) > 0 {
		e, n, err := p.out.Next(text)
		if err != nil || e.Kind == wire.None {
			return
		}
		p.begin(e)
		text = text[n:]
	}
}

// over reports whether no element can come any more.
func (p *peer) over() bool { return p.conn == nil || p.ended || p.footer || p.broken }

// next returns the next element, or errEnd or errPatience.
func (d *play) next(ctx context.Context, p *peer, deadline time.Time) (item, error) {
	for {
		if p.over() {
			return item{}, errEnd
		}
		e, n, err := p.scanner.Next(p.pending)
		if err != nil {
			p.broken = true
			continue
		}
		p.pending = p.pending[n:]
		if e.Kind == wire.None && p.renew() {
			continue
		}
		if e.Kind != wire.None {
			d.attend(p, e)
			i := copied(e)
			p.footer = i.kind == wire.Footer
			d.note(p, i)
			return i, nil
		}
		if err := d.read(ctx, p, deadline); err != nil {
			return item{}, err
		}
	}
}

// note keeps what later operations ask for.
func (d *play) note(p *peer, i item) {
	switch {
	case i.kind == wire.Header && p.caller == nil:
		if last, ok := d.known(string(p.actor) + ".stream"); ok {
			d.learn(p.actor, "previous", last)
		}
		d.learn(p.actor, "stream", i.id)
	case i.features():
		p.offers = i.offers
		p.offered = append(p.offered, i.offers.spaces...)
		d.offer(i.offers.spaces)
	case i.challenge != "":
		d.challenged(p, i.challenge)
	case i.space == wire.NSSASL2 && i.local == "success":
		d.noteInline(p, i)
	case i.jid != "":
		d.noteBound(p, i.jid)
	case i.space == wire.NSComponent && i.local == "handshake":
		p.bound, p.component = true, true
	case i.space == wire.NSSASL && i.local == "success": // what comes behind it belongs to a new stream (RFC 6120 §6.4.6)
		p.scanner.Reset(oracle.Limits())
		p.agreed = append(append(p.agreed, p.offers.mechanisms...), p.offers.inline...)
		p.offers, p.renewed, p.heard = features{}, true, nil
		if p.bosh != nil {
			p.bosh.in.Begin()
		}
	case i.space == wire.NSDialback:
		d.heardDialback(p, i)
	case i.space == wire.NSSM && i.local == "enabled" && i.id != "":
		d.learn(p.actor, "previd", i.id)
	}
}

// read takes what comes next and records it.
func (d *play) read(ctx context.Context, p *peer, deadline time.Time) error {
	if p.conn == nil || p.ended {
		return errEnd
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_ = p.conn.SetReadDeadline(deadline) // a connection that takes none fails in Read
	defer context.AfterFunc(ctx, func() { _ = p.conn.SetReadDeadline(time.Unix(1, 0)) })()
	data, err := d.receive(p)
	if len(data) > 0 {
		p.unheard = false
		d.record(p.actor, program.Received, data)
		d.take(p, data)
	}
	refused, isRefused := errors.AsType[*refusedError](err)
	switch {
	case err == nil:
		return nil
	case isRefused:
		d.record(p.actor, program.Denied, []byte(strconv.Itoa(refused.status)))
		p.ended, p.bosh.terminated = true, true
		return nil
	case err == errNothingAsked:
		return errEnd
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errPatience
	}
	if d.legacy[p.actor].renewed(err) {
		d.record(p.actor, program.Renewed, nil)
	}
	d.record(p.actor, program.Ended, []byte(err.Error()))
	p.ended = true
	return nil
}

// receive reads what comes next.
func (d *play) receive(p *peer) ([]byte, error) {
	if p.bosh != nil {
		return d.receiveBOSH(p)
	}
	var b [8 << 10]byte
	n, err := p.conn.Read(b[:])
	return slices.Clone(b[:n]), err
}

// restart begins a new stream on the connection (RFC 6120 §4.3.3).
func (d *play) restart(p *peer) {
	p.scanner.Reset(oracle.Limits())
	p.out.Reset(oracle.Limits())
	p.forget()
	p.pending, p.broken, p.footer, p.renewed, p.offers, p.heard = nil, false, false, false, features{}, nil
	d.record(p.actor, program.Stream, nil)
}

func copied(e *wire.Element) item {
	i := item{kind: e.Kind}
	if e.Kind == wire.Footer {
		return i
	}
	i.local, i.space = string(e.Local()), string(e.Space())
	i.id, i.type_ = string(e.Attr("id")), string(e.Attr("type"))
	if i.kind == wire.Nonza && e.Is(wire.NSStream, "features") {
		i.offers = offered(e)
	}
	if i.local == "challenge" && (i.space == wire.NSSASL || i.space == wire.NSSASL2) {
		i.challenge = string(e.Text())
	}
	if e.Is(wire.NSSASL2, "success") {
		copyInline(&i, e)
	}
	if i.space == wire.NSDialback {
		i.text, i.from, i.to = string(e.Text()), string(e.Attr("from")), string(e.Attr("to"))
	}
	if query, ok := e.Child(wire.NSDiscoInfo, "query"); ok && i.type_ == "result" {
		i.serves = map[string]bool{}
		for f := range query.Children() {
			i.serves[string(f.Attr("var"))] = true
		}
	}
	if bind, ok := e.Child(wire.NSBind, "bind"); ok && i.local == "iq" && i.type_ == "result" {
		if jid, ok := bind.Child(wire.NSBind, "jid"); ok && bytes.Contains(jid.Text(), []byte("/")) {
			i.jid = string(jid.Text())
		}
	}
	return i
}

func offered(e *wire.Element) (f features) {
	_, f.startTLS = e.Child(wire.NSTLS, "starttls")
	_, f.bind = e.Child(wire.NSBind, "bind")
	for child := range e.Children() {
		f.spaces = append(f.spaces, string(child.Space()))
		for inner := range child.Children() {
			f.spaces = append(f.spaces, string(child.Space())+"#"+string(inner.Local()))
		}
	}
	if all, ok := e.Child(wire.NSSASL, "mechanisms"); ok {
		for m := range all.Children() {
			f.mechanisms = append(f.mechanisms, string(m.Text()))
		}
	}
	f.offersInline(e)
	return f
}
