package loadgen

import (
	"testing"
	"testing/synctest"

	"xmpprig/loadgen/loopback"
	"xmpprig/results"
)

// Receipts and markers come back for each message that arrives, are timed, and
// are no messages of the ledger.
func TestReceiptsAreApart(t *testing.T) {
	for _, faults := range [][]string{nil, {"lose=7"}} {
		synctest.Test(t, func(t *testing.T) {
			work := "{message: {to: paired, size: 40B, receipt: true, marker: true}}, {message: {to: paired, reaction: 👍}}, {message: {to: paired, retract: true}}"
			run := newBench(t, scenario(10, "{name: steady, duration: 10s, open: {rate: 20/s}}", work), faults...).run(t)
			l := run.Ledger
			if l.Sent != 600 || l.Delivered+l.Lost != 600 || l.Duplicated+l.Reordered+l.Misdelivered+l.Refused > 0 || l.Receipts.Asked != 400 {
				t.Errorf("%v: ledger %+v, receipts %+v", faults, l, l.Receipts)
			}
			receipts, markers := find(t, run, "message.receipt", "steady", results.Response), find(t, run, "message.marker", "steady", results.Response)
			if receipts.Count+markers.Count != l.Receipts.Returned {
				t.Errorf("%v: %d receipts and %d markers of %d were timed", faults, receipts.Count, markers.Count, l.Receipts.Returned)
			}
			switch {
			case faults == nil && (l.Lost > 0 || receipts.Count != 200 || markers.Count != 200):
				t.Errorf("%d lost, %d receipts, %d markers of 200", l.Lost, receipts.Count, markers.Count)
			case faults != nil && (l.Lost < 60 || l.Receipts.Returned > 360):
				t.Errorf("%d lost, %d answers of 400, though one of seven messages was lost", l.Lost, l.Receipts.Returned)
			}
		})
	}
}

const awayWork = "{choose: [{weight: 4, do: [{message: {to: random, size: 40B, store: true}}]}, {weight: 1, do: [logout, {wait: 1s}, reconnect, presence]}]}"

// What is sent to users who are away reaches them when they come back, and is
// counted apart; without an offline store it is refused.
func TestOfflineMessagesAreApart(t *testing.T) {
	for _, store := range []int{0, 1000} {
		synctest.Test(t, func(t *testing.T) {
			b := newBenchWith(t, scenario(10, "{name: steady, duration: 20s, open: {rate: 20/s}}", awayWork), func(o *loopback.Options) { o.Offline = store })
			run := b.run(t)
			l := run.Ledger
			// An error does not reach a sender who has left in the meantime.
			if l.Delivered+l.Held+l.Refused+l.Lost+l.MetEnd+l.MetReturn != l.Sent || store > 0 && l.Lost > 0 || l.Duplicated+l.Misdelivered > 0 {
				t.Errorf("ledger %+v", l)
			}
			if tally := b.srv.Tally(); l.Offline+l.Held != tally.Held || (store == 0) != (l.Offline == 0) || (store == 0) != (l.Refused > 0) {
				t.Errorf("%d came late, %d are kept, %d were refused; the server held %d", l.Offline, l.Held, l.Refused, tally.Held)
			}
			if store == 0 {
				return
			}
			if s := find(t, run, "message.offline", "steady", results.Response); s.Count == 0 || s.MaxNS > 1e9 {
				t.Errorf("%d late messages were timed, up to %d ns after the presence", s.Count, s.MaxNS)
			}
		})
	}
}
