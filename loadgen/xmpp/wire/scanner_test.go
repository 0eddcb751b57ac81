package wire

import (
	"strings"
	"testing"
)

const opening = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

func TestStanzas(t *testing.T) {
	in := opening + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>\n" +
		"<message to='a@b' id='1'><body>x &amp; <![CDATA[<y>]]></body></message></stream:stream>"
	var s Scanner
	var got []string
	for _, c := range []byte(in) {
		e, n, err := s.Next([]byte{c})
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if e.Kind == None {
			continue
		}
		got = append(got, e.Kind.String()+" "+string(e.Local()))
		if e.Kind == Stanza {
			body, ok := e.Child(NSClient, "body")
			if !ok || string(body.Text()) != "x & <y>" || string(e.Attr("to")) != "a@b" {
				t.Errorf("body %q, to %q", body.Text(), e.Attr("to"))
			}
		}
	}
	want := "header stream,nonza features,stanza message,footer stream"
	if strings.Join(got, ",") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
