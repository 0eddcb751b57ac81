package fuzz

import (
	"context"
	"fmt"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// dialComponent connects to where external components do (XEP-0114).
func (d *play) dialComponent(ctx context.Context, a program.Actor) error {
	if d.site.Component.Addr == "" {
		return &NotOfferedError{What: "external components"}
	}
	if err := d.dial(ctx, a, d.site.Component.Addr, "components", false); err != nil {
		return err
	}
	d.record(a, program.Component, []byte(d.site.Component.Domain))
	d.peers[a].component = true
	return nil
}

// attach has an actor be the component.
func (d *play) attach(ctx context.Context, a program.Actor) error {
	for _, op := range program.ComponentSteps(a) {
		if err := d.do(ctx, op); err != nil {
			return fmt.Errorf("%s: %w", op.Verb, err)
		}
	}
	if p := d.peers[a]; !p.bound {
		return &unexpectedError{"no handshake"}
	}
	return nil
}

// from is the address that a component says its own pings are from; others leave that to the server.
func (p *peer) from() string {
	if p.component {
		return "from='{component.domain}' "
	}
	return ""
}

// header is that of the stream of an actor that has not sent one.
func (d *play) header(p *peer) []byte {
	h := wire.StreamHeader{To: d.site.Domain, Version: "1.0", Lang: "en", Namespace: wire.NSClient}
	if p.component {
		h = wire.StreamHeader{To: d.site.Component.Domain, Namespace: wire.NSComponent}
	}
	return wire.AppendHeader(nil, h)
}

// certify has an actor show a certificate in all handshakes of TLS from now on.
func (d *play) certify(op program.Op) error {
	if d.site.Certify == nil {
		return &NotOfferedError{What: "certificates of clients"}
	}
	text, recorded, err := d.expand(op.Arg)
	if err != nil {
		return err
	}
	cert, err := d.site.Certify(program.Claims(text))
	if err != nil {
		return fmt.Errorf("issue a certificate: %w", err)
	}
	d.certificates[op.Actor] = cert
	d.record(op.Actor, program.Shows, []byte(recorded))
	return nil
}
