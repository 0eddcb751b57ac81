package trunk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// oracle is the authoritative server of all domains: it judges a key by what it says, in place of a hash.
func oracle(t *testing.T) net.Listener {
	t.Helper()
	l := listen(t)
	var running sync.WaitGroup
	t.Cleanup(func() { l.Close(); running.Wait() })
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { judgeKeys(newStream(c, Limits{})) })
		}
	})
	return l
}

// judgeKeys serves one stream.
func judgeKeys(s *stream) {
	defer s.drop()
	s.conn.SetDeadline(time.Now().Add(10 * time.Second))
	s.scanner.Reset(wire.Limits{})
	h, err := s.header(wire.NSServer)
	if err != nil {
		return
	}
	_ = s.say(append(appendServerHeader(nil, h.To, h.From, "o1"), "<stream:features/>"...))
	for {
		e, err := s.next()
		if err != nil {
			return
		}
		from, to, id := string(e.Attr("to")), string(e.Attr("from")), string(e.Attr("id"))
		v := verdict{kind: string(e.Text())}
		switch v.kind {
		case "mute":
			return
		case "unknown":
			v = mishap("item-not-found")
		case "crossed": // answers another stream's question
			_ = s.say(appendVerdict(nil, "verify", from, to, id+"x", valid))
			_ = s.say(appendVerdict(nil, "verify", from, "b.test", id, valid))
			v = invalid
		}
		_ = s.say(appendVerdict(nil, "verify", from, to, id, v))
	}
}

// receiver is a server of a.test and b.test that believes what an oracle says.
func receiver(t *testing.T, y Security) (addr string, got chan string) {
	t.Helper()
	l, asked, silent := listen(t), oracle(t), listen(t)
	refusing := silent.Addr().String()
	silent.Close()
	got = make(chan string, 10)
	p := NewPeer(PeerOptions{
		Local: func(d string) bool { return d == "a.test" || d == "b.test" },
		Dial: func(ctx context.Context, domain string) (net.Conn, error) {
			switch domain {
			case "nowhere.test":
				return nil, ErrNoSuchDomain
			case "refusing.test":
				return new(net.Dialer).DialContext(ctx, "tcp", refusing)
			}
			return new(net.Dialer).DialContext(ctx, "tcp", asked.Addr().String())
		},
		Deliver: func(e *wire.Element, _ time.Time) { got <- string(e.Attr("from")) + ">" + string(e.Attr("to")) },
		Pairs:   3, Security: y, Limits: Limits{Timeout: 10 * time.Second},
	})
	p.Serve(l)
	t.Cleanup(p.Close)
	return l.Addr().String(), got
}

const plainHeader = "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' xmlns:db='jabber:server:dialback' from='d1.test' to='a.test' version='1.0'>"

// claim is a key for a pair of domains.
func claim(from, to, key string) string {
	return "<db:result from='" + from + "' to='" + to + "'>" + key + "</db:result>"
}

// hear reads until all of want came, in this order, or the stream ends.
func hear(c net.Conn, want ...string) (string, error) {
	var said strings.Builder
	b := make([]byte, 4096)
	for {
		rest, all := said.String(), true
		for _, w := range want {
			var found bool
			if _, rest, found = strings.Cut(rest, w); !found {
				all = false
				break
			}
		}
		if all {
			return said.String(), nil
		}
		n, err := c.Read(b)
		said.Write(b[:n])
		if n == 0 && err != nil {
			return said.String(), err
		}
	}
}

