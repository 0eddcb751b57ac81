package loopback

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// conferences are the rooms of the server (XEP-0045), at conference.DOMAIN. A room is made by whoever joins it first and vanishes with
// its last occupant.
type conferences struct {
	domain string
	mu     sync.Mutex // taken after a room's own
	rooms  map[string]*room
}

// roomHistory is how many messages a room keeps for those who join.
const roomHistory = 20

// room is one room, open to everybody, and everybody in it sees who the others are.
type room struct {
	local string
	jid   string // bare
	owner *account

	mu        sync.Mutex // taken before Server.mu; it is also what puts the room's stanzas in order
	occupants []*occupant
	byNick    map[string]*occupant
	subject   []byte // the message that set it, from whom included; nil: none
	history   []past
	archive   extras
	closed    bool // it has vanished
}

// occupant is a session in a room.
type occupant struct {
	session  *session
	nick     string
	jid      string // in the room
	presence []byte // the content of what it sent last
	place    int    // in room.occupants
}

// past is a message of the history.
type past struct {
	at   time.Time
	data []byte // without to, as it was handed out
}

// open finds a room or makes it for a session. Where it exists, created is false.
func (f *conferences) open(local []byte, by *account) (r *room, created bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r = f.rooms[string(local)]; r != nil {
		return r, false
	}
	if f.rooms == nil {
		f.rooms = map[string]*room{}
	}
	r = &room{local: string(local), jid: string(local) + "@" + f.domain, owner: by, byNick: map[string]*occupant{}}
	f.rooms[r.local] = r
	return r, true
}

func (f *conferences) find(local []byte) *room {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rooms[string(local)]
}

// dissolve lets an empty room go; it is locked.
func (f *conferences) dissolve(r *room) {
	r.closed = true
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.rooms, r.local)
}

// list is the rooms' addresses, in order.
func (f *conferences) list() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rooms {
		all = append(all, r.jid)
	}
	slices.Sort(all)
	return all
}

// of is the session's place in the room; nil if it has none. The room is locked, here and below.
func (r *room) of(n *session) *occupant {
	for _, o := range n.joined() {
		if o.room == r {
			return o.occupant
		}
	}
	return nil
}

func (r *room) put(o *occupant) {
	o.place = len(r.occupants)
	r.occupants = append(r.occupants, o)
	r.byNick[o.nick] = o
}

func (r *room) drop(o *occupant) {
	last := len(r.occupants) - 1
	r.occupants[o.place] = r.occupants[last]
	r.occupants[o.place].place = o.place
	r.occupants[last] = nil
	r.occupants = r.occupants[:last]
	delete(r.byNick, o.nick)
}

// remember keeps a message for those who join later.
func (r *room) remember(at time.Time, data []byte) {
	if len(r.history) == roomHistory {
		r.history = slices.Delete(r.history, 0, 1)
	}
	r.history = append(r.history, past{at, bytes.Clone(data)})
}

// attendance is the rooms that a session is in. Only its connection's goroutine, and whoever unbinds it, change them.
type attendance struct {
	mu    sync.Mutex
	seats []seat
}

type seat struct {
	room     *room
	occupant *occupant
}

// joined lists where the session is.
func (n *session) joined() []seat {
	n.rooms.mu.Lock()
	defer n.rooms.mu.Unlock()
	return n.rooms.seats
}

func (n *session) sit(s seat) {
	n.rooms.mu.Lock()
	defer n.rooms.mu.Unlock()
	n.rooms.seats = append(slices.Clone(n.rooms.seats), s)
}

func (n *session) rise(r *room) {
	n.rooms.mu.Lock()
	defer n.rooms.mu.Unlock()
	n.rooms.seats = slices.DeleteFunc(slices.Clone(n.rooms.seats), func(s seat) bool { return s.room == r })
}

// isRooms reports whether an address is of the service of the rooms.
func (s *Server) isRooms(a address) bool {
	return s.rooms.domain != "" && string(a.domain) == s.rooms.domain
}

// services are the items of the server (XEP-0030 §4); an account has none.
func (s *Server) services(toServer bool) []byte {
	b := []byte("<query xmlns='" + wire.NSDiscoItem + "'")
	if !toServer {
		return append(b, "/>"...)
	}
	b = append(wire.AppendAttr(append(b, "><item"...), "jid", s.pubsubDomain()), " name='Nodes'/>"...)
	if s.rooms.domain != "" {
		b = append(wire.AppendAttr(append(b, "<item"...), "jid", s.rooms.domain), " name='Rooms'/>"...)
	}
	if s.takesFiles() {
		b = append(wire.AppendAttr(append(b, "<item"...), "jid", s.uploadDomain()), " name='Files'/>"...)
	}
	return append(b, "</query>"...)
}
