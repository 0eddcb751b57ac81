package loadgen

import (
	"testing"
	"testing/synctest"
	"time"
)

// What became of messages that did not come: sent when the recipient was closing its stream, kept since it is away, or lost.
func TestFateOfMessages(t *testing.T) {
	const s = time.Second
	program := &program{receipts: receipts{stores: true}}
	for _, c := range []struct {
		name string
		ends endings
		away bool
		sent time.Duration
		want fate
	}{
		{"nobody left", nil, false, 5 * s, isLost},
		{"long before it left", endings{{10 * s, 11 * s, 0}}, false, 8 * s, isLost},
		{"on its way when it left", endings{{10 * s, 11 * s, 0}}, false, 9500 * time.Millisecond, metTheEnd},
		{"between the footers", endings{{10 * s, 11 * s, 0}}, false, 10500 * time.Millisecond, metTheEnd},
		{"when it had gone", endings{{10 * s, 11 * s, 0}}, false, 12 * s, isLost},
		{"when it had gone and stayed away", endings{{10 * s, 11 * s, 0}}, true, 12 * s, isKept},
		{"before it went and stayed away", endings{{10 * s, 11 * s, 0}}, true, 5 * s, isLost},
		{"when it was away and just before it came back", endings{{10 * s, 11 * s, 14 * s}}, false, 13500 * time.Millisecond, metTheReturn},
		{"when it had just come back", endings{{10 * s, 11 * s, 14 * s}}, false, 14500 * time.Millisecond, metTheReturn},
		{"when it was away and long before it came back", endings{{10 * s, 11 * s, 14 * s}}, false, 12 * s, isLost},
		{"when it had long come back", endings{{10 * s, 11 * s, 14 * s}}, false, 16 * s, isLost},
		{"when it was away, for one that went again as it came", endings{{10 * s, 11 * s, 14 * s}, {14 * s, 15 * s, 0}}, true, 12 * s, metTheEnd},
		{"before that", endings{{10 * s, 11 * s, 14 * s}, {14 * s, 15 * s, 0}}, true, 8 * s, isLost},
		{"when it was away, for one that stayed a while", endings{{10 * s, 11 * s, 14 * s}, {17 * s, 18 * s, 0}}, true, 12 * s, isLost},
		{"when it was ending before", endings{{10 * s, 11 * s, 14 * s}, {20 * s, 21 * s, 0}}, true, 10500 * time.Millisecond, metTheEnd},
	} {
		session := &session{engine: &engine{program: program}, ends: c.ends, away: c.away}
		if got := session.fateOf(c.sent); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSlotsKeepRecipientAndTime(t *testing.T) {
	for _, sent := range []time.Duration{0, 1234 * time.Millisecond, 24 * time.Hour} {
		for _, to := range []int{0, 1, 1<<28 - 1} {
			v := newSlot(to, sent) | slotSettled
			if recipientOf(v) != to || sentOf(v) != sent.Truncate(slotTick) {
				t.Errorf("to %d at %v: to %d at %v", to, sent, recipientOf(v), sentOf(v))
			}
		}
	}
	if v := newSlot(7, 1<<62); recipientOf(v) != 7 || sentOf(v) < 30*24*time.Hour {
		t.Errorf("to %d at %v", recipientOf(v), sentOf(v))
	}
}

// A server that loses messages is not excused by sessions that come and go.
func TestLossesAreNoEndings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(10, "{name: steady, duration: 100s, open: {rate: 20/s}}",
			"{choose: [{weight: 19, do: [{message: {to: random, size: 40B, store: true}}]}, {weight: 1, do: [logout, {wait: 1s}, reconnect, presence]}]}")
		l := newBench(t, s, "lose=7").run(t).Ledger
		if l.Lost < l.Sent/10 || l.MetEnd+l.MetReturn > l.Lost || l.Delivered+l.Held+l.Refused+l.Lost+l.MetEnd+l.MetReturn != l.Sent {
			t.Errorf("ledger %+v", l)
		}
	})
}
