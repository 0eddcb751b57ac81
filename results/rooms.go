package results

import (
	"cmp"
	"slices"
)

// Rooms accounts for what was said in rooms (XEP-0045). A message to a room is owed to every occupant who was in when it was sent,
// its sender too, and did not leave before it came; whoever was just joining may get it or not. The deliveries are part of the Ledger, too.
type Rooms struct {
	Count     int    `json:"count"`
	Service   string `json:"service"`   // domain of the rooms
	Occupants int    `json:"occupants"` // the most that were in one room at once
	RoomCounts
	Each []Room `json:"each"` // of many rooms only some: those with something wrong first, then those with most messages
}

// Room is one room.
type Room struct {
	Name      string `json:"name"`      // local part of the address
	Occupants int    `json:"occupants"` // the most at once
	RoomCounts
}

// RoomCounts are the counts of one room, or of several. Owed = Delivered + Lost + Refused.
type RoomCounts struct {
	Sent         int64 `json:"sent"` // messages to the room
	Owed         int64 `json:"owed"` // deliveries; a message that was refused is owed once, to its sender
	Delivered    int64 `json:"delivered"`
	Lost         int64 `json:"lost"` // not delivered when the drain was over
	Duplicated   int64 `json:"duplicated"`
	Reordered    int64 `json:"reordered"`    // delivered after a later message of the same sender
	Misdelivered int64 `json:"misdelivered"` // reached somebody who was not in the room
	Refused      int64 `json:"refused"`      // messages answered with an error
	Replayed     int64 `json:"replayed"`     // deliveries of the room's history, which are none of the others
}

// Plus adds counts.
func (c RoomCounts) Plus(d RoomCounts) RoomCounts {
	return RoomCounts{
		c.Sent + d.Sent, c.Owed + d.Owed, c.Delivered + d.Delivered, c.Lost + d.Lost, c.Duplicated + d.Duplicated,
		c.Reordered + d.Reordered, c.Misdelivered + d.Misdelivered, c.Refused + d.Refused, c.Replayed + d.Replayed,
	}
}

// Wrong is how much went wrong.
func (c RoomCounts) Wrong() int64 {
	return c.Lost + c.Duplicated + c.Reordered + c.Misdelivered + c.Refused
}

// Telling are so many of the rooms at most: those with something wrong first, then those with most messages.
func Telling(all []Room, most int) []Room {
	if len(all) <= most {
		return all
	}
	slices.SortStableFunc(all, func(a, b Room) int {
		return cmp.Or(cmp.Compare(b.Wrong(), a.Wrong()), cmp.Compare(b.Sent, a.Sent))
	})
	return all[:most]
}
