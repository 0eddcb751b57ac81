package fuzz

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// call connects to an authority and says something, as the server under test does.
func call(t *testing.T, a *Authority, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", a.Federation().Via)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return conn
}

func headerTo(domain string) string {
	return string(wire.AppendHeader(nil, wire.StreamHeader{From: "localhost", To: domain, Version: "1.0", Namespace: wire.NSServer}))
}

func openAuthority(t testing.TB) *Authority {
	t.Helper()
	a, err := OpenAuthority()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// TestAuthorityListensOnLoopback holds what is listened on to addresses that are this machine's own.
func TestAuthorityListensOnLoopback(t *testing.T) {
	a := openAuthority(t)
	for _, addr := range []string{a.Federation().Via, a.Federation().Names} {
		host, _, err := net.SplitHostPort(addr)
		if err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("%s, %v", addr, err)
		}
	}
}

// TestAuthorityPassesOn gives each connection to the play whose domain it is for.
func TestAuthorityPassesOn(t *testing.T) {
	a := openAuthority(t)
	one, two := a.attend(), a.attend()
	call(t, a, headerTo("X."+strings.ToUpper(two.other))+"<db:result>k</db:result>")
	c := <-two.arrivals
	if c.from != "localhost" || !strings.Contains(string(c.said), "version='1.0'") || c.old {
		t.Errorf("%+v", c)
	}
	if n := a.leave(two); n != 0 {
		t.Errorf("%d are missed", n)
	}
	call(t, a, strings.Replace(headerTo(one.own), " version='1.0'>", ">", 1))
	if c = <-one.arrivals; !c.old {
		t.Error("a header without a version is not known as such")
	}
	call(t, a, headerTo(one.own))
	one.arrivals <- <-one.arrivals // it has come, and waits
	if n := a.leave(one); n != 1 {
		t.Errorf("%d are ignored, want 1", n)
	}
	for _, text := range []string{headerTo(one.own), headerTo("nowhere.invalid"), headerTo("")} {
		answer, err := io.ReadAll(call(t, a, text))
		if err != nil || !strings.Contains(string(answer), "<host-unknown ") {
			t.Errorf("%s is answered by %q, %v", text, answer, err)
		}
	}
	for _, text := range []string{"GET / HTTP/1.1\r\n\r\n", "<?xml version='1.0'?>" + strings.Repeat(" ", mostHeader)} {
		if answer, err := io.ReadAll(call(t, a, text)); len(answer) > 0 {
			t.Errorf("%.40q is answered by %q, %v", text, answer, err)
		}
	}
}

// TestNoServers has a site without streams between servers say so, whatever a program wants of them.
func TestNoServers(t *testing.T) {
	site := serve(t)
	site.Authority = nil
	for _, ops := range []string{"attacker federate\nmark\n", "mark\nattacker dial-s2s\n", "mark\nauthority accept\n"} {
		_, err := Play(t.Context(), site, parsed(t, ops))
		if bad, ok := err.(*NotOfferedError); !ok || bad.What != betweenServers {
			t.Errorf("%s: %v", ops, err)
		}
	}
	tr, err := Play(t.Context(), site, parsed(t, "attacker login\nmark\nattacker send \"<message to='x@{attacker.domain}'><body>{authority.key}</body></message>\"\nattacker sync\n"))
	if err != nil || !strings.Contains(tr.String(), "none</body>") {
		t.Errorf("%v\n%s", err, tr)
	}
	if _, ok := tr.Known(string(program.Attacker) + ".domain"); ok {
		t.Error("a client is said to have a domain")
	}
}
