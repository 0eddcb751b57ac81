package trunk

import "xmpprig/loadgen/xmpp/wire"

// offers is what a server offers on a stream of another (RFC 6120 §4.3.2).
type offers struct {
	startTLS, tlsRequired bool
	external              bool
}

func readOffers(e *wire.Element) (o offers) {
	for c := range e.Children() {
		switch {
		case c.Is(wire.NSTLS, "starttls"):
			_, o.tlsRequired = c.Child(wire.NSTLS, "required")
			o.startTLS = true
		case c.Is(wire.NSSASL, "mechanisms"):
			for m := range c.Children() {
				o.external = o.external || string(m.Text()) == "EXTERNAL"
			}
		}
	}
	return o
}

// appendOffers appends what this side offers on an inbound stream as it stands.
func (p *Peer) appendOffers(b []byte, i *inbound) []byte {
	y := &p.o.Security
	b = append(b, "<stream:features>"...)
	switch {
	case y.able() && !i.secure && y.Required:
		return append(b, "<starttls xmlns='"+wire.NSTLS+"'><required/></starttls></stream:features>"...)
	case y.able() && !i.secure:
		b = append(b, "<starttls xmlns='"+wire.NSTLS+"'/>"...)
	case i.vouched && !i.proven:
		b = append(b, "<mechanisms xmlns='"+wire.NSSASL+"'><mechanism>EXTERNAL</mechanism></mechanisms>"...)
	}
	if !y.NoDialback {
		b = append(b, "<dialback xmlns='"+wire.NSDialFeat+"'><errors/></dialback>"...)
	}
	return append(b, "</stream:features>"...)
}
