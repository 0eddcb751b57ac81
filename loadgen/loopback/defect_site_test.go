package loopback

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// site is a server with one defect, or none.
type site struct {
	t   *testing.T
	s   *Server // nil: a process of its own
	at  string  // the address of that process
	to  []net.Conn
	log *syncBuffer
}

// syncBuffer is a log that many write to.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// newSite makes a server in this process.
func newSite(t *testing.T, defects ...string) *site {
	t.Helper()
	x := &site{t: t, log: new(syncBuffer)}
	s, err := New(Options{Users: UserPattern("user{n}", "pw{n}", 0), PlainWithoutTLS: true, Defects: defects, Log: x.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	x.s = s
	return x
}

// dial connects in memory: each write is one read of the server's.
func (x *site) dial() *client {
	x.t.Helper()
	if x.s == nil {
		conn, err := net.Dial("tcp", x.at)
		if err != nil {
			x.t.Fatal(err)
		}
		x.to = append(x.to, conn)
		return (&client{t: x.t, conn: conn}).patient()
	}
	return dial(x.t, x.s).patient()
}

// dialTCP connects to a socket, direct to one that speaks TLS from the first byte.
func (x *site) dialTCP(direct bool) *client {
	x.t.Helper()
	listen, addr := x.s.Listen, x.s.Addr
	if direct {
		listen, addr = x.s.ListenTLS, x.s.TLSAddr
	}
	if addr() == nil {
		if err := listen("127.0.0.1:0"); err != nil {
			x.t.Fatal(err)
		}
	}
	c := dialTCP(x.t, addr()).patient()
	if direct {
		c.secure(x.s, &tls.Config{})
	}
	return c
}

// session binds user n to a resource.
func (x *site) session(n int, resource string) *client {
	x.t.Helper()
	c := x.dial()
	c.authenticate(n)
	c.bind(resource)
	return c
}

// pair is an attacker, user0, and a witness, user1.
func (x *site) pair() (attacker, witness *client) {
	x.t.Helper()
	return x.session(0, "r"), x.session(1, "w")
}

// put sends what the server may not live to read.
func (c *client) put(text string) { _, _ = io.WriteString(c.conn, text) }

// drain returns what comes before the answer to a ping.
func (c *client) drain() (got []string, err error) {
	c.put("<iq type='get' id='sync'><ping xmlns='urn:xmpp:ping'/></iq>")
	for {
		e, err := c.next()
		if err != nil {
			return got, err
		}
		if strings.Contains(e, "id='sync'") {
			return got, nil
		}
		got = append(got, e)
	}
}

// says is what comes back when text is said, up to the answer to a ping or the end.
func (c *client) says(text string) string {
	c.put(text)
	got, _ := c.drain() // the end of the stream is among what may come
	return strings.Join(got, "")
}

// witness returns what the witness of a pair receives when the attacker says text, in which W is the witness's JID, and whether it
// keeps its stream.
func (x *site) witness(text string) (got string, kept bool) {
	x.t.Helper()
	attacker, witness := x.pair()
	attacker.says(strings.ReplaceAll(text, "W", witness.jid))
	all, err := witness.drain()
	return strings.Join(all, ""), err == nil
}

// poisons reports whether the witness loses its stream by text.
func poisons(text string) func(*site) bool {
	return func(x *site) bool {
		_, kept := x.witness(text)
		return !kept
	}
}

// reaches reports whether the witness receives the parts, each as often as it is named, by text.
func reaches(text string, parts ...string) func(*site) bool {
	return func(x *site) bool {
		got, _ := x.witness(text)
		for _, p := range parts {
			before, after, ok := strings.Cut(got, p)
			if !ok {
				return false
			}
			got = before + after
		}
		return true
	}
}

// answers reports whether a bound session that says text is told the part.
func answers(text, part string) func(*site) bool {
	return func(x *site) bool { return strings.Contains(x.session(0, "r").says(text), part) }
}

// early reports whether somebody who says text after the first header is told the part.
func early(text, part string) func(*site) bool {
	return func(x *site) bool {
		c := x.dial()
		c.open()
		c.put(text)
		got, _ := c.next()
		return strings.Contains(got, part)
	}
}

// prolog reports whether a stream that begins with text is told the part.
func prolog(text, part string) func(*site) bool {
	return func(x *site) bool { return strings.Contains(x.dial().prolog(text), part) }
}

// prolog returns all that the server says until a ping, before authentication, ends the stream.
func (c *client) prolog(text string) string {
	c.put(text)
	var all string
	for {
		got, err := c.next()
		if all += got; err != nil || strings.HasPrefix(got, "<stream:features") || got == "</stream:stream>" {
			return all
		}
	}
}

// tracebacks reports whether a bound session that says text leaves a panic in the log, and the server lives on.
func tracebacks(text string) func(*site) bool {
	return func(x *site) bool {
		x.session(0, "r").says(text)
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ") && strings.Contains(x.log.String(), "goroutine ")
	}
}

// lives reports whether the server still answers.
func (x *site) lives() bool {
	c := x.dial()
	c.put(header)
	got, err := c.next()
	return err == nil && strings.Contains(got, "<stream:stream")
}

// spends reports whether what act does costs this process much CPU.
func spends(act func(*site)) func(*site) bool {
	return func(x *site) bool {
		before := cpu(x.t)
		act(x)
		took := cpu(x.t) - before
		x.t.Logf("CPU %v", took)
		return took > 100*time.Millisecond
	}
}

func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// dies reports whether a server that is a process of its own ends, with a panic, by what act does.
func dies(act func(*site)) func(t *testing.T, defect string) bool {
	return func(t *testing.T, defect string) bool {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+defect)
		var stderr syncBuffer
		cmd.Stderr = &stderr
		in, err1 := cmd.StdinPipe()
		out, err2 := cmd.StdoutPipe()
		if err := errors.Join(err1, err2, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		addr, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(fmt.Errorf("child: %w", err))
		}
		x := &site{t: t, at: strings.TrimSpace(addr)}
		act(x)
		for _, c := range x.to {
			c.Close()
		}
		in.Close()
		if cmd.Wait() == nil {
			return false
		}
		text := stderr.String()
		return strings.Contains("\n"+text, "\npanic: ") || strings.Contains(text, "\nfatal error: ")
	}
}
