package loadgen

import (
	"context"
	"errors"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// join enters the session's rooms (XEP-0045 §7.2). A room that it is in already is passed over.
type join struct {
	scenarios.Join
	series int
}

func (o *join) run(ctx context.Context, s *session) error {
	if s.rooms == nil {
		return nil
	}
	within := o.Within
	if within == 0 {
		within = s.timeout
	}
	for i := range s.rooms.places {
		p := &s.rooms.places[i]
		if p.state == inside {
			continue
		}
		if err := o.enter(ctx, s, p, within); err != nil {
			return err
		}
	}
	return nil
}

// lockedPause is how long to wait before trying a room again whose creator has not yet unlocked it.
const lockedPause = 200 * time.Millisecond

func (o *join) enter(ctx context.Context, s *session, p *occupant, within time.Duration) error {
	due := max(s.due, s.free)
	sent := max(s.now(), s.due)
	s.board.sent(s.phase, o.series, sent-due)
	for limit := sent + within; ; {
		p.state, p.nick = joining, s.users.local(s.user)
		err := s.askRoom(ctx, p, o.append, limit)
		if err == nil {
			break
		}
		if !locked(err) || s.now()+lockedPause >= limit {
			return err
		}
		if err := s.passTo(ctx, s.now()+lockedPause); err != nil {
			return err
		}
	}
	s.answeredBy(o.series, due, sent)
	return nil
}

// locked tells the error of a room that is still locked (XEP-0045 §10.1.1).
func locked(err error) bool {
	e, ok := errors.AsType[*xmpp.StanzaError](err)
	return ok && e.Condition == "item-not-found"
}

// askRoom sends the room presence and waits for what it says to it, until limit.
func (s *session) askRoom(ctx context.Context, p *occupant, appendTo func([]byte, *occupant) []byte, limit time.Duration) error {
	a := s.rooms
	a.waiting, a.err = p, nil
	buf := borrow()
	buf.b = appendTo(buf.b[:0], p)
	if err := s.transmit(buf); err != nil {
		return err
	}
	for a.waiting == p {
		if err := s.hold(ctx, limit); err != nil {
			a.waiting = nil
			return err
		}
	}
	if s.conn.Load() == nil {
		return errNoConnection
	}
	return a.err
}

// answeredBy times what a room has answered.
func (s *session) answeredBy(series int, due, sent time.Duration) {
	at := max(s.rooms.at, sent)
	s.board.answered(s.phase, series, due, sent, at)
	s.due, s.free = at, at
}

func (o *join) append(b []byte, p *occupant) []byte {
	b = append(b, "<presence"...)
	b = appendOccupant(b, p)
	b = append(b, "><x xmlns='"+wire.NSMUC+"'"...)
	if o.History == nil {
		return append(b, "/></presence>"...)
	}
	b = append(b, "><history maxstanzas='"...)
	b = strconv.AppendInt(b, int64(*o.History), 10)
	return append(b, "'/></x></presence>"...)
}

// appendOccupant addresses a stanza to a place in a room.
func appendOccupant(b []byte, p *occupant) []byte {
	b = append(b, " to='"...)
	b = wire.AppendText(b, p.jid)
	b = append(b, '/')
	b = wire.AppendText(b, p.nick)
	return append(b, '\'')
}

func (o *join) rehearse(*rehearsal) {}

// leave leaves the session's rooms (XEP-0045 §7.14). A room that it is not in is passed over.
type leave struct {
	scenarios.Leave
	series int
}

func (o *leave) run(ctx context.Context, s *session) error {
	if s.rooms == nil {
		return nil
	}
	for i := range s.rooms.places {
		p := &s.rooms.places[i]
		if p.state != inside {
			continue
		}
		due := max(s.due, s.free)
		sent := max(s.now(), s.due)
		p.state = leaving
		s.exit(p, false)
		s.board.sent(s.phase, o.series, sent-due)
		if err := s.askRoom(ctx, p, appendLeave, sent+s.timeout); err != nil {
			return err
		}
		s.answeredBy(o.series, due, sent)
	}
	return nil
}

func appendLeave(b []byte, p *occupant) []byte {
	b = append(b, "<presence type='unavailable'"...)
	b = appendOccupant(b, p)
	return append(b, "/>"...)
}

func (o *leave) rehearse(*rehearsal) {}
