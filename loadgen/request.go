package loadgen

import (
	"context"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// Payloads of requests that are always the same.
const (
	ping      = "<ping xmlns='" + wire.NSPing + "'/>"
	disco     = "<query xmlns='" + wire.NSDiscoInfo + "'/>"
	rosterGet = "<query xmlns='" + wire.NSRoster + "'/>"
)

// request sends an iq get and waits for the answer.
type request struct {
	series  int
	to      *scenarios.Peer // nil: the server
	payload string
}

func (o *request) run(ctx context.Context, s *session) error {
	to := s.users.server(s.user)
	if o.to != nil {
		to = s.client(o.to, s.users.pick(o.to, s.user, s.rng))
	}
	if o.payload == rosterGet {
		to = "" // one's own account (RFC 6121 section 2.1.3)
	}
	return s.ask(ctx, o.series, "get", to, o.payload)
}

// client is where a request to peer n goes. Where the server makes the resources, the peer's session has to be looked up.
func (s *session) client(to *scenarios.Peer, n int) string {
	if s.chosen && n != s.user && n >= 0 && n < s.users.size {
		if c := s.devicesOf(n)[0].conn.Load(); c != nil {
			return c.JID()
		}
	}
	return s.users.client(to, n, s.user)
}

func (o *request) rehearse(r *rehearsal) {
	if o.to != nil {
		r.note(uint64(r.users.pick(o.to, r.user, r.rng)))
	}
}

// rosterAdd puts users into the roster (RFC 6121 section 2.3).
type rosterAdd struct {
	scenarios.RosterAdd
	series int
}

func (o *rosterAdd) run(ctx context.Context, s *session) error {
	for _, n := range s.users.all(&o.Peer, s.user, s.rng) {
		b := append([]byte(nil), "<query xmlns='"+wire.NSRoster+"'><item"...)
		b = wire.AppendAttr(b, "jid", s.users.to(&o.Peer, n))
		b = append(b, '>')
		b = appendLeaf(b, "group", o.Group)
		b = append(b, "</item></query>"...)
		if err := s.ask(ctx, o.series, "set", "", string(b)); err != nil {
			return err
		}
	}
	return nil
}

func (o *rosterAdd) rehearse(r *rehearsal) {
	for _, n := range r.users.all(&o.Peer, r.user, r.rng) {
		r.note(uint64(n))
	}
}

// ask sends an iq and waits for its answer, up to the scenario's timeout.
func (s *session) ask(ctx context.Context, series int, kind, to, payload string) error {
	buf := s.beginRequest(kind, to)
	buf.b = append(append(buf.b, payload...), "</iq>"...)
	return s.exchange(ctx, series, buf)
}

// beginRequest starts an iq; its payload and its end are to follow.
func (s *session) beginRequest(kind, to string) *buffer {
	s.iq++
	buf := borrow()
	b := append(buf.b[:0], "<iq id='"...)
	b = appendRequestID(b, s.iq)
	b = append(b, "' type='"...)
	b = append(append(b, kind...), '\'')
	if to != "" {
		b = wire.AppendAttr(b, "to", to)
	}
	buf.b = append(b, '>')
	return buf
}

// exchange sends a request that carries the id of s.iq, and waits for its answer.
func (s *session) exchange(ctx context.Context, series int, buf *buffer) error {
	return s.converse(ctx, series, buf, answer{})
}

// converse is exchange with a say in what is done with the answer.
func (s *session) converse(ctx context.Context, series int, buf *buffer, wanted answer) error {
	sent := max(s.now(), s.due)
	s.answer, s.answer.waiting = wanted, true
	if err := s.transmit(buf); err != nil {
		s.answer.waiting = false
		return err
	}
	s.board.sent(s.phase, series, sent-max(s.due, s.free))
	err := s.await(ctx, sent+s.timeout)
	if err != nil {
		return err
	}
	// Never before the request: the kernel may stamp a batch a hair early.
	s.board.answered(s.phase, series, s.due, sent, max(s.answer.at, sent))
	s.due, s.free = s.answer.at, s.answer.at
	return nil
}

// await handles what arrives until the answer is there.
func (s *session) await(ctx context.Context, limit time.Duration) error {
	defer func() { s.answer.waiting = false }()
	for s.answer.waiting {
		if err := s.hold(ctx, limit); err != nil {
			return err
		}
	}
	return s.answer.err
}

func appendRequestID(b []byte, n uint32) []byte {
	return strconv.AppendUint(append(b, 'q'), uint64(n), 36)
}
