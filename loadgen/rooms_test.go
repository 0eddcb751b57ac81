package loadgen

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/results"
)

// roomScenario is a scenario whose sessions share rooms.
func roomScenario(sessions int, rooms, phase, start, work string) string {
	return fmt.Sprintf(`
name: test
users: {name: "user{n}", password: "secret"}
load:
  sessions: %d
  login: {rate: 1000/s}
  warm-up: 0s
  phases: [%s]
rooms: {%s}
session:
  start: [%s]
  work: [%s]
`, sessions, phase, rooms, start, work)
}

// Every occupant gets every message once; the planted losses, duplicates, reorderings and misdeliveries of single copies are counted, and
// nothing else.
func TestRoomLedgerCountsPlantedFaults(t *testing.T) {
	for _, faults := range [][]string{
		{}, {"lose=97"}, {"duplicate=89"}, {"reorder=83"}, {"misdeliver=101"}, {"lose=97", "duplicate=89", "reorder=83", "misdeliver=101"}, {"delay=30ms"},
	} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, roomScenario(42, "count: 2, name: 'room{n}', occupants: 20", "{name: steady, duration: 10s, open: {rate: 100/s}}",
					"login, presence, join: {history: 0}", "groupchat: {size: 40B}"), faults...)
				run := b.run(t)
				tally, r := b.srv.Tally(), run.Rooms
				if len(run.Errors) > 0 || r == nil {
					t.Fatalf("errors %+v, rooms %+v", run.Errors, r)
				}
				sent := findPhase(t, run, "steady").Completed * 40 / 42
				if r.Count != 2 || r.Occupants != 20 || r.Sent < sent-20 || r.Sent > sent+20 || r.Owed != 20*r.Sent || tally.Routed != r.Owed {
					t.Errorf("%+v of %d routed", r, tally.Routed)
				}
				want := results.RoomCounts{
					Sent: r.Sent, Owed: r.Owed, Lost: tally.Lost + tally.Misdelivered, Duplicated: tally.Duplicated, Reordered: tally.Reordered,
					Misdelivered: tally.Misdelivered, Delivered: r.Owed - tally.Lost - tally.Misdelivered,
				}
				if r.RoomCounts != want {
					t.Errorf("got  %+v\nwant %+v", r.RoomCounts, want)
				}
				if n := int64(len(faults)); n > 1 && want.Wrong() < 400 {
					t.Errorf("the server planted too little to tell: %+v", tally)
				}
				if l := run.Ledger; l.Sent != r.Owed || l.Delivered != r.Delivered || l.Lost != r.Lost {
					t.Errorf("ledger %+v", l)
				}
				first, last := find(t, run, "groupchat.first", "steady", results.Response), find(t, run, "groupchat.last", "steady", results.Response)
				each := find(t, run, "groupchat.delivery", "steady", results.Response)
				if first.Count != r.Sent || each.Count != r.Delivered || each.MaxNS > last.MaxNS && r.Lost == 0 || first.MaxNS > last.MaxNS {
					t.Errorf("first %+v\neach %+v\nlast %+v", first, each, last)
				}
			})
		})
	}
}

// Who comes and goes while messages fly is owed what was sent in between, and history is no second copy.
func TestRoomsWithComingAndGoing(t *testing.T) {
	for _, faults := range [][]string{{}, {"delay=20ms"}, {"delay=uniform:5ms..40ms"}} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				work := "choose: [{weight: 6, do: [{groupchat: {body: '{nick} in {room}: {seq}'}}]}, {weight: 1, do: [leave, {wait: 30ms}, join]}, " +
					"{weight: 1, do: [disconnect, login, presence, join]}, {weight: 1, do: [reconnect, presence, {join: {history: 5}}]}]"
				b := newBench(t, roomScenario(30, "count: 1, name: lounge", "{name: churn, duration: 20s, open: {rate: 60/s, arrivals: poisson}}", "login, presence, join", work), faults...)
				run := b.run(t)
				r := run.Rooms
				if len(run.Errors) > 0 {
					t.Errorf("errors %+v", run.Errors)
				}
				inOrder := len(faults) == 0 || faults[0] == "delay=20ms" // else stanzas overtake each other, and some come to whoever has left
				if r.Sent < 500 || r.Replayed < 500 || r.Delivered != r.Owed-r.Lost || inOrder && r.Wrong() > 0 || r.Duplicated > 0 || r.Owed < 25*r.Sent || r.Owed > 30*r.Sent {
					t.Errorf("%+v\n%+v", r, run.Ledger.Samples)
				}
			})
		})
	}
}

