package wire

import (
	"errors"
	"testing"
)

func TestAppendText(t *testing.T) {
	tests := []struct{ in, text, attr string }{
		{"", "", ""},
		{"plain text", "plain text", "plain text"},
		{`&<>'"`, "&amp;&lt;&gt;&apos;&quot;", "&amp;&lt;&gt;&apos;&quot;"},
		{"a\tb\nc\rd", "a\tb\nc&#xD;d", "a&#x9;b&#xA;c&#xD;d"},
		{"é€😀\u007f\u0085", "é€😀\u007f\u0085", "é€😀\u007f\u0085"},
		{"\x00a\x1f", "\uFFFDa\uFFFD", "\uFFFDa\uFFFD"},
		{"\uFFFE\uFFFF\uFFFD", "\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD"},
		{"a\xffb\xe2\x82", "a\uFFFDb\uFFFD\uFFFD", "a\uFFFDb\uFFFD\uFFFD"},
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD"},
		{"]]>", "]]&gt;", "]]&gt;"},
	}
	for _, test := range tests {
		if got := string(AppendText([]byte("+"), test.in)); got != "+"+test.text {
			t.Errorf("text %q: %q, want %q", test.in, got, test.text)
		}
		if got := string(AppendText(nil, []byte(test.in))); got != test.text {
			t.Errorf("bytes %q: %q, want %q", test.in, got, test.text)
		}
		if got := string(AppendAttr(nil, "a", test.in)); got != " a='"+test.attr+"'" {
			t.Errorf("attribute %q: %q, want %q", test.in, got, test.attr)
		}
	}
}

func TestAppendStanzas(t *testing.T) {
	a := Addressing{To: "a@b/c'", From: "d@e", ID: "1", Type: "chat"}
	tests := []struct {
		got  []byte
		want string
	}{
		{AppendMessage(nil, a, "x<y", []byte("<z/>")),
			"<message to='a@b/c&apos;' from='d@e' id='1' type='chat'><body>x&lt;y</body><z/></message>"},
		{AppendMessage(nil, Addressing{}, "", nil), "<message></message>"},
		{AppendPresence(nil, Addressing{Type: "unavailable"}, []byte("<status>x</status>")),
			"<presence type='unavailable'><status>x</status></presence>"},
		{AppendIQ(nil, Addressing{ID: "p", Type: "get"}, []byte("<ping xmlns='urn:xmpp:ping'/>")),
			"<iq id='p' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"},
		{AppendStanzaError(nil, "cancel", "item-not-found", "no <such> item"),
			"<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" +
				"<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no &lt;such&gt; item</text></error>"},
		{AppendStreamError(nil, HostUnknown, ""),
			"<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"},
		{AppendFooter(AppendHeader(nil, StreamHeader{To: "im.example.com", Version: "1.0", Lang: "en", Namespace: NSClient})),
			"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'" +
				" to='im.example.com' version='1.0' xml:lang='en'></stream:stream>"},
	}
	for _, test := range tests {
		if string(test.got) != test.want {
			t.Errorf("got  %s\nwant %s", test.got, test.want)
		}
	}
}

func TestStreamHeader(t *testing.T) {
	for _, want := range []StreamHeader{
		{},
		{Namespace: NSClient},
		{From: "a'&b", To: "c", ID: "\t\r\nd", Version: "1.0", Lang: "en-GB", Namespace: NSServer},
		{To: "plays.example", Namespace: NSComponent},
	} {
		var s Scanner
		e, _, err := s.Next(AppendHeader(nil, want))
		if err != nil {
			t.Fatal(err)
		}
		if got := e.StreamHeader(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if got := new(Element).StreamHeader(); got != (StreamHeader{}) {
		t.Errorf("no header, but %+v", got)
	}
}

// TestAppendElement gives elements of one stream to another.
func TestAppendElement(t *testing.T) {
	const head = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xmlns:h='urn:h'>"
	tests := []struct {
		name, in, implicit string
		a                  Addressing
		want               string
	}{
		{"verbatim", "<message a='1'  b=\"&lt;\"><x xmlns='urn:x'><![CDATA[y]]></x></message>", NSClient, Addressing{},
			"<message a='1' b=\"&lt;\"><x xmlns='urn:x'><![CDATA[y]]></x></message>"},
		{"addressed", "<message from='forged' to='b' id='1'>x</message>", NSClient, Addressing{From: "a", Type: "chat"},
			"<message to='b' id='1' from='a' type='chat'>x</message>"},
		{"empty", "<message></message>", NSClient, Addressing{To: "a"}, "<message to='a'/>"},
		{"other default", "<message><body>x</body></message>", NSServer, Addressing{},
			"<message xmlns='jabber:client'><body>x</body></message>"},
		{"prefix of the header", "<message h:a='1'><h:b/><body/></message>", NSClient, Addressing{ID: "2"},
			"<message xmlns:h='urn:h' h:a='1' id='2'><b xmlns='urn:h'/><body/></message>"},
		{"prefix of the header, deep", "<message><a><h:b/></a></message>", NSClient, Addressing{},
			"<message><a><b xmlns='urn:h'/></a></message>"},
		{"prefix of the header, twice", "<message h:a='1' h:b='2'/>", NSClient, Addressing{},
			"<message xmlns:h='urn:h' h:a='1' h:b='2'/>"},
		{"prefix of its own", "<message xmlns:h='urn:o'><h:b/></message>", NSClient, Addressing{},
			"<message xmlns:h='urn:o'><h:b/></message>"},
		{"own default", "<x xmlns='urn:x' id='1'><y/></x>", NSClient, Addressing{ID: "2"}, "<x xmlns='urn:x' id='2'><y/></x>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s Scanner
			_, n, err := s.Next([]byte(head + test.in))
			if err != nil {
				t.Fatal(err)
			}
			e, _, err := s.Next([]byte(head + test.in)[n:])
			if err != nil {
				t.Fatal(err)
			}
			if got := string(AppendElement(nil, e, test.implicit, test.a)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSyntaxError(t *testing.T) {
	var s Scanner
	_, _, err := s.Next([]byte("<!-- x -->"))
	bad, ok := errors.AsType[SyntaxError](err)
	if want := (SyntaxError{RestrictedXML, 0, "comment"}); !ok || bad != want {
		t.Errorf("got %#v, want %#v", bad, want)
	}
	if got, want := err.Error(), "restricted-xml at byte 0: comment"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
