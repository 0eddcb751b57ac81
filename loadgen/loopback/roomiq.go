package loopback

import "xmpprig/loadgen/xmpp/wire"

// roomIQ answers a request to the service of the rooms, to a room, or to an occupant.
func (c *conn) roomIQ(e *wire.Element, payload wire.Element, to address, kind string) {
	r := c.srv.rooms.find(to.local)
	space, get := string(payload.Space()), kind == "get"
	switch {
	case c.muted(space):
		c.srv.tally.unanswered.Add(1)
	case to.local == nil && to.bare():
		c.serviceIQ(e, space, get)
	case r == nil:
		c.refuse(e, "item-not-found")
	case !to.bare():
		c.occupantIQ(e, r, to, space, get)
	case space == wire.NSDiscoInfo && get:
		c.result(e, c.describe(r.local, c.roomFeatures()...))
	case space == wire.NSArchive && c.srv.options.Archive > 0:
		c.queryRoom(e, r, payload, get)
	case space == wire.NSDiscoItem && get:
		c.result(e, []byte("<query xmlns='"+wire.NSDiscoItem+"'/>"))
	case space == nsMUCAdmin:
		c.administer(e, r, payload, get)
	case space == wire.NSMUCOwner:
		c.ownRoom(e, r, payload, get)
	default:
		c.refuse(e, "service-unavailable")
	}
}

// muted reports whether requests of a kind are left unanswered.
func (c *conn) muted(space string) bool {
	mute := c.srv.options.Faults.NeverAnswer
	return mute == AllIQ || mute != "" && mute == space
}

func (c *conn) serviceIQ(e *wire.Element, space string, get bool) {
	switch {
	case space == wire.NSDiscoInfo && get:
		c.result(e, c.describe("Rooms"))
	case space == wire.NSDiscoItem && get:
		b := []byte("<query xmlns='" + wire.NSDiscoItem + "'>")
		for _, jid := range c.srv.rooms.list() {
			b = append(b, "<item"...)
			b = append(wire.AppendAttr(b, "jid", jid), "/>"...)
		}
		c.result(e, append(b, "</query>"...))
	case space == wire.NSPing && get:
		c.result(e, nil)
	default:
		c.refuse(e, "service-unavailable")
	}
}

// describe is the answer of the service or of a room to disco#info (XEP-0045 §6.1, §6.4).
func (c *conn) describe(name string, more ...string) []byte {
	b := []byte("<query xmlns='" + wire.NSDiscoInfo + "'><identity category='conference' type='text'")
	b = append(wire.AppendAttr(b, "name", name), "/>"...)
	for _, feature := range append([]string{wire.NSMUC, wire.NSMUC + "#stable_id", wire.NSDiscoInfo, wire.NSDiscoItem}, more...) {
		b = append(b, "<feature"...)
		b = append(wire.AppendAttr(b, "var", feature), "/>"...)
	}
	return append(b, "</query>"...)
}

// occupantIQ answers a ping to one's own place (XEP-0410); others are not asked.
func (c *conn) occupantIQ(e *wire.Element, r *room, to address, space string, get bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.of(c.session)
	switch {
	case o == nil:
		c.refuse(e, "not-acceptable")
	case r.byNick[string(to.resource)] == nil:
		c.refuse(e, "item-not-found")
	case space == wire.NSPing && get && r.byNick[string(to.resource)] == o:
		c.result(e, nil)
	default:
		c.refuse(e, "service-unavailable")
	}
}

// ownRoom lets the owner have the room as it is (XEP-0045 §10.1.2): there is nothing to configure.
func (c *conn) ownRoom(e *wire.Element, r *room, payload wire.Element, get bool) {
	form, submitted := payload.Child(wire.NSData, "x")
	switch {
	case r.owner != c.session.account && !c.srv.bug("room-configured-by-anybody"):
		c.refuse(e, "forbidden")
	case get:
		c.result(e, []byte("<query xmlns='"+wire.NSMUCOwner+"'><x xmlns='"+wire.NSData+"' type='form'/></query>"))
	case submitted && (string(form.Attr("type")) == "submit" || string(form.Attr("type")) == "cancel"):
		c.result(e, nil)
	default:
		c.refuse(e, "bad-request")
	}
}
