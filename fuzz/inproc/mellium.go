package inproc

import (
	"bytes"
	"context"
	"io"

	"mellium.im/sasl"
	mellium "mellium.im/xmpp"
	"mellium.im/xmpp/jid"
)

// FuzzMellium logs a client of mellium.im/xmpp in to a peer that says anything, and serves until the end. The pieces, parted
// by zero bytes, come one a read; {id} in them is the id that the client wrote last.
func FuzzMellium(data []byte) int {
	if len(data) > 16<<10 {
		return -1
	}
	p := &peer{script: bytes.Split(data, []byte{0})}
	p.answer = p.withID
	both := struct {
		io.Reader
		io.Writer
	}{p, p}
	me := jid.MustParse("user@localhost/r")
	s, err := mellium.NewClientSession(context.Background(), me, both, mellium.SASL("", "pencil", sasl.Plain), mellium.BindResource())
	if err != nil {
		return score(p.headers() > 1)
	}
	s.Serve(nil) // any error will do
	return 1
}

func melliumSeeds() ([][]byte, error) {
	const in = untilBound + "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@localhost/r</jid></bind></iq>\x00"
	return list(
		in+"<message from='a@b/c'><body>x</body></message>\x00<iq type='get' id='1' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq></stream:stream>",
		in+"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		untilBound+"<iq type='error' id='{id}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		serverHeader+plainFeatures+"\x00<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>no</text></failure>",
		serverHeader+"<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		serverHeader+"<stream:features/>",
	), nil
}
