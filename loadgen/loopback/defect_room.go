package loopback

// misspeak is what defects make of who is in no room and speaks there.
func (c *conn) misspeak(r *room) *occupant {
	if !c.twist.has("room-message-of-stranger") {
		return nil
	}
	return &occupant{session: c.session, nick: "stranger", jid: r.jid + "/stranger"}
}

// misenter is what defects do with presence to a room, which is locked, before anything else is done with it.
func (c *conn) misenter(r *room, nick string, wants bool) {
	o, other := r.of(c.session), r.byNick[nick]
	switch {
	case o == nil && !wants && c.twist.has("room-old-join-crash"):
		c.srv.survive(func() { _ = o.presence[0] })
	case other != nil && other != o && c.twist.has("room-nick-taken-over"):
		c.srv.depart(r, other, "", false, c.leave, c.arrived)
	}
}

// spokenFrom is whom a private message in a room comes from.
func (c *conn) spokenFrom(o *occupant) string {
	if c.twist != nil && c.twist.has("room-private-from-account") {
		return c.session.full
	}
	return o.jid
}