// What an originating server says, and what RFC 6120 §8.1 and XEP-0220 have answered. Rows that end with delivered show that the stream
// lives on.
func TestReceivingServerIsStrict(t *testing.T) {
	const (
		good      = "<db:result from='d1.test' to='a.test'>valid</db:result>"
		stanza    = "<message from='u@d1.test' to='v@a.test'/>"
		ended     = "</stream:stream>"
		delivered = "u@d1.test>v@a.test"
	)
	accepted := "type='valid'"
	rows := []struct {
		name   string
		header string // empty: the usual one
		said   []string
		want   []string // for each that was said
	}{
		{"a stanza first", "", []string{stanza}, []string{"<not-authorized "}},
		{"a pair", "", []string{good, stanza}, []string{accepted, delivered}},
		{"in capitals", "", []string{claim("D1.Test", "A.test", "valid"), stanza}, []string{accepted, delivered}},
		{"no to", "", []string{good, "<message from='u@d1.test'/>"}, []string{accepted, "improper-addressing"}},
		{"no from", "", []string{good, "<iq type='get' id='1' to='a.test'/>"}, []string{accepted, "improper-addressing"}},
		{"a domain that is not here", "", []string{good, "<message from='u@d1.test' to='v@c.test'/>"}, []string{accepted, "host-unknown"}},
		{"a sender that was not proven", "", []string{good, "<message from='u@d2.test' to='v@a.test'/>"}, []string{accepted, "invalid-from"}},
		{"the other half of a pair", "", []string{good, "<message from='u@d1.test' to='v@b.test'/>"}, []string{accepted, "invalid-from"}},
		{"a client's stanza", "", []string{good, "<message xmlns='jabber:client' from='u@d1.test' to='v@a.test'/>"}, []string{accepted, "invalid-namespace"}},
		{"a wrong key", "", []string{claim("d1.test", "a.test", "invalid")}, []string{"type='invalid'/>" + ended}},
		{"a wrong key beside a right one", "", []string{good, claim("d2.test", "a.test", "invalid"), stanza}, []string{accepted, "<forbidden ", delivered}},
		{"a target that is not here", "", []string{claim("d1.test", "c.test", "valid"), good}, []string{"from='c.test' to='d1.test' type='error'><error type='cancel'><item-not-found ", accepted}},
		{"to verify what is not here", "", []string{"<db:verify from='d1.test' to='c.test' id='x'>valid</db:verify>", good}, []string{"<db:verify from='c.test' to='d1.test' id='x' type='error'><error type='cancel'><item-not-found ", accepted}},
		{"to verify a key of nobody", "", []string{"<db:verify from='d1.test' to='a.test' id='x'>valid</db:verify>", good}, []string{"id='x' type='invalid'/>", accepted}},
		{"to verify without an id", "", []string{"<db:verify from='d1.test' to='a.test'>valid</db:verify>"}, []string{"bad-format"}},
		{"to verify without an asker", "", []string{"<db:verify to='a.test' id='x'>valid</db:verify>"}, []string{"improper-addressing"}},
		{"a key without a sender", "", []string{"<db:result to='a.test'>valid</db:result>"}, []string{"improper-addressing"}},
		{"a key of a user", "", []string{claim("u@d1.test", "a.test", "valid")}, []string{"improper-addressing"}},
		{"a key of this side's", "", []string{claim("b.test", "a.test", "valid")}, []string{"<not-acceptable "}},
		{"an answer that nobody asked for", "", []string{"<db:result from='d1.test' to='a.test' type='valid'/><db:verify from='d1.test' to='a.test' id='1' type='valid'/>" + stanza}, []string{"not-authorized"}},
		{"answers to others", "", []string{claim("d1.test", "a.test", "crossed")}, []string{"type='invalid'/>" + ended}},
		{"nobody to ask", "", []string{claim("nowhere.test", "a.test", "valid"), good}, []string{"<remote-server-not-found ", accepted}},
		{"nobody who listens", "", []string{claim("refusing.test", "a.test", "valid"), good}, []string{"<remote-connection-failed ", accepted}},
		{"nobody who answers", "", []string{claim("d1.test", "a.test", "mute"), good}, []string{"<remote-server-timeout ", accepted}},
		{"somebody who does not know", "", []string{claim("d1.test", "a.test", "unknown"), good}, []string{"<remote-server-not-found ", accepted}},
		{"more pairs than there may be", "", []string{good, claim("d2.test", "a.test", "valid"), claim("d3.test", "a.test", "valid"), claim("d4.test", "a.test", "valid"), stanza},
			[]string{accepted, "d2.test' " + accepted, "d3.test' " + accepted, "<resource-constraint ", delivered}},
		{"STARTTLS without", "", []string{"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}, []string{"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + ended}},
		{"EXTERNAL without", "", []string{"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>" + good}, []string{"<invalid-mechanism/></failure>"}},
		{"something else", "", []string{"<open xmlns='urn:x'/>"}, []string{"unsupported-stanza-type"}},
		{"a stream to nobody", strings.Replace(plainHeader, " to='a.test'", "", 1), nil, []string{"improper-addressing"}},
		{"a stream to another", strings.Replace(plainHeader, "a.test", "c.test", 1), nil, []string{"host-unknown"}},
		{"a stream of this side's", strings.Replace(plainHeader, "d1.test", "b.test", 1), nil, []string{"invalid-from"}},
		{"a stream of old", strings.NewReplacer(" from='d1.test' to='a.test' version='1.0'", "").Replace(plainHeader) + good, nil, []string{accepted}},
		{"a client's stream", strings.Replace(plainHeader, "jabber:server'", "jabber:client'", 1), nil, []string{"invalid-namespace"}},
		{"another version", strings.Replace(plainHeader, "1.0", "2.0", 1), nil, []string{"unsupported-version"}},
	}
	addr, got := receiver(t, Security{})
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(20 * time.Second))
			header := row.header
			if header == "" {
				header = plainHeader
			}
			fmt.Fprint(c, header)
			if row.said == nil {
				if said, err := hear(c, row.want[0]); err != nil {
					t.Errorf("answered by %s, %v", said, err)
				}
				return
			}
			if said, err := hear(c, "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>"); err != nil {
				t.Fatalf("features %s, %v", said, err)
			}
			for i, s := range row.said {
				fmt.Fprint(c, s)
				if row.want[i] == delivered {
					await(t, got, delivered)
					continue
				}
				if said, err := hear(c, row.want[i]); err != nil {
					t.Fatalf("%s is answered by %s (%v), want %s", s, said, err, row.want[i])
				}
			}
		})
	}
	select {
	case v := <-got:
		t.Errorf("delivered %s", v)
	default:
	}
}

