package xmpp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

var allModes = []TLSMode{NoTLS, StartTLS, DirectTLS}

// forModes runs a test on TCP with each TLS mode.
func forModes(t *testing.T, session func(net.Conn), test func(*testing.T, *Conn)) {
	for _, mode := range allModes {
		t.Run(mode.String(), func(t *testing.T) {
			test(t, listen(t, mode, session).dialer(t).login(t))
		})
	}
}

// say returns a session that sends text and then waits for the client to close.
func say(text string) func(net.Conn) {
	return func(c net.Conn) {
		io.WriteString(c, text)
		io.Copy(io.Discard, c)
	}
}

// ids receives until n elements or an error came and returns their ids.
func ids(c *Conn, n int) (string, error) {
	var all strings.Builder
	for got := 0; got < n; {
		k, err := c.Receive(time.Time{}, func(e *wire.Element) error {
			all.Write(e.Attr("id"))
			return nil
		})
		if got += k; err != nil {
			return all.String(), err
		}
	}
	return all.String(), nil
}

func TestReceive(t *testing.T) {
	body := strings.Repeat("x", 40<<10) // more than a buffer, more than a TLS record
	text := "<message id='a'/><message id='b'><body>" + body + "</body></message><presence id='c'/></stream:stream>"
	forModes(t, say(text), func(t *testing.T, c *Conn) {
		if c.readAt.After(time.Now()) || !c.readAt.IsZero() {
			t.Error("read before any Receive")
		}
		got, err := ids(c, 4)
		if got != "abc" || err != io.EOF || !c.Ended() {
			t.Fatalf("received %q, %v, ended %v", got, err, c.Ended())
		}
		if _, err := c.Receive(time.Time{}, nil); err != io.EOF {
			t.Fatalf("after the end: %v", err)
		}
		if c.ReadAt().IsZero() || c.BytesIn() < int64(len(text)) || c.BytesOut() == 0 {
			t.Errorf("read at %v, %d bytes in, %d out", c.ReadAt(), c.BytesIn(), c.BytesOut())
		}
	})
}

func TestReceiveErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		want error
	}{
		{"<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>", &StreamError{Condition: wire.Reset}},
		{"<message><!-- --></message>", wire.SyntaxError{Condition: wire.RestrictedXML}},
	} {
		forModes(t, say(c.text), func(t *testing.T, conn *Conn) {
			_, err := ids(conn, 2)
			bad, ok := errors.AsType[wire.SyntaxError](err)
			if want, syntax := c.want.(wire.SyntaxError); syntax && (!ok || bad.Condition != want.Condition) || !syntax && !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if _, again := conn.Receive(time.Time{}, nil); again != err {
				t.Fatalf("then %v, want it again", again)
			}
		})
	}
}

// TestHandlerError checks that what lies behind the element refused is not lost.
func TestHandlerError(t *testing.T) {
	forModes(t, say("<message id='a'/><message id='b'/><message id='c'/>"), func(t *testing.T, c *Conn) {
		in := int64(-1)
		for _, id := range []string{"a", "b", "c"} {
			var got string
			n, err := c.Receive(time.Time{}, func(e *wire.Element) error {
				got = string(e.Attr("id"))
				return errTest
			})
			if n != 1 || err != errTest || got != id {
				t.Fatalf("received %d %q, %v; want %q", n, got, err, id)
			}
			if in = max(in, c.BytesIn()); c.BytesIn() > in {
				t.Fatal("bytes counted twice")
			}
		}
	})
}

