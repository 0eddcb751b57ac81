package fuzz

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// TestRenegotiationIsUnderstood has a server of crypto/tls read the message: it refuses it for what it is, and not for its seal.
func TestRenegotiationIsUnderstood(t *testing.T) {
	site := serve(t)
	p, err := program.Parse("p", []byte("seed a\ntitle a\nstate secured\n\nattacker dial-tls\nattacker header\nmark\nattacker renegotiate\nattacker await closed\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Play(t.Context(), site, p)
	if err != nil {
		t.Fatal(err)
	}
	if end := got[len(got)-1]; end.What != program.Ended || !strings.Contains(string(end.Data), "remote error: tls: ") || strings.Contains(string(end.Data), "bad record MAC") {
		t.Errorf("the session ends with %s", got[len(got)-1:])
	}
}

// TestExpand holds the function to a vector that was published for TLS 1.2 with SHA-256.
func TestExpand(t *testing.T) {
	secret := []byte{0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35}
	seed := []byte{0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c}
	want := []byte{0xe3, 0xf2, 0x29, 0xba, 0x72, 0x7b, 0xe1, 0x7b, 0x8d, 0x12, 0x26, 0x20, 0x55, 0x7c, 0xd4, 0x53}
	if got := expand(secret, "test label", seed, 100); !bytes.Equal(got[:16], want) {
		t.Errorf("%x", got)
	}
}

// TestRecordsAreCounted cuts records in pieces.
func TestRecordsAreCounted(t *testing.T) {
	l := &legacy{}
	for _, b := range []byte("\x16\x03\x03\x00\x02hi\x14\x03\x03\x00\x01\x01\x16\x03\x03\x00\x01x\x17\x03\x03\x00\x00") {
		l.follow(&l.sent, []byte{b})
	}
	if string(l.messages) != "hi" || l.sent.sealed != 2 || l.sent.pending == nil && !l.sent.secret {
		t.Errorf("%q, %+v", l.messages, l.sent)
	}
	if l.renewed(net.ErrClosed) {
		t.Error("nothing was asked for")
	}
}
