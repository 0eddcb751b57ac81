package loopback

import (
	"crypto/tls"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bounded shows a defect on a server that has the limits which the defect is about.
type bounded struct {
	limit func(*Options)
	show  func(*site) bool
}

// on makes the server, with the defect or without, and looks at it.
func (b bounded) on(t *testing.T, defect string) bool {
	t.Helper()
	x := &site{t: t, log: new(syncBuffer)}
	o := Options{Log: x.log}
	if defect != "" {
		o.Defects = []string{defect}
	}
	if b.limit != nil {
		b.limit(&o)
	}
	x.s = newServer(t, o)
	return b.show(x)
}

// boundsCases are those of boundsDefects.
var boundsCases = map[string]bounded{
	"limit-overstated":       {nil, func(x *site) bool { return x.takes(100<<10) == "" }},
	"limit-not-enforced":     {nil, func(x *site) bool { return x.takes(256<<10+1) != "" }},
	"silent-peer-kept":       {func(o *Options) { o.LoginTimeout = 50 * time.Millisecond }, func(x *site) bool { return x.dial().isSilent() }},
	"idle-session-kept":      {func(o *Options) { o.Bounds.Idle = 50 * time.Millisecond }, func(x *site) bool { return x.session(0, "r").isSilent() }},
	"attempts-unbounded":     {func(o *Options) { o.Bounds.Attempts = 20 }, attemptsUnbounded},
	"recipients-unbounded":   {func(o *Options) { o.Bounds.Recipients = 4 }, recipientsUnbounded},
	"unacked-unbounded":      {func(o *Options) { o.Bounds.Unacked = 10 }, unackedUnbounded},
	"offline-unbounded":      {func(o *Options) { o.Offline = 3 }, offlineUnbounded},
	"disabled-account-in":    {func(o *Options) { o.Disabled = []string{"gone"} }, letsIn("gone", "account-disabled")},
	"outage-lets-in":         {func(o *Options) { o.Unavailable = []string{"lost"} }, letsIn("lost", "temporary-auth-failure")},
	"renegotiation-answered": {nil, renegotiationAnswered},
}

// takes sends a message of n bytes to oneself, and returns what comes of it; empty: the end of the stream.
func (x *site) takes(n int) string {
	c := x.session(0, "r")
	start, end := "<message to='"+c.jid+"'><body>", "</body></message>"
	go c.put(start + strings.Repeat("x", n-len(start)-len(end)) + end) // a pipe: the server answers while it is still being written
	got, _ := c.next()
	if !strings.HasPrefix(got, "<message") {
		return ""
	}
	return got
}

// isSilent reports whether nothing comes for half a second.
func (c *client) isSilent() bool {
	_ = c.conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, err := c.next()
	return isTimeout(err)
}

func attemptsUnbounded(x *site) bool {
	var last *client
	for range 60 {
		last = x.dialTCP(false)
	}
	last.put(header)
	got, _ := last.next()
	return got != ""
}

func recipientsUnbounded(x *site) bool {
	c := x.session(0, "r")
	var all strings.Builder
	for i := range 5 {
		all.WriteString("<presence id='p' to='nobody" + strconv.Itoa(i) + "@localhost'/><presence to='nobody0@localhost'/>")
	}
	got := c.says(all.String())
	return got == "" || !strings.Contains(got, "<too-many-stanzas") || strings.Count(got, "<presence") > 1
}

func unackedUnbounded(x *site) bool {
	witness, c := x.session(1, "w"), x.session(0, "r")
	c.put("<enable xmlns='urn:xmpp:sm:3'/>")
	c.expect("<enabled")
	go io.Copy(io.Discard, c.conn) // it reads all, and acknowledges none
	for range 20 {
		witness.put("<message type='chat' to='" + c.jid + "'><body>x</body></message>")
	}
	_, _ = witness.drain()
	return x.s.Tally().SlowReaders == 0
}

func offlineUnbounded(x *site) bool {
	x.session(1, "away")
	c := x.session(0, "r")
	got := c.says(strings.Repeat("<message type='chat' to='user1@localhost'><body>x</body></message>", 4))
	return !strings.Contains(got, "<resource-constraint")
}

// letsIn reports whether an account that should have the condition has none.
func letsIn(user, condition string) func(*site) bool {
	return func(x *site) bool {
		c := x.dial()
		c.open()
		c.put(plainText("\x00" + user + "\x00x"))
		got, _ := c.next()
		return !strings.Contains(got, condition)
	}
}

// renegotiationAnswered sends a record of the handshake that is none of this session's: what the server says to it in XMPP is the defect.
func renegotiationAnswered(x *site) bool {
	if err := x.s.ListenTLS("127.0.0.1:0"); err != nil {
		x.t.Fatal(err)
	}
	c := dialTCP(x.t, x.s.TLSAddr()).patient()
	raw := c.conn
	c.secure(x.s, &tls.Config{MaxVersion: tls.VersionTLS12})
	c.open()
	if _, err := raw.Write([]byte("\x16\x03\x03\x00\x04junk")); err != nil {
		x.t.Fatal(err)
	}
	got, _ := c.next()
	return strings.Contains(got, "policy-violation")
}
