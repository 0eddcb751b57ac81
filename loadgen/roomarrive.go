package loadgen

import (
	"fmt"
	"time"

	"xmpprig/results"
)

// arrive says that a message, with the stamp st, has come to a seat whose session joined at a given time. It returns the message where
// this is its first copy there, and whether it is the last that was owed.
func (r *room) arrive(l *ledger, seat int, joined time.Duration, st stamp, at time.Duration) (u *utterance, last bool) {
	u, known := r.at(st.seq)
	switch {
	case !known:
		r.stray(l, st.seq, seat)
		return nil, false
	case u == nil:
		r.afterwards(l, seat, joined, st)
		return nil, false
	}
	word, bit := &u.seen[seat/64], uint64(1)<<(seat%64)
	if word.Or(bit)&bit != 0 {
		r.duplicate(l, st.seq, seat)
		return nil, false
	}
	r.delivered.Add(1)
	if r.overtaken(u, seat) {
		r.reordered.Add(1)
		r.sample(l, "reordered", st.seq, seat)
	}
	u.come(at)
	if !has(*u.want.Load(), seat) { // the session was joining when it was sent: it may come or not
		r.owed.Add(1)
		return u, false
	}
	left := u.remaining.Add(-1)
	if left < 0 { // it had been taken back
		r.owed.Add(1)
		return u, false
	}
	r.open.Add(-1)
	return u, left == 0
}

// come notes when a copy came.
func (u *utterance) come(at time.Duration) {
	for {
		last := u.last.Load()
		if last >= int64(at) || u.last.CompareAndSwap(last, int64(at)) {
			return
		}
	}
}

// afterwards accounts for a copy of a message whose page has been let go because it had come to all that it was owed to. Whoever was in the
// room when it was sent has had it; of those who joined since that is not known.
func (r *room) afterwards(l *ledger, seat int, joined time.Duration, st stamp) {
	if joined > st.sent {
		r.owed.Add(1)
		r.delivered.Add(1)
		return
	}
	r.duplicate(l, st.seq, seat)
}

func (r *room) duplicate(l *ledger, seq uint32, seat int) {
	r.duplicated.Add(1)
	r.sample(l, "duplicated", seq, seat)
}

// stray says that somebody got what was not for them: a message that was never sent, or after they had left.
func (r *room) stray(l *ledger, seq uint32, seat int) {
	r.misdelivered.Add(1)
	r.sample(l, "misdelivered", seq, seat)
}

// refuse says that a message came back to its sender as an error.
func (r *room) refuse(l *ledger, seq uint32, sender int, text string) {
	u, _ := r.at(seq)
	if u == nil || int(u.sender) != sender || !r.retract(u) {
		return
	}
	r.owed.Add(1)
	r.refused.Add(1)
	l.note(results.LedgerSample{What: "refused", ID: r.id(seq), From: l.address(sender), To: r.jid, At: text})
}

// void says that a message was not sent after all.
func (r *room) void(seq uint32) {
	if u, _ := r.at(seq); u != nil {
		r.retract(u)
		r.sent.Add(-1)
	}
}

func (r *room) id(seq uint32) string { return fmt.Sprintf("%s:%d", r.local, seq) }

func (r *room) sample(l *ledger, what string, seq uint32, seat int) {
	if !l.wants(what) {
		return
	}
	s := results.LedgerSample{What: what, ID: r.id(seq), From: r.jid, To: l.address(int(r.members[seat]))}
	if u, _ := r.at(seq); u != nil {
		s.From = l.address(int(u.sender)) + " in " + r.jid
	}
	l.note(s)
}

// samplesLost gives examples of what never came.
func (r *rooms) samplesLost() {
	for i := range r.all {
		m := &r.all[i]
		for seq := m.first * talkPage; m.open.Load() > 0 && seq < m.next.Load() && r.ledger.wants("lost"); seq++ {
			if u, _ := m.at(seq); u != nil && u.remaining.Load() > 0 {
				m.sampleMissing(r.ledger, u, seq)
			}
		}
	}
}

func (r *room) sampleMissing(l *ledger, u *utterance, seq uint32) {
	want := *u.want.Load()
	for seat := range r.members {
		if has(want, seat) && u.seen[seat/64].Load()&(1<<(seat%64)) == 0 {
			r.sample(l, "lost", seq, seat)
		}
	}
}

// astray is a message of the room that came to a session which does not belong to it.
func (r *room) astray(seq uint32, s *session) results.LedgerSample {
	return results.LedgerSample{What: "misdelivered", ID: r.id(seq), From: r.jid, To: r.jid, At: s.users.address(s.user)}
}
