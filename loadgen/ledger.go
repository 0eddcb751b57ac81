package loadgen

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/results"
)

// ledger accounts for every message. A sender has a sheet with one slot per
// message; whoever receives the message marks the slot. Slots are atomic
// words, so neither side takes a lock.
type ledger struct {
	run    uint32
	sheets []sheet

	sent, delivered, duplicated, reordered, misdelivered, refused atomic.Int64
	receipts                                                      receiptCount
	fate                                                          func(to int, sent time.Duration) fate // of a message that did not arrive; nil: it is lost
	offline                                                       atomic.Int64                          // messages that waited for their recipient
	archived                                                      atomic.Int64                          // messages that archives returned
	settled                                                       atomic.Int64                          // of those sent

	devices   deviceLedger
	managed   managedLedger
	isManaged bool // the sessions have stream management

	mu      sync.Mutex // guards the samples, touched only when something is wrong
	samples []results.LedgerSample
	sampled map[string]int // by what
	address func(n int) string

	rooms *rooms // whose deliveries count too; nil: none
}

// A slot is marks, above them the recipient's number, and on top when the message was sent.
const (
	slotArrived   = 1 << iota // reached its recipient
	slotStrayed               // reached somebody else
	slotRefused               // came back as an error
	slotVoid                  // was never sent
	slotRecipient = 8         // the recipient's number starts at this bit
	slotSent      = 36        // when it was sent, in slotTicks, starts at this bit
	slotSettled   = slotArrived | slotStrayed | slotRefused | slotVoid
)

// slotTick is how exactly it is known when a message was sent; so the bits suffice for a month.
const slotTick = 10 * time.Millisecond

func newSlot(to int, sent time.Duration) uint64 {
	ticks := min(uint64(sent/slotTick), 1<<(64-slotSent)-1)
	return ticks<<slotSent | uint64(to)<<slotRecipient
}

func recipientOf(slot uint64) int {
	return int(slot >> slotRecipient & (1<<(slotSent-slotRecipient) - 1))
}

func sentOf(slot uint64) time.Duration { return time.Duration(slot>>slotSent) * slotTick }

// pageSize is small because most sessions send little.
const pageSize = 64

type page struct {
	slots [pageSize]atomic.Uint64
	owing *[pageSize]atomic.Uint32 // what devices are owed, and got; nil where users have one
}

// sheet is one sender's part of the ledger. Only its session appends.
type sheet struct {
	pages atomic.Pointer[[]atomic.Pointer[page]] // with room for more
	next  atomic.Uint32
	first uint32 // page that has not been let go
}

func newLedger(run uint32, sessions int, address func(int) string) *ledger {
	return &ledger{run: run, sheets: make([]sheet, sessions), address: address}
}

// open takes the next slot of the sender for a message to the recipient.
func (l *ledger) open(from, to int, sent time.Duration) (seq uint32) {
	return l.openOwing(from, to, sent, 0)
}

// openOwing is open for a message that devices are owed.
func (l *ledger) openOwing(from, to int, sent time.Duration, owed uint32) (seq uint32) {
	s := &l.sheets[from]
	seq = s.next.Load()
	if seq%pageSize == 0 {
		s.grow()
	}
	pages := *s.pages.Load()
	p := pages[seq/pageSize].Load()
	p.slots[seq%pageSize].Store(newSlot(to, sent))
	if l.devices.perUser > 1 {
		l.devices.owe(p, seq, owed)
	}
	s.next.Store(seq + 1)
	l.sent.Add(1)
	return seq
}

// grow adds a page and lets go of the oldest ones on which all is settled.
// A page behind an unsettled one stays: it tells whether that was overtaken.
func (s *sheet) grow() {
	n := s.next.Load() / pageSize
	var pages []atomic.Pointer[page]
	if p := s.pages.Load(); p != nil {
		pages = *p
	}
	for ; s.first < n && pages[s.first].Load().settled(); s.first++ {
		pages[s.first].Store(nil)
	}
	if int(n) == len(pages) {
		more := make([]atomic.Pointer[page], max(1, 2*n))
		for i := s.first; i < n; i++ {
			more[i].Store(pages[i].Load())
		}
		pages = more
		s.pages.Store(&pages)
	}
	pages[n].Store(new(page))
}

func (p *page) settled() bool {
	for i := range p.slots {
		if p.slots[i].Load()&slotSettled == 0 || p.owing != nil && pendingCopies(p.owing[i].Load()) != 0 {
			return false
		}
	}
	return true
}

// slot returns message seq's slot; nil where its page has been let go, and
// false where there never was one.
func (s *sheet) slot(seq uint32) (*atomic.Uint64, bool) {
	if seq >= s.next.Load() {
		return nil, false
	}
	p := (*s.pages.Load())[seq/pageSize].Load()
	if p == nil {
		return nil, true
	}
	return &p.slots[seq%pageSize], true
}

// void says that the message was not sent after all.
func (l *ledger) void(from int, seq uint32) {
	if slot, _ := l.sheets[from].slot(seq); slot != nil {
		slot.Or(slotVoid) // settled and not sent: outstanding is one less
		l.devices.forgive(l.sheets[from].owing(seq))
		l.sent.Add(-1)
	}
}

// refuse says that the message came back to its sender as an error. An error
// about a message that had arrived, or a second one, changes nothing.
func (l *ledger) refuse(st stamp, text string) {
	slot, _ := l.sheets[st.from].slot(st.seq)
	if slot == nil || !l.settle(slot, slotRefused) {
		return
	}
	l.devices.forgive(l.sheets[st.from].owing(st.seq))
	l.refused.Add(1)
	l.sample("refused", st.from, st.seq, recipientOf(slot.Load()), text)
}

