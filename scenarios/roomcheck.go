package scenarios

import (
	"fmt"
	"strings"
)

// checkRooms makes sure that there are rooms to be in, and somebody in each.
func (k *checker) checkRooms() {
	joins := false
	var needing Step
	for _, steps := range [][]Step{k.Session.Start, k.Session.Work, k.Session.Stop} {
		for s := range All(steps) {
			_, join := s.(Join)
			joins = joins || join
			if needing == nil && inRooms(s) {
				needing = s
			}
		}
	}
	switch r := k.Rooms; {
	case r == nil && needing != nil:
		k.add(conflict{pos: needing.Common().Pos, reason: nameOf(needing) + " needs rooms, and the scenario has none",
			remedy: "add the block rooms: {count: 10, name: \"room{n}\"}"})
	case r == nil:
	case !joins:
		k.add(conflict{path: []any{"rooms"}, reason: "nobody joins the rooms", remedy: "add the step join, or leave the block out"})
	default:
		k.checkRoomSizes(r)
	}
}

func (k *checker) checkRoomSizes(r *Rooms) {
	n := k.Load.Sessions
	fail := func(key, reason, remedy string) {
		k.add(conflict{path: []any{"rooms", key}, about: []string{"sessions", "rooms", "occupants"}, reason: reason, remedy: remedy})
	}
	if r.Name != "" && r.Count > 1 && !strings.Contains(r.Name, "{n}") {
		fail("name", fmt.Sprintf("%d rooms would all be named %q", r.Count, r.Name),
			fmt.Sprintf("put {n}, the room's number, into the name: %q", r.Name+"{n}"))
	}
	switch {
	case !k.users || r.Count == 0:
	case r.Occupants.Number > n:
		fail("occupants", fmt.Sprintf("rooms of %d occupants need as many sessions, and there are %d", r.Occupants.Number, n), "raise load.sessions, or give a share such as 50%")
	case r.Start(1, n) == 0:
		fail("count", fmt.Sprintf("of %d rooms for %d sessions some would be empty", r.Count, n), "use fewer rooms or more occupants")
	case r.Start(r.Count, n) > mostSeats:
		fail("count", fmt.Sprintf("there would be %d occupants in all rooms, and %d are the most", r.Start(r.Count, n), mostSeats), "use fewer rooms or occupants")
	}
}

// roomNotes points out what may surprise about rooms.
func (p *Plan) roomNotes(note func(format string, a ...any)) {
	s := p.Scenario
	if s.Rooms == nil {
		return
	}
	seats := s.Rooms.Start(s.Rooms.Count, s.Load.Sessions)
	each := float64(seats) / float64(s.Rooms.Count)
	note("%d rooms of %.4g occupants: each message to a room is delivered %.4g times", s.Rooms.Count, each, each)
	if seats < s.Load.Sessions {
		note("%d of %d sessions belong to no room: their join, groupchat and leave do nothing", s.Load.Sessions-seats, s.Load.Sessions)
	}
}
