package loopback

import "strings"

const (
	roomJoin = "<presence to='room@conference.localhost/%'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
	roomSays = "<message type='groupchat' to='room@conference.localhost'><body>hello</body></message>"
)

// inRoom reports whether the witness, who owns a room and is "w" there, receives the part when the attacker says text, behind a join as
// "a" where it joins.
func inRoom(joins bool, text, part string) func(*site) bool {
	return func(x *site) bool {
		attacker, witness := x.pair()
		witness.says(strings.Replace(roomJoin, "%", "w", 1))
		if joins {
			attacker.says(strings.Replace(roomJoin, "%", "a", 1))
		}
		told := attacker.says(text)
		got, _ := witness.drain()
		return strings.Contains(strings.Join(got, "")+told, part)
	}
}

// roomCases are those of roomDefects.
var roomCases = map[string]func(*site) bool{
	"room-message-of-stranger":   inRoom(false, roomSays, "<body>hello</body></message>"),
	"room-old-join-crash":        tracebacks(strings.Replace(roomJoin, "%", "w", 1) + "<presence type='unavailable' to='room@conference.localhost/w'/><presence to='room@conference.localhost/o'/>"),
	"room-nick-taken-over":       inRoom(false, strings.Replace(roomJoin, "%", "w", 1), "role='none'"),
	"room-configured-by-anybody": inRoom(true, "<iq type='get' id='c' to='room@conference.localhost'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>", "type='result'"),
	"room-private-from-account":  inRoom(true, "<message type='chat' to='room@conference.localhost/w'><body>hello</body></message>", "<message to='user1@localhost/w' from='user0@localhost/r'"),
}
