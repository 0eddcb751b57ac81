package loadgen

import (
	"context"
	"strconv"
	"strings"
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
		fill.peer = s.users.to(o.Peer, s.users.pick(o.Peer, s.n, s.rng))
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
	s.board.sent(s.phase, o.series, sent-max(s.due, s.free))
	return nil
}

func (o *raw) rehearse(r *rehearsal) {
	if o.Peer != nil {
		r.note(uint64(r.users.pick(o.Peer, r.n, r.rng)))
	}
}

// template is text with placeholders: literals at even places, names of
// placeholders at odd ones.
type template []string

// parseTemplate splits text that scenarios has checked.
func parseTemplate(text string) template {
	var t template
	literal := ""
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			break
		}
		literal += text[:i]
		if strings.HasPrefix(text[i:], "{{") || strings.HasPrefix(text[i:], "}}") {
			literal += text[i : i+1]
			text = text[i+2:]
			continue
		}
		name, rest, _ := strings.Cut(text[i+1:], "}")
		t = append(t, literal, name)
		literal, text = "", rest
	}
	return append(t, literal+text)
}

// filling is what the placeholders of one stanza stand for.
type filling struct {
	peer string
	id   []byte
	seq  uint64
}

// append writes the template; escaped says that its text is character data.
func (t template) append(b []byte, s *session, f filling, escaped bool) []byte {
	for i, part := range t {
		switch {
		case i%2 == 1:
			b = s.fill(b, part, f)
		case escaped:
			b = wire.AppendText(b, part)
		default:
			b = append(b, part...)
		}
	}
	return b
}

func (s *session) fill(b []byte, name string, f filling) []byte {
	switch name {
	case "id":
		return append(b, f.id...)
	case "n":
		return strconv.AppendInt(b, int64(s.n), 10)
	case "jid":
		return wire.AppendText(b, s.fullAddress())
	case "user":
		return wire.AppendText(b, s.users.local(s.n))
	case "domain":
		return wire.AppendText(b, s.users.domain)
	case "peer":
		return wire.AppendText(b, f.peer)
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
	return s.users.address(s.n) + "/" + s.users.resource
}
