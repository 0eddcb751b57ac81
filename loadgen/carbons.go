package loadgen

import (
	"context"
	"time"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

const carbonsEnable = "<enable xmlns='" + wire.NSCarbons + "'/>"

// carbons asks for copies of what the user's other sessions send and receive
// (XEP-0280).
type carbons struct{ series int }

func (o carbons) run(ctx context.Context, s *session) error {
	if err := s.ask(ctx, o.series, "set", "", carbonsEnable); err != nil {
		return err
	}
	s.copies.Store(s.conn.Load() != nil)
	return nil
}

func (o carbons) rehearse(*rehearsal) {}

// onCopy takes a copy of a message that this user has sent or else received.
func (s *session) onCopy(of *wire.Element, sent bool, at time.Duration) {
	s.ledger.managed.carbons.Add(1)
	st, ok := parseStamp(of.Attr("id"))
	if s.users.devices == 1 || !ok || st.kind != 'm' || st.run != s.ledger.run || string(of.Attr("type")) == "error" {
		return
	}
	s.ledger.copied(st, s.user, s.nth, sent)
	s.delivered(s.program.copies, st, at)
}

// carbonOf is the message that a carbon copy holds, and whether this user has sent it; false where e is none.
func carbonOf(e *wire.Element) (of wire.Element, sent, ok bool) {
	for c := range e.Children() {
		if string(c.Space()) != wire.NSCarbons {
			continue
		}
		if forwarded, ok := c.First(); ok && string(forwarded.Local()) == "forwarded" {
			of, ok := forwarded.Child(wire.NSClient, "message")
			return of, string(c.Local()) == "sent", ok
		}
	}
	return wire.Element{}, false, false
}

// csi says whether somebody looks at the client (XEP-0352), which has no answer.
type csi struct {
	scenarios.CSI
	series int
}

func (o csi) run(_ context.Context, s *session) error {
	sent := max(s.now(), s.due)
	buf := borrow()
	buf.b = append(buf.b[:0], "<inactive xmlns='urn:xmpp:csi:0'/>"...)
	if o.Active {
		buf.b = append(buf.b[:0], "<active xmlns='urn:xmpp:csi:0'/>"...)
	}
	if err := s.transmit(buf); err != nil {
		return err
	}
	s.sent(o.series, sent)
	return nil
}

func (o csi) rehearse(*rehearsal) {}
