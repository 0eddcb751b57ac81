package loadgen

import (
	"sync/atomic"
	"time"
)

// utterance is one message to a room and how far it has spread. Arrivals touch nothing but atomic words.
type utterance struct {
	sender    int32
	following atomic.Uint32 // the sender's next message in the room, and one; 0: none yet
	remaining atomic.Int32  // deliveries owed that have not come; below zero once it was refused
	due, sent time.Duration
	last      atomic.Int64             // when it came last, offset
	first     atomic.Int64             // when it came first; 0: not yet
	want      atomic.Pointer[[]uint64] // seats it is owed to
	seen      []atomic.Uint64          // seats it has come to
}

// talkPage is small because a room's messages may be few, and the marks of a large room's many.
const talkPage = 16

type talkSheet [talkPage]utterance

// talk is what is said in one room, in pages of which those that are settled are let go. The room's lock guards its growth.
type talk struct {
	pages atomic.Pointer[[]atomic.Pointer[talkSheet]]
	next  atomic.Uint32
	first uint32 // page that has not been let go
}

// grow adds a page for seats, and lets go of the oldest ones on which all is settled.
func (t *talk) grow(seats int) {
	n := t.next.Load() / talkPage
	var pages []atomic.Pointer[talkSheet]
	if p := t.pages.Load(); p != nil {
		pages = *p
	}
	for ; t.first < n && pages[t.first].Load().settled(); t.first++ {
		pages[t.first].Store(nil)
	}
	if int(n) == len(pages) {
		more := make([]atomic.Pointer[talkSheet], max(1, 2*n))
		for i := t.first; i < n; i++ {
			more[i].Store(pages[i].Load())
		}
		pages = more
		t.pages.Store(&pages)
	}
	sheet, words := new(talkSheet), (seats+63)/64
	seen := make([]atomic.Uint64, talkPage*words)
	for i := range sheet {
		sheet[i].seen = seen[i*words : (i+1)*words]
	}
	pages[n].Store(sheet)
}

func (s *talkSheet) settled() bool {
	for i := range s {
		if s[i].remaining.Load() > 0 {
			return false
		}
	}
	return true
}

// at returns message seq; nil where its page has been let go, and false where there never was one.
func (t *talk) at(seq uint32) (*utterance, bool) {
	if seq >= t.next.Load() {
		return nil, false
	}
	p := (*t.pages.Load())[seq/talkPage].Load()
	if p == nil {
		return nil, true
	}
	return &p[seq%talkPage], true
}

// say enters a message of a session, whose last one in the room was before (and one; 0: none). It is owed to whoever is in the room.
func (r *room) say(sender int, before uint32, due, sent time.Duration) (seq uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seq = r.next.Load()
	if seq%talkPage == 0 {
		r.grow(len(r.members))
	}
	u := &(*r.pages.Load())[seq/talkPage].Load()[seq%talkPage]
	u.sender, u.due, u.sent = int32(sender), due, sent
	u.remaining.Store(int32(r.occupied))
	u.want.Store(r.present)
	r.sent.Add(1)
	r.owed.Add(int64(r.occupied))
	r.open.Add(int64(r.occupied))
	r.next.Store(seq + 1)
	if before > 0 {
		if u, _ := r.at(before - 1); u != nil {
			u.following.Store(seq + 1) // only now: whoever sees it finds the message
		}
	}
	return seq
}

// retracted marks a message that is owed to nobody any more, whatever arrives of it.
const retracted = -1 << 30

// retract takes back what is owed of a message that the server refused or that could not be sent; false where that was done before,
// or all of it has come.
func (r *room) retract(u *utterance) bool {
	for {
		left := u.remaining.Load()
		if left <= 0 {
			return false
		}
		if u.remaining.CompareAndSwap(left, retracted) {
			r.owed.Add(-int64(left))
			r.open.Add(-int64(left))
			return true
		}
	}
}

// overtaken says whether a later message of the same sender has come to the seat already.
func (r *room) overtaken(u *utterance, seat int) bool {
	for next := u.following.Load(); next > 0; next = u.following.Load() {
		if u, _ = r.at(next - 1); u == nil {
			return false // being said just now; a page is let go only after what comes before it
		}
		if u.seen[seat/64].Load()&(1<<(seat%64)) != 0 {
			return true
		}
	}
	return false
}
