package loadgen

import (
	"context"
	"math/rand/v2"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// Names of the series of messages to rooms: at each recipient, at the first and at the last.
const (
	seriesGroupchatDelivery = "groupchat.delivery"
	seriesGroupchatFirst    = "groupchat.first"
	seriesGroupchatLast     = "groupchat.last"
)

// roomSeries are the series of messages to rooms; each is -1 where none are sent.
type roomSeries struct{ each, first, last int }

func (p *program) roomSeries() roomSeries {
	return roomSeries{p.name(seriesGroupchatDelivery), p.name(seriesGroupchatFirst), p.name(seriesGroupchatLast)}
}

// groupchat sends one message to a room and has the ledger follow it to every occupant.
type groupchat struct {
	scenarios.Groupchat
	series int
	body   template
}

// draw picks one of a session's so many places, and a size.
func (o *groupchat) draw(places int, r *rand.Rand) (place, size int) {
	place = pickPlace(places, r)
	if o.Body == "" {
		size = max(0, int(o.Size.Draw(r)))
	}
	return place, size
}

// pickPlace draws only where there is a choice.
func pickPlace(places int, r *rand.Rand) int {
	if places < 2 {
		return 0
	}
	return r.IntN(places)
}

func (o *groupchat) run(_ context.Context, s *session) error {
	if s.rooms == nil {
		return nil
	}
	place, size := o.draw(len(s.rooms.places), s.rng)
	p := &s.rooms.places[place]
	if p.state != inside {
		return errNotJoined
	}
	sent := max(s.now(), s.due)
	st := stamp{kind: 'g', run: s.ledger.run, from: uint32(p.n), due: s.due, sent: sent}
	st.seq = p.say(s.n, p.last, s.due, sent)
	p.last = st.seq + 1
	buf := borrow()
	buf.b = o.append(buf.b[:0], s, p, st, size)
	if err := s.transmit(buf); err != nil {
		p.void(st.seq)
		return err
	}
	s.sent(o.series, sent)
	return nil
}

func (o *groupchat) append(b []byte, s *session, p *occupant, st stamp, size int) []byte {
	var id [80]byte
	b = append(b, "<message type='groupchat'"...)
	b = wire.AppendAttr(b, "to", p.jid)
	b = wire.AppendAttr(b, "id", st.append(id[:0]))
	b = append(b, "><body>"...)
	if o.Body != "" {
		b = o.body.append(b, s, filling{peer: p.jid, at: p, id: st.append(id[:0]), seq: uint64(st.seq)}, true)
	} else {
		b = appendFiller(b, size)
	}
	return append(b, "</body></message>"...)
}

func (o *groupchat) rehearse(r *rehearsal) {
	places := r.places()
	if places == 0 {
		return
	}
	place, size := o.draw(places, r.rng)
	r.note(uint64(place), uint64(size))
}

// onGroupchat takes a message of a room.
func (s *session) onGroupchat(e *wire.Element, at time.Duration) {
	st, ok := parseStamp(e.Attr("id"))
	all := s.engine.rooms
	if !ok || st.kind != 'g' || st.run != s.ledger.run || int(st.from) >= len(all.all) {
		return
	}
	r := &all.all[st.from]
	var p *occupant
	if s.rooms != nil {
		p, _ = s.rooms.place(e.Attr("from"))
	}
	switch {
	case p == nil || p.room != r:
		r.misdelivered.Add(1)
		s.ledger.note(r.astray(st.seq, s))
	case isReplay(e):
		r.replayed.Add(1)
	case p.state == hasLeft:
		r.stray(s.ledger, st.seq, p.seat)
	default:
		s.hear(p, st, at)
	}
}

// isReplay tells the room's history, which carries when it was said (XEP-0045 §7.2.14, XEP-0203), from what is said now.
func isReplay(e *wire.Element) bool {
	_, delayed := e.Child(wire.NSDelay, "delay")
	return delayed
}

// hear accounts for a message and times it.
func (s *session) hear(p *occupant, st stamp, at time.Duration) {
	at = max(at, st.sent)
	u, last := p.arrive(s.ledger, p.seat, p.joined, st, at)
	if u == nil || s.program.rooms.each < 0 {
		return
	}
	phase := s.board.at(st.due)
	s.board.answered(phase, s.program.rooms.each, st.due, st.sent, at)
	if u.first.CompareAndSwap(0, int64(at)) {
		s.board.answered(phase, s.program.rooms.first, st.due, st.sent, at)
	}
	if last {
		s.spread(u)
	}
}

// spread times a message that has come to all that it was owed to; where that is nobody any more, there is nothing to time.
func (s *session) spread(u *utterance) {
	if last := time.Duration(u.last.Load()); last > 0 {
		s.board.answered(s.board.at(u.due), s.program.rooms.last, u.due, u.sent, last)
	}
}

// onRoomError takes a message to a room that comes back.
func (s *session) onRoomError(e *wire.Element, st stamp, at time.Duration) {
	if s.engine.rooms == nil || int(st.from) >= len(s.engine.rooms.all) {
		return
	}
	err := xmpp.ParseStanzaError(e)
	s.engine.rooms.all[st.from].refuse(s.ledger, st.seq, s.n, err.Error())
	s.erred(err, at)
}
