package xmpp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// webConn is the server's end of a connection over WebSocket: what is read is the content of the messages, and each
// write is one message.
type webConn struct {
	net.Conn
	in      websocket.Reader
	data    []byte
	buf     [4096]byte
	control func(websocket.Opcode, string) // told of control frames; may be nil
}

func (c *webConn) Read(p []byte) (int, error) {
	for {
		for len(c.data) > 0 {
			piece, n, err := c.in.Next(c.data)
			c.data = c.data[n:]
			if err != nil {
				return 0, err
			}
			if piece.Op == websocket.Text && len(piece.Data) > 0 {
				return copy(p, piece.Data), nil
			}
			if piece.Op != websocket.Text && piece.Op != 0 && c.control != nil {
				c.control(piece.Op, string(piece.Data))
			}
		}
		n, err := c.Conn.Read(c.buf[:min(len(p), len(c.buf))])
		if c.data = c.buf[:n]; err != nil {
			return 0, err
		}
	}
}

func (c *webConn) Write(p []byte) (int, error) {
	_, err := c.Conn.Write(websocket.AppendFrame(nil, websocket.Text, p, false))
	return len(p), err
}

const (
	webOpen     = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' id='s1' version='1.0'/>"
	webFeatures = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
)

// webLogin is fixture.login after TLS.
func webLogin(c net.Conn) (net.Conn, error) {
	var request []byte
	for b := []byte{0}; !strings.HasSuffix(string(request), "\r\n\r\n"); request = append(request, b...) {
		if _, err := c.Read(b); err != nil {
			return nil, err
		}
	}
	if err := websocket.Accept(c, request, websocket.DefaultPath); err != nil {
		return nil, err
	}
	w := &webConn{Conn: c, in: websocket.Reader{FromClient: true}}
	return w, answers(w, "version='1.0'/>", webOpen, "", webFeatures+"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
		"</auth>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
		"version='1.0'/>", webOpen, "", webFeatures+"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
		"</iq>", "<iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq>")
}

// forWeb runs a test over ws and wss.
func forWeb(t *testing.T, session func(*webConn), test func(*testing.T, *Conn)) {
	for _, mode := range []TLSMode{NoTLS, DirectTLS} {
		t.Run(mode.String(), func(t *testing.T) {
			f := &fixture{mode: mode, web: true, session: func(c net.Conn) { session(c.(*webConn)) }}
			f.serve(t)
			test(t, f.dialer(t).login(t))
		})
	}
}

// TestWebSocketReceive: what a peer's frames come to.
func TestWebSocketReceive(t *testing.T) {
	frame := func(op websocket.Opcode, payload string) string {
		return string(websocket.AppendFrame(nil, op, []byte(payload), false))
	}
	const message = "<message xmlns='jabber:client' id='1'/>"
	const end = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
	closed := string(websocket.AppendClose(nil, false))
	for _, c := range []struct {
		name, said string
		want       string // elements
		err        error
		ended      bool
	}{
		{"messages", frame(websocket.Text, message) + frame(websocket.Text, message) + frame(websocket.Text, end), "message message", io.EOF, true},
		{"fragments", "\x01\x05" + message[:5] + "\x80\x22" + message[5:] + closed, "message", io.EOF, false},
		{"closed with content before", frame(websocket.Text, message) + closed, "message", io.EOF, false},
		{"another status", frame(websocket.Close, "\x03\xf1big"), "", &websocket.CloseError{Status: 1009, Reason: "big"}, false},
		{"no XML", frame(websocket.Text, " "+message), "", NotXML, false},
		{"empty", frame(websocket.Text, ""), "", NotXML, false},
		{"binary", frame(websocket.Binary, message), "", websocket.BadOpcode, false},
		{"masked", string(websocket.AppendFrame(nil, websocket.Text, []byte(message), true)), "", websocket.BadMask, false},
		{"stream error", frame(websocket.Text, "<error xmlns='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>"), "", &StreamError{Condition: "reset"}, false},
		{"no declaration", frame(websocket.Text, "<stream:error/>"), "", wire.SyntaxError{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 1000} {
				forWeb(t, func(s *webConn) {
					for said := c.said; said != ""; said = said[min(size, len(said)):] {
						io.WriteString(s.Conn, said[:min(size, len(said))])
					}
					io.Copy(io.Discard, s)
				}, func(t *testing.T, conn *Conn) {
					var got []string
					var err error
					for deadline := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(deadline); {
						_, err = conn.Receive(deadline, func(e *wire.Element) error { got = append(got, string(e.Local())); return nil })
					}
					if strings.Join(got, " ") != c.want || !sameError(err, c.err) || conn.Ended() != c.ended {
						t.Errorf("%q, %v, ended %v", got, err, conn.Ended())
					}
					if _, again := conn.Receive(time.Time{}, nil); !sameError(again, c.err) {
						t.Errorf("again: %v", again)
					}
				})
			}
		})
	}
}

// sameError compares as values what has no Is.
func sameError(err, want error) bool {
	switch w := want.(type) {
	case *websocket.CloseError:
		got, ok := errors.AsType[*websocket.CloseError](err)
		return ok && *got == *w
	case wire.SyntaxError:
		_, ok := errors.AsType[wire.SyntaxError](err)
		return ok
	}
	return errors.Is(err, want)
}

