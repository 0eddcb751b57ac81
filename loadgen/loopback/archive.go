package loopback

import (
	"bytes"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// archived is one message of an archive.
type archived struct {
	id   int64
	when time.Time
	with string // bare JID of the other side
	xml  []byte
}

// pageSize is how many messages an archive gives at once where less is not asked for.
const pageSize = 100

// keep puts a message that was delivered into the archives of both sides (XEP-0313 §6), unless it has no body.
func (c *conn) keep(e *wire.Element, to *account) {
	most := c.srv.options.Archive
	if most == 0 || string(e.Attr("type")) == "headline" || to == nil {
		return
	}
	if _, ok := e.Child(wire.NSClient, "body"); !ok {
		return
	}
	from := c.session.account
	m := archived{when: time.Now().UTC(), with: to.jid, xml: bytes.Clone(c.scratch)}
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	from.extra().store(m, most)
	if to != from {
		m.with = from.jid
		to.extra().store(m, most)
	}
}

func (x *extras) store(m archived, most int) {
	x.archiveID++
	m.id = x.archiveID
	for len(x.archive) >= most {
		x.forgetOldest()
	}
	x.archive = append(x.archive, m)
	x.archiveBytes += len(m.xml)
	for x.archiveBytes > archiveBytes && len(x.archive) > 1 {
		x.forgetOldest()
	}
}

// archiveBytes bounds one archive, however few messages are in it.
const archiveBytes = 2 << 20

func (x *extras) forgetOldest() {
	x.archiveBytes -= len(x.archive[0].xml)
	x.archive = append(x.archive[:0:0], x.archive[1:]...)
}

// pageQuery is which messages of an archive are wanted.
type pageQuery struct {
	with          string
	start, end    time.Time
	max           int
	after, before int64 // ids; 0: none
	backwards     bool
}

// archiveForm is that of a query: it has no other fields than those every archive has.
const archiveForm = "<query xmlns='" + wire.NSArchive + "'><x xmlns='" + wire.NSData + "' type='form'><field type='hidden' var='FORM_TYPE'><value>" + wire.NSArchive +
	"</value></field><field type='jid-single' var='with'/><field type='text-single' var='start'/><field type='text-single' var='end'/></x></query>"

// queryArchive answers a query of one's own archive (XEP-0313 §5).
func (c *conn) queryArchive(e *wire.Element, query wire.Element, get bool) bool {
	if get {
		c.result(e, []byte(archiveForm))
		return true
	}
	q, condition := readPageQuery(query)
	if condition != "" {
		c.refuse(e, condition)
		return true
	}
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	var all []archived
	if x := c.session.account.more; x != nil {
		all = x.archive
	}
	page, complete, total := q.page(all)
	id := string(query.Attr("queryid"))
	for i := range page {
		c.reply(c.appendArchived(c.scratch[:0], c.session.account.jid, &page[i], id))
	}
	c.result(e, appendFin(page, complete, total))
	return true
}

// readPageQuery reads form and set; a condition where they cannot be.
func readPageQuery(query wire.Element) (q pageQuery, condition string) {
	q.max = pageSize
	form, _ := query.Child(wire.NSData, "x")
	for f := range form.Children() {
		value, _ := f.Child(wire.NSData, "value")
		text := string(bytes.TrimSpace(value.Text()))
		var err error
		switch string(f.Attr("var")) {
		case "with":
			q.with = text
		case "start":
			q.start, err = time.Parse(time.RFC3339, text)
		case "end":
			q.end, err = time.Parse(time.RFC3339, text)
		}
		if err != nil {
			return q, "bad-request"
		}
	}
	set, _ := query.Child(wire.NSPaging, "set")
	for f := range set.Children() {
		text := string(bytes.TrimSpace(f.Text()))
		n, err := strconv.ParseInt(text, 10, 64)
		switch string(f.Local()) {
		case "max":
			if err != nil || n < 0 {
				return q, "bad-request"
			}
			q.max = min(int(min(n, pageSize)), pageSize)
		case "after":
			q.after = n
		case "before":
			q.before, q.backwards = n, true
			if text == "" {
				continue
			}
		default:
			continue
		}
		if err != nil {
			return q, "item-not-found" // no message has such an id
		}
	}
	return q, ""
}

// page picks the messages wanted, and says whether there are no more and how many there are in all.
func (q *pageQuery) page(all []archived) (page []archived, complete bool, total int) {
	for i := range all {
		m := &all[i]
		if q.with != "" && m.with != q.with || !q.start.IsZero() && m.when.Before(q.start) || !q.end.IsZero() && m.when.After(q.end) {
			continue
		}
		total++
		if m.id > q.after && (q.before == 0 || m.id < q.before) {
			page = append(page, *m)
		}
	}
	if len(page) <= q.max {
		return page, true, total
	}
	if q.backwards {
		return page[len(page)-q.max:], false, total
	}
	return page[:q.max], false, total
}

func (c *conn) appendArchived(b []byte, of string, m *archived, query string) []byte {
	b = wire.AppendStart(b, "message", wire.Addressing{To: c.session.full, From: of})
	b = append(b, "<result xmlns='"+wire.NSArchive+"'"...)
	if query != "" {
		b = wire.AppendAttr(b, "queryid", query)
	}
	b = strconv.AppendInt(append(b, " id='"...), m.id, 10)
	b = append(b, "'><forwarded xmlns='"+wire.NSForward+"'>"...)
	b = appendDelay(b, m.when, "")
	b = append(appendQualified(b, m.xml), "</forwarded></result></message>"...)
	return b
}

// appendQualified appends a stanza with its namespace said.
func appendQualified(b, xml []byte) []byte {
	name := 1
	for name < len(xml) && xml[name] > ' ' && xml[name] != '>' && xml[name] != '/' {
		name++
	}
	b = append(b, xml[:name]...)
	if tag, _, _ := bytes.Cut(xml, []byte(">")); !bytes.Contains(tag, []byte(" xmlns='")) {
		b = append(b, " xmlns='"+wire.NSClient+"'"...)
	}
	return append(b, xml[name:]...)
}

// appendDelay writes when a stanza was sent at first (XEP-0203), and who held it back.
func appendDelay(b []byte, when time.Time, by string) []byte {
	b = append(b, "<delay xmlns='"+wire.NSDelay+"'"...)
	if by != "" {
		b = wire.AppendAttr(b, "from", by)
	}
	b = append(b, " stamp='"...)
	return append(when.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z"), "'/>"...)
}

func appendFin(page []archived, complete bool, total int) []byte {
	b := []byte("<fin xmlns='" + wire.NSArchive + "'")
	if complete {
		b = append(b, " complete='true'"...)
	}
	b = append(b, "><set xmlns='"+wire.NSPaging+"'>"...)
	if len(page) > 0 {
		b = strconv.AppendInt(append(b, "<first>"...), page[0].id, 10)
		b = strconv.AppendInt(append(b, "</first><last>"...), page[len(page)-1].id, 10)
		b = append(b, "</last>"...)
	}
	b = strconv.AppendInt(append(b, "<count>"...), int64(total), 10)
	return append(b, "</count></set></fin>"...)
}
