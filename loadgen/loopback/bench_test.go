package loopback

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// BenchmarkMessage routes messages between sessions of one pair each over TCP: every message is a write and a read of
// its own, as with many quiet clients. The clients are part of what is measured.
func BenchmarkMessage(b *testing.B) {
	for _, sessions := range []int{2, 2000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) { benchmarkMessage(b, sessions, false) })
	}
	b.Run("sessions=2000/TLS", func(b *testing.B) { benchmarkMessage(b, 2000, true) })
}

func benchmarkMessage(b *testing.B, sessions int, direct bool) {
	s := listening(b, Options{})
	clients := make([]*client, sessions)
	for i := range clients {
		if clients[i] = dialTCP(b, s.Addr()); direct {
			clients[i] = dialTCP(b, s.TLSAddr())
			clients[i].secure(s, &tls.Config{})
		}
		clients[i].authenticate(i)
		clients[i].bind("r")
	}
	message := func(to *client) []byte {
		return fmt.Appendf(nil, "<message to='%s' id='0123456789' type='chat'><body>%s</body></message>", to.jid, strings.Repeat("x", 64))
	}
	b.ResetTimer()
	b.ReportAllocs()
	var group sync.WaitGroup
	const lanes = 2
	for lane := range lanes {
		group.Go(func() {
			buf := make([]byte, 4096)
			for i := range b.N / lanes {
				from := clients[(i*2*lanes+2*lane)%sessions]
				to := clients[(i*2*lanes+2*lane+1)%sessions]
				if sessions == 2 && lane == 1 {
					from, to = to, from
				}
				if _, err := from.conn.Write(message(to)); err != nil {
					b.Error(err)
					return
				}
				if _, err := to.conn.Read(buf); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkRoute measures the server's own work for a message, from its bytes to the outbox of its recipient.
func BenchmarkRoute(b *testing.B) {
	s := newServer(b, Options{})
	c := logins(b, s, 2)
	raw := strings.Repeat(fmt.Sprintf("<message to='%s' id='0123456789' type='chat'><body>%s</body></message>", c[1].jid, strings.Repeat("x", 64)), 32)
	b.ResetTimer()
	b.ReportAllocs()
	var group sync.WaitGroup
	group.Go(func() {
		for sent := 0; sent < b.N; sent += 32 {
			io.WriteString(c[0].conn, raw)
		}
		c[0].conn.Close()
	})
	buf := make([]byte, 1<<16)
	for got := 0; got < b.N; {
		n, err := c[1].conn.Read(buf)
		if err != nil {
			b.Fatal(err)
		}
		got += bytes.Count(buf[:n], []byte("</message>"))
	}
	group.Wait()
}

// BenchmarkLogin measures whole logins under direct TLS with SCRAM-SHA-256-PLUS, the client's part with its keys
// already derived included.
func BenchmarkLogin(b *testing.B) {
	s := listening(b, Options{})
	l := net.Addr(s.TLSAddr())
	warm := func(i int) {
		c := dialTCP(b, l)
		c.secure(s, nil)
		c.open()
		if got := scramClient(c, "SCRAM-SHA-256", "n,,", nil, scramSHA256, fmt.Sprint("user", i), fmt.Sprint("pw", i)); !strings.Contains(got, "success") {
			b.Fatal(got)
		}
		c.open()
		c.bind("")
		c.conn.Close()
	}
	b.ResetTimer()
	for i := range b.N {
		warm(i % 2000)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
}
