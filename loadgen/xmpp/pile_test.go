package xmpp

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// TestReceivePile lets much pile up before it is read: all of it comes, though
// nothing more does that could wake the session.
func TestReceivePile(t *testing.T) {
	const messages = 300
	session := func(c net.Conn) {
		for i := range messages {
			fmt.Fprintf(c, "<message id='%d'><body>%s</body></message>", i, strings.Repeat("x", (i*977)%17_000))
		}
		io.Copy(io.Discard, c)
	}
	forModes(t, session, func(t *testing.T, c *Conn) {
		time.Sleep(100 * time.Millisecond)
		got := 0
		handle := func(*wire.Element) error { got++; return nil }
		for end := time.Now().Add(10 * time.Second); got < messages; {
			c.Wake()
			if _, err := c.Receive(time.Now(), handle); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Receive(end, handle); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(end) {
				t.Fatalf("%d of %d messages came", got, messages)
			}
		}
	})
}
