package main

import "xmpprig/scenarios"

// layRooms sees how many occupants each of the rooms has whose number is to be varied. given says that the command line tells.
func (p *loadPlan) layRooms(given bool) error {
	r := p.base.Rooms
	if r == nil {
		return &usageError{p.base.Name + " has no rooms, so there is no number of them to vary", "xmpprig capacity --vary rooms muc"}
	}
	p.rooms, p.each = r.Count, r.Size(0, p.base.Load.Sessions)
	if given && r.Occupants.Share > 0 {
		return &usageError{"--occupants " + r.Occupants.String() + " would change with the number of rooms", "give a number"}
	}
	return nil
}

// atRooms is the load with so many rooms: as many sessions as they take, and the rate of a room for each.
func (p *loadPlan) atRooms(o *scenarios.Overrides, rooms int) {
	o.Rooms, o.Sessions, o.Occupants = rooms, rooms*p.each, scenarios.Occupants{Number: p.each}.String()
	if p.rate > 0 && !p.fixed {
		o.Rate = p.rate / float64(p.rooms) * float64(rooms)
	}
}

// growSessions gives the scenario as many sessions as its rooms take where --occupants says how many that are.
func (s *searching) growSessions(args []string) {
	each, err := scenarios.ParseOccupants(s.load.o.Occupants)
	if err != nil || len(args) != 1 {
		return // which is said when the flags are applied
	}
	if base, err := scenarios.Read(args[0]); err == nil && base.Rooms != nil {
		s.load.o.Sessions = each.Number * base.Rooms.Count
	}
}
