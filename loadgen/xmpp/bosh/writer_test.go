package bosh

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// TestRequest: requests as net/http reads them.
func TestRequest(t *testing.T) {
	const start = "<body xmlns='http://jabber.org/protocol/httpbind' rid='7'"
	for _, c := range []struct {
		body Body
		want string
	}{
		{Body{RID: 7, SID: "s'1"}, start + " sid='s&apos;1'/>"},
		{Body{RID: 7, SID: "s", Payload: []byte("<a/>")}, start + " sid='s'><a/></body>"},
		{Body{RID: 7, SID: "s", Type: "terminate"}, start + " sid='s' type='terminate'/>"},
		{Body{RID: 7, Create: &wire.StreamHeader{To: "a"}}, start + " content='text/xml; charset=utf-8' ver='1.6' hold='1' wait='60' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' to='a' xml:lang='en'/>"},
		{Body{RID: 7, SID: "s", Restart: &wire.StreamHeader{To: "a", Lang: "de"}}, start + " sid='s' to='a' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh' xml:lang='de'/>"},
	} {
		sent := AppendRequest([]byte("before"), RequestHead("h:1", "/p"), &c.body)
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(sent[len("before"):])))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != c.want || r.Host != "h:1" || r.URL.Path != "/p" || r.Method != "POST" {
			t.Errorf("%s %s %s: %s, %v", r.Method, r.Host, r.URL, body, err)
		}
		var s wire.Scanner
		s.ResetBody(wire.Limits{})
		if e, _, err := s.Next([]byte(c.want)); err != nil || e.Kind != wire.Header {
			t.Errorf("%s: %v", c.want, err)
		}
	}
}

func TestResponse(t *testing.T) {
	sent := AppendResponse(nil, &Body{SID: "s", Create: &wire.StreamHeader{From: "a", ID: "i"}, Payload: []byte(strings.Repeat("x", 100_000))})
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(sent)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r.Body); err != nil || len(body) < 100_000 || !bytes.HasSuffix(body, []byte("x</body>")) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

// TestWriter: what a stream comes to inside <body/>.
func TestWriter(t *testing.T) {
	header := wire.AppendHeader(nil, wire.StreamHeader{To: "a", Version: "1.0", Namespace: wire.NSClient})
	for _, c := range []struct {
		stream, want string
		turn         Turn
	}{
		{"<message id='1'/> <a xmlns='urn:a'/>", "<message xmlns='jabber:client' id='1'/><a xmlns='urn:a'/>", Open},
		{"<stream:features/>", "<features xmlns='http://etherx.jabber.org/streams'/>", Open},
		{"<presence/></stream:stream>", "<presence xmlns='jabber:client'/>", Open | Close},
		{"<iq", "", Open},
	} {
		var w Writer
		got, turn, err := w.Append(nil, append(header[:len(header):len(header)], c.stream...))
		if err != nil || string(got) != c.want || turn != c.turn || w.Header.To != "a" {
			t.Errorf("%s: %s, %v, %v", c.stream, got, turn, err)
		}
	}
	var w Writer
	if _, _, err := w.Append(nil, append(header, "<a></b>"...)); err == nil {
		t.Error("bad XML is taken")
	}
}

// TestAllocs: neither way allocates.
func TestAllocs(t *testing.T) {
	var w Writer
	stream := wire.AppendHeader(nil, wire.StreamHeader{Version: "1.0", Namespace: wire.NSClient})
	payload, _, err := w.Append(make([]byte, 0, 4096), stream)
	if err != nil {
		t.Fatal(err)
	}
	stanza, head, out := []byte("<message to='a@b/c' id='1'><body>Wherefore art thou?</body></message>"), RequestHead("a", "/b"), make([]byte, 0, 4096)
	body := Body{RID: 1, SID: "sid"}
	if n := testing.AllocsPerRun(1000, func() {
		if payload, _, err = w.Append(payload[:0], stanza); err != nil {
			t.Fatal(err)
		}
		body.RID++
		body.Payload = payload
		out = AppendRequest(out[:0], head, &body)
	}); n != 0 {
		t.Errorf("%v allocations to write", n)
	}
	response, r := AppendResponse(nil, &body), Reader{}
	if n := testing.AllocsPerRun(1000, func() {
		if p, n, err := r.Next(response); err != nil || !p.Last || n != len(response) {
			t.Fatal(p, n, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations to read", n)
	}
}

// TestErrors: what ends a session, in words.
func TestErrors(t *testing.T) {
	for status, want := range map[int]string{404: "BOSH: peer ended the session: item-not-found", 403: "BOSH: peer ended the session: policy-violation", 502: "BOSH: the server answers 502 Bad Gateway"} {
		if err := StatusOf(status); err == nil || err.Error() != want {
			t.Errorf("%d: %v", status, err)
		}
	}
	if StatusOf(200) != nil {
		t.Error("200 is an error")
	}
	if err := (&RecoverableError{3, io.EOF}).Error(); err != "BOSH: no answer to a request sent 3 times: EOF" {
		t.Error(err)
	}
}
