package xmpp

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// TestReceivePile lets stanzas pile up before they are read: all come, though
// nothing comes behind them that could wake the session. Whether bytes are left
// within crypto/tls depends on where records and reads happen to end, so there are
// many piles.
func TestReceivePile(t *testing.T) {
	for _, mode := range allModes {
		t.Run(mode.String(), func(t *testing.T) {
			for seed := range uint64(30) {
				readPile(t, mode, rand.New(rand.NewPCG(seed, 1)))
			}
		})
	}
}

func readPile(t *testing.T, mode TLSMode, r *rand.Rand) {
	const messages = 60
	pile := make(chan struct{})
	f := listen(t, mode, func(c net.Conn) {
		var some strings.Builder
		for i := range messages {
			fmt.Fprintf(&some, "<message id='%d'><body>%s</body></message>", i, strings.Repeat("x", int(min(16_000, r.ExpFloat64()*2000))))
			if r.IntN(3) == 0 || i == messages-1 {
				io.WriteString(c, some.String())
				some.Reset()
			}
		}
		close(pile)
		io.Copy(io.Discard, c)
	})
	f.config.SessionTicketsDisabled = true
	c := f.dialer(t).login(t)
	got := 0
	handle := func(*wire.Element) error { got++; return nil }
	if _, err := c.Receive(time.Unix(1, 0), handle); err != nil {
		t.Fatal(err)
	}
	<-pile
	for end := time.Now().Add(10 * time.Second); got < messages; {
		if _, err := c.Receive(end, handle); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d messages came", got, messages)
		}
	}
	c.Abort()
}