// The last recipient is as late as the slowest of all, the first as early as the quickest.
func TestFirstAndLastRecipient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, roomScenario(50, "count: 1, name: lounge", "{name: steady, duration: 100s, open: {rate: 20/s}}",
			"login, presence, join", "groupchat: {size: 10B}"), "delay=uniform:10ms..110ms")
		run := b.run(t)
		for series, want := range map[string]time.Duration{"groupchat.first": 12, "groupchat.delivery": 60, "groupchat.last": 108} {
			s := find(t, run, series, "steady", results.Response)
			if got := time.Duration(s.MeanNS); got < (want-3)*time.Millisecond || got > (want+3)*time.Millisecond {
				t.Errorf("%s took %v on average, want %d ms", series, got, want)
			}
		}
	})
}

// A scenario with rooms on a server that has none is told so before any load.
func TestRoomsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, roomScenario(2, "count: 1, name: lounge", "{name: steady, duration: 1s, open: {rate: 1/s}}", "login, join", "groupchat: {size: 1B}"))
		srv, err := loopback.New(loopback.Options{Users: loopback.UserPattern("user{n}", "secret", 2), Mechanisms: []string{"PLAIN"}, PlainWithoutTLS: true, NoRooms: true})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		defer b.srv.Close()
		b.srv, b.o.Dialer.Dial = srv, dialOf(srv)
		_, err = Run(t.Context(), b.o)
		if setup, ok := errors.AsType[*SetupError](err); !ok || setup.Class != "feature" || setup.Hint() == "" {
			t.Errorf("got %v, want a SetupError of class feature with a hint", err)
		}
	})
}

// Who is expelled is told so once, and is owed nothing any more.
func TestRemovedFromRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		expel := `raw: "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='user2' role='none'/></query></iq>"`
		b := newBench(t, roomScenario(3, "count: 1, name: lounge", "{name: steady, duration: 3s, open: {rate: 3/s}}",
			"login, presence, join", "choose: [{weight: 1, do: ["+expel+"]}, {weight: 2, do: [{groupchat: {size: 5B}}]}]"))
		run := b.run(t)
		r, removed := run.Rooms, int64(0)
		for _, e := range run.Errors {
			if e.Class == "removed" {
				removed = e.Count
			}
		}
		if removed != 1 || r.Sent == 0 || r.Lost > 0 || r.Owed != r.Delivered || r.Owed >= 3*r.Sent {
			t.Errorf("errors %+v, rooms %+v", run.Errors, r)
		}
	})
}

// Who goes away and resumes has stayed in the room, and is owed what was said meanwhile; who resumes too late has not.
func TestRoomsOfResumedSessions(t *testing.T) {
	for keep, late := range map[time.Duration]bool{time.Minute: false, time.Second: true} {
		synctest.Test(t, func(t *testing.T) {
			b := resuming(t, roomScenario(20, "count: 2, name: 'room{n}'", "{name: steady, duration: 40s, open: {rate: 40/s}}", "login, presence, join",
				"{groupchat: {size: 10B}}, choose: [{weight: 19, do: [{wait: 0s}]}, {do: [disconnect, {wait: 3s}, resume]}]"))
			srv, err := loopback.New(loopback.Options{
				Users: loopback.UserPattern("user{n}", "secret", 20), Mechanisms: []string{"PLAIN"}, PlainWithoutTLS: true,
				StreamManagement: loopback.StreamManagement{KeepFor: keep},
			})
			if err != nil {
				t.Fatal(err)
			}
			b.srv.Close()
			b.srv, b.o.Dialer.Dial = srv, dialOf(srv)
			run := b.run(t)
			r, s := run.Rooms, run.Sessions
			if s.Resumed+s.ResumesFailed < 30 || late != (s.ResumesFailed > 0) || late == (s.Resumed > s.ResumesFailed) {
				t.Errorf("%+v", s)
			}
			if r.Sent < 1000 || r.Wrong() > 0 || r.Owed != r.Delivered || !late && r.Owed != 10*r.Sent || late && r.Owed > 10*r.Sent-500 {
				t.Errorf("kept for %v: %+v\n%+v\n%+v", keep, r, run.Ledger.Samples, run.Errors)
			}
		})
	}
}
