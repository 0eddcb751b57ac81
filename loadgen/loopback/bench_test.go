package loopback

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
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

// BenchmarkLogin measures whole logins of 2,000 users with SCRAM-SHA-256 under direct TLS, handshake and the client's part
// included. Users differ in nothing that costs, so that the client derives its keys once for each salt, as the server does.
func BenchmarkLogin(b *testing.B) {
	s := listening(b, Options{Users: UserPattern("user{n}", "secret", 2000)})
	derived := map[string]*scramSecret{}
	for i := range 2000 {
		keys, err := s.scramKeys(scramSHA256, fmt.Sprint("user", i))
		if err != nil {
			b.Fatal(err)
		}
		derived[string(keys.salt)] = newSCRAMSecret(b, scramSHA256, "secret", keys.salt)
	}
	secretOf := func(salt []byte) *scramSecret { return derived[string(salt)] }
	b.ResetTimer()
	for i := range b.N {
		c := dialTCP(b, s.TLSAddr())
		c.secure(s, nil)
		c.open()
		got := c.scram("SCRAM-SHA-256", "n,,", nil, scramSHA256, fmt.Sprint("user", i%2000), secretOf)
		if !strings.Contains(got, "success") {
			b.Fatal(got)
		}
		c.open()
		c.bind("")
		c.conn.Close()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
}
