package loadgen

import (
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"xmpprig/results"
)

// Where users have several sessions, each of which is a device with a resource of its own, a message is for the user, and one
// device or more get it from the server directly (RFC 6121 section 8.5.2.1.1). Whichever of the recipient's others has
// carbons on is owed a copy, and so is whichever of the sender's (XEP-0280 sections 6 and 7). What is owed is
// settled when the message is sent: beside its slot in the ledger there are a bit for each device of either side that is
// owed something, and one for each that got it.

// The marks for devices, of which there are mostDevices on each side: the first of the bits.
const (
	mostDevices = 8
	owedTo      = 0 // the recipient's devices that are owed the message, or a copy
	owedFrom    = 8 // the sender's that are owed a copy
	gotTo       = 16
	gotFrom     = 24
)

// pendingCopies are the bits of what is owed and has not come.
func pendingCopies(v uint32) uint32 { return v & (1<<gotTo - 1) &^ (v >> gotTo) }

// owing are the marks of message seq; nil where there are none.
func (s *sheet) owing(seq uint32) *atomic.Uint32 {
	if p := (*s.pages.Load())[seq/pageSize].Load(); p != nil && p.owing != nil {
		return &p.owing[seq%pageSize]
	}
	return nil
}

// deviceLedger accounts for what devices got.
type deviceLedger struct {
	perUser int // 0 or 1: there are none to account for
	// due are messages and copies owed, to each device; directly those of them that came as messages.
	due, directly                 atomic.Int64
	direct, copies, twice, unowed atomic.Int64
	open                          atomic.Int64 // of those owed, not come yet
}

// devicesOf are the sessions of a user; the last may have fewer than the others.
func (e *engine) devicesOf(user int) []*session {
	return e.sessions[user*e.users.devices : min((user+1)*e.users.devices, len(e.sessions))]
}

// anyDevice says whether something is so of a session of a user.
func (e *engine) anyDevice(user int, is func(*session) bool) bool {
	return user < e.users.size && slices.ContainsFunc(e.devicesOf(user), is)
}

// resource is what the session asks to bind: its own among those of its user.
func (s *session) resource() string { return s.users.resourceOf(s.nth) }

// owedCopies are the marks of the devices that a message of type chat to a user is owed to.
func (s *session) owedCopies(to int) (owed uint32) {
	if s.users.devices == 1 || to == s.user {
		return 0 // who writes to himself is owed nothing in particular
	}
	for i, d := range s.devicesOf(to) {
		if d.copies.Load() {
			owed |= 1 << (owedTo + i)
		}
	}
	for i, d := range s.devicesOf(s.user) {
		if d != s && d.copies.Load() {
			owed |= 1 << (owedFrom + i)
		}
	}
	return owed
}

// owe notes what is owed of a message that is being entered into a page.
func (d *deviceLedger) owe(p *page, seq, owed uint32) {
	if p.owing == nil {
		p.owing = new([pageSize]atomic.Uint32)
	}
	p.owing[seq%pageSize].Store(owed)
	n := int64(bits.OnesCount32(owed))
	d.due.Add(n)
	d.open.Add(n)
}

// forgive takes back what is owed of a message that was not sent, or that came back; nil: nothing was.
func (d *deviceLedger) forgive(marks *atomic.Uint32) {
	if marks == nil {
		return
	}
	pending := pendingCopies(marks.Load())
	old := marks.And(^pending) // another may have come meanwhile
	n := int64(bits.OnesCount32(pending & pendingCopies(old)))
	d.due.Add(-n)
	d.open.Add(-n)
}

// overtakenAt is overtaken for one device, whose mark says what has come to it.
func (s *sheet) overtakenAt(seq uint32, to int, mark uint32) bool {
	for later := seq + 1; later < min(s.next.Load(), seq+horizon); later++ {
		slot, _ := s.slot(later)
		if marks := s.owing(later); slot != nil && marks != nil && marks.Load()&mark != 0 && recipientOf(slot.Load()) == to {
			return true
		}
	}
	return false
}

// fateAt is the fate of a message at the device of its recipient that lacks it with the least reason.
func (e *engine) fateAt(devices []*session, sent time.Duration) fate {
	all := make([]fate, 0, mostDevices)
	for _, d := range devices {
		all = append(all, d.fateOf(sent))
	}
	if slices.Contains(all, isLost) {
		return isLost
	}
	return all[0]
}

