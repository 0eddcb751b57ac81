package loopback

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestIdleSessionsThatAnswerLive has a session answer what it is asked for a sign of life.
func TestIdleSessionsThatAnswerLive(t *testing.T) {
	s := newServer(t, Options{Bounds: Bounds{Idle: 30 * time.Millisecond}})
	c := dial(t, s).patient()
	if offer := c.open(); strings.Contains(offer, "idle-seconds") || !strings.Contains(offer, "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>262144</max-bytes></limits>") {
		t.Errorf("before authentication: %s", offer)
	}
	c.send(auth, "PLAIN", b64("\x00user0\x00pw0"))
	c.expect("<success ")
	if offer := c.open(); !strings.Contains(offer, "<idle-seconds>1</idle-seconds>") {
		t.Errorf("after authentication: %s", offer)
	}
	c.bind("r")
	for range 3 {
		c.expect("<iq ", "type='get'", "urn:xmpp:ping")
		c.send("<iq type='result' id='alive' to='localhost'/>")
	}
	c.expect("urn:xmpp:ping")
	c.expect("<connection-timeout")
}

// TestAttemptsAreForgiven has an address refused, and served again once it has paid.
func TestAttemptsAreForgiven(t *testing.T) {
	s := newServer(t, Options{Bounds: Bounds{Attempts: 10}})
	from, other := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 1}
	now := time.Unix(1000, 0)
	for i := range 30 {
		if got := s.mayConnect(from, now); got != (i < 10) {
			t.Errorf("attempt %d: %v", i+1, got)
		}
	}
	if !s.mayConnect(other, now) {
		t.Error("another address is refused")
	}
	if s.mayConnect(from, now.Add(50*time.Millisecond)) {
		t.Error("who goes on is served")
	}
	if !s.mayConnect(from, now.Add(300*time.Millisecond)) {
		t.Error("it is never forgiven")
	}
}

// TestRecipientsAreForgotten counts the addresses of a minute.
func TestRecipientsAreForgotten(t *testing.T) {
	s := newServer(t, Options{Bounds: Bounds{Recipients: 2}})
	c := newConnFor(s)
	now := time.Unix(1000, 0)
	for _, step := range []struct {
		to    string
		after time.Duration
		many  bool
	}{
		{"a@localhost", 0, false}, {"b@localhost/r", 0, false}, {"b@localhost/s", 0, false}, {"c@localhost", 0, true},
		{"localhost", 0, false}, {"user0@localhost", 0, false}, {"c@elsewhere.example", 59 * time.Second, true}, {"c@localhost", time.Minute, false},
	} {
		to, err := parseAddress([]byte(step.to))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.tooMany(to, now.Add(step.after)); got != step.many {
			t.Errorf("%s: %v", step.to, got)
		}
	}
}

// newConnFor is a connection of user0's that nobody serves.
func newConnFor(s *Server) *conn {
	c := &conn{srv: s}
	c.session = newSession(c, s.open("user0"), "r")
	return c
}
