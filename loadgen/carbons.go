package loadgen

import (
	"context"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

const carbonsEnable = "<enable xmlns='" + wire.NSCarbons + "'/>"

// carbons asks for copies of what the user's other sessions send and receive
// (XEP-0280).
type carbons struct{ series int }

func (o carbons) run(ctx context.Context, s *session) error {
	return s.ask(ctx, o.series, "set", "", carbonsEnable)
}

func (o carbons) rehearse(*rehearsal) {}

// carbonOf is the message that a carbon copy holds; false where e is none.
func carbonOf(e *wire.Element) (wire.Element, bool) {
	for c := range e.Children() {
		if string(c.Space()) != wire.NSCarbons {
			continue
		}
		if forwarded, ok := c.First(); ok && string(forwarded.Local()) == "forwarded" {
			return forwarded.Child(wire.NSClient, "message")
		}
	}
	return wire.Element{}, false
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
