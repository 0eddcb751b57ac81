package fuzz

import (
	"context"
	"fmt"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// federate is all the way to a stream on which the server believes the actor.
func (d *play) federate(ctx context.Context, a program.Actor) error {
	if err := d.dialServer(ctx, a); err != nil {
		return fmt.Errorf("%s: %w", program.DialS2S, err)
	}
	p := d.peers[a]
	err := d.open(ctx, p)
	if err == nil && p.offers.startTLS {
		if err = d.startTLS(ctx, p); err == nil {
			err = d.open(ctx, p)
		}
	}
	if err != nil {
		return err
	}
	return d.prove(ctx, p)
}

// prove sends a key and says, as the authority, that it is valid (XEP-0220 §2).
func (d *play) prove(ctx context.Context, p *peer) error {
	if p.domain == "" {
		return &NotOfferedError{What: betweenServers}
	}
	me := string(p.actor)
	if err := d.send(ctx, p, "<db:result from='{"+me+".domain}' to='{domain}'>"+falseKey+"</db:result>", 0); err != nil {
		return err
	}
	if err := d.vouch(ctx); err != nil {
		return fmt.Errorf("vouch for %s: %w", p.domain, err)
	}
	i, err := d.nextDialback(ctx, p, "result", d.deadline())
	if err == nil && i.type_ != "valid" {
		err = &unexpectedError{"dialback " + i.type_}
	}
	return err
}

// vouch says of the next key that is asked about that it is valid, on a connection that the server has or makes.
func (d *play) vouch(ctx context.Context) error {
	i, err := d.nextCall(ctx, program.AwaitVerify, d.deadline())
	if err != nil {
		return err
	}
	return d.send(ctx, d.peers[program.Authority], "<db:verify from='"+literal(i.to)+"' to='"+literal(i.from)+"' id='{authority.id}' type='valid'/>", 0)
}

// awaitCall waits, as the authority, for what the server says of dialback.
func (d *play) awaitCall(ctx context.Context, name string) error {
	if d.booth == nil {
		return &NotOfferedError{What: betweenServers}
	}
	_, err := d.nextCall(ctx, name, time.Now().Add(d.site.callback()))
	return err
}

// turn is how long one connection is listened to before another is looked for.
const turn = 20 * time.Millisecond

// nextCall is the next element of dialback of a name that comes on the last connection of the server, or on another that it makes.
func (d *play) nextCall(ctx context.Context, name string, deadline time.Time) (item, error) {
	for {
		p, err := d.caller(ctx, time.Until(deadline))
		if err != nil {
			return item{}, err
		}
		i, err := d.nextDialback(ctx, p, name, time.Now().Add(min(turn, time.Until(deadline))))
		if err == nil || err != errPatience && err != errEnd {
			return i, err
		}
		if time.Now().After(deadline) {
			return i, errPatience
		}
	}
}

// caller is the connection that the server made last; one that it makes now has its header answered.
func (d *play) caller(ctx context.Context, atMost time.Duration) (*peer, error) {
	p := d.peers[program.Authority]
	if p != nil && !p.over() && len(d.booth.arrivals) == 0 {
		return p, nil
	}
	if err := d.acceptServer(ctx, atMost); err != nil {
		return nil, err
	}
	p = d.peers[program.Authority]
	return p, d.answerHeader(ctx, p)
}

// nextDialback is the next element of dialback of a name; all else is passed over.
func (d *play) nextDialback(ctx context.Context, p *peer, name string, deadline time.Time) (item, error) {
	for {
		i, err := d.next(ctx, p, deadline)
		if err != nil || i.space == wire.NSDialback && i.local == name {
			return i, err
		}
		if err := d.believe(ctx, p, i, name); err != nil {
			return i, err
		}
	}
}
