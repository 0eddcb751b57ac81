package fuzz

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// served asks for the services that a program needs. What was asked stands in the transcript, before the mark.
func (d *play) served(ctx context.Context, p *program.Program) error {
	for _, s := range p.Serves {
		has, err := d.hasFeature(ctx, s)
		if err != nil && !errors.Is(err, errPatience) { // an address that does not answer has none
			return err
		}
		if !has {
			return &NotOfferedError{What: s.Feature + " at " + s.At}
		}
	}
	return nil
}

// asker is the first actor with a session.
func (d *play) asker() *peer {
	for _, a := range program.Actors() {
		if p := d.peers[a]; p != nil && p.bound && !p.over() {
			return p
		}
	}
	return nil
}

func (d *play) hasFeature(ctx context.Context, s program.Service) (bool, error) {
	p := d.asker()
	if p == nil {
		return false, nil
	}
	d.asked++
	id := fmt.Sprintf("service-%d", d.asked)
	if err := d.send(ctx, p, "<iq type='get' id='"+id+"' to='"+s.At+"'><query xmlns='"+wire.NSDiscoInfo+"'/></iq>", 0); err != nil {
		return false, err
	}
	for deadline := time.Now().Add(d.site.patience()); ; {
		i, err := d.next(ctx, p, deadline)
		if errors.Is(err, errPatience) { // who does not even answer that
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if i.kind == wire.Stanza && i.id == id {
			return i.serves[s.Feature], nil
		}
	}
}
