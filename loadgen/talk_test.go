package loadgen

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// hall is one room of so many occupants, all of them in.
func hall(occupants int) (*room, *ledger) {
	l := testLedger(occupants)
	r := newRooms(&scenarios.Rooms{Count: 1, Name: "hall"}, occupants, l)
	r.settle("rooms.localhost")
	for seat := range occupants {
		r.all[0].enter(seat)
	}
	return &r.all[0], l
}

// utter has a session of the room say something and returns its number.
func (r *room) utter(sender int) uint32 { return r.say(sender, 0, 1, 1) }

// hear has a message come to a seat that has been in for long.
func (r *room) hearAt(l *ledger, seq uint32, seat int) {
	r.arrive(l, seat, 0, stamp{seq: seq, sent: 1}, 2)
}

func nothing(*utterance) {}

// Each case is a history in a room of three.
func TestRoomLedger(t *testing.T) {
	for _, tt := range []struct {
		name    string
		history func(r *room, l *ledger)
		want    results.RoomCounts
	}{
		{"all well", func(r *room, l *ledger) {
			seq := r.utter(0)
			for seat := range 3 {
				r.hearAt(l, seq, seat)
			}
		}, results.RoomCounts{Sent: 1, Owed: 3, Delivered: 3}},
		{"lost to one", func(r *room, l *ledger) { seq := r.utter(0); r.hearAt(l, seq, 0); r.hearAt(l, seq, 2) },
			results.RoomCounts{Sent: 1, Owed: 3, Delivered: 2, Lost: 1}},
		{"twice to one", func(r *room, l *ledger) {
			seq := r.utter(0)
			for _, seat := range []int{0, 1, 1, 2} {
				r.hearAt(l, seq, seat)
			}
		}, results.RoomCounts{Sent: 1, Owed: 3, Delivered: 3, Duplicated: 1}},
		{"one left before it reached anybody", func(r *room, l *ledger) {
			seq := r.utter(0)
			r.exit(1, false, 0, nothing)
			r.hearAt(l, seq, 0)
			r.hearAt(l, seq, 2)
		}, results.RoomCounts{Sent: 1, Owed: 2, Delivered: 2}},
		{"one left after it had reached others", func(r *room, l *ledger) {
			seq := r.utter(0)
			u, _ := r.at(seq)
			r.hearAt(l, seq, 0)
			u.first.Store(2)
			r.exit(1, false, 0, nothing)
			r.hearAt(l, seq, 2)
		}, results.RoomCounts{Sent: 1, Owed: 3, Delivered: 2, Lost: 1}},
		{"one hung up without reading", func(r *room, l *ledger) {
			seq := r.utter(0)
			u, _ := r.at(seq)
			r.hearAt(l, seq, 0)
			u.first.Store(2)
			r.exit(1, true, 0, nothing)
			r.hearAt(l, seq, 2)
		}, results.RoomCounts{Sent: 1, Owed: 2, Delivered: 2}},
		{"one hung up long after", func(r *room, l *ledger) {
			seq := r.utter(0)
			u, _ := r.at(seq)
			r.hearAt(l, seq, 0)
			u.first.Store(2)
			r.exit(1, true, time.Hour, nothing)
			r.hearAt(l, seq, 2)
		}, results.RoomCounts{Sent: 1, Owed: 3, Delivered: 2, Lost: 1}},
		{"one who had left has got it all the same", func(r *room, l *ledger) {
			seq := r.utter(0)
			r.exit(1, false, 0, nothing)
			for seat := range 3 {
				r.hearAt(l, seq, seat)
			}
		}, results.RoomCounts{Sent: 1, Owed: 3, Delivered: 3}},
		{"overtaken by the same sender's", func(r *room, l *ledger) {
			first := r.say(0, 0, 1, 1)
			second := r.say(0, first+1, 1, 1)
			for seat, order := range [][]uint32{{first, second}, {second, first}, {first, second}} {
				for _, seq := range order {
					r.hearAt(l, seq, seat)
				}
			}
		}, results.RoomCounts{Sent: 2, Owed: 6, Delivered: 6, Reordered: 1}},
		{"another sender's may come first", func(r *room, l *ledger) {
			first, second := r.utter(0), r.utter(1)
			for seat := range 3 {
				r.hearAt(l, second, seat)
				r.hearAt(l, first, seat)
			}
		}, results.RoomCounts{Sent: 2, Owed: 6, Delivered: 6}},
		{"refused", func(r *room, l *ledger) {
			seq := r.utter(0)
			r.refuse(l, seq, 1, "not its sender")
			r.refuse(l, seq, 0, "forbidden")
			r.refuse(l, seq, 0, "again")
		}, results.RoomCounts{Sent: 1, Owed: 1, Refused: 1}},
		{"refused and delivered to one", func(r *room, l *ledger) { seq := r.utter(0); r.refuse(l, seq, 0, "no"); r.hearAt(l, seq, 2) },
			results.RoomCounts{Sent: 1, Owed: 2, Delivered: 1, Refused: 1}},
		{"never sent", func(r *room, l *ledger) { r.void(r.utter(0)); r.hearAt(l, 7, 1) }, results.RoomCounts{Misdelivered: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, l := hall(3)
			tt.history(r, l)
			l.close()
			got := r.account(true).RoomCounts
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if got.Owed != got.Delivered+got.Lost+got.Refused {
				t.Errorf("the account does not close: %+v", got)
			}
		})
	}
}

