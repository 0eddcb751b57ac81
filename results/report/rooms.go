package report

import (
	"fmt"
	"slices"

	"xmpprig/results"
)

// roomPart is what a report says of rooms; without a summary there are none.
type roomPart struct {
	Summary string
	Joins   tableRows // before the phases; without rows: none
	Table   tableRows
	Note    string
}

// mostRoomRows are listed one by one.
const mostRoomRows = 10

func roomsOf(run *results.Run) roomPart {
	r := run.Rooms
	if r == nil {
		return roomPart{}
	}
	p := roomPart{Summary: roomSummary(r), Table: tableRows{Head: roomHead()}, Note: roomNote}
	p.Joins.Head = stepHead()
	for _, s := range steps(run, func(s results.Series) bool { return s.Phase == results.PhaseLogin && s.Name == "join" }) {
		p.Joins.Rows = append(p.Joins.Rows, append([]string{"join in login"}, stepCells(s)[1:]...))
	}
	for _, one := range results.Telling(slices.Clone(r.Each), mostRoomRows) {
		p.Table.Rows = append(p.Table.Rows, roomCells(one))
	}
	if rest := r.Count - len(p.Table.Rows); rest > 0 {
		p.Note += fmt.Sprintf(" %s not listed: those above have most wrong or most messages.", plural(int64(rest), "more room")+verbOf(rest))
	}
	return p
}

func verbOf(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

const roomNote = "A message is owed to every occupant who was in the room when it was sent and did not leave before it came. History is replayed, " +
	"and no delivery. Until the last occupant has a message is groupchat.last."

// roomSummary is the account of all rooms in a sentence.
func roomSummary(r *results.Rooms) string {
	s := fmt.Sprintf("%s at %s, %s at most: %s sent, %s deliveries owed, %s delivered, %s lost, %s duplicated, %s reordered, %s misdelivered, %s refused",
		plural(int64(r.Count), "room"), line(nonEmpty(r.Service), 80), plural(int64(r.Occupants), "occupant"), plural(r.Sent, "message"),
		count(r.Owed), count(r.Delivered), count(r.Lost), count(r.Duplicated), count(r.Reordered), count(r.Misdelivered), count(r.Refused))
	if r.Replayed > 0 {
		s += "; " + count(r.Replayed) + " replayed from the history"
	}
	return s
}

func roomHead() []string {
	return []string{"room", "occupants", "sent", "owed", "delivered", "lost", "duplicated", "reordered", "refused"}
}

func roomCells(r results.Room) []string {
	return []string{line(r.Name, 28), count(int64(r.Occupants)), count(r.Sent), count(r.Owed), count(r.Delivered), count(r.Lost),
		count(r.Duplicated), count(r.Reordered), count(r.Refused)}
}

func (t *summary) rooms(run *results.Run) {
	part := roomsOf(run)
	if part.Summary == "" {
		return
	}
	t.section("Rooms")
	t.wrapped("  ", "  ", part.Summary)
	for _, rows := range []tableRows{part.Joins, part.Table} {
		if len(rows.Rows) == 0 {
			continue
		}
		tab := &table{}
		tab.add(rows.Head...)
		for _, row := range rows.Rows {
			tab.add(row...)
		}
		t.table(tab)
	}
	if rest := run.Rooms.Count - len(part.Table.Rows); rest > 0 {
		t.lines = append(t.lines, "  and "+plural(int64(rest), "more room"))
	}
}
