package xmpp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

// A script is a transcript of a session: lines that begin with "C: " are what
// the client must send, "S: " what the peer sends; lines that begin with a
// space go on from the line before, "#" is a comment. Line ends are not sent.
type line struct {
	client bool
	text   string
}

func parseScript(t testing.TB, text string) []line {
	t.Helper()
	var script []line
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		switch {
		case l == "" || l[0] == '#':
		case strings.HasPrefix(l, "C: "), strings.HasPrefix(l, "S: "):
			script = append(script, line{l[0] == 'C', l[3:]})
		case l[0] == ' ' && len(script) > 0:
			script[len(script)-1].text += strings.TrimLeft(l, " ")
		default:
			t.Fatalf("script: bad line %q", l)
		}
	}
	return script
}

func loadScript(t testing.TB, name string) []line {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return parseScript(t, string(b))
}

// play is the peer of a script. It ends with its first line that fails.
func play(c net.Conn, script []line) error {
	for i, l := range script {
		if !l.client {
			if _, err := io.WriteString(c, l.text); err != nil {
				return fmt.Errorf("line %d: %w", i+1, err)
			}
			continue
		}
		got := make([]byte, len(l.text))
		n, err := io.ReadFull(c, got)
		if err != nil || !bytes.Equal(got, []byte(l.text)) {
			return fmt.Errorf("line %d: client sent\n\t%s\nwant\n\t%s\n(%v)", i+1, got[:n], l.text, err)
		}
	}
	return nil
}

// peer starts a peer and returns what a Dialer dials it with, and what waits for its end.
func peer(t *testing.T, serve func(net.Conn) error) (dial func(context.Context, net.Addr) (net.Conn, error), wait func() error) {
	t.Helper()
	client, server := net.Pipe()
	done := make(chan error, 1)
	go func() {
		defer server.Close()
		done <- serve(server)
	}()
	t.Cleanup(func() { client.Close(); server.Close() })
	return func(context.Context, net.Addr) (net.Conn, error) { return client, nil }, func() error { return <-done }
}
