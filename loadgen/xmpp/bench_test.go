package xmpp

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// cpu is the user and system time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs the loop of a benchmark and reports the CPU time of each round,
// both ends of the connection together, as they share the process.
func measure(b *testing.B, round func() error) {
	b.ReportAllocs()
	began, rounds := cpu(b), 0
	for b.Loop() {
		if err := round(); err != nil {
			b.Fatal(err)
		}
		rounds++
	}
	b.ReportMetric(float64(cpu(b)-began)/float64(rounds), "cpu-ns/op")
}

func BenchmarkLogin(b *testing.B) {
	for _, mode := range allModes {
		b.Run(mode.String(), func(b *testing.B) {
			d := listen(b, mode, func(c net.Conn) { io.Copy(io.Discard, c) }).dialer(b)
			measure(b, func() error {
				c, _, err := d.Login(b.Context(), fixtureUser, nil)
				if err == nil {
					c.Abort()
				}
				return err
			})
		})
	}
}

// echo returns each message as it came, by its length.
func echo(c net.Conn) {
	buf := make([]byte, len(chat))
	for {
		if _, err := io.ReadFull(c, buf); err != nil {
			return
		}
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}

// BenchmarkMessage sends a message and receives it back. "floor" moves the same
// bytes through the same server with bare reads and writes: what lies between
// the two is the price of sessions.
func BenchmarkMessage(b *testing.B) {
	for _, mode := range allModes {
		b.Run(mode.String()+"/session", func(b *testing.B) {
			c := listen(b, mode, echo).dialer(b).login(b)
			handle := func(*wire.Element) error { return nil }
			measure(b, func() error {
				err := c.Send(chat)
				for n := 0; n == 0 && err == nil; {
					n, err = c.Receive(time.Time{}, handle)
				}
				return err
			})
		})
		b.Run(mode.String()+"/floor", func(b *testing.B) {
			c := listen(b, mode, echo).dialer(b).login(b)
			var raw io.ReadWriter = c.socket.Conn
			if c.tls != nil {
				c.socket.parked = false // read in the plain way
				raw = c.tls
			}
			buf := make([]byte, len(chat))
			measure(b, func() error {
				if _, err := raw.Write(chat); err != nil {
					return err
				}
				_, err := io.ReadFull(raw, buf)
				return err
			})
		})
	}
}

// BenchmarkReceive takes messages that come as fast as they can.
func BenchmarkReceive(b *testing.B) {
	for _, mode := range allModes {
		flood := func(c net.Conn) {
			var burst []byte
			for range 40 {
				burst = append(burst, chat...)
			}
			for err := error(nil); err == nil; {
				_, err = c.Write(burst)
			}
		}
		b.Run(mode.String()+"/session", func(b *testing.B) {
			c := listen(b, mode, flood).dialer(b).login(b)
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
		b.Run(mode.String()+"/floor", func(b *testing.B) {
			c := listen(b, mode, flood).dialer(b).login(b)
			var raw io.Reader = c.socket.Conn
			if c.tls != nil {
				c.socket.parked = false
				raw = c.tls
			}
			buf := make([]byte, bufferSize)
			got := 0
			measure(b, func() (err error) {
				for got < len(chat) && err == nil {
					var n int
					n, err = raw.Read(buf)
					got += n
				}
				got -= len(chat)
				return err
			})
		})
	}
}

// BenchmarkSend sends messages that are read and thrown away.
func BenchmarkSend(b *testing.B) {
	for _, mode := range allModes {
		sink := func(c net.Conn) { io.Copy(io.Discard, onlyReader{c}) }
		b.Run(mode.String()+"/session", func(b *testing.B) {
			c := listen(b, mode, sink).dialer(b).login(b)
			measure(b, func() error { return c.Send(chat) })
		})
		b.Run(mode.String()+"/floor", func(b *testing.B) {
			c := listen(b, mode, sink).dialer(b).login(b)
			var raw io.Writer = c.socket.Conn
			if c.tls != nil {
				raw = c.tls
			}
			measure(b, func() error {
				_, err := raw.Write(chat)
				return err
			})
		})
	}
}
