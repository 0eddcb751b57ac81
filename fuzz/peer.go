package fuzz

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// peer is one actor's connection. Everything on it is done by the one goroutine that plays the program.
type peer struct {
	actor   program.Actor
	conn    net.Conn
	scanner wire.Scanner
	pending []byte // read and not yet scanned
	broken  bool   // what came is no XMPP
	footer  bool   // the peer ended its stream
	ended   bool   // the connection is at its end, in the direction to us
	bound   bool
	offers  features
}

// features is what the last features offered.
type features struct {
	startTLS, bind bool
	mechanisms     []string
}

// item is a copy of an element.
type item struct {
	kind                    wire.Kind
	local, space, id, type_ string
	text                    string // the text of the element, the jid of a bind result
	offers                  features
}

// errEnd says that the stream or the connection is at its end.
var errEnd = errors.New("the stream ended")

// errPatience says that something did not come in time.
var errPatience = errors.New("nothing came in time")

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
		if e.Kind != wire.None {
			i := copied(e)
			p.footer = i.kind == wire.Footer
			return i, nil
		}
		if err := d.read(ctx, p, deadline); err != nil {
			return item{}, err
		}
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
	var b [8 << 10]byte
	n, err := p.conn.Read(b[:])
	if n > 0 {
		d.record(p.actor, program.Received, slices.Clone(b[:n]))
		p.pending = append(p.pending, b[:n]...)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errPatience
	}
	d.record(p.actor, program.Ended, []byte(err.Error()))
	p.ended = true
	return nil
}

// restart begins a new stream on the connection (RFC 6120 §4.3.3).
func (d *play) restart(p *peer) {
	p.scanner.Reset(wire.DefaultLimits())
	p.pending, p.broken, p.footer, p.offers = nil, false, false, features{}
	d.record(p.actor, program.Stream, nil)
}

func copied(e *wire.Element) item {
	i := item{kind: e.Kind}
	if e.Kind == wire.Footer {
		return i
	}
	i.local, i.space = string(e.Local()), string(e.Space())
	i.id, i.type_, i.text = string(e.Attr("id")), string(e.Attr("type")), string(e.Text())
	if i.kind == wire.Nonza && e.Is(wire.NSStream, "features") {
		i.offers = offered(e)
	}
	if bind, ok := e.Child(wire.NSBind, "bind"); ok {
		if jid, ok := bind.Child(wire.NSBind, "jid"); ok {
			i.text = string(jid.Text())
		}
	}
	return i
}

func offered(e *wire.Element) (f features) {
	_, f.startTLS = e.Child(wire.NSTLS, "starttls")
	_, f.bind = e.Child(wire.NSBind, "bind")
	if all, ok := e.Child(wire.NSSASL, "mechanisms"); ok {
		for m := range all.Children() {
			f.mechanisms = append(f.mechanisms, string(m.Text()))
		}
	}
	return f
}
