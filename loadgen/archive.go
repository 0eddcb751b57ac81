package loadgen

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// archive fetches messages page by page (XEP-0313 section 5, XEP-0059).
type archive struct {
	scenarios.Request
	series, pages int
}

// archivePage is what the answer to one query told.
type archivePage struct {
	complete bool
	edge     []byte // id of the last message of the page; of the first, where it goes backwards
}

// errNoPage says that an archive would never end.
var errNoPage = errors.New("the archive's next page ends as the one before")

func (o *archive) run(ctx context.Context, s *session) error {
	to, with := o.draw(s.users, s.user, func(p *scenarios.Peer) int { return s.users.pick(p, s.user, s.rng) })
	due, sent := s.due, max(s.now(), s.due)
	var edge []byte
	for n := 0; o.Pages == 0 || n < o.Pages; n++ {
		p, err := o.fetch(ctx, s, to, with, edge)
		if err != nil {
			return err
		}
		if p.complete || len(p.edge) == 0 {
			break
		}
		if bytes.Equal(p.edge, edge) {
			return errNoPage
		}
		edge = p.edge
	}
	s.board.answered(s.phase, o.series, due, sent, s.answer.at)
	return nil
}

// draw picks whose archive it is, and whom its messages were exchanged with.
func (o *archive) draw(users *population, self int, pick func(*scenarios.Peer) int) (to, with string) {
	if o.To != nil {
		if n := pick(o.To); n != self {
			to = users.to(o.To, n)
		}
	}
	if o.With != nil {
		with = users.to(o.With, pick(o.With))
	}
	return to, with
}

func (o *archive) rehearse(r *rehearsal) {
	pick := func(p *scenarios.Peer) int { return r.users.pick(p, r.user, r.rng) }
	for _, p := range []*scenarios.Peer{o.To, o.With} {
		if p != nil {
			r.note(uint64(pick(p)))
		}
	}
}

// fetch asks for one page and waits for it. Its messages are counted as they
// come, and taken for nothing else.
func (o *archive) fetch(ctx context.Context, s *session, to, with string, edge []byte) (p archivePage, err error) {
	buf := s.beginRequest("set", to)
	b := append(buf.b, "<query xmlns='"+wire.NSArchive+"' queryid='"...)
	b = append(appendRequestID(b, s.iq), "'>"...)
	if with != "" {
		b = append(b, "<x xmlns='"+wire.NSData+"' type='submit'><field var='FORM_TYPE'><value>"+wire.NSArchive+"</value></field><field var='with'><value>"...)
		b = append(wire.AppendText(b, with), "</value></field></x>"...)
	}
	buf.b = append(o.appendSet(b, edge), "</query></iq>"...)
	err = s.converse(ctx, o.pages, buf, answer{take: func(e *wire.Element) { p = readPage(e, o.Newest) }})
	return p, err
}

// appendSet says which page is wanted (XEP-0059 section 2).
func (o *archive) appendSet(b, edge []byte) []byte {
	if o.Max == 0 && !o.Newest && edge == nil {
		return b
	}
	direction := "after"
	if o.Newest {
		direction = "before"
	}
	b = append(b, "<set xmlns='"+wire.NSPaging+"'>"...)
	if o.Max > 0 {
		b = strconv.AppendInt(append(b, "<max>"...), int64(o.Max), 10)
		b = append(b, "</max>"...)
	}
	if o.Newest || edge != nil {
		b = append(append(append(b, '<'), direction...), '>')
		b = wire.AppendEnd(wire.AppendText(b, edge), direction)
	}
	return append(b, "</set>"...)
}

// readPage reads <fin/> (XEP-0313 section 5.3).
func readPage(e *wire.Element, backwards bool) (p archivePage) {
	fin, _ := e.Child(wire.NSArchive, "fin")
	switch string(fin.Attr("complete")) {
	case "true", "1":
		p.complete = true
	}
	set, _ := fin.Child(wire.NSPaging, "set")
	name := "last"
	if backwards {
		name = "first"
	}
	if id, ok := set.Child(wire.NSPaging, name); ok {
		p.edge = bytes.Clone(id.Text())
	}
	return p
}

// onArchived takes a message that the archive returned (XEP-0313 section 5.2);
// false where it is none. What a server sends to nobody's question counts as
// an error.
func (s *session) onArchived(e *wire.Element, at time.Duration) bool {
	result, ok := e.Child(wire.NSArchive, "result")
	if !ok {
		return false
	}
	id := result.Attr("queryid")
	n, ok := uint64(0), false
	if len(id) > 1 {
		n, ok = parseBase36(id[1:])
	}
	if !s.answer.waiting || !ok || n != uint64(s.iq) {
		s.erred(&xmpp.StanzaError{Type: "cancel", Condition: "unexpected-request", Text: "an archived message that was not asked for"}, at)
		return true
	}
	s.ledger.archived.Add(1)
	return true
}
