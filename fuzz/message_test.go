package fuzz

import (
	"testing"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// TestMessages looks at the messages that are made of what would go over TCP.
func TestMessages(t *testing.T) {
	const open = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='d' version='1.0'>"
	p := &peer{web: &web{out: oracle.NewUnframer(true)}}
	p.forget()
	for _, c := range []struct {
		send string
		want []message
	}{
		{"<?xml version='1.0'?>" + open, []message{{"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='d' version='1.0'/>", false, false}}},
		{"<message/><a xmlns='b'/>", []message{{"<message xmlns='jabber:client'/>", false, false}, {"<a xmlns='b'/>", false, false}}},
		{"<iq id='>'", []message{{"<iq xmlns='jabber:client' id='>'", false, true}}},
		{"><b/>", []message{{"><b/>", true, true}}},
		{"</iq><stream:x/>", []message{{"</iq>", true, false}, {"<stream:x xmlns:stream='http://etherx.jabber.org/streams'/>", false, false}}},
		{" ", []message{{" ", false, false}}},
		{"", nil},
		{"<p:a xmlns:p='q'/>", []message{{"<p:a xmlns:p='q'/>", false, false}}},
		{"<a></b><c/>", []message{{"<a xmlns='jabber:client'></b><c/>", false, false}}},
		{"<message/>", []message{{"<message xmlns='jabber:client'/>", false, false}}}, // on a stream that is lost
		{open[:20], []message{{"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' xmlns", false, true}}},
	} {
		got := p.messages(c.send)
		if len(got) != len(c.want) {
			t.Errorf("%q: %+v, want %+v", c.send, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %+v, want %+v", c.send, got[i], c.want[i])
			}
			p.web.within = got[i].more
		}
	}
}

// TestFramesAreReadAsTheyWereSent sends frames to an Unframer.
func TestFramesAreReadAsTheyWereSent(t *testing.T) {
	u := oracle.NewUnframer(true)
	var wire []byte
	for _, f := range []struct {
		form program.Form
		op   byte
		text string
	}{
		{program.Form{}, 1, "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='d' version='1.0'/>"},
		{program.Form{Part: true}, 1, "<message"},
		{program.Form{}, 9, "x"},
		{program.Form{}, 0, " id='1'/>"},
		{program.Form{}, 1, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"},
		{program.Form{}, 8, "\x03\xe8"},
		{program.Form{Reserved: 4}, 1, "<a/>"},
	} {
		wire = appendFrame(wire, f.op, f.form, []byte(f.text))
	}
	text, pings, closed := "", 0, ""
	var failed error
	for i := range wire { // one byte at a time
		bits, err := u.Take(wire[i : i+1])
		for _, b := range bits {
			text += string(b.Text)
			if b.Ping != nil {
				pings++
			}
			closed += b.Closed
		}
		if err != nil {
			failed = err
		}
	}
	want := "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='d' version='1.0'><message id='1'/></stream:stream>"
	if text != want || pings != 1 || closed != "1000" || failed == nil {
		t.Errorf("%q, %d pings, closed %q, %v", text, pings, closed, failed)
	}
}
