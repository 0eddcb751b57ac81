package xmpp

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// FuzzPeer has the peer say anything: pieces of data, parted by zero bytes, one
// after each message of the client. A login ends, a session ends, nothing panics.
func FuzzPeer(f *testing.F) {
	for _, name := range []string{"plain", "scram-sha-256", "session", "starttls-injection", "see-other-host", "bind-conflict"} {
		var said [][]byte
		for _, l := range loadScript(f, name) {
			if !l.client {
				said = append(said, []byte(l.text))
			}
		}
		f.Add(bytes.Join(said, []byte{0}), uint8(0))
		f.Add(bytes.Join(said, []byte{0}), uint8(1))
	}
	keys := new(SCRAMKeys) // those of the seeds are derived once
	f.Fuzz(func(t *testing.T, data []byte, mode uint8) {
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			go io.Copy(io.Discard, server)
			for piece := range bytes.SplitSeq(data, []byte{0}) {
				if _, err := server.Write(piece); err != nil {
					break
				}
			}
			server.Close()
		}()
		d := &Dialer{
			Domain: "example.com", TLS: TLSMode(mode % 2), AllowPlainWithoutTLS: true, MaxIterations: 5000, Keys: keys,
			Dial:  func(context.Context, net.Addr) (net.Conn, error) { return client, nil },
			nonce: func() string { return "rOprNGfwEbeRWgbNEkqO" },
		}
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
