package loadgen

import (
	"runtime"
	"strconv"
	"sync"
	"testing"

	"xmpprig/results"
)

func testLedger(sessions int) *ledger {
	return newLedger(1, sessions, func(n int) string { return "user" + strconv.Itoa(n) })
}

// Each case is a history of messages from user 0: who was sent something,
// then what arrived where.
func TestLedger(t *testing.T) {
	type arrival struct{ seq, at int }
	for _, tt := range []struct {
		name    string
		to      []int
		arrived []arrival
		want    results.Ledger
	}{
		{"all well", []int{1, 2, 1}, []arrival{{0, 1}, {1, 2}, {2, 1}}, results.Ledger{Sent: 3, Delivered: 3}},
		{"lost", []int{1, 2}, []arrival{{1, 2}}, results.Ledger{Sent: 2, Delivered: 1, Lost: 1}},
		{"twice", []int{1}, []arrival{{0, 1}, {0, 1}}, results.Ledger{Sent: 1, Delivered: 1, Duplicated: 1}},
		{"overtaken", []int{1, 1}, []arrival{{1, 1}, {0, 1}}, results.Ledger{Sent: 2, Delivered: 2, Reordered: 1}},
		{"another pair's overtaking is none", []int{1, 2}, []arrival{{1, 2}, {0, 1}}, results.Ledger{Sent: 2, Delivered: 2}},
		{"one held back behind two", []int{1, 1, 1}, []arrival{{1, 1}, {2, 1}, {0, 1}}, results.Ledger{Sent: 3, Delivered: 3, Reordered: 1}},
		{"reversed", []int{1, 1, 1}, []arrival{{2, 1}, {1, 1}, {0, 1}}, results.Ledger{Sent: 3, Delivered: 3, Reordered: 2}},
		{"astray is not lost too", []int{1}, []arrival{{0, 2}}, results.Ledger{Sent: 1, Misdelivered: 1}},
		{"astray and delivered", []int{1}, []arrival{{0, 2}, {0, 1}}, results.Ledger{Sent: 1, Delivered: 1, Misdelivered: 1}},
		{"never sent", []int{1}, []arrival{{0, 1}, {7, 1}}, results.Ledger{Sent: 1, Delivered: 1, Misdelivered: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := testLedger(3)
			for _, to := range tt.to {
				l.open(0, to, 0)
			}
			for _, a := range tt.arrived {
				l.arrive(stamp{seq: uint32(a.seq)}, a.at, false)
			}
			got := l.close()
			wrong := got.Lost + got.Duplicated + got.Reordered + got.Misdelivered
			if int64(len(got.Samples)) != wrong {
				t.Errorf("%d samples of %d", len(got.Samples), wrong)
			}
			got.Samples = nil
			if !equalLedgers(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func equalLedgers(a, b results.Ledger) bool {
	return a.Sent == b.Sent && a.Delivered == b.Delivered && a.Lost == b.Lost && a.Duplicated == b.Duplicated &&
		a.Reordered == b.Reordered && a.Misdelivered == b.Misdelivered && a.Refused == b.Refused
}

func TestLedgerRefusal(t *testing.T) {
	l := testLedger(2)
	l.open(0, 1, 0)
	l.open(0, 1, 0)
	l.void(0, l.open(0, 1, 0))
	l.refuse(stamp{seq: 0}, "service-unavailable")
	l.refuse(stamp{seq: 0}, "again")
	l.arrive(stamp{seq: 1}, 1, false)
	l.refuse(stamp{seq: 1}, "although it had arrived")
	got := l.close()
	if want := (results.Ledger{Sent: 2, Delivered: 1, Refused: 1}); !equalLedgers(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Pages on which all is settled are let go; what is told about them later is
// still told right.
func TestLedgerLetsGo(t *testing.T) {
	l := testLedger(2)
	const n = 10 * pageSize
	for seq := range n {
		l.open(0, 1, 0)
		l.arrive(stamp{seq: uint32(seq)}, 1, false)
	}
	held := 0
	pages := *l.sheets[0].pages.Load()
	for i := range pages {
		if pages[i].Load() != nil {
			held++
		}
	}
	if held > 2 {
		t.Errorf("%d of %d pages are held", held, len(pages))
	}
	l.arrive(stamp{seq: 3}, 1, false)
	if got := l.close(); !equalLedgers(got, results.Ledger{Sent: n, Delivered: n, Duplicated: 1}) {
		t.Errorf("got %+v", got)
	}
}

// A lost message keeps its page and those behind it, so that even a very late
// arrival is known to have been overtaken.
func TestLedgerKeepsWhatIsOpen(t *testing.T) {
	l := testLedger(2)
	const n = 5 * pageSize
	for seq := range n {
		l.open(0, 1, 0)
		if seq > 0 {
			l.arrive(stamp{seq: uint32(seq)}, 1, false)
		}
	}
	l.arrive(stamp{seq: 0}, 1, false)
	if got := l.close(); !equalLedgers(got, results.Ledger{Sent: n, Delivered: n, Reordered: 1}) {
		t.Errorf("got %+v", got)
	}
}

// Senders and recipients share nothing but atomic words (run with -race).
func TestLedgerTogether(t *testing.T) {
	const users, each = 8, 2000
	l := testLedger(users)
	var g sync.WaitGroup
	boxes := make([]chan stamp, users)
	for i := range boxes {
		boxes[i] = make(chan stamp, users*each)
	}
	for from := range users {
		g.Go(func() {
			for k := range each {
				to := (from + 1 + k%(users-1)) % users
				boxes[to] <- stamp{from: uint32(from), seq: l.open(from, to, 0)}
			}
		})
	}
	for at := range users {
		g.Go(func() {
			for range each { // what everyone gets: the sum of all senders' shares
				l.arrive(<-boxes[at], at, false)
			}
		})
	}
	g.Wait()
	if got := l.close(); !equalLedgers(got, results.Ledger{Sent: users * each, Delivered: users * each}) {
		t.Errorf("got %+v", got)
	}
}

// A long run of one sender costs what its messages cost, not their square.
func TestLedgerGrowsInProportion(t *testing.T) {
	l := testLedger(2)
	const n = 8000 * pageSize
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for seq := range uint32(n) {
		l.open(0, 1, 0)
		l.arrive(stamp{seq: seq}, 1, false)
	}
	runtime.ReadMemStats(&after)
	if each := float64(after.TotalAlloc-before.TotalAlloc) / n; each > 12 {
		t.Errorf("%.1f bytes a message, want little more than the 8 of its slot", each)
	}
}

// What is under way is known even where a message meets two fates.
func TestLedgerOutstanding(t *testing.T) {
	l := testLedger(3)
	for range 6 {
		l.open(0, 1, 0)
	}
	for _, fate := range []func(){
		func() { l.arrive(stamp{seq: 0}, 1, false); l.arrive(stamp{seq: 0}, 1, false) },
		func() { l.arrive(stamp{seq: 1}, 2, false); l.arrive(stamp{seq: 1}, 2, false) },
		func() { l.refuse(stamp{seq: 2}, "no"); l.arrive(stamp{seq: 2}, 1, false) },
		func() { l.arrive(stamp{seq: 3}, 1, false); l.arrive(stamp{seq: 3}, 2, false) },
		func() { l.void(0, 4); l.arrive(stamp{seq: 77}, 1, false) },
	} {
		before := l.outstanding()
		if fate(); l.outstanding() != before-1 {
			t.Errorf("%d outstanding after one of %d was settled", l.outstanding(), before)
		}
	}
	if l.outstanding() != 1 || l.close().Lost != 1 {
		t.Errorf("%d outstanding, %d lost; want 1", l.outstanding(), l.close().Lost)
	}
}