// TestWebSocketControl: pings are answered while the session waits, and the end of the stream is that of the connection.
func TestWebSocketControl(t *testing.T) {
	told := make(chan string, 10)
	forWeb(t, func(s *webConn) {
		s.control = func(op websocket.Opcode, payload string) { told <- string('0'+rune(op)) + payload }
		s.Conn.Write(websocket.AppendFrame(nil, websocket.Ping, []byte("are you there"), false))
		for b := make([]byte, 1000); ; {
			n, err := s.Read(b)
			if err != nil {
				return
			}
			told <- string(b[:n])
			if strings.HasPrefix(string(b[:n]), "<close") {
				io.WriteString(s, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")
			}
		}
	}, func(t *testing.T, c *Conn) {
		if n, err := c.Receive(time.Now().Add(20*time.Millisecond), nil); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		for len(told) == 0 {
			c.Receive(time.Now().Add(time.Millisecond), nil)
		}
		if err := errors.Join(c.Send([]byte("<iq id='1'/>")), c.Close(context.Background())); err != nil || !c.Ended() {
			t.Errorf("close: %v, ended %v", err, c.Ended())
		}
		for _, want := range []string{":are you there", "<iq xmlns='jabber:client' id='1'/>", "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", "8\x03\xe8"} {
			if got := <-told; got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
		}
	})
}

// TestWebSocketAllocs: as over TCP, nothing is allocated per message.
func TestWebSocketAllocs(t *testing.T) {
	const batch = 8
	burst := []byte(strings.Repeat(string(websocket.AppendFrame(nil, websocket.Text, chat, false)), batch))
	for _, c := range []struct {
		mode TLSMode
		most float64 // allocations for a read
	}{{NoTLS, 0}, {DirectTLS, 1}} {
		t.Run(c.mode.String(), func(t *testing.T) {
			more := make(chan bool)
			defer close(more)
			f := &fixture{mode: c.mode, web: true, session: func(s net.Conn) {
				for range more {
					s.(*webConn).Conn.Write(burst)
				}
			}}
			f.serve(t)
			conn := f.dialer(t).login(t)
			handle := func(*wire.Element) error { return nil }
			receive := testing.AllocsPerRun(1000, func() {
				more <- true
				for got := 0; got < batch; {
					n, err := conn.Receive(time.Time{}, handle)
					if got += n; err != nil {
						t.Fatal(err)
					}
				}
			})
			if receive > c.most && !raced() {
				t.Errorf("%v allocations for a read of %d messages, want at most %v", receive, batch, c.most)
			}
		})
	}
	forWeb(t, func(s *webConn) { io.Copy(io.Discard, onlyReader{rawEnd(s.Conn)}) }, func(t *testing.T, c *Conn) {
		send := testing.AllocsPerRun(2000, func() {
			if err := c.Send(chat); err != nil {
				t.Fatal(err)
			}
		})
		if send != 0 && !raced() {
			t.Errorf("%v allocations for a message", send)
		}
	})
}

// BenchmarkWebSocket is BenchmarkReceive and BenchmarkSend over WebSocket.
func BenchmarkWebSocket(b *testing.B) {
	for _, mode := range []TLSMode{NoTLS, DirectTLS} {
		session := func(b *testing.B, session func(net.Conn)) *Conn {
			f := &fixture{mode: mode, web: true, session: session}
			f.serve(b)
			return f.dialer(b).login(b)
		}
		b.Run(mode.String()+"/receive", func(b *testing.B) {
			burst := []byte(strings.Repeat(string(websocket.AppendFrame(nil, websocket.Text, chat, false)), 40))
			c := session(b, func(s net.Conn) {
				for err := error(nil); err == nil; {
					_, err = s.(*webConn).Conn.Write(burst)
				}
			})
			waiting := 0
			handle := func(*wire.Element) error { return nil }
			measure(b, func() (err error) {
				for waiting == 0 && err == nil {
					waiting, err = c.Receive(time.Time{}, handle)
				}
				waiting--
				return err
			})
		})
		b.Run(mode.String()+"/send", func(b *testing.B) {
			c := session(b, func(s net.Conn) { io.Copy(io.Discard, onlyReader{rawEnd(s.(*webConn).Conn)}) })
			measure(b, func() error { return c.Send(chat) })
		})
	}
}

// FuzzWebSocketPeer has the peer say anything once WebSocket is agreed on: pieces of data, parted by "|\x00|", as zero
// bytes are in frames.
func FuzzWebSocketPeer(f *testing.F) {
	said := func(parts ...string) (all string) {
		for _, p := range parts {
			all += string(websocket.AppendFrame(nil, websocket.Text, []byte(p), false)) + "|\x00|"
		}
		return all
	}
	in := said(webOpen, webFeatures+"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
		"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", webOpen, webFeatures+"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
		"<iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq>")
	f.Add([]byte(in + said("<message xmlns='jabber:client'/>", "<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")))
	f.Add([]byte(in + "\x89\x02hi\x01\x04<mes\x88\x02\x03\xe8\x80\x01s"))
	f.Add([]byte(in + "\x81\x7e\x01\x01<"))
	f.Fuzz(func(t *testing.T, data []byte) {
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer server.Close()
			var head []byte
			for b := make([]byte, 1024); !strings.HasSuffix(string(head), "\r\n\r\n"); {
				n, err := server.Read(b)
				if head = append(head, b[:n]...); err != nil {
					return
				}
			}
			if websocket.Accept(server, head, websocket.DefaultPath) != nil {
				return
			}
			go io.Copy(io.Discard, server)
			for piece := range strings.SplitSeq(string(data), "|\x00|") {
				if _, err := io.WriteString(server, piece); err != nil {
					return
				}
			}
		}()
		d := &Dialer{Domain: "example.com", WebSocket: websocket.DefaultPath, AllowPlainWithoutTLS: true, MaxIterations: 5000,
			Dial: func(context.Context, net.Addr) (net.Conn, error) { return client, nil }}
		c, _, err := d.Login(context.Background(), fixtureUser, nil)
		for err == nil {
			_, err = c.Receive(time.Time{}, func(e *wire.Element) error {
				ParseStanzaError(e)
				return nil
			})
		}
		client.Close()
		<-done
	})
}
