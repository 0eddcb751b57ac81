package loadgen

import (
	"context"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// raw sends text as the scenario wrote it, its placeholders filled.
type raw struct {
	scenarios.Raw
	series int
	text   template
}

func (o *raw) run(ctx context.Context, s *session) error {
	s.iq++
	fill := filling{seq: uint64(s.iq)}
	if o.Peer != nil {
		fill.peer = s.users.to(o.Peer, s.users.pick(o.Peer, s.user, s.rng))
	}
	var id [16]byte
	fill.id = appendRequestID(id[:0], s.iq)
	buf := borrow()
	buf.b = o.text.append(buf.b[:0], s, fill, false)
	if o.Await {
		return s.exchange(ctx, o.series, buf)
	}
	sent := max(s.now(), s.due)
	if err := s.transmit(buf); err != nil {
		return err
	}
	s.sent(o.series, sent)
	return nil
}

func (o *raw) rehearse(r *rehearsal) {
	if o.Peer != nil {
		r.note(uint64(r.users.pick(o.Peer, r.user, r.rng)))
	}
}

// template is text with placeholders.
type template []scenarios.Part

// parseTemplate splits text that scenarios has checked.
func parseTemplate(text string) template {
	parts, err := scenarios.Parts(text)
	if err != nil {
		return template{{Literal: text}} // Parse lets no such text through
	}
	return parts
}

// filling is what the placeholders of one stanza stand for.
type filling struct {
	peer string
	at   *occupant // the room; nil: the first that the session belongs to
	id   []byte
	seq  uint64
}

// append writes the template; escaped says that its text is character data.
func (t template) append(b []byte, s *session, f filling, escaped bool) []byte {
	for i := range t {
		switch part := &t[i]; {
		case part.Placeholder != "":
			b = s.fill(b, part.Placeholder, f)
		case escaped:
			b = wire.AppendText(b, part.Literal)
		default:
			b = append(b, part.Literal...)
		}
	}
	return b
}

func (s *session) fill(b []byte, name string, f filling) []byte {
	switch name {
	case "id":
		return append(b, f.id...)
	case "n":
		return strconv.AppendInt(b, int64(s.user), 10)
	case "jid":
		return wire.AppendText(b, s.fullAddress())
	case "user":
		return wire.AppendText(b, s.users.local(s.user))
	case "domain":
		return wire.AppendText(b, s.users.home(s.user))
	case "peer":
		return wire.AppendText(b, f.peer)
	case "room", "nick":
		return s.fillRoom(b, name, f.at)
	case "seq":
		return strconv.AppendUint(b, f.seq, 10)
	case "now":
		return time.Now().UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z") // XEP-0082
	}
	return b
}

// fullAddress is the address that the server bound, or the one to be.
func (s *session) fullAddress() string {
	if c := s.conn.Load(); c != nil {
		return c.JID()
	}
	return s.users.address(s.user) + "/" + s.resource()
}
