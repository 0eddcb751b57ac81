package fuzz

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// betweenServers is what a server may not offer.
const betweenServers = "a stream between servers"

// dialledAs tells connections between servers from those of clients.
func dialledAs(what string) []byte {
	if what == betweenServers {
		return []byte("server")
	}
	return nil
}

// nothingLearned is what is known of dialback before anything is.
const nothingLearned = "none"

// falseKey is what is sent as a dialback key where the authority says what becomes of it.
const falseKey = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// introduce gives the servers of a play their names. They have some on every site, so that programs name what is known.
func (d *play) introduce(p *program.Program) {
	own, other := "a"+madeUp, "b"+madeUp
	if d.site.Authority != nil && p.BetweenServers() {
		d.booth = d.site.Authority.attend()
		own, other = d.booth.own, d.booth.other
	}
	d.names[string(program.Attacker)+".domain"], d.names[string(program.Accomplice)+".domain"] = own, other
	d.names[string(program.Authority)+".stream"] = nothingLearned
	for _, a := range program.Actors() {
		for _, name := range []string{"key", "id", "shown"} {
			d.names[string(a)+"."+name] = nothingLearned
		}
	}
	if d.booth != nil {
		d.learn(program.Attacker, "domain", own)
		d.learn(program.Accomplice, "domain", other)
	}
}

// dismiss ends what introduce began, and tells of the connections that the authority took no notice of.
func (d *play) dismiss() {
	if d.booth == nil {
		return
	}
	for range d.site.Authority.leave(d.booth) {
		d.record(program.Authority, program.Ignored, nil)
	}
}

// dialServer connects to the port of servers.
func (d *play) dialServer(ctx context.Context, a program.Actor) error {
	if d.booth == nil || d.site.ServerAddr == "" {
		return &NotOfferedError{What: betweenServers}
	}
	if err := d.reach(ctx, a, d.site.ServerAddr, betweenServers, false); err != nil {
		return err
	}
	p := d.peers[a]
	p.domain = d.names[string(a)+".domain"]
	d.restart(p)
	return nil
}

// serverHeader is the header of a stream between servers that an actor opens, as a template.
func serverHeader(p *peer) string {
	return string(wire.AppendHeader(nil, wire.StreamHeader{From: "{" + string(p.actor) + ".domain}", To: "{domain}", Version: "1.0", Lang: "en", Namespace: wire.NSServer}))
}

// acceptServer waits until the server connects.
func (d *play) acceptServer(ctx context.Context, atMost time.Duration) error {
	if d.booth == nil || d.site.ServerAddr == "" {
		return &NotOfferedError{What: betweenServers}
	}
	t := time.NewTimer(atMost)
	defer t.Stop()
	select {
	case c := <-d.booth.arrivals:
		d.admit(c)
		return nil
	case <-t.C:
		return errPatience
	case <-ctx.Done():
		return ctx.Err()
	}
}

// admit makes a connection of the server's that of the authority. One that it had is parked: servers make one for each purpose.
func (d *play) admit(c *arrival) {
	if old := d.peers[program.Authority]; old != nil && old.conn != nil {
		if d.park(old) != nil {
			_ = old.conn.Close()
		}
	}
	p := &peer{actor: program.Authority, conn: c.conn, caller: c}
	d.peers[program.Authority] = p
	d.record(program.Authority, program.Accepted, nil)
	d.restart(p)
	d.record(program.Authority, program.Received, c.said)
	d.take(p, c.said)
}

// answerHeader answers the header that the server sent, with features where it knows any.
func (d *play) answerHeader(ctx context.Context, p *peer) error {
	d.greetings++
	id := fmt.Sprintf("stream-%d", d.greetings)
	d.learn(p.actor, "stream", id)
	b := p.caller.header(id)
	if !p.caller.old {
		b = append(b, "<stream:features><dialback xmlns='"+wire.NSDialFeat+"'><errors/></dialback></stream:features>"...)
	}
	return d.send(ctx, p, literal(string(b)), 0)
}

// heardDialback keeps what later operations may want to repeat.
func (d *play) heardDialback(p *peer, i item) {
	switch {
	case i.type_ != "" || strings.HasPrefix(i.id, "sync-"):
	case i.local == "verify":
		d.learn(p.actor, "key", i.text)
		d.learn(p.actor, "id", i.id)
	case i.local == "result":
		d.learn(p.actor, "shown", i.text)
	}
}

// believe answers a key by which the server proves itself, where it is asked for one to verify: there are servers that ask only those who
// believe them.
func (d *play) believe(ctx context.Context, p *peer, i item, awaited string) error {
	if p.caller == nil || awaited != program.AwaitVerify || i.space != wire.NSDialback || i.local != "result" || i.type_ != "" {
		return nil
	}
	return d.send(ctx, p, "<db:result from='"+literal(i.to)+"' to='"+literal(i.from)+"' type='valid'/>", 0)
}

// syncOf asks something that is answered on the same stream, behind whatever is answered before: between servers it has a key verified
// that nobody made, which needs no trust (XEP-0220 §2.2.2).
func syncOf(p *peer, id string) string {
	if p.domain == "" {
		return "<iq type='get' id='" + id + "' " + p.from() + "to='{domain}'><ping xmlns='" + wire.NSPing + "'/></iq>"
	}
	return "<db:verify from='{" + string(p.actor) + ".domain}' to='{domain}' id='" + id + "'>none</db:verify>"
}

// awaits is how long an await may take.
func (s *Site) awaits(what string) time.Duration {
	if what == program.AwaitVerify || what == program.AwaitResult {
		return s.callback()
	}
	return s.glance()
}

// callback is how long the server may take to connect, which it does behind a query for a name.
func (s *Site) callback() time.Duration { return max(s.glance(), s.patience()/2) }
