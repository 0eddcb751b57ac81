package loopback

// roomDefects are those of multi-user chat (XEP-0045).
func roomDefects() []Defect {
	return []Defect{
		{"room-message-of-stranger", "EX", "d", []int{85}, "answer", "MUST",
			"whoever is not in a room may speak in it",
			"<message type='groupchat' to='ROOM'> without a join"},
		{"room-old-join-crash", "EX", "g", []int{85}, "crash", "MUST",
			"a join as before XEP-0045, without <x/>, panics and is swallowed",
			"<presence to='ROOM/NICK'/>"},
		{"room-nick-taken-over", "ID", "", []int{85}, "answer", "MUST",
			"a nickname in use goes over to whoever asks for it",
			"<presence to='ROOM/NICK OF THE WITNESS'> with <x xmlns='http://jabber.org/protocol/muc'/>"},
		{"room-configured-by-anybody", "ID", "", []int{82}, "answer", "MUST",
			"the configuration of a room is shown to who does not own it",
			"<iq type='get' to='ROOM'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>"},
		{"room-private-from-account", "ID", "", []int{82}, "answer", "MUST",
			"private messages in a room come from the account and not from the nickname",
			"<message type='chat' to='ROOM/NICK OF THE WITNESS'>"},
	}
}
