package loadgen

import (
	"context"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// Series of the notifications of published items.
const (
	seriesPublishDelivery = "publish.delivery" // at each recipient
	seriesPublishFirst    = "publish.first"    // at the first of them
	seriesPublishLast     = "publish.last"     // at the last
)

// publish publishes an item, whose id is a stamp, and has it followed to those
// who watch the node.
type publish struct {
	scenarios.Request
	series int
	body   template
}

func (p *program) publish(st scenarios.Request, series int) op {
	p.publishes = true
	for _, name := range []string{seriesPublishDelivery, seriesPublishFirst, seriesPublishLast} {
		p.name(name)
	}
	return &publish{st, series, parseTemplate(st.Payload)}
}

func (o *publish) run(ctx context.Context, s *session) error {
	peers, size := drawAsking(&o.Request, s.users, s.user, s.rng)
	a := s.asking(&o.Request, peers[0], size)
	sent := max(s.now(), s.due)
	st := stamp{kind: 'i', run: s.ledger.run, from: uint32(s.n), due: s.due, sent: sent}
	st.seq = s.fanout.open(s.n, s.fanout.account(o.Node), s.audience(&a))
	var id [80]byte
	a.id = st.append(id[:0])
	buf := s.beginRequest("set", a.to)
	buf.b = o.append(buf.b, s, &a, st)
	err := s.exchange(ctx, o.series, buf)
	if err != nil {
		s.fanout.void(s.n, st.seq)
	}
	return err
}

func (o *publish) append(b []byte, s *session, a *asking, st stamp) []byte {
	b = wire.AppendAttr(append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><publish"...), "node", a.node)
	b = append(wire.AppendAttr(append(b, "><item"...), "id", a.id), '>')
	if o.Payload != "" {
		b = o.body.append(b, s, filling{peer: a.whom, id: a.id, seq: uint64(st.seq)}, false)
	} else {
		b = append(appendFiller(append(b, "<entry xmlns='http://www.w3.org/2005/Atom'><title>"...), a.size), "</title></entry>"...)
	}
	return append(b, "</item></publish></pubsub></iq>"...)
}

func (o *publish) rehearse(r *rehearsal) {
	peers, size := drawAsking(&o.Request, r.users, r.user, r.rng)
	r.note(uint64(peers[0]), uint64(size))
}

// audience is who has to be told of an item: who subscribed to the node and,
// where clients ask for it by +notify (XEP-0163 section 4), who and its owner
// see each other's presence, by which the server knows of the wish.
func (s *session) audience(a *asking) map[int]struct{} {
	at := a.to
	if at == "" {
		at = s.users.address(s.user)
	}
	of := []watched{{at, a.node}}
	if !a.Service && s.program.caps.notified(a.node) {
		of = append(of, watched{at: at})
	}
	listens := func(w watched, n int) bool {
		return s.sessions[n].shown.Load() > 0 && (w.node != "" || s.fanout.watches(s.n, watched{at: s.users.address(n)}))
	}
	return s.fanout.audience(listens, of...)
}

// watches notes a subscription that was just begun or ended.
func (s *session) watches(a *asking) {
	on := a.Kind == "node-subscribe"
	if s.fanout == nil || !on && a.Kind != "node-unsubscribe" {
		return
	}
	at := a.to
	if at == "" {
		at = s.users.address(s.user)
	}
	s.fanout.watch(watched{at, a.node}, s.n, on)
}

// sees is seesPresence of a full or bare address; nothing where that is of no account.
func (s *session) sees(address []byte) {
	if s.fanout != nil && s.program.caps.notifies {
		bare, _, _ := strings.Cut(string(address), "/")
		s.seesPresence(bare)
	}
}

// onExtension takes a message that is none of this run's ledger: what an
// archive returned, or what was published.
func (s *session) onExtension(e *wire.Element, at time.Duration) bool {
	return s.program.archives && s.onArchived(e, at) || s.fanout != nil && s.onEvent(e, at)
}

// onEvent takes a notification (XEP-0060 section 7.1.2.1).
func (s *session) onEvent(e *wire.Element, at time.Duration) bool {
	event, ok := e.Child(wire.NSPubSubEvent, "event")
	if !ok {
		return false
	}
	list, _ := event.Child(wire.NSPubSubEvent, "items")
	for item := range list.Children() {
		if st, ok := parseStamp(item.Attr("id")); ok && st.kind == 'i' && st.run == s.ledger.run {
			s.fanout.arrive(st, s.n, at, time.Duration(s.shown.Load()))
		}
	}
	return true
}

// seesPresence notes that this session is told of a user's presence, and so of
// the items that it asked for by +notify.
func (s *session) seesPresence(of string) {
	if s.fanout != nil && s.program.caps.notifies {
		s.fanout.watch(watched{at: of}, s.n, true)
	}
}
