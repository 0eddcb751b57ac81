package loadgen

import (
	"sync/atomic"

	"xmpprig/results"
)

// Marks of slots beside those of ledger.go; they settle nothing.
const (
	slotAcked  = 1 << 4 // acknowledged by the server (XEP-0198)
	slotResent = 1 << 5 // sent again upon a resumption
)

// managedLedger accounts for messages of sessions with stream management.
type managedLedger struct {
	acked, resent, carbons, duplicated atomic.Int64
}

// acknowledge says that the server has taken the responsibility for a message.
func (l *ledger) acknowledge(st stamp) {
	slot, known := l.sheets[st.from].slot(st.seq)
	if known && (slot == nil || slot.Or(slotAcked)&slotAcked == 0) {
		l.managed.acked.Add(1)
	}
}

// resend says that a message is sent again.
func (l *ledger) resend(st stamp) {
	slot, known := l.sheets[st.from].slot(st.seq)
	if slot != nil {
		slot.Or(slotResent)
	}
	if known {
		l.managed.resent.Add(1)
	}
}

// duplicate says that session at has received a message again; resumed, that the
// session was resumed before.
func (l *ledger) duplicate(st stamp, at int, slot *atomic.Uint64, resumed bool) {
	l.duplicated.Add(1)
	if resumed || slot != nil && slot.Load()&slotResent != 0 {
		l.managed.duplicated.Add(1)
	}
	l.sample("duplicated", st.from, st.seq, at, "")
}

// closeManaged is the account of stream management; nil where there was none.
// resumed tells of a user whether a session was resumed.
func (l *ledger) closeManaged(resumed func(n int) bool) *results.ManagedLedger {
	m := l.runningManaged()
	if m == nil {
		return nil
	}
	for from := range l.sheets {
		s := &l.sheets[from]
		for seq := range s.next.Load() {
			slot, _ := s.slot(seq)
			if slot == nil || slot.Load()&slotSettled != 0 {
				continue
			}
			v := slot.Load()
			if l.fateOf(v) != isLost {
				continue
			}
			if v&slotAcked != 0 {
				m.AckedLost++
				l.sample("acknowledged and lost", uint32(from), seq, recipientOf(v), "")
			}
			if v&slotResent != 0 || resumed(l.owner(from)) || resumed(recipientOf(v)) {
				m.LostAfterResume++
			}
		}
	}
	return m
}

func (l *ledger) runningManaged() *results.ManagedLedger {
	if !l.isManaged {
		return nil
	}
	return &results.ManagedLedger{
		Acked: l.managed.acked.Load(), Resent: l.managed.resent.Load(), DuplicatedAfterResume: l.managed.duplicated.Load(),
	}
}
