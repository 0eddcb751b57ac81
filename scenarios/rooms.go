package scenarios

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Rooms are the rooms (XEP-0045) that sessions share. Which of them a session belongs to is for the rig to deal out, evenly.
type Rooms struct {
	Count     int
	Name      string // pattern of the local part of a room's address; {n} is the room's number, from 0
	Service   string // domain of the rooms; empty: conference.DOMAIN or, failing that, the one that the server names
	Occupants Occupants
}

// Occupants says how many sessions belong to each room. With neither a number nor a share every session belongs to one room.
type Occupants struct {
	Number int
	Share  float64 // percent of all sessions
}

// Start is the first of a room's seats, which are numbered through all rooms; Start(Count) is how many there are.
func (r *Rooms) Start(room, sessions int) int {
	switch o := r.Occupants; {
	case o.Number > 0:
		return room * o.Number
	case o.Share > 0:
		return int(math.Floor(float64(room)*float64(sessions)*o.Share/100 + 1e-9))
	}
	return room * sessions / max(1, r.Count)
}

// Size is how many sessions belong to a room.
func (r *Rooms) Size(room, sessions int) int {
	return r.Start(room+1, sessions) - r.Start(room, sessions)
}

// mostSeats bounds what a run has to account for.
const mostSeats = 10_000_000

var sharePattern = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?)%$`)

func roomsForm() form[*Rooms] {
	return into(object("the block rooms", Rooms{},
		must("count", integer(1, 1_000_000), "How many rooms there are.", func(r *Rooms) *int { return &r.Count }),
		must("name", roomForm(), "The local part of room n's address; {n} is the room's number, from 0.", func(r *Rooms) *string { return &r.Name }),
		key("service", domainForm(), "The domain of the rooms. Default: conference.DOMAIN, or the service that the server names (XEP-0030).", func(r *Rooms) *string { return &r.Service }),
		key("occupants", occupantsForm(), "How many sessions belong to each room: a number, or a share of all such as 10%. A session may belong to several, or to none. Default: each to one.", func(r *Rooms) *Occupants { return &r.Occupants }),
	), func(r Rooms) *Rooms { return &r })
}

func roomForm() form[string] {
	return numbered(word("the local part of a room's address, such as room{n}", userPattern, 500))
}

func occupantsForm() form[Occupants] {
	return either("a number of sessions, or a share such as 10%", shareForm(),
		into(integer(1, 1_000_000), func(n int) Occupants { return Occupants{Number: n} }))
}

func shareForm() form[Occupants] {
	sch := schema{"type": "string", "pattern": sharePattern.String(), "maxLength": 64}
	fits := func(n *node) bool { return n.kind == text && strings.HasSuffix(n.text, "%") }
	return form[Occupants]{"a share of all sessions such as 10%", sch, fits, func(c *reading, n *node) Occupants {
		m := sharePattern.FindStringSubmatch(n.text)
		if m == nil {
			c.wrong(n, "a share such as 10%")
			return Occupants{}
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil || v <= 0 || v > 100 {
			c.fail(n.pos, clip(n.text)+" is out of range", "write a share above 0% and up to 100%")
			return Occupants{}
		}
		return Occupants{Share: v}
	}}
}

// ParseOccupants reads what may stand as the occupants of rooms. The error says what is wrong.
func ParseOccupants(s string) (Occupants, error) {
	c, n := &reading{}, &node{kind: text, text: s}
	if wholeNumber.MatchString(s) {
		n.kind = number
	}
	o := occupantsForm().read(c, n)
	if len(c.errors) > 0 {
		return Occupants{}, c.errors[0]
	}
	return o, nil
}

// String spells the occupants as ParseOccupants reads them; nothing where each session belongs to one room.
func (o Occupants) String() string {
	switch {
	case o.Number > 0:
		return strconv.Itoa(o.Number)
	case o.Share > 0:
		return strconv.FormatFloat(o.Share, 'f', -1, 64) + "%"
	}
	return ""
}

func (r *Rooms) print() *node {
	if r == nil {
		return nil
	}
	m := mapOf().put("count", whole(r.Count)).put("name", quoted(r.Name)).put("service", quoted(r.Service))
	if r.Occupants.Share > 0 {
		return m.put("occupants", quoted(r.Occupants.String()))
	}
	return m.put("occupants", bare(r.Occupants.String()))
}

// rooms applies what the command line says of rooms.
func (w *overriding) rooms(o Overrides) {
	number, share := o.Rooms != 0 && use(w, "rooms", strconv.Itoa(o.Rooms), integer(1, 1_000_000)), o.Occupants != ""
	switch {
	case !number && !share:
		return
	case w.Rooms == nil:
		w.refuse(strings.TrimSpace(w.flags["rooms"]+" "+o.occupantsFlag()), "the scenario has no rooms", "")
		return
	case number:
		w.Rooms.Count = o.Rooms
	}
	if !share {
		return
	}
	w.flags["occupants"] = o.occupantsFlag()
	occupants, err := ParseOccupants(o.Occupants)
	if e, ok := err.(*Error); ok {
		w.refuse(w.flags["occupants"], e.Reason, e.Remedy)
		return
	}
	w.Rooms.Occupants = occupants
}

func (o Overrides) occupantsFlag() string {
	if o.Occupants == "" {
		return ""
	}
	return "--occupants " + clip(o.Occupants)
}
