package loadgen

import (
	"context"
	"math/rand/v2"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// message sends one message and has the ledger follow it. It has no answer:
// its response is timed at the recipient.
type message struct {
	scenarios.Message
	series int
	body   template
}

func (o *message) draw(users *population, n int, r *rand.Rand) (to, size int) {
	to = users.pick(&o.To, n, r)
	if o.Body == "" && o.Reaction == "" && !o.Retract {
		size = max(0, int(o.Size.Draw(r)))
	}
	return to, size
}

func (o *message) run(ctx context.Context, s *session) error {
	to, size := o.draw(s.users, s.user, s.rng)
	sent := max(s.now(), s.due)
	st := stamp{kind: 'm', run: s.ledger.run, from: uint32(s.n), due: s.due, sent: sent}
	if to == outside || to >= s.users.size {
		st.kind = 'x' // nobody here would see it arrive
		st.seq = s.stamp
		s.stamp++
	} else {
		owed := uint32(0)
		if o.Type == "chat" {
			owed = s.owedCopies(to)
		}
		st.seq = s.ledger.openOwing(s.n, to, sent, owed)
	}
	buf := borrow()
	buf.b = o.append(buf.b[:0], s, st, s.users.to(&o.To, to), size)
	err := s.transmit(buf)
	if err != nil {
		if st.kind == 'm' && (s.left == nil || err == errNoConnection) { // else a resumption sends it again
			s.ledger.void(s.n, st.seq)
		}
		return err
	}
	if s.program.receipts.any {
		o.asks(s, st)
	}
	s.sent(o.series, sent)
	return nil
}

func (o *message) append(b []byte, s *session, st stamp, to string, size int) []byte {
	var id [80]byte
	b = append(b, "<message"...)
	b = wire.AppendAttr(b, "to", to)
	b = wire.AppendAttr(b, "id", st.append(id[:0]))
	if o.Type != "" && o.Type != "normal" {
		b = wire.AppendAttr(b, "type", o.Type)
	}
	b = append(b, '>')
	if s.program.receipts.any || o.Store {
		b = o.appendExtras(b, s, st.append(id[:0]))
	}
	if o.Reaction != "" || o.Retract {
		return append(b, "</message>"...)
	}
	b = append(b, "<body>"...)
	if o.Body != "" {
		b = o.body.append(b, s, filling{peer: to, id: st.append(id[:0]), seq: uint64(st.seq)}, true)
	} else {
		b = appendFiller(b, size)
	}
	return append(b, "</body></message>"...)
}

func (o *message) rehearse(r *rehearsal) {
	to, size := o.draw(r.users, r.user, r.rng)
	r.note(uint64(to), uint64(size))
}

// filler is what bodies of a given size are made of: words, so that a server
// which looks at text finds some, and nothing that needs escaping.
const filler = "The quick brown fox jumps over the lazy dog. "

// appendFiller appends size bytes of filler.
func appendFiller(b []byte, size int) []byte {
	for ; size >= len(filler); size -= len(filler) {
		b = append(b, filler...)
	}
	return append(b, filler[:size]...)
}
