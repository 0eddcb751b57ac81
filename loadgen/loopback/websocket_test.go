package loopback

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

const (
	webRequest = "GET /xmpp-websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
	webOpen    = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>"
	webClose   = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
	webAuth    = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHVzZXIxAHBhc3Mx</auth>"
	webBind    = "<iq xmlns='jabber:client' id='b' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>"
)

// webServer is a server on TCP for users with PLAIN.
func webServer(t *testing.T, o Options) *Server {
	t.Helper()
	o.Users, o.PlainWithoutTLS, o.Mechanisms = UserPattern("user{n}", "pass{n}", 0), true, []string{"PLAIN"}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// conversation sends what a client says in writes of a size, and returns all that the server says until it ends.
func conversation(t *testing.T, s *Server, said string, size int) string {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	go func() {
		for ; said != ""; said = said[min(size, len(said)):] {
			if _, err := io.WriteString(c, said[:min(size, len(said))]); err != nil {
				return
			}
		}
	}()
	answer, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("read: %v, after %q", err, answer)
	}
	return string(answer)
}

// frames makes a client's message of each text.
func frames(texts ...string) (all string) {
	for _, text := range texts {
		all += string(websocket.AppendFrame(nil, websocket.Text, []byte(text), true))
	}
	return all
}

// unframed is what a server said over WebSocket: the answer to the request, then messages.
func unframed(t *testing.T, answer string) (status string, messages []string) {
	t.Helper()
	head, rest, _ := strings.Cut(answer, "\r\n\r\n")
	status, _, _ = strings.Cut(head, "\r\n")
	var r websocket.Reader
	for data := []byte(rest); len(data) > 0; {
		p, n, err := r.Next(data)
		if err != nil || p.Op == 0 {
			t.Fatalf("server sent %q: %v", rest, err)
		}
		if data = data[n:]; p.Op == websocket.Text {
			messages = append(messages, string(p.Data))
		} else {
			messages = append(messages, string('0'+rune(p.Op))+string(p.Data))
		}
	}
	return status, messages
}

func TestWebSocketMessages(t *testing.T) {
	s := webServer(t, Options{Limits: wire.Limits{Bytes: 4096}})
	for _, c := range []struct {
		name string
		said string
		want string // in the messages, in this order, with … between
	}{
		{"session", frames(webOpen, webAuth, webOpen, webBind, "<iq xmlns='jabber:client' id='p' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", webClose),
			"<open …version='1.0'…<features xmlns='http://etherx.jabber.org/streams'><mechanisms …<success …<open …<bind …<iq xmlns='jabber:client' id='b' …user1@localhost/r…id='p'…<close …8\x03\xe8"},
		{"ping", string(websocket.AppendFrame(nil, websocket.Ping, []byte("hi"), true)) + frames(webOpen, webClose), ":hi…<open …<close …8"},
		{"in fragments", "\x01\x84\x00\x00\x00\x00" + webOpen[:4] + "\x80\xcc\x00\x00\x00\x00" + webOpen[4:] + frames(webClose), "<open …<close "},
		{"no declaration", frames(webOpen, webAuth, webOpen, webBind, "<message/>"), "<bind …<unsupported-stanza-type …<close "},
		{"two in one", frames(webOpen, webAuth+webAuth), "<success …<bad-format …a message holds one element…<close "},
		{"half", frames(webOpen, webAuth[:20]), "<not-well-formed …<close "},
		{"prefix of a header that is not there", frames(webOpen, "<stream:error/>"), "<not-well-formed …<close "},
		{"above the limit", frames(webOpen, "<a xmlns='x'>"+strings.Repeat("x", 5000)+"</a>"), "<policy-violation …<close "},
		{"STARTTLS", frames(webOpen, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>…<close "},
		{"a stream header", frames("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"), "<open …<close "},
		{"another host", frames(strings.Replace(webOpen, "localhost", "elsewhere", 1)), "<open …<host-unknown …<close "},
		{"binary", string(websocket.AppendFrame(nil, websocket.Binary, []byte(webOpen), true)), ""},
		{"unmasked", string(websocket.AppendFrame(nil, websocket.Text, []byte(webOpen), false)), ""},
		{"closed", frames(webOpen) + string(websocket.AppendClose(nil, true)), "<open …<close "},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1 << 20, 7} {
				status, messages := unframed(t, conversation(t, s, webRequest+c.said, size))
				all := strings.Join(messages, "\n")
				if !strings.HasPrefix(status, "HTTP/1.1 101") {
					t.Fatalf("status %q", status)
				}
				rest := all
				for part := range strings.SplitSeq(c.want, "…") {
					_, after, found := strings.Cut(rest, part)
					if rest = after; !found {
						t.Fatalf("no %q in its place in\n%s", part, all)
					}
				}
				if strings.Contains(all, "<starttls") {
					t.Errorf("STARTTLS is offered over WebSocket: %s", all)
				}
			}
		})
	}
}

// TestWebSocketRequests: who does not ask for XMPP over WebSocket gets an answer of HTTP, and what is no request is a
// stream, well-formed or not.
func TestWebSocketRequests(t *testing.T) {
	s := webServer(t, Options{})
	for _, c := range []struct{ said, want string }{
		{strings.Replace(webRequest, ": xmpp", ": mqtt", 1), "HTTP/1.1 400"},
		{strings.Replace(webRequest, "Sec-WebSocket-Key", "X-Key", 1), "HTTP/1.1 400"},
		{"GET /xmpp-websocket " + strings.Repeat("x", 20000), ""},
		{"GET / HTTP/1.1\r\n\r\n", "<not-well-formed"},
		{"GRUMBLE", "<not-well-formed"},
		{"<iq/>", "<invalid-namespace"},
	} {
		for _, size := range []int{1 << 20, 3} {
			if got := conversation(t, s, c.said, size); !strings.Contains(got, c.want) || c.want == "" && got != "" || strings.HasPrefix(c.want, "HTTP") && strings.Contains(got, "stream:") {
				t.Errorf("%.40q: %q", c.said, got)
			}
		}
	}
}

// TestWebSocketGarbled: a defect that sends what is no XML sends it over WebSocket too.
func TestWebSocketGarbled(t *testing.T) {
	var sent bytes.Buffer
	client, server := net.Pipe()
	tr := transport{srv: webServer(t, Options{}), raw: server, web: &webSocket{}}
	done := make(chan struct{})
	go func() { defer close(done); io.Copy(&sent, client) }()
	for _, piece := range []string{string(wire.AppendHeader(nil, wire.StreamHeader{Version: "1.0", Namespace: wire.NSClient})), "<a><b></a>", "<iq/>"} {
		if err := tr.write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	server.Close()
	<-done
	_, messages := unframed(t, "\r\n\r\n"+sent.String())
	if len(messages) != 3 || messages[1] != "<a><b></a>" || messages[2] != "<iq/>" {
		t.Errorf("%q", messages)
	}
}
