package inproc

import (
	"bytes"
	"fmt"
	"regexp"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// canonical is base64 (RFC 4648 §4) or the data of no bytes (RFC 6120 §6.4.2). RFC 6120 §13.9.1 allows nothing else, not
// even white space.
var canonical = regexp.MustCompile(`\A(?:=|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\z`)

// FuzzSASLToken sends data as that of a success. The client must go on if it is base64, and only then.
func FuzzSASLToken(data []byte) int {
	if len(data) > 4<<10 {
		return -1
	}
	token := wire.AppendText(nil, data)
	p := &peer{script: [][]byte{
		[]byte(serverHeader + plainFeatures),
		fmt.Appendf(nil, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</success>", token),
	}}
	_, err := login(p, &xmpp.Dialer{Mechanism: "PLAIN"})
	require(typed(err), "a login fails with an error of no known type")
	right := canonical.Match(data)
	require((p.headers() > 1) == right, "the client takes data that is not base64, or refuses data that is")
	return score(right && !bytes.Equal(data, []byte("=")))
}

func tokenSeeds() ([][]byte, error) {
	return list("", "=", "AAAA", "AA==", "AAA=", "AA=", "AA", "A", "=AAA", "BBBB=CCC", "AA==AA==", "AB==", "AA\n==", "AAAA\n", " AAAA", "AA\r\nAA", "AA-_", "A===", "\xc3\xa9AAA"), nil
}
