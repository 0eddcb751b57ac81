package trunk

import (
	"crypto/tls"
	"slices"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// negotiation is the beginning of an outbound stream (RFC 6120 §4.3): TLS where both ends want it, and EXTERNAL where the other offers
// it over that.
type negotiation struct {
	p          *Peer
	s          *stream
	own, other string

	id     string
	secure bool
	proven bool
	offers offers
}

func (n *negotiation) run() error {
	n.s.scanner.Reset(n.s.limits.Elements)
	if err := n.greet(); err != nil {
		return err
	}
	y := &n.p.o.Security
	switch {
	case y.able() && n.offers.startTLS:
		if err := n.encrypt(); err != nil {
			return err
		}
	case n.offers.tlsRequired:
		return ErrTLSNeeded
	case y.Required || y.NoDialback:
		return ErrTLSMissing
	}
	if n.secure && n.offers.external {
		if err := n.authenticate(); err != nil {
			return err
		}
	}
	if y.NoDialback && !n.proven {
		if n.offers.external {
			return ErrNotBelieved
		}
		return ErrNoExternal
	}
	return nil
}

// greet exchanges headers and takes the features.
func (n *negotiation) greet() error {
	s := n.s
	if err := s.say(appendServerHeader(nil, n.own, n.other, "")); err != nil {
		return err
	}
	h, err := s.header(wire.NSServer)
	if err != nil {
		return err
	}
	n.id, n.offers = h.ID, offers{}
	if h.Version == "" { // there are none (RFC 6120 §4.7.5)
		return nil
	}
	e, err := s.next()
	if err != nil {
		return err
	}
	if !e.Is(wire.NSStream, "features") {
		return ErrUnexpected
	}
	n.offers = readOffers(e)
	return nil
}

// encrypt has the stream encrypted, and begins it anew (RFC 6120 §5.4).
func (n *negotiation) encrypt() error {
	s, y := n.s, &n.p.o.Security
	config, err := y.dialling(n.own, n.other)
	if err != nil {
		return err
	}
	if err := s.say([]byte("<starttls xmlns='" + wire.NSTLS + "'/>")); err != nil {
		return err
	}
	e, err := s.next()
	switch {
	case err != nil:
		return err
	case e.Is(wire.NSTLS, "failure"):
		return ErrTLSRefused
	case !e.Is(wire.NSTLS, "proceed"):
		return ErrUnexpected
	}
	began := time.Now()
	state, err := s.encrypt(tls.Client(s.conn, config))
	if err != nil {
		return err
	}
	n.p.took(TLSOpened, began)
	if y.NoDialback && !y.vouches(state, n.other) {
		return ErrNotVouched
	}
	n.secure = true
	n.p.encrypted.Add(1)
	return n.greet()
}

// authenticate proves the domain by the certificate that was shown, and begins the stream anew.
func (n *negotiation) authenticate() error {
	began := time.Now()
	ok, err := n.s.external(n.own)
	if err != nil || !ok {
		return err
	}
	n.p.took(ExternalOpened, began)
	n.p.external.Add(1)
	n.proven = true
	return n.greet()
}

// answered takes what the other end says: that it believes us, or not; or whether a key that somebody showed us is its own. What
// answers nothing that it was asked over this very stream is passed over (XEP-0220 §3.1).
func (p *Peer) answered(o *outbound, e *wire.Element) error {
	w, v := p.pairOf(e, "to", "from"), readVerdict(e)
	switch string(e.Local()) {
	case "verify":
		q := question{w, string(e.Attr("id"))}
		p.mu.Lock()
		i := o.asked[q]
		delete(o.asked, q)
		if i == nil {
			i = p.anywhere(q)
		}
		p.await(o)
		p.mu.Unlock()
		if i != nil {
			if v.condition == "item-not-found" {
				v = mishap("remote-server-not-found")
			}
			p.tellVerdict(q, i, v)
		}
	case "result":
		return p.concluded(o, w, v)
	}
	return nil
}

// concluded takes what the other end made of a key of ours.
func (p *Peer) concluded(o *outbound, w pair, v verdict) error {
	p.mu.Lock()
	r := p.routes[w]
	if r == nil || r.by != o || r.open || r.asked.IsZero() {
		p.mu.Unlock()
		return nil
	}
	if v == valid {
		p.took(DialbackOpened, r.asked)
		p.valid.Add(1)
		p.release(r)
		p.await(o)
		p.mu.Unlock()
		return nil
	}
	p.invalid.Add(1)
	delete(p.routes, w)
	o.routes = slices.DeleteFunc(o.routes, func(x *route) bool { return x == r })
	p.await(o)
	p.mu.Unlock()
	if v == invalid {
		p.giveBack(w, r.waiting, "internal-server-error")
		return errHungUp // the other end is about to do the same, and nothing more is to be sent (XEP-0220 §2.1.1)
	}
	p.giveBack(w, r.waiting, "remote-server-timeout")
	return nil
}