func TestRequests(t *testing.T) {
	const requests = "<iq type='get' id='p&amp;1' from='example.com'><ping xmlns='urn:xmpp:ping'/></iq>" +
		"<iq type='set' id='2' from='a@b/c'><query xmlns='jabber:iq:roster'/></iq><iq type='get' id='3'><x xmlns='claimed'/></iq><iq type='result' id='4'/><iq type='error' id='5'/>"
	const want = "<iq type='result' id='p&amp;1' to='example.com'></iq>" +
		"<iq type='error' id='2' to='a@b/c'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	forModes(t, func(c net.Conn) {
		io.WriteString(c, requests)
		got := make([]byte, len(want))
		io.ReadFull(c, got)
		if string(got) == want {
			io.WriteString(c, "<message id='good'/>")
		}
		io.Copy(io.Discard, c)
	}, func(t *testing.T, c *Conn) {
		var got strings.Builder
		for got.Len() < len("2345good") {
			_, err := c.Receive(time.Time{}, func(e *wire.Element) error {
				got.Write(e.Attr("id"))
				if string(e.Attr("id")) == "3" {
					return Claimed
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got.String() != "2345good" {
			t.Fatalf("handed out %q", got.String())
		}
	})
}

// TestWakeRace wakes while Receive sets its deadline, over and over; each wake
// must end a Receive that otherwise waits for good.
func TestWakeRace(t *testing.T) {
	forModes(t, say(""), func(t *testing.T, c *Conn) {
		for range 2000 {
			var waker sync.WaitGroup
			waker.Go(c.Wake)
			for _, deadline := range []time.Time{{}, time.Now().Add(time.Hour)} {
				if n, err := c.Receive(deadline, nil); n != 0 || err != nil {
					t.Fatalf("received %d, %v", n, err)
				}
				waker.Wait()
				if deadline.IsZero() {
					c.Wake() // the next returns at once
				}
			}
		}
	})
}

func TestWakePipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, closePeer := pipeSession(t)
		defer closePeer()
		var waker sync.WaitGroup
		began := time.Now()
		waker.Go(func() {
			time.Sleep(3 * time.Second)
			c.Wake()
		})
		if n, err := c.Receive(began.Add(time.Hour), nil); n != 0 || err != nil || time.Since(began) != 3*time.Second {
			t.Fatalf("received %d, %v after %v", n, err, time.Since(began))
		}
		waker.Wait()
		if n, err := c.Receive(began.Add(5*time.Second), nil); n != 0 || err != nil || time.Since(began) != 5*time.Second {
			t.Fatalf("received %d, %v after %v", n, err, time.Since(began))
		}
		c.Abort()
	})
}

// pipeSession is a session over net.Pipe whose peer sends nothing.
func pipeSession(t *testing.T) (*Conn, func()) {
	t.Helper()
	f := fixture{}
	client, server := net.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := f.login(server)
		done <- err
		io.Copy(io.Discard, server)
		close(done)
	}()
	d := &Dialer{Domain: "example.com", Mechanism: "PLAIN", Dial: func(context.Context, net.Addr) (net.Conn, error) { return client, nil }}
	c, _, err := d.Login(t.Context(), fixtureUser, nil)
	if served := <-done; err != nil || served != nil {
		t.Fatal(err, served)
	}
	return c, func() {
		server.Close()
		<-done
	}
}

// TestOverdue checks that a deadline in the past still takes what is there.
func TestOverdue(t *testing.T) {
	forModes(t, say("<message id='a'/>"), func(t *testing.T, c *Conn) {
		for range 1 << 20 {
			n, err := c.Receive(time.Unix(1, 0), func(*wire.Element) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if n == 1 {
				return
			}
		}
		t.Fatal("nothing received")
	})
}

func TestClose(t *testing.T) {
	forModes(t, func(c net.Conn) {
		if answers(c, "</stream:stream>", "<message/></stream:stream>") == nil {
			io.Copy(io.Discard, c)
		}
	}, func(t *testing.T, c *Conn) {
		if err := c.Close(t.Context()); err != nil || !c.Ended() {
			t.Fatalf("%v, ended %v", err, c.Ended())
		}
	})
}

// TestCloseBounded closes on a peer that never answers, and on one that never stops.
func TestCloseBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, closePeer := pipeSession(t)
		began := time.Now()
		if err := c.Close(context.Background()); !errors.Is(err, errNoFooter) || time.Since(began) != DefaultTimeout {
			t.Fatalf("%v after %v", err, time.Since(began))
		}
		closePeer()
	})
	synctest.Test(t, func(t *testing.T) {
		c, closePeer := pipeSession(t)
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, errTest)
		defer cancel()
		if err := c.Close(ctx); !errors.Is(err, errTest) {
			t.Fatal(err)
		}
		closePeer()
	})
}

