package fuzz

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp/wire"
)

// do performs one operation.
func (d *play) do(ctx context.Context, op program.Op) error {
	if op.Verb == program.Login && op.Arg == program.ComponentLogin {
		return d.attach(ctx, op.Actor)
	}
	if op.Verb == program.Login {
		return d.login(ctx, op.Actor, program.Transport(op.Arg))
	}
	if op.Verb.Connects() {
		return d.connect(ctx, op)
	}
	switch op.Verb {
	case program.Post:
		return d.post(ctx, op)
	case program.Certificate:
		return d.certify(op)
	}
	if op.Actor == program.Authority && op.Verb == program.Await && (op.Arg == program.AwaitVerify || op.Arg == program.AwaitResult) {
		return d.awaitCall(ctx, op.Arg)
	}
	p := d.peers[op.Actor]
	if p == nil || p.conn == nil {
		return errEnd
	}
	if p.bosh != nil && op.Verb != program.Send {
		if err := d.flushBOSH(ctx, p); err != nil {
			return err
		}
	}
	p.touched = p.touched || op.Verb != program.Sync && op.Verb != program.Await && op.Verb != program.Freeze && op.Verb != program.Learn
	switch op.Verb {
	case program.Open:
		return d.open(ctx, p)
	case program.StartTLS:
		return d.startTLS(ctx, p)
	case program.Handshake:
		return d.handshake(ctx, p)
	case program.Compress:
		return d.compress(ctx, p)
	case program.Auth:
		return d.auth(ctx, p, op.Arg)
	case program.Authenticate:
		return d.authenticate(ctx, p, op)
	case program.Bind:
		return d.bind(ctx, p)
	case program.Prove:
		return d.prove(ctx, p)
	case program.Send:
		return d.send(ctx, p, op.Arg, op.By)
	case program.Request:
		return d.request(p, op)
	case program.Raw:
		return d.raw(p, op.Arg)
	case program.Frame:
		return d.frame(p, op)
	case program.Sync:
		return d.sync(ctx, p)
	case program.Await:
		return d.await(ctx, p, op.Arg)
	case program.Again:
		return d.renegotiate(p)
	case program.Park:
		return d.park(p)
	case program.HalfClose:
		return d.halfClose(p)
	case program.Close, program.Reset:
		return d.hangUp(p, op.Verb == program.Reset)
	case program.Freeze:
		return d.pause(ctx, op)
	case program.Learn:
		return d.study(p, op)
	}
	return fmt.Errorf("%q is no operation", op.Verb)
}

func (d *play) deadline() time.Time { return time.Now().Add(d.site.patience()) }

// login is all the way to a bound session.
func (d *play) login(ctx context.Context, a program.Actor, over program.Transport) error {
	if over == "" && d.kept.take(ctx, d, a) {
		return nil
	}
	from := len(d.events)
	for _, op := range over.Steps(a) {
		if err := d.do(ctx, op); err != nil {
			return fmt.Errorf("%s: %w", op.Verb, err)
		}
	}
	if over != "" {
		return nil
	}
	p := d.peers[a]
	p.touched = false
	d.logins[a] = &onlooker{p, slices.Clone(d.events[from:]), p.offered}
	return nil
}

// connect makes a connection of the kind that op says.
func (d *play) connect(ctx context.Context, op program.Op) error {
	switch op.Verb {
	case program.DialTLS:
		return d.dial(ctx, op.Actor, d.site.DirectTLSAddr, "direct TLS", true)
	case program.DialBOSH:
		return d.dialBOSH(ctx, op)
	case program.DialComponent:
		return d.dialComponent(ctx, op.Actor)
	case program.DialWS:
		return d.dialWeb(ctx, op, d.site.WebAddr, false)
	case program.DialWSS:
		return d.dialWeb(ctx, op, d.site.WebTLSAddr, true)
	case program.DialS2S:
		return d.dialServer(ctx, op.Actor)
	case program.Federate:
		return d.federate(ctx, op.Actor)
	case program.Accept:
		if op.For > 0 {
			return d.acceptServer(ctx, op.For)
		}
		return d.acceptServer(ctx, d.site.callback())
	}
	return d.dial(ctx, op.Actor, d.site.Addr, "TCP", false)
}

// dial connects, and begins a stream.
func (d *play) dial(ctx context.Context, a program.Actor, addr, what string, direct bool) error {
	if err := d.reach(ctx, a, addr, what, direct); err != nil {
		return err
	}
	d.restart(d.peers[a])
	return nil
}

// reach connects, with TLS from the first byte where it is direct.
func (d *play) reach(ctx context.Context, a program.Actor, addr, what string, direct bool) error {
	if addr == "" {
		return &NotOfferedError{What: what}
	}
	limited, cancel := context.WithTimeout(ctx, d.site.patience())
	defer cancel()
	conn, err := target.DialGuarded(addr)(limited, nil)
	if err != nil {
		return err
	}
	p := &peer{actor: a, conn: conn}
	if old := d.peers[a]; old != nil && old.bosh != nil {
		d.end(old)
	} else if old != nil && old.conn != nil {
		_ = old.conn.Close() // it is given up
	}
	d.peers[a] = p
	d.record(a, program.Dialled, dialledAs(what))
	if direct {
		return d.encrypt(ctx, p)
	}
	return nil
}

