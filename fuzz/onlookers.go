package fuzz

import (
	"context"
	"slices"
	"time"

	"xmpprig/fuzz/program"
)

// onlookers are sessions of those that only look on. They are kept from one program to the next, since most programs begin by logging
// them in, which takes a server longer than what follows. The attacker's are new in every program, and so are all where a finding is
// confirmed: what an earlier program left behind in a session makes no finding. nil keeps none.
type onlookers struct {
	sessions map[program.Actor]*onlooker
}

// onlooker is one session.
type onlooker struct {
	peer    *peer
	login   program.Transcript // what was seen of its actor until it was bound
	offered []string           // namespaces of the features until then
}

func newOnlookers() *onlookers { return &onlookers{map[program.Actor]*onlooker{}} }

func (o *onlookers) count() int {
	if o == nil {
		return 0
	}
	return len(o.sessions)
}

// drop ends the sessions of all actors that keep does not want.
func (o *onlookers) drop(d *play, keep func(program.Actor) bool) {
	if o == nil {
		return
	}
	for a, s := range o.sessions {
		if !keep(a) {
			delete(o.sessions, a)
			d.end(s.peer)
		}
	}
}

// end ends all.
func (o *onlookers) end(site *Site) {
	o.drop(newPlay(site), func(program.Actor) bool { return false })
}

// prepare ends what p has no use for: sessions that it does not begin by logging in, and those that are to learn of their login.
func (o *onlookers) prepare(d *play, p *program.Program) {
	learns := lessons(p)
	o.drop(d, func(a program.Actor) bool {
		first := slices.IndexFunc(p.Ops, func(op program.Op) bool { return op.Actor == a })
		return first >= 0 && p.Ops[first].Verb == program.Login && p.Ops[first].Arg == "" && len(learns[a]) == 0
	})
}

// take goes on with the session of an actor, if one is kept and still answers. The transcript has its login as it was.
func (o *onlookers) take(ctx context.Context, d *play, a program.Actor) bool {
	if o == nil || o.sessions[a] == nil {
		return false
	}
	s := o.sessions[a]
	delete(o.sessions, a)
	if d.marked || !d.answers(ctx, s.peer) { // a login behind the mark is to be seen
		d.end(s.peer)
		return false
	}
	at := time.Since(d.start).Truncate(time.Microsecond)
	for _, e := range s.login {
		e.At = at
		d.events = append(d.events, e)
	}
	d.adopt(s)
	return true
}

// answers asks the server, out of any program's sight, and drops what earlier programs have sent to the session.
func (d *play) answers(ctx context.Context, p *peer) bool {
	syncs, quiet := d.syncs, d.quiet
	d.quiet = true
	defer func() { d.syncs, d.quiet = syncs, quiet }()
	return d.sync(ctx, p) == nil && len(p.pending) == 0
}

// adopt makes the session one of this play's.
func (d *play) adopt(s *onlooker) {
	d.peers[s.peer.actor] = s.peer
	d.logins[s.peer.actor] = s
	for name, value := range s.login.Names() {
		d.names[name] = value
	}
	d.offer(s.offered)
}

// keep takes over the sessions of a play that only looked on, and are in good order.
func (o *onlookers) keep(d *play) {
	if o == nil {
		return
	}
	for a, s := range d.logins {
		p := d.peers[a]
		if p == s.peer && (a == program.Witness || a == program.Bystander) && !p.touched && p.bound && !p.over() && len(p.pending) == 0 && p.scanner.Pending() == 0 && p.out.Pending() == 0 {
			o.sessions[a] = s
			delete(d.peers, a)
		}
	}
}
