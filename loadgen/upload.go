package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/upload"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// putFile asks for a slot, puts a file there, and tells somebody of it (XEP-0363,
// XEP-0066).
type putFile struct {
	scenarios.Upload
	series, slot, put, get int
}

func (p *program) upload(st scenarios.Upload) op {
	p.uploads = true
	o := &putFile{st, p.name(st.Label), p.name(st.Label + ".slot"), p.name(st.Label + ".put"), -1}
	if st.Fetch {
		p.fetches = true
		o.get = p.name(st.Label + ".get")
	}
	if st.To != nil {
		p.messages = p.name(seriesMessageDelivery)
	}
	return o
}

func (o *putFile) draw(users *population, n int, r *rand.Rand) (to, size int) {
	to = outside
	if o.To != nil {
		to = users.pick(o.To, n, r)
	}
	return to, max(0, int(o.Size.Draw(r)))
}

func (o *putFile) rehearse(r *rehearsal) {
	to, size := o.draw(r.users, r.user, r.rng)
	r.note(uint64(to), uint64(size))
}

func (o *putFile) run(ctx context.Context, s *session) error {
	if s.offers.upload == "" {
		return errNoSlots
	}
	to, size := o.draw(s.users, s.user, s.rng)
	due, sent := s.due, max(s.now(), s.due)
	s.board.sent(s.phase, o.series, sent-max(s.due, s.free))
	s.uploads.asked.Add(1)
	slot, err := o.ask(ctx, s, size)
	if err == nil {
		err = o.place(ctx, s, slot, size)
	}
	if err != nil {
		s.uploads.fail(err)
		return err
	}
	s.uploads.made.Add(1)
	s.uploads.bytes.Add(int64(size))
	s.board.answered(s.phase, o.series, due, sent, s.free)
	if o.To == nil {
		return nil
	}
	return o.tell(s, to, slot.Get, size)
}

// fail tells what the server would not have from what went wrong.
func (u *uploads) fail(err error) {
	if _, status := errors.AsType[*upload.StatusError](err); status || isStanzaError(err) {
		u.refused.Add(1)
		return
	}
	u.failed.Add(1)
}

// ask asks for a slot (XEP-0363 section 4).
func (o *putFile) ask(ctx context.Context, s *session, size int) (slot upload.Slot, err error) {
	buf := s.beginRequest("get", s.offers.upload)
	b := append(buf.b, "<request xmlns='"+wire.NSUpload+"' filename='xmpprig-"...)
	b = strconv.AppendInt(append(strconv.AppendInt(b, int64(s.n), 10), '-'), int64(s.iq), 10)
	b = strconv.AppendInt(append(b, ".bin' size='"...), int64(size), 10)
	buf.b = append(b, "' content-type='"+upload.ContentType+"'/></iq>"...)
	var wrong error
	err = s.converse(ctx, o.slot, buf, answer{take: func(e *wire.Element) { slot, wrong = upload.ParseSlot(e) }})
	return slot, errors.Join(err, wrong)
}

// place puts the file there.
func (o *putFile) place(ctx context.Context, s *session, slot upload.Slot, size int) error {
	sent := max(s.now(), s.due)
	s.board.sent(s.phase, o.put, sent-max(s.due, s.free))
	at, err := s.aside(ctx, func(ctx context.Context) error { return s.uploads.client.Put(ctx, slot, s.source(s.n), size) })
	if err != nil {
		return err
	}
	at = max(at, sent)
	s.board.answered(s.phase, o.put, s.due, sent, at)
	s.due, s.free = at, at
	return nil
}

// aside has f run beside the session, which handles what arrives until f is done, for
// as long as the scenario waits for one answer.
func (s *session) aside(ctx context.Context, f func(context.Context) error) (at time.Duration, err error) {
	limit := s.now() + s.timeout
	within, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeout)
	var over atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = f(within)
		at = s.now()
		over.Store(true)
		if c := s.conn.Load(); c != nil {
			c.Wake()
		}
	}()
	var failed error
	for !over.Load() && failed == nil {
		failed = s.hold(ctx, limit)
	}
	if failed != nil {
		cancel()
	}
	<-done
	cancel()
	if err != nil && failed != nil {
		err = failed
	}
	return at, err
}

// tell sends the file's address in a message (XEP-0066), which the ledger follows.
func (o *putFile) tell(s *session, to int, address string, size int) error {
	sent := max(s.now(), s.due)
	st := stamp{kind: 'm', run: s.ledger.run, from: uint32(s.n), due: s.due, sent: sent}
	if to == outside || to >= s.users.size {
		st.kind = 'x' // nobody here would see it arrive
		st.seq = s.stamp
		s.stamp++
	} else {
		st.seq = s.ledger.openOwing(s.n, to, sent, s.owedCopies(to))
		if o.Fetch {
			s.uploads.note(st, linkedFile{size, o.get})
		}
	}
	buf := borrow()
	buf.b = appendLink(buf.b[:0], s.users.to(o.To, to), st, address)
	if err := s.transmit(buf); err != nil {
		if st.kind == 'm' && (s.left == nil || err == errNoConnection) { // else a resumption sends it again
			s.ledger.void(s.n, st.seq)
			s.uploads.forget(st)
		}
		return err
	}
	s.free = max(s.now(), s.due)
	s.due = s.free
	return nil
}

func appendLink(b []byte, to string, st stamp, address string) []byte {
	var id [80]byte
	b = wire.AppendAttr(append(b, "<message type='chat'"...), "to", to)
	b = append(wire.AppendAttr(b, "id", st.append(id[:0])), "><body>"...)
	b = append(wire.AppendText(b, address), "</body><x xmlns='"+wire.NSOOB+"'><url>"...)
	return append(wire.AppendText(b, address), "</url></x></message>"...)
}

// onLink has the file fetched that a message tells of, if its sender wants that.
func (s *session) onLink(e *wire.Element, st stamp, at time.Duration) {
	f, ok := s.uploads.of(st)
	if !ok {
		return
	}
	x, _ := e.Child(wire.NSOOB, "x")
	address, ok := x.Child(wire.NSOOB, "url")
	if !ok {
		s.uploads.lost.Add(1)
		return
	}
	s.uploads.fetch(link{f, string(address.Text()), at, s.source(s.n)})
}
