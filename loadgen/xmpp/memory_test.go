package xmpp

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// fixtureEnv makes this test binary the server of the memory test.
const fixtureEnv = "XMPP_TEST_FIXTURE"

func TestMain(m *testing.M) {
	mode, web := strings.CutPrefix(os.Getenv(fixtureEnv), "web-")
	mode, overBOSH := strings.CutPrefix(mode, "bosh-")
	mode, managed := strings.CutPrefix(mode, "sm-")
	if mode, err := ParseTLSMode(mode); err == nil {
		serveFixture(mode, web, managed, overBOSH)
		return
	}
	os.Exit(m.Run())
}

// serveFixture serves until its standard input ends.
func serveFixture(mode TLSMode, web, managed, overBOSH bool) {
	testing.Init()
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "serve", F: func(t *testing.T) {
		f := &fixture{mode: mode, web: web, session: func(c net.Conn) {
			if managed {
				answers(c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>", "<enabled xmlns='urn:xmpp:sm:3' id='0123456789abcdef' resume='true' max='60'/>")
			}
			io.Copy(io.Discard, c)
		}}
		if overBOSH {
			f.bosh = newHolding()
		}
		f.serve(t)
		fmt.Println(f.listener.Addr())
		io.Copy(io.Discard, os.Stdin)
	}}}, nil, nil)
}

// startFixture starts the server in a process of its own, so that the memory of
// this process is the client's alone.
func startFixture(t *testing.T, mode string) (addr string) {
	t.Helper()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), fixtureEnv+"="+mode)
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		server.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

var memorySessions = flag.Int("memory.sessions", 3000, "how many idle sessions TestMemory holds of each kind")

// TestMemory holds idle sessions, as many of each kind, and compares what each costs with the budget.
func TestMemory(t *testing.T) {
	for _, c := range []struct {
		mode   TLSMode
		web    string
		manage *StreamManagement
		bosh   string
		budget int // bytes of RSS per session
	}{{NoTLS, "", nil, "", 6 << 10}, {StartTLS, "", nil, "", 14 << 10}, {NoTLS, "/xmpp-websocket", nil, "", 7 << 10},
		{DirectTLS, "/xmpp-websocket", nil, "", 15 << 10}, {NoTLS, "", &StreamManagement{Resume: true}, "", 6 << 10},
		{NoTLS, "", nil, "/http-bind", 8 << 10}, {DirectTLS, "", nil, "/http-bind", 25 << 10}} {
		name := c.mode.String()
		if c.web != "" {
			name = "web-" + name
		}
		if c.manage != nil {
			name = "sm-" + name
		}
		if c.bosh != "" {
			name = "bosh-" + name
		}
		t.Run(name, func(t *testing.T) {
			if os.Getenv(aloneEnv) == "" {
				again(t)
				return
			}
			sessions := *memorySessions
			d := &Dialer{Addr: startFixture(t, name), Domain: "example.com", TLS: c.mode, WebSocket: c.web, BOSH: c.bosh, StreamManagement: c.manage, AllowPlainWithoutTLS: true, TLSConfig: insecure()}
			_, end := hold(t, d, 100) // so that what is made once is there
			end()
			before := resident(t)
			held, end := hold(t, d, sessions)
			peak := rss(t)
			after := resident(t)
			end()
			each := (after - before) / sessions
			t.Logf("%d sessions, %s: %d bytes of RSS each, %d before garbage is returned", held, name, each, (peak-before)/sessions)
			if held != sessions || each > c.budget && !raced() {
				t.Errorf("%d sessions of %d bytes each, want %d of at most %d", held, each, sessions, c.budget)
			}
		})
	}
}

// aloneEnv says that this process is for one test.
const aloneEnv = "XMPP_TEST_ALONE"

// again runs the test in a process of its own: memory that one kind of sessions has left would be used again by the next.
func again(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$",
		fmt.Sprintf("-memory.sessions=%d", *memorySessions))
	cmd.Env = append(os.Environ(), aloneEnv+"=1")
	out, err := cmd.CombinedOutput()
	if t.Logf("%s", out); err != nil {
		t.Error(err)
	}
}

// hold logs sessions in, each on a goroutine that then waits in Receive.
func hold(t *testing.T, d *Dialer, sessions int) (held int, end func()) {
	t.Helper()
	var parked sync.WaitGroup
	conns := make([]*Conn, sessions)
	results := make(chan error, sessions)
	slots := make(chan struct{}, 64)
	for i := range sessions {
		slots <- struct{}{}
		parked.Go(func() {
			var err error
			conns[i], err = enter(d, i)
			<-slots
			results <- err
			if err == nil {
				conns[i].Receive(time.Time{}, nil)
			}
		})
	}
	for range sessions {
		if err := <-results; err != nil {
			t.Error(err)
			continue
		}
		held++
	}
	return held, func() {
		for _, c := range conns {
			if c != nil {
				c.Abort()
			}
		}
		parked.Wait()
	}
}

// enter logs session i in. What it needs of the stack is not kept while the session waits.
func enter(d *Dialer, i int) (*Conn, error) {
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i/2000))}
	c, _, err := d.Login(context.Background(), fixtureUser, local)
	if err == nil && d.BOSH != "" {
		err = useBoth(c)
	}
	return c, err
}

// useBoth has a session over BOSH use both of its connections.
func useBoth(c *Conn) error {
	if err := errors.Join(c.Send(chat), c.Send(chat)); err != nil {
		return err
	}
	_, err := c.Receive(time.Now().Add(10*time.Second), func(*wire.Element) error { return nil })
	return err
}

// resident is the resident memory once garbage is returned to the system.
func resident(t *testing.T) int {
	runtime.GC()
	debug.FreeOSMemory()
	return rss(t)
}

func rss(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// raced reports whether the race detector is on, which multiplies memory and
// makes pools forget.
func raced() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			return true
		}
	}
	return false
}
