package scenarios

import "time"

type (
	// Join enters the session's rooms, one after the other, and waits in each for the room to say that it is in (XEP-0045 §7.2).
	Join struct {
		Base
		History *int          // messages of the past to ask for; nil: as many as the server gives
		Within  time.Duration // the longest wait in each room; 0: the load's timeout
	}
	// Leave leaves the session's rooms, and waits in each for the room to say so (XEP-0045 §7.14).
	Leave struct{ Base }
	// Groupchat sends one message to one of the session's rooms, which the ledger follows to every occupant.
	Groupchat struct {
		Base
		Size Dist   // bytes of the body
		Body string // instead of Size: the body itself, with placeholders
	}
)

// roomEntries are the steps in rooms.
func roomEntries() []entry {
	return []entry{
		{"join", "Enters one's rooms (XEP-0045), and waits until they say so.", "join", measured(func(s *Join) *Base { return &s.Base },
			key("history", into(integer(0, 10_000), func(n int) *int { return &n }), "How many messages of the past to ask for. Default: the server's own choice.", func(s *Join) **int { return &s.History }),
			key("within", duration(time.Millisecond, longestTime), "The longest wait in each room. Default: load.timeout.", func(s *Join) *time.Duration { return &s.Within }))},
		{"leave", "Leaves one's rooms, and waits until they say so.", "leave", measured(func(s *Leave) *Base { return &s.Base })},
		{"groupchat", "Sends a message to one of one's rooms, which is followed to every occupant.", "groupchat: {size: 120B}",
			exactly(measured(func(s *Groupchat) *Base { return &s.Base },
				key("size", sizeDist(), "The size of the body.", func(s *Groupchat) *Dist { return &s.Size }),
				key("body", template(), "The body itself, with placeholders.", func(s *Groupchat) *string { return &s.Body }),
			), "size", "body")},
	}
}

func (j Join) printBody() *node {
	m := mapOf()
	if j.History != nil { // put leaves a zero out, and here it says something
		m.keys, m.items = append(m.keys, bare("history")), append(m.items, whole(*j.History))
	}
	if j.Within > 0 {
		m.put("within", lasting(j.Within))
	}
	return m
}

func (g Groupchat) printBody() *node {
	if g.Body != "" {
		return mapOf().put("body", quoted(g.Body))
	}
	return mapOf().put("size", g.Size.print(bytesOf))
}

// inRooms says whether a step needs the session to belong to rooms.
func inRooms(s Step) bool {
	switch v := s.(type) {
	case Join, Leave, Groupchat:
		return true
	case Message:
		return usesRoom(v.Body)
	case Raw:
		return usesRoom(v.XML)
	}
	return false
}

func usesRoom(text string) bool {
	parts, _ := Parts(text) // checked when the file was read
	return uses(parts, "room") || uses(parts, "nick")
}
