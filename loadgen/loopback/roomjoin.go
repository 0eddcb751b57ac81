package loopback

import (
	"bytes"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// roomPresence handles presence that is sent to a room (XEP-0045 §7.1 to §7.7, §7.14).
func (c *conn) roomPresence(e *wire.Element, to address, kind string) {
	switch {
	case kind == "unavailable":
		if r := c.srv.rooms.find(to.local); r != nil {
			c.leaveRoom(e, r)
		}
	case kind != "":
	case to.local == nil || to.bare(): // XEP-0045 §7.2.1
		c.refuse(e, "jid-malformed")
	default:
		c.enterRoom(e, to)
	}
}

func (c *conn) enterRoom(e *wire.Element, to address) {
	for {
		r, created := c.srv.rooms.open(to.local, c.session.account)
		r.mu.Lock()
		if r.closed { // it vanished between the two lines
			r.mu.Unlock()
			continue
		}
		if ghost := r.byNick[string(to.resource)]; ghost != nil && ghost.session != c.session && ghost.session.full == c.session.full {
			c.srv.depart(r, ghost, "", true, c.leave, c.arrived) // this session has taken its resource over
			r.mu.Unlock()
			continue
		}
		c.enter(r, created, e, string(to.resource))
		if len(r.occupants) == 0 { // made for somebody who was not let in
			c.srv.rooms.dissolve(r)
		}
		r.mu.Unlock()
		return
	}
}

// enter lets a session in, or tells the room what it says of itself now. The room is locked.
func (c *conn) enter(r *room, created bool, e *wire.Element, nick string) {
	x, wants := e.Child(wire.NSMUC, "x")
	if c.twist != nil {
		c.misenter(r, nick, wants)
	}
	o := r.of(c.session)
	switch other := r.byNick[nick]; {
	case other != nil && other != o: // §7.2.8
		c.refuse(e, "conflict")
		return
	case o != nil && o.nick != nick:
		c.rename(r, o, nick)
		return
	case o == nil && !wants:
		c.refuse(e, "not-acceptable")
		return
	}
	if o == nil {
		o = &occupant{session: c.session, nick: nick, jid: r.jid + "/" + nick}
		r.put(o)
		c.session.sit(seat{r, o})
	}
	o.presence = said(e)
	if !wants { // §7.7
		c.show(r, o, nil)
		return
	}
	for _, other := range r.occupants { // §7.2.2: the others first, oneself last
		if other != o {
			c.scratch = r.appendPresence(c.scratch[:0], other, c.session.full, "")
			c.reply(c.scratch)
		}
	}
	var codes []int
	if created {
		codes = append(codes, 201)
	}
	c.show(r, o, append(codes, 100, 110))
	c.replay(r, &x)
	c.scratch = r.appendSubject(c.scratch[:0], c.session.full)
	c.reply(c.scratch)
}

// said is the content of presence less what belongs to the protocol of rooms.
func said(e *wire.Element) []byte {
	var b []byte
	for child := range e.Children() {
		if !child.Is(wire.NSMUC, "x") && !child.Is(wire.NSMUCUser, "x") {
			b = append(b, child.Raw()...)
		}
	}
	return b
}

// show tells everybody of an occupant, and it itself with the status codes given.
func (c *conn) show(r *room, o *occupant, own []int) {
	for _, other := range r.occupants {
		codes := ""
		if other == o {
			codes = statusCodes(append(own, 110)...)
		}
		c.scratch = r.appendPresence(c.scratch[:0], o, other.session.full, codes)
		c.srv.emit(other.session, c.scratch, c.due())
	}
}

func statusCodes(codes ...int) string {
	s, seen := "", map[int]bool{}
	for _, code := range codes {
		if !seen[code] {
			s += "<status code='" + strconv.Itoa(code) + "'/>"
		}
		seen[code] = true
	}
	return s
}

// appendPresence appends an occupant's presence as the room shows it.
func (r *room) appendPresence(dst []byte, o *occupant, to, codes string) []byte {
	dst = append(dst, "<presence"...)
	dst = wire.AppendAttr(dst, "to", to)
	dst = wire.AppendAttr(dst, "from", o.jid)
	dst = append(append(dst, '>'), o.presence...)
	dst = r.appendItem(dst, o, "", codes)
	return append(dst, "</presence>"...)
}

// appendItem appends what the room says of an occupant; more are attributes of the item.
func (r *room) appendItem(dst []byte, o *occupant, more, codes string) []byte {
	affiliation, role := "none", "participant"
	if o.session.account == r.owner {
		affiliation, role = "owner", "moderator"
	}
	if more == gone {
		role, more = "none", ""
	}
	dst = append(dst, "<x xmlns='"+wire.NSMUCUser+"'><item"...)
	dst = wire.AppendAttr(dst, "affiliation", affiliation)
	dst = wire.AppendAttr(dst, "role", role)
	dst = wire.AppendAttr(dst, "jid", o.session.full)
	dst = append(append(dst, more...), "/>"...)
	return append(append(dst, codes...), "</x>"...)
}

const gone = "gone"

// rename gives an occupant another nick (§7.6).
func (c *conn) rename(r *room, o *occupant, nick string) {
	more := string(wire.AppendAttr(nil, "nick", nick))
	for _, other := range r.occupants {
		codes := "<status code='303'/>"
		if other == o {
			codes += "<status code='110'/>"
		}
		c.scratch = r.appendGone(c.scratch[:0], o, other.session.full, more, codes)
		c.srv.emit(other.session, c.scratch, c.due())
	}
	delete(r.byNick, o.nick)
	o.nick, o.jid = nick, r.jid+"/"+nick
	r.byNick[nick] = o
	c.show(r, o, nil)
}

func (r *room) appendGone(dst []byte, o *occupant, to, more, codes string) []byte {
	dst = append(dst, "<presence type='unavailable'"...)
	dst = wire.AppendAttr(dst, "to", to)
	dst = wire.AppendAttr(dst, "from", o.jid)
	dst = append(dst, '>')
	dst = r.appendItem(dst, o, more, codes)
	return append(dst, "</presence>"...)
}

// leaveRoom takes the session out at its own wish (§7.14).
func (c *conn) leaveRoom(e *wire.Element, r *room) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.of(c.session); o != nil {
		c.srv.depart(r, o, "", false, c.leave, c.arrived)
	}
}