// arrive says that session at has received the message; resumed, that the session
// was resumed before.
func (l *ledger) arrive(st stamp, at int, resumed bool) {
	if int(st.from) >= len(l.sheets) {
		l.stray(st, at, -1)
		return
	}
	s := &l.sheets[st.from]
	slot, known := s.slot(st.seq)
	switch {
	case !known:
		l.stray(st, at, -1)
	case slot == nil: // its page was let go because all on it had been settled
		l.duplicate(st, at, slot, resumed)
	case recipientOf(slot.Load()) != at:
		l.settle(slot, slotStrayed)
		l.stray(st, at, recipientOf(slot.Load()))
	case slot.Load()&slotArrived != 0: // only this recipient sets it
		l.duplicate(st, at, slot, resumed)
	default:
		l.settle(slot, slotArrived)
		l.delivered.Add(1)
		if s.overtaken(st.seq, at) {
			l.reordered.Add(1)
			l.sample("reordered", st.from, st.seq, at, "")
		}
	}
}

// settle marks a slot; false where it had been settled before.
func (l *ledger) settle(slot *atomic.Uint64, mark uint64) bool {
	if slot.Or(mark)&slotSettled != 0 {
		return false
	}
	l.settled.Add(1)
	return true
}

func (l *ledger) stray(st stamp, at, to int) {
	l.misdelivered.Add(1)
	l.sample("misdelivered", st.from, st.seq, to, l.address(at))
}

// horizon bounds how far ahead an overtaking message is looked for.
const horizon = 1 << 14

// overtaken says whether a later message of the same pair has arrived
// already. It looks only at what the sender has in flight. All arrivals of a
// pair are told by the one goroutine of the recipient, so none is missed.
func (s *sheet) overtaken(seq uint32, to int) bool {
	end := min(s.next.Load(), seq+horizon)
	for later := seq + 1; later < end; later++ {
		slot, _ := s.slot(later)
		if slot == nil {
			continue // let go between two looks, so settled before this message was
		}
		if v := slot.Load(); v&slotArrived != 0 && recipientOf(v) == to {
			return true
		}
	}
	return false
}

// outstanding is how many messages may still arrive.
func (l *ledger) outstanding() int64 {
	settled := l.settled.Load() // first: what is sent between the two must not hide others
	return l.sent.Load() - settled + l.rooms.outstanding() + l.devices.open.Load()
}

// maxSamples of each kind of trouble are kept.
const maxSamples = 5

func (l *ledger) sample(what string, from, seq uint32, to int, at string) {
	sample := results.LedgerSample{What: what, ID: fmt.Sprintf("%d:%d", from, seq), At: at}
	if int(from) < len(l.sheets) {
		sample.From = l.address(l.owner(int(from)))
	}
	if to >= 0 {
		sample.To = l.address(to)
	}
	l.note(sample)
}

// note keeps a sample, unless there are enough of its kind.
func (l *ledger) note(sample results.LedgerSample) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sampled == nil {
		l.sampled = map[string]int{}
	}
	if l.sampled[sample.What]++; l.sampled[sample.What] <= maxSamples {
		l.samples = append(l.samples, sample)
	}
}

// wants says whether more samples of a kind are kept.
func (l *ledger) wants(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sampled[what] < maxSamples
}

// close counts what was lost and returns the whole account. Nothing may be
// sent or received any more.
func (l *ledger) close() results.Ledger {
	var lost, held, met, crossed int64
	for from := range l.sheets {
		s := &l.sheets[from]
		for seq := range s.next.Load() {
			slot, _ := s.slot(seq)
			if slot == nil || slot.Load()&slotSettled != 0 {
				continue
			}
			switch v := slot.Load(); l.fateOf(v) {
			case isKept:
				held++
			case metTheEnd:
				met++
				l.sample("met the end of the recipient's stream", uint32(from), seq, recipientOf(v), "")
			case metTheReturn:
				crossed++
				l.sample("met the recipient's return", uint32(from), seq, recipientOf(v), "")
			default:
				lost++
				l.sample("lost", uint32(from), seq, recipientOf(v), "")
			}
		}
	}
	if l.rooms != nil {
		l.rooms.samplesLost()
		lost += l.rooms.account(true).Lost
	}
	r := l.running()
	r.Lost, r.Held, r.MetEnd, r.MetReturn = lost, held, met, crossed
	r.Samples = l.samples
	return r
}

// fateOf says what became of the message of a slot that nothing settled.
func (l *ledger) fateOf(slot uint64) fate {
	if l.fate == nil {
		return isLost
	}
	return l.fate(recipientOf(slot), sentOf(slot))
}

// running is the account so far; what is under way counts as neither
// delivered nor lost.
func (l *ledger) running() results.Ledger {
	r := results.Ledger{
		Sent:         l.sent.Load(),
		Delivered:    l.delivered.Load(),
		Duplicated:   l.duplicated.Load(),
		Reordered:    l.reordered.Load(),
		Misdelivered: l.misdelivered.Load(),
		Refused:      l.refused.Load(),
		Carbons:      l.managed.carbons.Load(),
		Managed:      l.runningManaged(),
		Archived:     l.archived.Load(),
		Offline:      l.offline.Load(),
		Receipts:     l.receipts.account(),
		Devices:      l.runningDevices(),
	}
	if l.rooms != nil {
		l.rooms.addTo(&r)
	}
	return r
}
