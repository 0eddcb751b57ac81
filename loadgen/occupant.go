package loadgen

import (
	"bytes"
	"errors"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// Errors of sessions in rooms.
var (
	errNotJoined = errors.New("the session is not in the room")
	errRemoved   = errors.New("the room has removed the session")
)

// occupant is what a session knows of its place in one room.
type occupant struct {
	*room
	seat   int
	nick   string // as the room has it
	state  occupancy
	joined time.Duration // when the room said so; forever while it is not in
	last   uint32        // the session's last message in the room, and one; 0: none
}

// occupancy is how a session stands to a room.
type occupancy uint8

const (
	absent occupancy = iota // never was in on this connection
	joining
	inside
	leaving
	hasLeft // the room has said so
)

// attendance is a session's part in rooms; made only where it belongs to any.
type attendance struct {
	places  []occupant
	waiting *occupant // whose answer a step waits for
	at      time.Duration
	err     error
}

// attend makes what a session needs for its rooms; nil where it has none.
func (r *rooms) attend(n int, nick string) *attendance {
	if r == nil || len(r.of[n]) == 0 {
		return nil
	}
	a := &attendance{places: make([]occupant, len(r.of[n]))}
	for i, p := range r.of[n] {
		a.places[i] = occupant{room: &r.all[p.room], seat: int(p.seat), nick: nick, joined: forever}
	}
	return a
}

// place is the session's place in the room that an address is of, with what follows the slash; nil where it has none.
func (a *attendance) place(from []byte) (p *occupant, nick []byte) {
	for i := range a.places {
		p := &a.places[i]
		if rest, ok := bytes.CutPrefix(from, []byte(p.jid)); ok && (len(rest) == 0 || rest[0] == '/') {
			return p, bytes.TrimPrefix(rest, []byte("/"))
		}
	}
	return nil, nil
}

// settled says that what a step waits for has come.
func (a *attendance) settled(p *occupant, at time.Duration, err error) {
	if a.waiting == p {
		a.waiting, a.at, a.err = nil, at, err
	}
}

// onRoomPresence takes presence from the session's rooms; false: it is from elsewhere.
func (s *session) onRoomPresence(e *wire.Element, at time.Duration) bool {
	p, nick := s.rooms.place(e.Attr("from"))
	if p == nil {
		return false
	}
	switch string(e.Attr("type")) {
	case "":
		if p.state == joining {
			s.joinedAs(p, nick, e, at)
		}
	case "unavailable":
		if string(nick) == p.nick {
			s.outOf(p, at)
		}
	case "error":
		s.refusedBy(p, xmpp.ParseStanzaError(e), at)
	}
	return true
}

// joinedAs takes an occupant's presence while the session is joining: its own, which the status 110 marks (XEP-0045 §7.2.2), ends that.
// The room may have given it another nick (210).
func (s *session) joinedAs(p *occupant, nick []byte, e *wire.Element, at time.Duration) {
	self, created := statuses(e)
	if !self && string(nick) != p.nick {
		return
	}
	if string(nick) != p.nick {
		p.nick = string(nick)
	}
	p.state, p.joined = inside, at
	p.enter(p.seat)
	if created {
		s.unlock(p)
	}
	s.rooms.settled(p, at, nil)
}

// statuses looks for the codes 110, one's own presence, and 201, a new room.
func statuses(e *wire.Element) (self, created bool) {
	x, ok := e.Child(wire.NSMUCUser, "x")
	if !ok {
		return false, false
	}
	for c := range x.Children() {
		if string(c.Local()) == "status" {
			code := string(c.Attr("code"))
			self, created = self || code == "110", created || code == "201"
		}
	}
	return self, created
}

// unlock has a new room be as the server makes it (XEP-0045 §10.1.2): until then others may not be let in.
func (s *session) unlock(p *occupant) {
	buf := borrow()
	buf.b = wire.AppendIQ(buf.b[:0], wire.Addressing{To: p.jid, ID: "unlock", Type: "set"},
		[]byte("<query xmlns='"+wire.NSMUCOwner+"'><x xmlns='"+wire.NSData+"' type='submit'/></query>"))
	if err := s.transmit(buf); err != nil {
		s.erred(err, s.now())
	}
}

// outOf takes the room's word that the session is not in any more.
func (s *session) outOf(p *occupant, at time.Duration) {
	switch p.state {
	case inside:
		s.exit(p, false)
		s.erred(errRemoved, at)
	case joining:
		s.rooms.settled(p, at, errRemoved)
	}
	p.state = hasLeft
	s.rooms.settled(p, at, nil)
}

func (s *session) refusedBy(p *occupant, err error, at time.Duration) {
	if s.rooms.waiting != p {
		s.erred(err, at)
		return
	}
	if p.state == joining {
		p.state = absent
	}
	s.rooms.settled(p, at, err)
}

// exit takes the session out of a room. Whatever is older than an answer may be is owed to it nevertheless.
func (s *session) exit(p *occupant, unread bool) {
	p.joined = forever
	p.room.exit(p.seat, unread, s.now()-s.timeout, s.spread)
}

// vacate gives up all places as the connection goes; unread: the session closes it itself. When all say goodbye nothing is under way
// that could be left unread.
func (s *session) vacate(unread bool) {
	if s.rooms == nil || s.stage.Load() >= stageLeave {
		return
	}
	for i := range s.rooms.places {
		p := &s.rooms.places[i]
		if p.state == inside {
			s.exit(p, unread)
		}
		p.state = absent
	}
	s.rooms.waiting = nil
}

// fillRoom writes the address of a room or one's nick in it; nothing where the session belongs to none.
func (s *session) fillRoom(b []byte, name string, at *occupant) []byte {
	if at == nil && s.rooms != nil {
		at = &s.rooms.places[0]
	}
	switch {
	case at == nil:
		return b
	case name == "room":
		return wire.AppendText(b, at.jid)
	}
	return wire.AppendText(b, at.nick)
}
