package trunk

import (
	"crypto/rand"
	"net"

	"xmpprig/loadgen/xmpp/wire"
)

// inbound is a stream that another server opened to this side.
type inbound struct {
	stream   *stream
	id       string
	believed map[pair]bool // guarded by Peer.mu
}

// question is what the authoritative server of another domain was asked: whether a key for a stream to us is its own.
type question struct{ own, other, id string }

// accept takes a stream of another server.
func (p *Peer) accept(conn net.Conn) {
	if !p.note(conn) {
		return
	}
	defer p.forget(conn)
	i := &inbound{stream: newStream(conn, p.o.Limits), id: rand.Text(), believed: map[pair]bool{}}
	s := i.stream
	release := s.within(p.ctx)
	err := p.welcome(i)
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		s.end(err)
		return
	}
	p.accepted.Add(1)
	s.out.start()
	p.mu.Lock()
	p.in[i] = struct{}{}
	p.mu.Unlock()
	for err == nil {
		var e *wire.Element
		if e, err = s.next(); err == nil {
			err = p.take(i, e)
		}
	}
	p.mu.Lock()
	delete(p.in, i)
	p.mu.Unlock()
	s.end(err)
}

// welcome exchanges headers and says what this side offers.
func (p *Peer) welcome(i *inbound) error {
	s := i.stream
	s.scanner.Reset(s.limits.Elements)
	h, err := s.header(wire.NSServer)
	b := appendServerHeader(nil, h.To, h.From, i.id)
	if err == nil && h.To != "" && !p.o.Local(h.To) {
		err = refuse(wire.HostUnknown, "")
	}
	if err == nil && h.Version != "" {
		b = append(b, "<stream:features><dialback xmlns='"+wire.NSDialFeat+"'/></stream:features>"...)
	}
	if said := s.say(b); err == nil {
		err = said
	}
	return err
}

// take deals with one element.
func (p *Peer) take(i *inbound, e *wire.Element) error {
	switch {
	case e.Kind == wire.Stanza:
		return p.receive(i, e)
	case string(e.Space()) != wire.NSDialback:
		return refuse(wire.UnsupportedStanzaType, "")
	case string(e.Local()) == "verify":
		return i.stream.send(p.answerVerify(e))
	case string(e.Local()) == "result":
		return p.ask(i, e)
	}
	return nil
}

// receive delivers a stanza of a domain that was believed, and of no other (RFC 6120 §4.9.3.9).
func (p *Peer) receive(i *inbound, e *wire.Element) error {
	from, to := domainOf(e.Attr("from")), domainOf(e.Attr("to"))
	if from == "" || to == "" {
		return refuse(wire.ImproperAddressing, "")
	}
	p.mu.Lock()
	ok := i.believed[pair{to, from}]
	p.mu.Unlock()
	if !ok {
		return refuse(wire.InvalidFrom, "")
	}
	p.o.Deliver(e, i.stream.readAt)
	return nil
}

// domainOf is the domain of an address.
func domainOf(jid []byte) string {
	start := 0
	for k, c := range jid {
		if c == '/' {
			return string(jid[start:k])
		}
		if c == '@' {
			start = k + 1
		}
	}
	return string(jid[start:])
}

// ask asks the authoritative server of a domain whether a key is its own (XEP-0220 §2.2.1).
func (p *Peer) ask(i *inbound, e *wire.Element) error {
	own, other := string(e.Attr("to")), string(e.Attr("from"))
	if !p.o.Local(own) {
		return refuse(wire.HostUnknown, "")
	}
	if other == "" {
		return refuse(wire.ImproperAddressing, "")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[question{own, other, i.id}] = i
	p.tell(p.share(pair{own, other}), appendDialback(nil, "verify", own, other, i.id, "", string(e.Text())))
	return nil
}

// believe tells the other server whether we do.
func (p *Peer) believe(q question, valid bool) {
	p.mu.Lock()
	i := p.asked[q]
	delete(p.asked, q)
	if i != nil && valid {
		i.believed[pair{q.own, q.other}] = true
	}
	p.mu.Unlock()
	if i == nil {
		return // nobody asked
	}
	kind := "invalid"
	if valid {
		kind = "valid"
		p.verified.Add(1)
	}
	_ = i.stream.send(appendDialback(nil, "result", q.own, q.other, "", kind, "")) // the stream may be gone
}