func (d *play) encrypt(ctx context.Context, p *peer) error {
	ctx, cancel := context.WithTimeout(ctx, d.site.patience())
	defer cancel()
	_ = p.conn.SetDeadline(time.Time{})
	conn, config := p.conn, d.site.config()
	if shown := d.certificates[p.actor]; shown != nil {
		config.Certificates = []tls.Certificate{*shown}
	}
	if l := d.legacy[p.actor]; l != nil {
		conn = l.watch(conn, config)
	}
	c := tls.Client(conn, config)
	if err := c.HandshakeContext(ctx); err != nil {
		if d.legacy[p.actor] != nil && !d.marked && ctx.Err() == nil {
			return &NotOfferedError{What: "TLS 1.2"}
		}
		return fmt.Errorf("tls: %w", err)
	}
	p.conn = c
	d.record(p.actor, program.Secured, nil)
	return nil
}

// open opens a stream and waits for the features.
func (d *play) open(ctx context.Context, p *peer) error {
	header := literal(string(d.header(p)))
	switch {
	case p.caller != nil:
		return d.answerHeader(ctx, p)
	case p.domain != "":
		header = serverHeader(p)
	}
	if err := d.send(ctx, p, header, 0); err != nil {
		return err
	}
	for deadline := d.deadline(); ; {
		i, err := d.next(ctx, p, deadline)
		switch {
		case err != nil:
			return err
		case i.kind == wire.Header:
		case i.features():
			return nil
		default:
			return &unexpectedError{i.local}
		}
	}
}

// literal is a template for text as it is.
func literal(text string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(text) }

// startTLS negotiates TLS (RFC 6120 §5.4).
func (d *play) startTLS(ctx context.Context, p *peer) error {
	if !p.offers.startTLS && !d.marked {
		return &NotOfferedError{What: "STARTTLS"}
	}
	if err := d.send(ctx, p, "<starttls xmlns='"+wire.NSTLS+"'/>", 0); err != nil {
		return err
	}
	i, err := d.next(ctx, p, d.deadline())
	if err != nil {
		return err
	}
	if i.space != wire.NSTLS || i.local != "proceed" {
		return &unexpectedError{i.local}
	}
	return d.handshake(ctx, p)
}

// handshake goes over to TLS, and with it to a new stream.
func (d *play) handshake(ctx context.Context, p *peer) error {
	if err := d.encrypt(ctx, p); err != nil {
		return err
	}
	d.restart(p)
	return nil
}

// bind binds a resource of the server's choice (RFC 6120 §7.6).
func (d *play) bind(ctx context.Context, p *peer) error {
	if !p.offers.bind && !d.marked {
		return &NotOfferedError{What: "resource binding"}
	}
	if err := d.send(ctx, p, "<iq type='set' id='bind'><bind xmlns='"+wire.NSBind+"'/></iq>", 0); err != nil {
		return err
	}
	i, err := d.next(ctx, p, d.deadline())
	if err != nil {
		return err
	}
	if i.jid == "" {
		return &unexpectedError{strings.TrimSpace(i.local + " " + i.type_)}
	}
	return nil
}

// sync pings the server and waits for the answer (XEP-0199), which comes behind whatever is answered before (RFC 6120 §10.1).
func (d *play) sync(ctx context.Context, p *peer) error {
	d.syncs++
	id := fmt.Sprintf("sync-%d", d.syncs)
	// On a stream that has ended this fails, which what is read will tell better.
	_ = d.send(ctx, p, syncOf(p, id), 0)
	deadline := d.deadline()
	if p.out.Pending() > 0 {
		deadline = time.Now().Add(d.site.glance())
	}
	for {
		i, err := d.next(ctx, p, deadline)
		if err == errEnd && d.marked {
			return nil
		}
		if err != nil {
			return err
		}
		if i.id == id && (i.kind == wire.Stanza || i.space == wire.NSDialback) {
			return nil
		}
	}
}

// await waits for one element, the features, the end of the stream, or the end of the connection. All but the last are over
// when the stream is.
func (d *play) await(ctx context.Context, p *peer, what string) error {
	for deadline := time.Now().Add(d.site.awaits(what)); ; {
		var i item
		var err error
		if what == program.AwaitClosed {
			if p.shut() {
				return nil
			}
			err = d.read(ctx, p, deadline)
		} else {
			i, err = d.next(ctx, p, deadline)
		}
		if err == nil {
			err = d.believe(ctx, p, i, what)
		}
		switch {
		case err == errEnd && (what == program.AwaitClosed || p.ended || p.footer):
			return nil
		case err == errEnd: // what came is no XMPP, and how it goes on is not for us to read
			what = program.AwaitClosed
		case err != nil:
			return err
		case i.space == wire.NSStream && i.local == "error":
			what = program.AwaitEnd
		case what == program.AwaitElement, what == program.AwaitFeatures && i.features(), what == program.AwaitHeader && i.kind == wire.Header,
			i.space == wire.NSDialback && i.local == what:
			return nil
		}
	}
}
