package fuzz

import (
	"bytes"
	"context"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// offersInline takes what SASL2 offers (XEP-0388 §2.2): its mechanisms, those of tokens, and the namespaces of what can be had inline.
func (f *features) offersInline(e *wire.Element) {
	all, ok := e.Child(wire.NSSASL2, "authentication")
	if !ok {
		return
	}
	for c := range all.Children() {
		f.spaces = append(f.spaces, string(c.Space()))
		if c.Is(wire.NSSASL2, "mechanism") {
			f.inline = append(f.inline, string(c.Text()))
		}
	}
	inline, _ := all.Child(wire.NSSASL2, "inline")
	for c := range inline.Children() {
		f.spaces = append(f.spaces, string(c.Space()))
		if !c.Is(wire.NSFAST, "fast") {
			continue
		}
		for m := range c.Children() {
			f.inline = append(f.inline, string(m.Text()))
		}
	}
}

// copyInline takes what a success of SASL2 tells: the session that was bound (XEP-0386), a token (XEP-0484), and the name by which the
// stream can be resumed (XEP-0198).
func copyInline(i *item, e *wire.Element) {
	if token, ok := e.Child(wire.NSFAST, "token"); ok {
		i.token = string(token.Attr("token"))
	}
	bound, ok := e.Child(wire.NSBind2, "bound")
	if !ok {
		return
	}
	if enabled, ok := bound.Child(wire.NSSM, "enabled"); ok {
		i.previd = string(enabled.Attr("id"))
	}
	if name, ok := e.Child(wire.NSSASL2, "authorization-identifier"); ok && bytes.Contains(name.Text(), []byte("/")) {
		i.jid = string(name.Text())
	}
}

// noteInline keeps it. The stream goes on, with features of its own.
func (d *play) noteInline(p *peer, i item) {
	p.agreed, p.offers = append(append(p.agreed, p.offers.mechanisms...), p.offers.inline...), features{}
	if i.token != "" {
		d.learn(p.actor, "token", i.token)
	}
	if i.previd != "" {
		d.learn(p.actor, "previd", i.previd)
	}
	if i.jid != "" {
		d.noteBound(p, i.jid)
	}
}

func (d *play) noteBound(p *peer, jid string) {
	bare, resource, _ := strings.Cut(jid, "/")
	p.bound = true
	d.learn(p.actor, "jid", jid)
	d.learn(p.actor, "bare", bare)
	d.learn(p.actor, "resource", resource)
}

// auth authenticates as the actor (RFC 6120 §6.4).
func (d *play) auth(ctx context.Context, p *peer, mechanism string) error {
	if !d.marked && !p.offers.mechanism(mechanism) {
		return &NotOfferedError{What: "mechanism " + mechanism}
	}
	if err := d.exchange(ctx, p, program.AuthSteps(p.actor, mechanism), wire.NSSASL); err != nil {
		return err
	}
	d.restart(p)
	return nil
}

// authenticate authenticates by SASL2, and waits for the features that follow (XEP-0388 §2).
func (d *play) authenticate(ctx context.Context, p *peer, op program.Op) error {
	if !d.marked && !p.offers.mechanism(op.Mechanism) {
		return &NotOfferedError{What: "mechanism " + op.Mechanism + " of SASL2"}
	}
	if err := d.exchange(ctx, p, program.AuthenticateSteps(p.actor, op.Mechanism, op.Arg), wire.NSSASL2); err != nil {
		return err
	}
	for deadline := d.deadline(); ; {
		i, err := d.next(ctx, p, deadline)
		if err != nil || i.features() {
			return err
		}
	}
}

// exchange does the steps of an authentication until that has succeeded; what comes in between is a challenge.
func (d *play) exchange(ctx context.Context, p *peer, steps []program.Op, space string) error {
	for n, op := range steps {
		if op.Verb == program.Send {
			if err := d.send(ctx, p, op.Arg, 0); err != nil {
				return err
			}
			continue
		}
		i, err := d.next(ctx, p, d.deadline())
		switch {
		case err != nil:
			return err
		case i.space == space && i.local == "success":
			return nil
		case i.space != space || i.local != "challenge" || n == len(steps)-1:
			return &unexpectedError{i.local}
		}
	}
	return nil
}
