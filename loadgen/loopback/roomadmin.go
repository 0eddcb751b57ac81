package loopback

import "xmpprig/loadgen/xmpp/wire"

// nsMUCAdmin is that of XEP-0045 §8 and §9.
const nsMUCAdmin = "http://jabber.org/protocol/muc#admin"

// administer lets the owner expel an occupant (XEP-0045 §8.2) and ask for the owners. There are no other lists: everybody else is none of
// them.
func (c *conn) administer(e *wire.Element, r *room, payload wire.Element, get bool) {
	item, ok := payload.Child(nsMUCAdmin, "item")
	switch {
	case r.owner != c.session.account:
		c.refuse(e, "forbidden")
	case !ok:
		c.refuse(e, "bad-request")
	case get:
		c.result(e, r.members(string(item.Attr("affiliation"))))
	case string(item.Attr("role")) == "none" && item.Attr("nick") != nil:
		c.expel(e, r, string(item.Attr("nick")))
	default:
		c.refuse(e, "not-allowed")
	}
}

// members is the list of those with an affiliation.
func (r *room) members(affiliation string) []byte {
	b := []byte("<query xmlns='" + nsMUCAdmin + "'>")
	if affiliation == "owner" {
		b = append(b, "<item affiliation='owner'"...)
		b = append(wire.AppendAttr(b, "jid", r.owner.jid), "/>"...)
	}
	return append(b, "</query>"...)
}

func (c *conn) expel(e *wire.Element, r *room, nick string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.byNick[nick]
	switch {
	case o == nil:
		c.refuse(e, "item-not-found")
	case o.session.account == r.owner: // the only moderator
		c.refuse(e, "not-allowed")
	default:
		c.srv.depart(r, o, "<status code='307'/>", false, c.leave, c.arrived)
		c.result(e, nil)
	}
}