// What has reached everybody is let go, and what is told of it later is still told right.
func TestRoomLetsGo(t *testing.T) {
	const occupants, messages = 1000, 1600
	r, l := hall(occupants)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range messages {
		seq := r.utter(1)
		for seat := range occupants {
			r.hearAt(l, seq, seat)
		}
	}
	runtime.ReadMemStats(&after)
	if each := float64(after.TotalAlloc-before.TotalAlloc) / messages; each > occupants/3 {
		t.Errorf("%.0f bytes a message to %d occupants, want little more than the 125 of its marks", each, occupants)
	}
	held := 0
	for i := range *r.pages.Load() {
		if (*r.pages.Load())[i].Load() != nil {
			held++
		}
	}
	if held > 2 {
		t.Errorf("%d pages are held", held)
	}
	r.hearAt(l, 3, 5)
	r.arrive(l, 6, 5, stamp{seq: 3, sent: 1}, 9) // joined since: a first copy or a second, nobody knows
	if got := r.account(true).RoomCounts; got.Duplicated != 1 || got.Delivered != occupants*messages+1 || got.Owed != got.Delivered {
		t.Errorf("%+v", got)
	}
}

// Senders, recipients and those who come and go share the room (run with -race).
func TestRoomTogether(t *testing.T) {
	const occupants, each = 70, 100
	r, l := hall(occupants)
	boxes := make([]chan uint32, occupants)
	for i := range boxes {
		boxes[i] = make(chan uint32, occupants*each)
	}
	var senders, readers sync.WaitGroup
	for from := range occupants {
		senders.Go(func() {
			last := uint32(0)
			for range each {
				seq := r.say(from, last, 1, 1)
				last = seq + 1
				for _, box := range boxes {
					box <- seq
				}
			}
		})
	}
	for seat := range occupants {
		readers.Go(func() {
			joined := time.Duration(0)
			for k := range occupants * each {
				r.arrive(l, seat, joined, stamp{seq: <-boxes[seat], sent: 1}, 2)
				if seat%10 == 0 && k%50 == 0 {
					r.exit(seat, false, 0, nothing)
					r.enter(seat)
					joined = 3
				}
			}
		})
	}
	senders.Wait()
	readers.Wait()
	l.close()
	got := r.account(true).RoomCounts
	if got.Delivered != occupants*occupants*each || got.Owed != got.Delivered || got.Lost+got.Duplicated+got.Misdelivered != 0 {
		t.Errorf("%+v", got)
	}
}

// Seats are dealt out evenly, and sessions whose turns follow each other are in different rooms.
func TestSeats(t *testing.T) {
	for _, tt := range []struct {
		rooms    scenarios.Rooms
		sessions int
		sizes    [2]int // least and most
		places   [2]int // of a session
	}{
		{scenarios.Rooms{Count: 20, Name: "r{n}"}, 1000, [2]int{50, 50}, [2]int{1, 1}},
		{scenarios.Rooms{Count: 3, Name: "r{n}"}, 10, [2]int{3, 4}, [2]int{1, 1}},
		{scenarios.Rooms{Count: 4, Name: "r{n}", Occupants: scenarios.Occupants{Number: 5}}, 40, [2]int{5, 5}, [2]int{0, 1}},
		{scenarios.Rooms{Count: 6, Name: "r{n}", Occupants: scenarios.Occupants{Share: 50}}, 20, [2]int{10, 10}, [2]int{3, 3}},
		{scenarios.Rooms{Count: 1, Name: "r"}, 1, [2]int{1, 1}, [2]int{1, 1}},
	} {
		t.Run(fmt.Sprint(tt.rooms, tt.sessions), func(t *testing.T) {
			r := newRooms(&tt.rooms, tt.sessions, testLedger(tt.sessions))
			for i := range r.all {
				if n := len(r.all[i].members); n < tt.sizes[0] || n > tt.sizes[1] {
					t.Errorf("room %d has %d seats", i, n)
				}
				seen := map[int32]bool{}
				for _, session := range r.all[i].members {
					if seen[session] {
						t.Errorf("session %d sits in room %d twice", session, i)
					}
					seen[session] = true
				}
			}
			for n, places := range r.of {
				if len(places) < tt.places[0] || len(places) > tt.places[1] {
					t.Errorf("session %d is in %d rooms", n, len(places))
				}
			}
			if tt.rooms.Count == 20 && (r.of[0][0].room == r.of[1][0].room || r.of[1][0].room == r.of[2][0].room) {
				t.Error("neighbours sit together")
			}
		})
	}
}
