package loopback

import (
	"strconv"

	"xmpprig/loadgen/xmpp/wire"
)

// archiveDefects are those of archives (XEP-0313) and nodes (XEP-0060).
func archiveDefects() []Defect {
	return []Defect{
		{"archive-id-crash", "EX", "g", []int{67, 85}, "crash", "MUST",
			"a page behind a message that there is not panics and is swallowed",
			"<query xmlns='urn:xmpp:mam:2'> with <after> of RSM that is no number"},
		{"archive-index-unanswered", "EX", "", []int{68, 85}, "hang", "MUST",
			"a query that asks for a page by its index has no answer",
			"<query xmlns='urn:xmpp:mam:2'> with <index> of RSM"},
		{"archive-of-another", "ID", "", []int{82}, "answer", "MUST",
			"anybody's archive can be asked for",
			"<iq type='set' to='WITNESS (bare)'><query xmlns='urn:xmpp:mam:2'/>"},
		{"archive-keeps-room-claims", "ID", "", []int{79, 82}, "answer", "MUST",
			"what a message to a room says in the room's name stands in the archive of the room",
			"a message to a room with <x xmlns='http://jabber.org/protocol/muc#user'><item jid='BYSTANDER'/></x>, and a query of the room's archive"},
		{"nodeless-retraction", "EX", "", []int{77}, "answer", "MUST",
			"an item of no node is said to be retracted",
			"<retract><item id='x'/></retract> without a node"},
	}
}

const nsResultSets = "http://jabber.org/protocol/rsm"

// misquery is what defects do with a query of an archive. It reports whether nothing else is to be done.
func (c *conn) misquery(query wire.Element) bool {
	t := c.twist
	set, _ := query.Child(nsResultSets, "set")
	if _, ok := set.Child(nsResultSets, "index"); ok && t.has("archive-index-unanswered") {
		return true
	}
	after, ok := set.Child(nsResultSets, "after")
	if !ok || !t.has("archive-id-crash") {
		return false
	}
	_, err := strconv.ParseUint(string(after.Text()), 10, 64)
	return err != nil && c.srv.survive(func() { panic("badarg: " + err.Error()) })
}

// showArchive says that anybody's archive is empty.
func (c *conn) showArchive(e *wire.Element, payload wire.Element, to *address) bool {
	if !c.twist.has("archive-of-another") || !to.bare() || to.local == nil || !payload.Is(wire.NSArchive, "query") || string(to.local) == c.session.account.local {
		return false
	}
	c.result(e, []byte("<fin xmlns='"+wire.NSArchive+"' complete='true'/>"))
	return true
}

func isNodelessRetraction(payload wire.Element) bool {
	retract, ok := payload.Child(wire.NSPubSub, "retract")
	return ok && len(retract.Attr("node")) == 0
}