// A stream that proves nothing is ended after a while.
func TestPatience(t *testing.T) {
	l := listen(t)
	p := NewPeer(PeerOptions{
		Local: func(d string) bool { return d == "a.test" }, Limits: Limits{Timeout: 50 * time.Millisecond},
		Dial: func(context.Context, string) (net.Conn, error) { return nil, errors.New("no") },
	})
	p.Serve(l)
	defer p.Close()
	for _, said := range []string{"", plainHeader, plainHeader + "<db:verify from='d1.test' to='a.test' id='x'>valid</db:verify>"} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprint(c, said)
		if said, err := hear(c, "connection-timeout"); err != nil {
			t.Errorf("answered by %s, %v", said, err)
		}
	}
}

// What finds no way is returned, with the condition that says why.
func TestReturned(t *testing.T) {
	_, d, _ := federation(t, 0)
	got := make(chan string, 10)
	p := NewPeer(PeerOptions{
		Local: func(s string) bool { return s == "a.test" }, Limits: Limits{Timeout: 5 * time.Second},
		Dial: func(ctx context.Context, domain string) (net.Conn, error) {
			if domain == "nowhere.test" {
				return nil, ErrNoSuchDomain
			}
			return new(net.Dialer).DialContext(ctx, "tcp", d.lists[0].Addr().String())
		},
		Return: func(from, to string, stanzas []byte, condition string) { got <- from + " " + to + " " + condition },
	})
	defer p.Close()
	for domain, want := range map[string]string{
		"nowhere.test": "remote-server-not-found",
		"x.test":       "remote-server-not-found", // host-unknown
		"d1.test":      "internal-server-error",   // it asks another a.test for the key
	} {
		if err := p.Send("a.test", domain, []byte("<message/>")); err != nil {
			t.Fatal(err)
		}
		await(t, got, "a.test "+domain+" "+want)
	}
	if c := p.Counts(); c.Unsent != 3 || c.Invalid != 1 {
		t.Errorf("%+v", c)
	}
}