// arriveAt is arrive where users have several devices: this is the nth of user at. It says whether the message has
// reached the user for the first time.
func (l *ledger) arriveAt(st stamp, at, nth int, resumed bool) (first bool) {
	slot, s := l.lookUp(st, at)
	switch {
	case s == nil:
		return false
	case slot == nil:
		l.duplicate(st, at, nil, resumed)
		return false
	case recipientOf(slot.Load()) != at:
		l.settle(slot, slotStrayed)
		l.stray(st, at, recipientOf(slot.Load()))
		return false
	}
	marks := s.owing(st.seq)
	if marks == nil { // let go just now
		l.duplicate(st, at, nil, resumed)
		return false
	}
	old := marks.Or(1 << (gotTo + nth))
	if old&(1<<(gotTo+nth)) != 0 {
		l.duplicate(st, at, slot, resumed)
		return false
	}
	l.devices.direct.Add(1)
	if old&(1<<(owedTo+nth)) != 0 {
		l.devices.directly.Add(1)
		l.devices.open.Add(-1)
	}
	if s.overtakenAt(st.seq, at, 1<<(gotTo+nth)) {
		l.reordered.Add(1)
		l.sample("reordered", st.from, st.seq, at, "")
	}
	if !l.settle(slot, slotArrived) {
		return false
	}
	l.delivered.Add(1)
	return true
}

// lookUp finds the slot of a message, nil where its page has been let go; s is nil where there is no such message, which
// is then accounted for.
func (l *ledger) lookUp(st stamp, at int) (slot *atomic.Uint64, s *sheet) {
	if int(st.from) < len(l.sheets) {
		s = &l.sheets[st.from]
		if slot, known := s.slot(st.seq); known {
			return slot, s
		}
	}
	l.stray(st, at, -1)
	return nil, nil
}

// copied says that the nth device of user at has received a copy of a message that this user sent or, if not sent, received.
func (l *ledger) copied(st stamp, at, nth int, sent bool) {
	slot, s := l.lookUp(st, at)
	if s == nil {
		return
	}
	owed, got, owner := uint32(1)<<(owedTo+nth), uint32(1)<<(gotTo+nth), -1
	if slot != nil {
		owner = recipientOf(slot.Load())
	}
	if sent {
		owed, got, owner = 1<<(owedFrom+nth), 1<<(gotFrom+nth), l.owner(int(st.from))
	}
	marks := s.owing(st.seq)
	switch {
	case owner != at && (sent || slot != nil):
		l.stray(st, at, owner)
	case marks == nil: // its page was let go because all that was owed had come
		l.devices.twice.Add(1)
	default:
		l.copy(st, marks, owed, got, at)
	}
}

func (l *ledger) copy(st stamp, marks *atomic.Uint32, owed, got uint32, at int) {
	switch old := marks.Or(got); {
	case old&got != 0:
		l.devices.twice.Add(1)
		l.sample("copied twice", st.from, st.seq, at, "")
	case old&owed == 0:
		l.devices.unowed.Add(1)
	default:
		l.devices.copies.Add(1)
		l.devices.open.Add(-1)
	}
}

// closeDevices is the account of devices; nil where users have but one. went says of a device whether it was away for
// a time, so that what it has not got need not be lost.
func (l *ledger) closeDevices(went func(user, nth int) bool) *results.Devices {
	r := l.runningDevices()
	if r == nil {
		return nil
	}
	for from := range l.sheets {
		s := &l.sheets[from]
		for seq := range s.next.Load() {
			if slot, _ := s.slot(seq); slot != nil {
				l.lostCopies(r, uint32(from), seq, recipientOf(slot.Load()), pendingCopies(s.owing(seq).Load()), went)
			}
		}
	}
	return r
}

// lostCopies counts what one message still owes.
func (l *ledger) lostCopies(r *results.Devices, from, seq uint32, to int, pending uint32, went func(user, nth int) bool) {
	for ; pending != 0; pending &= pending - 1 {
		nth, user := bits.TrailingZeros32(pending), to
		if nth >= mostDevices {
			nth, user = nth-mostDevices, l.owner(int(from))
		}
		if went(user, nth) {
			r.CarbonsGone++
			continue
		}
		r.CarbonsLost++
		l.sample("copy lost", from, seq, user, "")
	}
}

// owner is the user whose session has a number.
func (l *ledger) owner(session int) int { return session / max(1, l.devices.perUser) }

func (l *ledger) runningDevices() *results.Devices {
	d := &l.devices
	if d.perUser < 2 {
		return nil
	}
	return &results.Devices{PerUser: d.perUser, Direct: d.direct.Load(), CarbonsOwed: d.due.Load() - d.directly.Load(),
		CarbonsReceived: d.copies.Load(), CarbonsTwice: d.twice.Load(), CarbonsUnowed: d.unowed.Load()}
}
