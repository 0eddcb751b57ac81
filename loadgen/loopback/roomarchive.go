package loopback

import (
	"bytes"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// roomFeatures are what a room is like (XEP-0045 §6.4).
func (c *conn) roomFeatures() []string {
	all := []string{"muc_open", "muc_public", "muc_temporary", "muc_unmoderated", "muc_nonanonymous"}
	if c.srv.options.Archive > 0 {
		all = append(all, wire.NSArchive)
	}
	return all
}

// keepSaid puts what was said into the archive of a room as it was handed out: without what its sender said in the room's name
// (XEP-0313 §8.4). The room is locked, here and below.
func (c *conn) keepSaid(r *room, o *occupant, e *wire.Element, data []byte) {
	most := c.srv.options.Archive
	if most == 0 {
		return
	}
	if c.srv.bug("archive-keeps-room-claims") {
		data = appendWithoutTo(nil, e, e.Inner(), o.jid, c.lang)
	}
	r.archive.store(archived{when: time.Now().UTC(), with: o.jid, xml: bytes.Clone(data)}, most)
}

// queryRoom answers a query of a room's archive, which is open to all, as the room is.
func (c *conn) queryRoom(e *wire.Element, r *room, query wire.Element, get bool) {
	if get {
		c.result(e, []byte(archiveForm))
		return
	}
	q, condition := readPageQuery(query)
	if condition != "" {
		c.refuse(e, condition)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	page, complete, total := q.page(r.archive.archive)
	for i := range page {
		c.reply(c.appendArchived(c.scratch[:0], r.jid, &page[i], string(query.Attr("queryid"))))
	}
	c.result(e, appendFin(page, complete, total))
}
