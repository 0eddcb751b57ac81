package trunk

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// The example of XEP-0185 §3.
func TestDialbackKey(t *testing.T) {
	got := dialbackKey("s3cr3tf0rd14lb4ck", "xmpp.example.com", "example.org", "D60000229F")
	if want := "37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643"; got != want {
		t.Errorf("key %s, want %s", got, want)
	}
}

// federation is two peers that reach each other: one of a.test, one of d0.test to d9.test.
func federation(t *testing.T, streams int) (a, d *Peer, got chan string) {
	t.Helper()
	got = make(chan string, 100)
	la, ld := listen(t), listen(t)
	dial := func(ctx context.Context, domain string) (net.Conn, error) {
		l := ld
		if domain == "a.test" {
			l = la
		}
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
	deliver := func(e *wire.Element, _ time.Time) { got <- string(e.Attr("from")) + ">" + string(e.Attr("to")) }
	limits := Limits{Timeout: 5 * time.Second}
	a = NewPeer(PeerOptions{Local: func(s string) bool { return s == "a.test" }, Dial: dial, Deliver: deliver, Streams: streams, Limits: limits})
	d = NewPeer(PeerOptions{Local: func(s string) bool { return strings.HasPrefix(s, "d") }, Dial: dial, Deliver: deliver, Streams: streams, Limits: limits})
	a.Serve(la)
	d.Serve(ld)
	t.Cleanup(func() { a.Close(); d.Close() })
	return a, d, got
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func await(t *testing.T, got chan string, want ...string) {
	t.Helper()
	for range want {
		select {
		case v := <-got:
			found := false
			for _, w := range want {
				found = found || v == w
			}
			if !found {
				t.Errorf("delivered %s, want one of %v", v, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("not all of %v were delivered", want)
		}
	}
}

// Ten domains write to one and it to them: each stream and domain proves itself, also several domains over one stream.
func TestFederation(t *testing.T) {
	for _, streams := range []int{0, 1, 3} {
		t.Run(fmt.Sprint(streams), func(t *testing.T) {
			a, d, got := federation(t, streams)
			var there, back []string
			for i := range 10 {
				domain := fmt.Sprintf("d%d.test", i)
				there, back = append(there, "u@"+domain+">v@a.test"), append(back, "v@a.test>u@"+domain)
				if err := d.Send(domain, "a.test", []byte("<message from='u@"+domain+"' to='v@a.test'/>")); err != nil {
					t.Fatal(err)
				}
			}
			await(t, got, there...)
			for i := range 10 {
				domain := fmt.Sprintf("d%d.test", i)
				if err := a.Send("a.test", domain, []byte("<message from='v@a.test' to='u@"+domain+"'/>")); err != nil {
					t.Fatal(err)
				}
			}
			await(t, got, back...)
			if c := d.Counts(); c.Valid != 10 || c.Invalid != 0 || c.Verified != 10 || c.Unsent != 0 {
				t.Errorf("the ten: %+v", c)
			}
		})
	}
}
