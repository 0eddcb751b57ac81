package loopback

import (
	"net"
	"os"
	"strings"
	"time"
)

// exhaustionCases are those of exhaustionDefects.
var exhaustionCases = map[string]func(*site) bool{
	"unbounded-stanza":          func(x *site) bool { return x.session(0, "r").takesAll("<message>", "</message>") },
	"limit-after-parse":         limitAfterParse,
	"limit-lost-after-starttls": limitLostAfterSTARTTLS,
	"no-limit-on-direct-tls": func(x *site) bool {
		c := x.dialTCP(true)
		c.authenticate(0)
		c.bind("r")
		return c.takesAll("<message>", "</message>")
	},
	"no-limit-before-auth": func(x *site) bool {
		c := x.dial()
		c.open()
		c.put("<auth mechanism='PLAIN'" + sasl + ">" + strings.Repeat("A", 300<<10) + "</auth>")
		got, _ := c.next()
		return strings.HasPrefix(got, "<failure")
	},
	"preauth-memory-leak": func(x *site) bool {
		c := x.dial()
		c.open()
		c.conn.Close()
		return x.leaks(64 << 10)
	},
	"abrupt-close-leak": abruptCloseLeak,
	"stream-error-leak": func(x *site) bool {
		c := x.session(0, "r")
		c.says("<a></b>")
		c.conn.Close()
		return x.leaks(64 << 10)
	},
	"many-connections-crash": func(x *site) bool {
		for range 100 {
			x.dial()
		}
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	},
	"many-sessions-crash": func(x *site) bool {
		for i := range 25 {
			x.session(0, strings.Repeat("r", i+1))
		}
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	},
	"disco-flood": func(x *site) bool {
		return len(x.session(0, "r").says("<iq type='get' id='1' to='localhost'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>")) > 20<<10
	},
	"slow-reader-unbounded":  slowReaderUnbounded,
	"slow-reader-blocks-all": slowReaderBlocksAll,
}

// takesAll reports whether an element of 300 KiB is taken, and the stream lives on.
func (c *client) takesAll(start, end string) bool {
	c.put(start + strings.Repeat("x", 300<<10) + end)
	_, err := c.drain()
	return err == nil
}

// limitAfterParse sends a second part only when the first, beyond the limit, has not been refused.
func limitAfterParse(x *site) bool {
	c := x.session(0, "r")
	c.put("<message>" + strings.Repeat("x", 300<<10))
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := c.next(); !isTimeout(err) {
		return false
	}
	c.patient().put("</message>")
	got, _ := c.next()
	return strings.Contains(got, "policy-violation")
}

func limitLostAfterSTARTTLS(x *site) bool {
	c := x.dialTCP(false)
	c.open()
	c.put("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.expect("<proceed")
	c.secure(x.s, nil)
	c.authenticate(0)
	c.bind("r")
	return c.takesAll("<message>", "</message>")
}

// leaks waits until no connection is left and reports whether n bytes are.
func (x *site) leaks(n int) bool {
	x.awaitConns(0)
	p := x.s.planted
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes >= n
}

// awaitConns waits until the server has n connections.
func (x *site) awaitConns(n int) {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		x.s.connsMu.Lock()
		left := len(x.s.conns)
		x.s.connsMu.Unlock()
		if left == n {
			return
		}
		if time.Now().After(end) {
			x.t.Fatalf("%d connections are left", left)
		}
	}
}

func abruptCloseLeak(x *site) bool {
	before := sockets(x)
	for range 5 {
		c := x.dialTCP(false)
		c.authenticate(0)
		c.bind("")
		c.put("<message")
		c.conn.(*net.TCPConn).SetLinger(0)
		c.conn.Close()
	}
	return x.leaks(64<<10) && sockets(x) >= before+5
}

// sockets is the number of sockets that this process holds.
func sockets(x *site) (n int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		x.t.Fatal(err)
	}
	for _, e := range entries {
		if name, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(name, "socket:") {
			n++
		}
	}
	return n
}

// slowReaderUnbounded floods a session that does not read with 8 MiB.
func slowReaderUnbounded(x *site) bool {
	attacker, witness := x.pair()
	text := "<message to='" + witness.jid + "'><body>" + strings.Repeat("x", 128<<10) + "</body></message>"
	for range 64 {
		attacker.put(text)
	}
	attacker.says("")
	if x.s.Tally().SlowReaders > 0 {
		return false
	}
	attacker.conn.Close()
	witness.conn.Close()
	return x.leaks(4 << 20)
}

// slowReaderBlocksAll asks as a third while somebody writes to a session that does not read.
func slowReaderBlocksAll(x *site) bool {
	attacker, frozen := x.pair()
	third := x.session(2, "t")
	text := "<message to='" + frozen.jid + "'><body>" + strings.Repeat("x", 100<<10) + "</body></message>"
	attacker.put(text)
	if _, err := frozen.conn.Read(make([]byte, 1)); err != nil { // the first is being written: the others wait
		x.t.Fatal(err)
	}
	attacker.put(text)
	attacker.put(text)
	attacker.put(strings.Repeat("<message to='"+frozen.jid+"'/>", 8))
	slow := 0
	for pings := 0; pings < 25 && slow < 2; pings++ {
		time.Sleep(10 * time.Millisecond) // others are to have their turn
		start := time.Now()
		if _, err := third.drain(); err != nil {
			x.t.Fatal(err)
		}
		if time.Since(start) > 150*time.Millisecond { // of the 250 that each of those takes
			slow++
		}
	}
	return slow == 2
}

// serviceCases are those of serviceDefects.
var serviceCases = map[string]func(*site) bool{
	"disco-node-crash":        tracebacks("<iq type='get' id='1' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>"),
	"unexpected-result-crash": tracebacks("<iq type='result' id='x'/>"),
	"priority-crash":          tracebacks("<presence><priority>128</priority></presence>"),
	"iq-unanswered": func(x *site) bool {
		return !answers("<iq type='set' id='1' to='localhost'>"+ping+"</iq>", "id='1'")(x)
	},
	"two-payloads-accepted": answers("<iq type='get' id='1'>"+ping+ping+"</iq>", "id='1' type='result'"),
	"error-loop": func(x *site) bool {
		return strings.Count(x.session(0, "r").says("<message type='error' to='nobody@localhost'/>"), "<message") == 1000
	},
	"presence-self-loop": func(x *site) bool {
		return strings.Count(x.session(0, "r").says("<presence to='user0@localhost/r'/>"), "<presence") == 1000
	},
	"truncated-input-loop": spends(func(x *site) {
		c := x.session(0, "r")
		c.put("<message")
		c.conn.Close()
		x.awaitConns(0)
	}),
	"publish-loop": func(x *site) bool {
		return !answers("<iq type='set' id='1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish/></pubsub></iq>", "id='1'")(x)
	},
	"user-enumeration":  enumerable(wrongPassword, wrongPassword),
	"scram-enumeration": iterationsOf,
	"log-flood": func(x *site) bool {
		x.session(0, "r").says("<iq type='x' id='1'><y xmlns='z'>" + strings.Repeat("x", 1000) + "</y></iq>")
		return len(x.log.String()) > 10*1000
	},
	"password-logged": passwordLogged,
}
