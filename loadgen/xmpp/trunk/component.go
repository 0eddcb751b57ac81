package trunk

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Component is a stream of an external component (XEP-0114), at either end.
type Component struct {
	*stream
	domain string
	served bool // this is the server's end
}

// OpenComponent authenticates over conn as the component that serves domain. It takes conn over, and closes it on errors.
func OpenComponent(ctx context.Context, conn net.Conn, domain, secret string, l Limits) (*Component, error) {
	s := newStream(conn, l)
	release := s.within(ctx)
	err := s.shakeHands(domain, secret)
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		s.drop()
		return nil, fmt.Errorf("open the stream of component %s: %w", domain, err)
	}
	s.out.start()
	return &Component{s, domain, false}, nil
}

// shakeHands implements XEP-0114 §3.
func (s *stream) shakeHands(domain, secret string) error {
	h, err := s.open(wire.StreamHeader{To: domain, Namespace: wire.NSComponent})
	if err != nil {
		return err
	}
	if err := s.say([]byte("<handshake>" + digest(h.ID, secret) + "</handshake>")); err != nil {
		return err
	}
	e, err := s.next()
	if err != nil {
		return err
	}
	if !e.Is(wire.NSComponent, "handshake") {
		return errNotAccepted
	}
	return nil
}

// digest is what a component proves its secret with.
func digest(streamID, secret string) string {
	sum := sha1.Sum([]byte(streamID + secret))
	return hex.EncodeToString(sum[:])
}

// AcceptComponent is the server's end: it lets the component in whose secret is right. It takes conn over, and closes it on errors.
func AcceptComponent(conn net.Conn, secret func(domain string) (string, bool), l Limits) (*Component, error) {
	s := newStream(conn, l)
	release := s.within(context.Background())
	domain, err := s.admit(secret)
	if cut := release(); cut != nil {
		err = cut
	}
	if err != nil {
		s.end(err)
		return nil, fmt.Errorf("accept a component: %w", err)
	}
	s.out.start()
	return &Component{s, domain, true}, nil
}

func (s *stream) admit(secret func(domain string) (string, bool)) (string, error) {
	s.scanner.Reset(s.limits.Elements)
	h, err := s.header(wire.NSComponent)
	id := rand.Text()
	answer := wire.AppendHeader(nil, wire.StreamHeader{From: h.To, ID: id, Namespace: wire.NSComponent})
	if said := s.say(answer); err == nil {
		err = said
	}
	if err != nil {
		return "", err
	}
	word, ok := secret(h.To)
	if !ok {
		return "", refuse(wire.HostUnknown, "")
	}
	e, err := s.next()
	if err != nil {
		return "", err
	}
	right := s.limits.AnyHandshake || subtle.ConstantTimeCompare(e.Text(), []byte(digest(id, word))) == 1
	if !e.Is(wire.NSComponent, "handshake") || !right {
		return "", refuse(wire.NotAuthorized, "")
	}
	return h.To, s.say([]byte("<handshake/>"))
}

// Domain returns the domain that the component serves.
func (c *Component) Domain() string { return c.domain }

// Send sends one or more whole stanzas, which carry from and to. Any goroutine may.
func (c *Component) Send(stanzas []byte) error {
	if err := c.send(stanzas); err != nil {
		return fmt.Errorf("send to the peer of component %s: %w", c.domain, err)
	}
	return nil
}

// Run hands out the stanzas that come, and when they were read, until the stream ends or Close is called. They are valid until
// handle returns. A proper end is no error.
func (c *Component) Run(handle func(e *wire.Element, at time.Time)) error {
	for {
		e, err := c.next()
		if err == nil && c.served && e.Kind == wire.Stanza && !c.limits.AnyAddress {
			err = c.misaddressed(e)
		}
		if err != nil {
			c.end(err)
			if hungUp(err) {
				return nil
			}
			return fmt.Errorf("stream of component %s: %w", c.domain, err)
		}
		switch {
		case e.Kind == wire.Stanza:
			handle(e, c.readAt)
		case !c.served && string(e.Space()) == wire.NSClient && isStanzaName(e.Local()):
			// jabberd2 passes stanzas on in the namespace of clients, with a declaration of their own.
			stanza := *e
			stanza.Kind = wire.Stanza
			handle(&stanza, c.readAt)
		}
	}
}

// misaddressed is what is wrong with the addresses of a stanza that a component sends (XEP-0114 §3).
func (c *Component) misaddressed(e *wire.Element) error {
	from, ok := domainOf(e.Attr("from"))
	switch {
	case !ok || len(e.Attr("to")) == 0:
		return refuse(wire.ImproperAddressing, "stanzas of a component have from and to")
	case from != c.domain:
		return refuse(wire.InvalidFrom, "")
	}
	return nil
}

// Close ends the stream; Run returns then. Any goroutine may call it, and more than once.
func (c *Component) Close() {
	c.conn.SetReadDeadline(time.Now().Add(closingPatience))
	c.out.close(wire.AppendFooter(nil))
}

// closingPatience is how long a peer may take to end its stream too (RFC 6120 §4.4).
const closingPatience = time.Second
