package trunk

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// inbound is a stream that another server opened to this side.
type inbound struct {
	stream   *stream
	id       string
	pair          // of the header, the other domain as it claims; empty: it says nothing
	secure   bool // encrypted
	vouched  bool // a certificate vouches for the other domain
	proven   bool // by EXTERNAL
	attempts int

	// Guarded by Peer.mu.
	believed map[pair]bool
	asking   map[pair]bool
	ending   error // why this side ends it; nil: it does not
}

// accept takes a stream of another server.
func (p *Peer) accept(conn net.Conn) {
	if !p.note(conn) {
		return
	}
	defer p.forget(conn)
	i := &inbound{stream: newStream(conn, p.o.Limits), believed: map[pair]bool{}, asking: map[pair]bool{}}
	s := i.stream
	release := s.within(p.ctx)
	e, err := p.admit(i)
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		s.end(overdue(err))
		return
	}
	p.accepted.Add(1)
	s.out.start()
	p.mu.Lock()
	p.in[i] = struct{}{}
	p.mu.Unlock()
	for err == nil {
		if err = p.take(i, e); err == nil {
			p.patience(i)
			e, err = s.next()
		}
	}
	p.mu.Lock()
	delete(p.in, i)
	if i.ending != nil {
		err = i.ending
	}
	p.mu.Unlock()
	s.end(overdue(err))
}

// overdue is the stream error that answers one who let time pass.
func overdue(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refuse(wire.ConnectionTimeout, "")
	}
	return err
}

// patience gives a stream that is of nobody who is believed so far another while, and takes the limit from any other.
func (p *Peer) patience(i *inbound) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case i.ending != nil, p.closed:
	case len(i.believed) == 0:
		i.stream.conn.SetReadDeadline(time.Now().Add(p.o.Limits.timeout()))
	default:
		i.stream.conn.SetReadDeadline(time.Time{})
	}
}

// admit has an inbound stream encrypted and authenticated as far as the other end asks for that, and returns the first element
// that asks for something else.
func (p *Peer) admit(i *inbound) (*wire.Element, error) {
	i.stream.scanner.Reset(i.stream.limits.Elements)
	err := p.welcome(i)
	for err == nil {
		var e *wire.Element
		if e, err = i.stream.next(); err != nil {
			break
		}
		switch {
		case e.Is(wire.NSTLS, "starttls"):
			err = p.startTLS(i)
		case e.Is(wire.NSSASL, "auth"):
			err = p.authenticate(i, e)
		default:
			return e, nil
		}
	}
	return nil, err
}

// welcome exchanges headers and says what this side offers.
func (p *Peer) welcome(i *inbound) error {
	s := i.stream
	i.id = rand.Text()
	h, err := s.header(wire.NSServer)
	b := appendServerHeader(nil, h.To, h.From, i.id)
	if err == nil {
		err = p.checkHeader(i, h)
	}
	if t, ok := s.conn.(*tls.Conn); ok && err == nil {
		i.vouched = p.o.Security.vouches(t.ConnectionState(), i.other)
	}
	if err == nil && h.Version != "" {
		b = p.appendOffers(b, i)
	}
	if said := s.say(b); err == nil {
		err = said
	}
	return err
}

// checkHeader takes from the header which domains it is about (RFC 6120 §4.7).
func (p *Peer) checkHeader(i *inbound, h wire.StreamHeader) error {
	w := pair{p.domain([]byte(h.To)), p.domain([]byte(h.From))}
	old := h.Version == "" // of before RFC 3920, which had neither address
	switch {
	case h.To == "" && !old || h.From != "" && w.other == "":
		return refuse(wire.ImproperAddressing, "")
	case h.To != "" && !p.o.Local(w.own):
		return refuse(wire.HostUnknown, "")
	case w.other != "" && p.o.Local(w.other), i.proven && w != i.pair:
		return refuse(wire.InvalidFrom, "")
	case old && p.o.Security.Required, !old && !strings.HasPrefix(h.Version, "1."):
		return refuse(wire.UnsupportedVersion, "")
	}
	i.pair = w
	return nil
}

// startTLS encrypts an inbound stream (RFC 6120 §5.4).
func (p *Peer) startTLS(i *inbound) error {
	s, y := i.stream, &p.o.Security
	if !y.able() || i.secure || i.proven {
		return errors.Join(s.say([]byte("<failure xmlns='"+wire.NSTLS+"'/>")), errHungUp)
	}
	config, err := y.serving(i.own)
	if err != nil {
		return errors.Join(s.say([]byte("<failure xmlns='"+wire.NSTLS+"'/>")), errHungUp)
	}
	if len(s.rest) > 0 {
		return ErrInjected
	}
	if err := s.say([]byte("<proceed xmlns='" + wire.NSTLS + "'/>")); err != nil {
		return err
	}
	began := time.Now()
	if _, err := s.encrypt(tls.Server(s.conn, config)); err != nil {
		return err
	}
	p.took(TLSAccepted, began)
	i.secure = true
	p.encrypted.Add(1)
	return p.welcome(i)
}

// take deals with one element of a stream that has been admitted.
func (p *Peer) take(i *inbound, e *wire.Element) error {
	switch {
	case e.Kind == wire.Stanza:
		return p.receive(i, e)
	case e.Is(wire.NSTLS, "starttls"):
		return errors.Join(i.stream.send([]byte("<failure xmlns='"+wire.NSTLS+"'/>")), errHungUp)
	case e.Is(wire.NSSASL, "auth"):
		return i.stream.send([]byte("<failure xmlns='" + wire.NSSASL + "'><not-authorized/></failure>"))
	case isStanzaName(e.Local()) && (string(e.Space()) == wire.NSClient || string(e.Space()) == wire.NSComponent):
		return refuse(wire.InvalidNamespace, "this is a server's stream")
	case string(e.Space()) != wire.NSDialback:
		return refuse(wire.UnsupportedStanzaType, "")
	}
	return p.dialback(i, e)
}

func isStanzaName(local []byte) bool {
	switch string(local) {
	case "message", "presence", "iq":
		return true
	}
	return false
}

// receive delivers a stanza of a domain that was believed, and of no other (RFC 6120 §8.1.1.2, §8.1.2.2).
func (p *Peer) receive(i *inbound, e *wire.Element) error {
	if p.misreceive(i, e) {
		return nil
	}
	p.mu.Lock()
	nobody := len(i.believed) == 0
	p.mu.Unlock()
	if nobody {
		return refuse(wire.NotAuthorized, "")
	}
	from, ok1 := p.o.Domain(e.Attr("from"))
	to, ok2 := p.o.Domain(e.Attr("to"))
	if !ok1 || !ok2 {
		return refuse(wire.ImproperAddressing, "")
	}
	if !p.o.Local(to) {
		return refuse(wire.HostUnknown, "")
	}
	p.mu.Lock()
	believed := i.believed[pair{to, from}]
	p.mu.Unlock()
	if !believed {
		return refuse(wire.InvalidFrom, "")
	}
	p.o.Deliver(e, i.stream.readAt)
	return nil
}
