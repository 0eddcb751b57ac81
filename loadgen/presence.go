package loadgen

import (
	"context"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// presence sends presence. It has no answer, so only its lag and, at those
// who receive it, its delivery are timed.
type presence struct {
	scenarios.Presence
	series int
}

func (o *presence) run(ctx context.Context, s *session) error {
	var to string
	if o.To != nil {
		to = s.users.to(o.To, s.users.pick(o.To, s.user, s.rng))
	}
	sent := max(s.now(), s.due)
	st := stamp{kind: 'p', run: s.ledger.run, from: uint32(s.n), seq: s.stamp, due: s.due, sent: sent}
	s.stamp++
	buf := borrow()
	buf.b = o.append(buf.b[:0], st, to, s.program.caps.element)
	err := s.transmit(buf)
	if err == nil {
		o.note(s, sent)
		s.sent(o.series, sent)
	}
	return err
}

// note says whether the session is available from now on.
func (o *presence) note(s *session, sent time.Duration) {
	switch {
	case o.To != nil:
	case o.Unavailable:
		s.shown.Store(0)
	default:
		if s.away {
			s.away = false
			s.ends.returned(sent)
		}
		s.shown.Store(max(1, int64(sent)))
		s.seesPresence(s.users.address(s.user))
	}
}

func (o *presence) append(b []byte, st stamp, to, caps string) []byte {
	var id [80]byte
	b = append(b, "<presence"...)
	b = wire.AppendAttr(b, "id", st.append(id[:0]))
	if to != "" {
		b = wire.AppendAttr(b, "to", to)
	}
	if o.Unavailable {
		b = append(b, " type='unavailable'"...)
	}
	b = append(b, '>')
	b = appendLeaf(b, "show", o.Show)
	b = appendLeaf(b, "status", o.Status)
	if !o.Unavailable {
		b = append(b, caps...)
	}
	return append(b, "</presence>"...)
}

func (o *presence) rehearse(r *rehearsal) {
	if o.To != nil {
		r.note(uint64(r.users.pick(o.To, r.user, r.rng)))
	}
}

func appendLeaf(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	b = append(append(append(b, '<'), name...), '>')
	b = wire.AppendText(b, text)
	return wire.AppendEnd(b, name)
}

// subscribe asks for peers' presence (RFC 6121 section 3.1).
type subscribe struct {
	scenarios.Subscribe
	series int
}

func (o *subscribe) run(ctx context.Context, s *session) error {
	due := max(s.due, s.free)
	peers := s.users.all(&o.To, s.user, s.rng)
	if o.Within > 0 && !s.back.returning {
		s.asked = make(map[string]bool, len(peers))
	}
	for _, n := range peers {
		to := s.users.to(&o.To, n)
		if s.asked != nil {
			s.asked[to] = true
		}
		sent := max(s.now(), s.due)
		buf := borrow()
		buf.b = wire.AppendPresence(buf.b[:0], wire.Addressing{To: to, Type: "subscribe"}, nil)
		if err := s.transmit(buf); err != nil {
			return err
		}
		s.sent(o.series, sent)
	}
	if o.Within == 0 || s.back.returning { // who had approved before need not say so again
		return nil
	}
	return s.awaitApproval(ctx, o, due)
}

// awaitApproval waits until whoever was asked has approved.
func (s *session) awaitApproval(ctx context.Context, o *subscribe, due time.Duration) error {
	sent := s.now()
	defer func() { s.asked = nil }()
	for len(s.asked) > 0 {
		if err := s.hold(ctx, sent+o.Within); err != nil {
			return err
		}
	}
	now := s.now()
	s.board.answered(s.phase, o.series, due, sent, now)
	s.due, s.free = now, now
	return nil
}

// approvedBy notes a sign that a user lets this one see their presence:
// their approval, their presence, or a roster item that says so. Servers
// differ in which of them they send (RFC 6121 section 3.1.6).
func (s *session) approvedBy(address []byte) {
	if len(s.asked) > 0 {
		bare, _, _ := strings.Cut(string(address), "/")
		delete(s.asked, bare)
	}
}

func (o *subscribe) rehearse(r *rehearsal) {
	for _, n := range r.users.all(&o.To, r.user, r.rng) {
		r.note(uint64(n))
	}
}
