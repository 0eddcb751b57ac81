package away

import (
	"bufio"
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// echo answers each line with itself.
func echo(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for in := bufio.NewScanner(c); in.Scan(); {
					c.Write(append(in.Bytes(), '\n'))
				}
			}()
		}
	}()
	return l
}

func TestDoor(t *testing.T) {
	d, err := newDoor()
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	d.lead(echo(t).Addr().String())
	c, err := net.Dial("tcp", d.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(line string) {
		t.Helper()
		if _, err := c.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(want string) {
		t.Helper()
		c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if got, err := in.ReadString('\n'); got != want {
			t.Fatalf("heard %q (%v), want %q", got, err, want)
		}
	}
	say("one\n")
	hear("one\n")

	d.bar(false)
	say("two\n")
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if got, err := in.ReadString('\n'); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("through a shut door came %q (%v)", got, err)
	}
	d.unbar()
	hear("two\n")

	d.bar(true)
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := in.ReadString('\n'); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection that is to be reset: %v", err)
	}
}

// A door that leads nowhere yet, and one that is closed, let nobody through.
func TestDoorOfNothing(t *testing.T) {
	d, err := newDoor()
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", d.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("something came from nowhere")
	}
	d.close()
	if c, err := net.Dial("tcp", d.addr()); err == nil {
		c.Close()
		t.Error("a closed door takes connections")
	}
}