// TestCloseAlertBounded closes on a peer that ends its stream and reads no more,
// not even the alert that ends TLS.
func TestCloseAlertBounded(t *testing.T) {
	pair := &tls.Config{Certificates: []tls.Certificate{certificate(t, "example.com")}}
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		done := make(chan error, 1)
		go func() {
			s, err := (&fixture{mode: DirectTLS, config: pair}).login(server)
			if err == nil {
				err = answers(s, "</stream:stream>", "</stream:stream>")
			}
			done <- err
		}()
		d := &Dialer{Domain: "example.com", TLS: DirectTLS, TLSConfig: insecure(), Dial: func(context.Context, net.Addr) (net.Conn, error) { return client, nil }}
		c, _, err := d.Login(t.Context(), fixtureUser, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := c.Close(ctx); time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		server.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// TestSendBounded sends to a peer that reads nothing.
func TestSendBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer server.Close()
		c := newConn(&Dialer{}, client)
		began := time.Now()
		for range 3 {
			err := c.Send([]byte("<presence/>"))
			if d := time.Since(began); err == nil || d < DefaultTimeout/2 || d > 3*DefaultTimeout {
				t.Fatalf("%v after %v", err, d)
			}
		}
	})
}

// TestAbort drops the connection under a Receive and before a Send.
func TestAbort(t *testing.T) {
	forModes(t, say(""), func(t *testing.T, c *Conn) {
		var aborter sync.WaitGroup
		aborter.Go(func() { c.Abort() })
		if _, err := c.Receive(time.Time{}, nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("receive: %v", err)
		}
		aborter.Wait()
		if err := c.Send(chat); !errors.Is(err, net.ErrClosed) {
			t.Errorf("send: %v", err)
		}
	})
}

// TestAbortAmongOthers aborts sessions while they receive and send, and others
// come to take their descriptors: nobody may read what is another's.
func TestAbortAmongOthers(t *testing.T) {
	for _, mode := range []TLSMode{NoTLS, StartTLS} {
		t.Run(mode.String(), func(t *testing.T) {
			f := listen(t, mode, func(c net.Conn) {
				var own sync.WaitGroup
				own.Go(func() { io.Copy(io.Discard, rawEnd(c)) })
				mark := "<message id='" + rawEnd(c).RemoteAddr().String() + "'/>"
				for {
					if _, err := io.WriteString(c, mark); err != nil {
						break
					}
				}
				c.Close()
				own.Wait()
			})
			d := f.dialer(t)
			before := openDescriptors(t)
			var sessions sync.WaitGroup
			for range 8 {
				sessions.Go(func() {
					for range 10 {
						abortInUse(t, d)
					}
				})
			}
			sessions.Wait()
			f.close()
			if after := openDescriptors(t); after > before {
				t.Errorf("%d descriptors open, %d before", after, before)
			}
		})
	}
}

// abortInUse logs in and aborts twice while the session receives and sends.
func abortInUse(t *testing.T, d *Dialer) {
	c, _, err := d.Login(context.Background(), fixtureUser, nil)
	if err != nil {
		t.Error(err)
		return
	}
	own := c.LocalAddr().String()
	received := make(chan bool)
	var aborters sync.WaitGroup
	for range 2 {
		aborters.Go(func() {
			<-received
			c.Wake()
			c.Abort()
		})
	}
	first := true
	for err == nil {
		n := 0
		n, err = c.Receive(time.Time{}, func(e *wire.Element) error {
			if id := e.Attr("id"); string(id) != own {
				t.Errorf("%s received %s", own, id)
			}
			return nil
		})
		if first && n > 0 {
			close(received)
			first = false
		}
		if err == nil {
			err = c.Send(chat)
		}
	}
	if first {
		close(received)
	}
	aborters.Wait()
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("ended with %v", err)
	}
}

// openDescriptors counts the descriptors of this process.
func openDescriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestReset has the peer reset the connection.
func TestReset(t *testing.T) {
	forModes(t, func(c net.Conn) {
		rawEnd(c).(*net.TCPConn).SetLinger(0)
		rawEnd(c).Close()
	}, func(t *testing.T, c *Conn) {
		if _, err := c.Receive(time.Time{}, nil); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("receive: %v", err)
		}
	})
}
