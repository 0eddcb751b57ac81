package loopback

import "strings"

// query asks for an archive, with a set of RSM.
func query(to, set string) string {
	return "<iq type='set' id='q'" + to + "><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>" + set + "</set></query></iq>"
}

// archiveCases are those of archiveDefects.
var archiveCases = map[string]func(*site) bool{
	"archive-keeps-room-claims": claimsInArchive,
	"archive-id-crash":          tracebacks(query("", "<after>x</after>")),
	"archive-index-unanswered": func(x *site) bool {
		return !strings.Contains(x.session(0, "r").says(query("", "<index>1</index>")), "id='q'")
	},
	"archive-of-another":  answers(query(" to='user1@localhost'", ""), "type='result'"),
	"nodeless-retraction": answers("<iq type='set' id='q'><pubsub xmlns='http://jabber.org/protocol/pubsub'><retract><item id='x'/></retract></pubsub></iq>", "type='result'"),
}
