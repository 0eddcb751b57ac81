package websocket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// head reads the head of a request.
func head(c io.Reader) ([]byte, error) {
	var b []byte
	for {
		piece := make([]byte, 100)
		n, err := c.Read(piece)
		b = append(b, piece[:n]...)
		if n, failed := RequestHead(b); n > 0 || failed != nil {
			return b, failed
		}
		if err != nil {
			return nil, err
		}
	}
}

func TestHandshake(t *testing.T) {
	for _, c := range []struct {
		name, asked string
		answer      func(net.Conn, []byte) error
		early       string
		want        string // of the error
	}{
		{"agreed", DefaultPath, nil, "", ""},
		{"another path", "/other", nil, "", "upgrade to WebSocket: the server answers 404 Not Found"},
		{"said more at once", DefaultPath, func(c net.Conn, head []byte) error {
			var b bytes.Buffer
			err := Accept(&b, head, DefaultPath)
			b.WriteString("\x81\x04<a/>")
			_, err2 := c.Write(b.Bytes())
			return errors.Join(err, err2)
		}, "\x81\x04<a/>", ""},
		{"no subprotocol", DefaultPath, func(c net.Conn, head []byte) error {
			var b bytes.Buffer
			err := Accept(&b, head, DefaultPath)
			_, err2 := c.Write(bytes.Replace(b.Bytes(), []byte("Sec-WebSocket-Protocol: xmpp\r\n"), nil, 1))
			return errors.Join(err, err2)
		}, "", "upgrade to WebSocket: the subprotocol xmpp was not agreed on"},
		{"no HTTP", DefaultPath, func(c net.Conn, head []byte) error {
			_, err := io.WriteString(c, "<?xml version='1.0'?><stream:stream>\r\n\r\n")
			return err
		}, "", "upgrade to WebSocket: the server answers with XML, as over TCP"},
		{"says nothing", DefaultPath, func(c net.Conn, head []byte) error { return nil }, "", "upgrade to WebSocket: EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := net.Pipe()
			done := make(chan error, 1)
			go func() {
				defer server.Close()
				h, err := head(server)
				if err != nil {
					done <- err
					return
				}
				if !bytes.Contains(h, []byte("\r\nHost: example.org:5280\r\n")) {
					t.Errorf("request %q", h)
				}
				if c.answer == nil {
					done <- Accept(server, h, DefaultPath)
				} else {
					done <- c.answer(server, h)
				}
			}()
			early, err := Upgrade(client, "example.org:5280", c.asked)
			client.Close()
			<-done
			if text := errorText(err); text != c.want || string(early) != c.early {
				t.Errorf("%q, early %q", text, early)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestAcceptRefuses: clients of something else get an answer of HTTP.
func TestAcceptRefuses(t *testing.T) {
	const good = "GET /xmpp-websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: soap, xmpp\r\n\r\n"
	for _, c := range []struct{ name, old, new, status string }{
		{"good", "", "", "101"},
		{"another protocol", "soap, xmpp", "soap", "400"},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", "400"},
		{"another path", "/xmpp-websocket", "/", "404"},
		{"another version", "Version: 13", "Version: 8", "426"},
		{"post", "GET", "POST", "405"},
	} {
		var answer bytes.Buffer
		err := Accept(&answer, []byte(strings.Replace(good, c.old, c.new, 1)), DefaultPath)
		if (err == nil) != (c.name == "good") || !strings.HasPrefix(answer.String(), "HTTP/1.1 "+c.status) {
			t.Errorf("%s: %v, %q", c.name, err, answer.String())
		}
	}
	if n, err := RequestHead(bytes.Repeat([]byte("x"), maxRequest)); n != 0 || err == nil {
		t.Error("an endless head is waited for")
	}
}
