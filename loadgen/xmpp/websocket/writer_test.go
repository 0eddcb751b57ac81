package websocket

import (
	"errors"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// TestWriter: streams, and the messages that RFC 7395 makes of them.
func TestWriter(t *testing.T) {
	header := string(wire.AppendHeader(nil, wire.StreamHeader{To: "a'b", Version: "1.0", Lang: "en", Namespace: wire.NSClient}))
	const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a&apos;b' version='1.0' xml:lang='en'/>"
	for _, c := range []struct{ name, stream, want string }{
		{"header", "", ""},
		{"stanzas", "<message to='x'><body>1 &lt; 2</body></message> <iq id=\"1\"/>", "<message xmlns='jabber:client' to='x'><body>1 &lt; 2</body></message>|<iq xmlns='jabber:client' id=\"1\"/>"},
		{"nonza", "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AA==</auth>", "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AA==</auth>"},
		{"features", "<stream:features><bind xmlns='urn:b'/></stream:features>", "<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:b'/></features>"},
		{"prefix of the header inside", "<message><stream:x/></message>", "<message xmlns='jabber:client'><x xmlns='http://etherx.jabber.org/streams'/></message>"},
		{"restart", header + "<iq/>", open + "|<iq xmlns='jabber:client'/>"},
		{"footer", "<presence/></stream:stream>", "<presence xmlns='jabber:client'/>|<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, masked := range []bool{false, true} {
				w := Writer{Masked: masked}
				frames, err := w.Append(nil, []byte(header+c.stream))
				if err != nil {
					t.Fatal(err)
				}
				got, err := messages(&Reader{FromClient: masked}, frames, 7)
				if all := strings.Join(got, "|"); err != nil || all != strings.TrimSuffix(open+"|"+c.want, "|") {
					t.Errorf("%s, %v", all, err)
				}
			}
		})
	}
}

// TestWriterPieces: an element is framed when it is whole, however it came.
func TestWriterPieces(t *testing.T) {
	var w Writer
	var frames []byte
	stream := string(wire.AppendHeader(nil, wire.StreamHeader{Version: "1.0", Namespace: wire.NSClient})) + "<message><body>hello</body></message>"
	for i := 0; i < len(stream); i += 11 {
		var err error
		if frames, err = w.Append(frames, []byte(stream[i:min(i+11, len(stream))])); err != nil {
			t.Fatal(err)
		}
	}
	got, err := messages(new(Reader), frames, 5)
	if err != nil || len(got) != 2 || got[1] != "<message xmlns='jabber:client'><body>hello</body></message>" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := w.Append(nil, []byte("<a></b>")); !isSyntax(err) {
		t.Errorf("bad XML: %v", err)
	}
}

func isSyntax(err error) bool {
	_, ok := errors.AsType[wire.SyntaxError](err)
	return ok
}

// TestRoot: under the made-up header messages mean what they say by themselves.
func TestRoot(t *testing.T) {
	for message, want := range map[string]wire.Kind{
		"<message xmlns='jabber:client'/>": wire.Stanza,
		"<message/>":                       wire.Nonza,
		"<x:iq xmlns:x='jabber:client'/>":  wire.Stanza,
		"<stream:features/>":               wire.None,
		"<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>": wire.Nonza,
	} {
		var s wire.Scanner
		if e, _, err := s.Next([]byte(Root)); err != nil || e.Kind != wire.Header {
			t.Fatal(e.Kind, err)
		}
		e, _, err := s.Next([]byte(message))
		if (err != nil) != (want == wire.None) || err == nil && e.Kind != want {
			t.Errorf("%s: %v, %v", message, e.Kind, err)
		}
	}
}

// TestAllocs: neither way allocates.
func TestAllocs(t *testing.T) {
	w := Writer{Masked: true}
	buf, err := w.Append(make([]byte, 0, 4096), wire.AppendHeader(nil, wire.StreamHeader{Version: "1.0", Namespace: wire.NSClient}))
	if err != nil {
		t.Fatal(err)
	}
	stanzas := []byte(strings.Repeat("<message to='a@b/c' id='1'><body>Wherefore art thou?</body></message>", 3))
	if n := testing.AllocsPerRun(1000, func() {
		if buf, err = w.Append(buf[:0], stanzas); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations to write", n)
	}
	frame, r := AppendFrame(nil, Text, stanzas, false), Reader{}
	if n := testing.AllocsPerRun(1000, func() {
		if _, _, err := r.Next(frame); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations to read", n)
	}
}
