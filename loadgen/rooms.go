package loadgen

import (
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// rooms are the rooms of a run (XEP-0045), who belongs to which, and what became of the messages in them.
type rooms struct {
	service string // domain of the rooms; settled before the first session starts
	all     []room
	of      [][]place // by session
	ledger  *ledger   // that samples what went wrong
}

// place is one session's seat in one room.
type place struct{ room, seat int32 }

// room is one room and its part of the ledger. The lists of who is in are replaced, never changed, so that messages
// can share them.
type room struct {
	n       int
	local   string
	jid     string  // bare
	members []int32 // sessions by seat
	talk

	mu       sync.Mutex // guards what follows, and the order of messages
	present  *[]uint64  // bits of the seats that are in
	occupied int        // how many those are
	most     int        // the most at once

	sent, owed, delivered, duplicated, reordered, misdelivered, refused, replayed atomic.Int64
	open                                                                          atomic.Int64 // deliveries that may still come
}

// newRooms deals the seats out; nil where the scenario has no rooms.
func newRooms(r *scenarios.Rooms, sessions int, l *ledger) *rooms {
	if r == nil {
		return nil
	}
	all := &rooms{service: r.Service, all: make([]room, r.Count), of: make([][]place, sessions), ledger: l}
	stride := coprime(r.Count, sessions)
	for n := range all.all {
		m := &all.all[n]
		m.n, m.local = n, number(r.Name, n)
		m.members = make([]int32, r.Size(n, sessions))
		nobody := make([]uint64, (len(m.members)+63)/64)
		m.present = &nobody
		for seat := range m.members {
			session := int((int64(r.Start(n, sessions)+seat) * int64(stride)) % int64(sessions))
			m.members[seat] = int32(session)
			all.of[session] = append(all.of[session], place{int32(n), int32(seat)})
		}
	}
	l.rooms = all
	return all
}

// coprime is the least stride from n on that reaches every session: those that follow each other in number, whose turns follow
// each other too, then sit in different rooms.
func coprime(n, sessions int) int {
	for n = max(1, n%sessions); gcd(n, sessions) != 1; n++ {
	}
	return n
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// settle gives the rooms their addresses.
func (r *rooms) settle(service string) {
	r.service = service
	for i := range r.all {
		r.all[i].jid = r.all[i].local + "@" + service
	}
}

// rehearse notes who sits where.
func (r *rooms) rehearse(to *rehearsal) {
	for i := range r.all {
		to.sum.Write([]byte(r.all[i].local))
		for _, session := range r.all[i].members {
			to.note(uint64(session))
		}
	}
}

// enter says that a seat is in: what is sent from now on is owed to it.
func (r *room) enter(seat int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	more := with(*r.present, seat)
	r.present = &more
	r.occupied++
	r.most = max(r.most, r.occupied)
}

// exit says that a seat goes, or has gone. Messages that no one has got yet may reach the room after it; they are not owed to it any more.
// With unread, nor are those that others have got and it has not: its session has stopped reading. Both ends with what is older than
// since, which should have come by now.
func (r *room) exit(seat int, unread bool, since time.Duration, complete func(*utterance)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	less := without(*r.present, seat)
	r.present = &less
	r.occupied--
	for seq := r.first * talkPage; seq < r.next.Load(); seq++ {
		u, _ := r.at(seq)
		if u == nil {
			continue
		}
		if first := time.Duration(u.first.Load()); first == 0 && u.sent > since || unread && first > since {
			r.excuse(u, seat, complete)
		}
	}
}

// excuse takes a delivery back that is owed and has not come. A seat's own session calls it, so no arrival comes between.
func (r *room) excuse(u *utterance, seat int, complete func(*utterance)) {
	want := *u.want.Load()
	if !has(want, seat) || u.seen[seat/64].Load()&(1<<(seat%64)) != 0 {
		return
	}
	fewer := without(want, seat)
	u.want.Store(&fewer)
	left := u.remaining.Add(-1)
	if left < 0 { // it was refused, and so has been taken back already
		return
	}
	r.owed.Add(-1)
	r.open.Add(-1)
	if left == 0 {
		complete(u)
	}
}

func has(set []uint64, i int) bool { return set[i/64]&(1<<(i%64)) != 0 }

func with(set []uint64, i int) []uint64 {
	more := append([]uint64(nil), set...)
	more[i/64] |= 1 << (i % 64)
	return more
}

func without(set []uint64, i int) []uint64 {
	less := append([]uint64(nil), set...)
	less[i/64] &^= 1 << (i % 64)
	return less
}

// outstanding is how many deliveries may still come.
func (r *rooms) outstanding() (n int64) {
	if r == nil {
		return 0
	}
	for i := range r.all {
		n += r.all[i].open.Load()
	}
	return n
}

// mostRooms are accounted for by name in a record.
const mostRooms = 200

// account is the account so far; final says that what is open now is lost. Until then many rooms are not told one by one.
func (r *rooms) account(final bool) results.Rooms {
	sum := results.Rooms{Count: len(r.all), Service: r.service}
	for i := range r.all {
		one := r.all[i].account(final)
		sum.Occupants = max(sum.Occupants, one.Occupants)
		sum.RoomCounts = sum.RoomCounts.Plus(one.RoomCounts)
		if final || len(r.all) <= mostRooms {
			sum.Each = append(sum.Each, one)
		}
	}
	sum.Each = results.Telling(sum.Each, mostRooms)
	return sum
}

func (r *room) account(final bool) results.Room {
	c := results.RoomCounts{
		Sent: r.sent.Load(), Owed: r.owed.Load(), Delivered: r.delivered.Load(), Duplicated: r.duplicated.Load(), Reordered: r.reordered.Load(),
		Misdelivered: r.misdelivered.Load(), Refused: r.refused.Load(), Replayed: r.replayed.Load(),
	}
	if final {
		c.Lost = r.open.Load()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return results.Room{Name: r.local, Occupants: r.most, RoomCounts: c}
}

// addTo counts the deliveries of rooms among all messages.
func (r *rooms) addTo(l *results.Ledger) {
	for i := range r.all {
		m := &r.all[i]
		l.Sent += m.owed.Load()
		l.Delivered += m.delivered.Load()
		l.Duplicated += m.duplicated.Load()
		l.Reordered += m.reordered.Load()
		l.Misdelivered += m.misdelivered.Load()
		l.Refused += m.refused.Load()
	}
}

// roomAccount is the account of the run's rooms; nil where it has none.
func (e *engine) roomAccount(final bool) *results.Rooms {
	if e.rooms == nil {
		return nil
	}
	sum := e.rooms.account(final)
	return &sum
}