// depart takes an occupant out of a room and tells everybody, itself unless its session has ended, with status codes that say why. The
// room is locked.
func (s *Server) depart(r *room, o *occupant, why string, ended bool, leave, arrived time.Time) {
	from := leave
	if from.IsZero() {
		from = arrived
	}
	for _, other := range r.occupants {
		codes := why
		if other == o {
			if ended {
				continue
			}
			codes += "<status code='110'/>"
		}
		s.emit(other.session, r.appendGone(nil, o, other.session.full, gone, codes), s.delayed(from))
	}
	r.drop(o)
	o.session.rise(r)
	if len(r.occupants) == 0 {
		s.rooms.dissolve(r)
	}
}

// leaveRooms takes a session that has ended out of all rooms.
func (s *Server) leaveRooms(n *session) {
	for _, at := range n.joined() {
		at.room.mu.Lock()
		if o := at.room.of(n); o != nil {
			now := s.moment()
			s.depart(at.room, o, "", true, now, now)
		}
		at.room.mu.Unlock()
	}
}

// replay sends the history that the session asks for (§7.2.13).
func (c *conn) replay(r *room, x *wire.Element) {
	most, since := historyBound(x)
	for i := max(0, len(r.history)-most); i < len(r.history); i++ {
		if p := r.history[i]; !p.at.Before(since) {
			c.scratch = appendPast(c.scratch[:0], r, p, c.session.full)
			c.reply(c.scratch)
		}
	}
}

// historyBound reads how many messages are wanted, and from when on.
func historyBound(x *wire.Element) (most int, since time.Time) {
	most = roomHistory
	h, ok := x.Child(wire.NSMUC, "history")
	if !ok {
		return most, since
	}
	if n, err := strconv.Atoi(string(h.Attr("maxstanzas"))); err == nil && n >= 0 {
		most = min(most, n)
	}
	if n, err := strconv.Atoi(string(h.Attr("maxchars"))); err == nil && n <= 0 {
		most = 0
	}
	if n, err := strconv.Atoi(string(h.Attr("seconds"))); err == nil && n >= 0 && n < 1<<30 {
		since = time.Now().Add(-time.Duration(n) * time.Second)
	}
	if at, err := time.Parse(time.RFC3339, string(h.Attr("since"))); err == nil && at.After(since) {
		since = at
	}
	return most, since
}

// appendPast appends a message of the history, with the time of it (XEP-0203).
func appendPast(dst []byte, r *room, p past, to string) []byte {
	dst = appendTold(dst, p.data, to)
	dst = bytes.TrimSuffix(dst, []byte(messageEnd))
	dst = append(dst, "<delay xmlns='"+wire.NSDelay+"'"...)
	dst = wire.AppendAttr(dst, "from", r.jid)
	dst = wire.AppendAttr(dst, "stamp", p.at.UTC().Format("2006-01-02T15:04:05.000Z"))
	return append(append(dst, "/>"...), messageEnd...)
}

// appendSubject appends the subject, which ends the history (§7.2.15).
func (r *room) appendSubject(dst []byte, to string) []byte {
	if r.subject != nil {
		return appendTold(dst, r.subject, to)
	}
	dst = append(dst, "<message type='groupchat'"...)
	dst = wire.AppendAttr(dst, "to", to)
	dst = wire.AppendAttr(dst, "from", r.jid)
	return append(dst, "><subject/></message>"...)
}
