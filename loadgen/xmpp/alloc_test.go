package xmpp

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

var chat = []byte("<message to='user@example.com/r' from='romeo@example.net/o' id='m1' type='chat'><body>" + strings.Repeat("Wherefore art thou? ", 10) + "</body></message>")

// rawEnd is the connection below TLS, if there is any.
func rawEnd(c net.Conn) net.Conn {
	if t, ok := c.(*tls.Conn); ok {
		return t.NetConn()
	}
	return c
}

// TestReceiveAllocs: nothing is allocated per message, but for TLS one small
// object per read inside crypto/tls (its atLeastReader), however many messages
// that read brings.
func TestReceiveAllocs(t *testing.T) {
	const batch = 8
	burst := []byte(strings.Repeat(string(chat), batch))
	for _, c := range []struct {
		mode TLSMode
		most float64 // allocations for a read
	}{{NoTLS, 0}, {StartTLS, 1}, {DirectTLS, 1}} {
		t.Run(c.mode.String(), func(t *testing.T) {
			more := make(chan bool)
			defer close(more)
			conn := listen(t, c.mode, func(s net.Conn) {
				for range more {
					s.Write(burst)
				}
			}).dialer(t).login(t)
			handle := func(*wire.Element) error { return nil }
			allocs := testing.AllocsPerRun(1000, func() {
				more <- true
				for got := 0; got < batch; {
					n, err := conn.Receive(time.Time{}, handle)
					if got += n; err != nil {
						t.Fatal(err)
					}
				}
			})
			if allocs > c.most && !raced() {
				t.Errorf("%v allocations for a read of %d messages, want at most %v", allocs, batch, c.most)
			}
		})
	}
}

func TestSendAllocs(t *testing.T) {
	forModes(t, func(s net.Conn) { io.Copy(io.Discard, onlyReader{rawEnd(s)}) }, func(t *testing.T, c *Conn) {
		allocs := testing.AllocsPerRun(2000, func() {
			if err := c.Send(chat); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 && !raced() {
			t.Errorf("%v allocations for a message", allocs)
		}
	})
}

// onlyReader keeps io.Copy from anything cleverer than reading.
type onlyReader struct{ io.Reader }

// TestDeadlineAllocs: waiting until a deadline, and being woken, allocates nothing.
func TestDeadlineAllocs(t *testing.T) {
	forModes(t, say(""), func(t *testing.T, c *Conn) {
		allocs := testing.AllocsPerRun(500, func() {
			c.Receive(time.Now().Add(200*time.Microsecond), nil)
			c.Wake()
			c.Receive(time.Time{}, nil)
			c.Receive(time.Unix(1, 0), nil)
		})
		if allocs != 0 && !raced() {
			t.Errorf("%v allocations", allocs)
		}
	})
}
