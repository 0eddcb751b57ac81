package scenarios

import "slices"

// MessageExtras is what clients of today put beside or in place of a body.
type MessageExtras struct {
	Receipt  bool   // the recipient is asked for a receipt (XEP-0184)
	Marker   bool   // the recipient is asked to say that it was displayed (XEP-0333)
	Store    bool   // the server is asked to keep it for a recipient who is away (XEP-0334)
	Reaction string // in place of a body: to the message that the session received last (XEP-0444)
	Retract  bool   // in place of a body: the message that the session sent last is taken back (XEP-0424)
}

// extrasFields are the keys of a message that are about its extras.
func extrasFields() []field[Message] {
	return []field[Message]{
		key("receipt", truth(), "Whether a receipt is asked for (XEP-0184), whose round trip is timed as message.receipt. Default: false.", func(s *Message) *bool { return &s.Receipt }),
		key("marker", truth(), "Whether the recipient is to mark it as displayed (XEP-0333), which is timed as message.marker. Default: false.", func(s *Message) *bool { return &s.Marker }),
		key("store", truth(), "Whether the server is to keep it for a recipient who is away (XEP-0334); what comes late is timed as message.offline. Default: the server decides.", func(s *Message) *bool { return &s.Store }),
		key("reaction", word("a reaction, such as 👍", textPattern, 100), "In place of a body, a reaction to the message that the session received last (XEP-0444).", func(s *Message) *string { return &s.Reaction }),
		key("retract", truth(), "In place of a body, the retraction of the message that the session sent last (XEP-0424).", func(s *Message) *bool { return &s.Retract }),
	}
}

// bodyless reports whether the message stands for something else than a body.
func (x MessageExtras) bodyless() bool { return x.Reaction != "" || x.Retract }

func (x MessageExtras) print(m *node) *node {
	for _, flag := range []struct {
		name string
		on   bool
	}{{"receipt", x.Receipt}, {"marker", x.Marker}, {"store", x.Store}, {"retract", x.Retract}} {
		if flag.on {
			m.put(flag.name, bare("true"))
		}
	}
	return m.put("reaction", quoted(x.Reaction))
}

// times are the series that a message has.
func (m Message) times() []string {
	all := []string{"message.delivery", "message.offline"}
	if m.Receipt {
		all = append(all, "message.receipt")
	}
	if m.Marker {
		all = append(all, "message.marker")
	}
	return all
}

// checkExtras refuses what recipients would not answer.
func checkExtras(m Message, add func(reason, remedy string)) {
	if m.bodyless() && (m.Receipt || m.Marker) {
		add("receipts and markers are for messages with a body", "leave them out beside reaction and retract")
	}
}

// keepsMessages reports whether some message is to wait for its recipient.
func keepsMessages(steps []Step) bool {
	return slices.ContainsFunc(slices.Collect(All(steps)), func(s Step) bool {
		m, ok := s.(Message)
		return ok && m.Store
	})
}
