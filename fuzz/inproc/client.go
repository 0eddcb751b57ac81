package inproc

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// FuzzClient logs in to a peer that says anything, receives until the end, and closes. The first byte chooses STARTTLS (its
// lowest bit) and the mechanism; the pieces after it, parted by zero bytes, come one a read.
func FuzzClient(data []byte) int {
	if len(data) == 0 || len(data) > 16<<10 {
		return -1
	}
	names := append([]string{""}, xmpp.Mechanisms()...)
	d := &xmpp.Dialer{TLS: xmpp.TLSMode(data[0] & 1), Mechanism: names[int(data[0]>>1)%len(names)], AllowPlainWithoutTLS: true}
	p := &peer{script: bytes.Split(data[1:], []byte{0})}
	c, err := login(p, d)
	if err != nil {
		var at *xmpp.LoginError
		require(errors.As(err, &at) && err.Error() != "", "a login fails without a LoginError")
		require(typed(err) || at.Stage == xmpp.TLS, "a login fails with an error of no known type")
	} else {
		session(c, len(data))
	}
	require(p.said <= mostSaid(len(data)), "the client writes without bound")
	if d.TLS == xmpp.NoTLS {
		wellSaid(p.writes)
	}
	return score(err == nil || p.headers() > 1)
}

// session receives until the end and closes.
func session(c *xmpp.Conn, most int) {
	_, resource, _ := strings.Cut(c.JID(), "/") // the rest is as the server wrote it
	require(resource != "", "a session is bound to an address without a resource")
	var err error
	elements := 0
	for err == nil {
		_, err = c.Receive(time.Time{}, func(e *wire.Element) error {
			elements++
			require(e.Kind == wire.Stanza || e.Kind == wire.Nonza, "a session hands out what is no element of a stream")
			require(xmpp.ParseStanzaError(e).Condition != "", "a stanza error has no condition")
			return nil
		})
		require(elements <= most, "a session hands out more elements than bytes")
	}
	require(typed(err), "a session ends with an error of no known type")
	again, err2 := c.Receive(time.Time{}, nil)
	require(again == 0 && err2 == err, "the end of a session does not last")
	c.Close(context.Background()) // the peer may have broken the stream: any error will do
}

// The parts of the seeds.
const (
	plainFeatures = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>"
	success       = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
	bindFeatures  = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"
	bound         = "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@localhost/r</jid></bind></iq>"
	plainMode     = "\x10" // no TLS, PLAIN
	untilBound    = serverHeader + plainFeatures + "\x00" + success + "\x00" + serverHeader + bindFeatures + "\x00"
)

func clientSeeds() ([][]byte, error) {
	const in = plainMode + untilBound + bound
	return list(
		in+"<message from='a@b/c'><body>x</body></message>\x00<iq type='get' id='1' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq></stream:stream>",
		in+"<iq type='set' id='&#39;&lt;' from='a'><q xmlns='jabber:iq:roster'/></iq><message type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
		in+"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		plainMode+untilBound+"<iq type='error' id='bind'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		plainMode+serverHeader+plainFeatures+"\x00<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>no</text></failure>",
		plainMode+"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[::1]:1</see-other-host></stream:error>",
		"\x01"+serverHeader+"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>\x00<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\x00\x16\x03\x03",
		"\x0c"+serverHeader+plainFeatures+"\x00<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1h</challenge>",
	), nil
}
