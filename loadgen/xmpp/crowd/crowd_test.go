package crowd

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// paper is a carrier that writes down what it is given.
type paper struct {
	mu   sync.Mutex
	said []string
}

func (p *paper) Send(from, to string, b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, from+">"+to+" "+string(b))
	return nil
}

func (p *paper) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := strings.Join(p.said, "\n")
	p.said = nil
	return all
}

// arrive has the crowd get a stanza from the stream that its users share.
func arrive(t *testing.T, c *Crowd, stanza string) {
	t.Helper()
	var s wire.Scanner
	if _, _, err := s.Next([]byte("<stream:stream xmlns='" + wire.NSComponent + "' xmlns:stream='" + wire.NSStream + "'>")); err != nil {
		t.Fatal(err)
	}
	e, _, err := s.Next([]byte(stanza))
	if err != nil || e.Kind != wire.Stanza {
		t.Fatalf("%s: %v, %v", stanza, e.Kind, err)
	}
	c.Deliver(e, time.Time{})
}

// heard is what a user can read at once.
func heard(t *testing.T, c net.Conn) string {
	t.Helper()
	c.SetReadDeadline(time.Unix(1, 0))
	defer c.SetReadDeadline(time.Time{})
	b := make([]byte, 1<<16)
	n, err := c.Read(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	return string(b[:n])
}

// What a crowd does for its users, stanza by stanza. "> " is what the user says, "< " what arrives, "carried: " and "heard: " what comes of it.
func TestConversations(t *testing.T) {
	for name, script := range map[string][]string{
		"message": {"> <message to='a@x' id='1'><body>hi</body></message>",
			"carried: bots>x <message id='1' to='a@x' from='u@bots/r'><body>hi</body></message>", "heard: "},
		"forged from":           {"> <message from='other@bots' to='a@x'/>", "carried: bots>x <message to='a@x' from='u@bots/r'/>"},
		"delivery":              {"< <message from='a@x/y' to='u@bots' xmlns='jabber:component:accept'><body>é</body></message>", "heard: <message from='a@x/y' to='u@bots'><body>é</body></message>"},
		"nobody":                {"< <message from='a@x/y' to='w@bots' id='7'/>", "heard: ", "carried: bots>x <message to='a@x/y' from='w@bots' id='7' type='error'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"},
		"no error for an error": {"< <message from='a@x' to='w@bots' type='error'/>", "carried: "},
		"ping of the domain":    {"< <iq from='a@x/y' to='bots' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>", "carried: bots>x <iq to='a@x/y' from='bots' id='p' type='result'></iq>"},
		"request to a session":  {"< <iq from='a@x/y' to='u@bots/r' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>", "carried: ", "heard: <iq from='a@x/y' to='u@bots/r' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"},
		"own roster":            {"> <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>", "carried: ", "heard: <iq to='u@bots/r' id='r' type='result'><query xmlns='jabber:iq:roster'/></iq>"},
		"subscription": {"> <presence to='a@x' type='subscribe'/>", "carried: bots>x <presence type='subscribe' to='a@x' from='u@bots'/>",
			"> <presence/>", "carried: ", // nobody was approved
			"> <presence to='a@x' type='subscribed'/>", "carried: bots>x <presence type='subscribed' to='a@x' from='u@bots'/>\nbots>x <presence from='u@bots/r' to='a@x'/>",
			"> <presence><show>away</show></presence>", "carried: bots>x <presence to='a@x' from='u@bots/r'><show>away</show></presence>",
			"< <presence from='a@x' to='u@bots' type='probe'/>", "heard: ", "carried: bots>x <presence from='u@bots/r' to='a@x'><show>away</show></presence>",
			"< <presence from='b@x' to='u@bots' type='probe'/>", "carried: bots>x <presence to='b@x' from='u@bots' type='unsubscribed'></presence>",
			"< <presence from='a@x' to='u@bots' type='unsubscribe'/>", "heard: <presence from='a@x' to='u@bots' type='unsubscribe'/>", "> <presence/>", "carried: "},
		"goodbye": {"> <presence to='a@x/y'/>", "carried: bots>x <presence to='a@x/y' from='u@bots/r'/>",
			"> </stream:stream>", "heard: </stream:stream>", "carried: bots>x <presence to='a@x/y' from='u@bots/r' type='unavailable'></presence>"},
		"among themselves": {"> <message to='v@bots'/>", "carried: ", "v heard: <message to='v@bots' from='u@bots/r'/>"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &paper{}
			c := New(p, wire.NSComponent)
			u, jid, err := c.Join("u", "bots", "r")
			v, _, err2 := c.Join("v", "bots", "r")
			if err != nil || err2 != nil || jid != "u@bots/r" {
				t.Fatal(jid, err, err2)
			}
			for _, line := range script {
				what, text, _ := strings.Cut(line, " ")
				switch what {
				case ">":
					if _, err := io.WriteString(u, text); err != nil {
						t.Fatal(err)
					}
				case "<":
					arrive(t, c, text)
				case "heard:":
					if got := heard(t, u); got != text {
						t.Errorf("heard %s, want %s", got, text)
					}
				case "v":
					if got := heard(t, v); "heard: "+got != text {
						t.Errorf("v heard %s, want %s", got, text)
					}
				case "carried:":
					if got := p.take(); got != text {
						t.Errorf("carried %s, want %s", got, text)
					}
				}
			}
		})
	}
}

func TestJoinTwice(t *testing.T) {
	c := New(&paper{}, wire.NSComponent)
	u, _, err := c.Join("u", "bots", "r")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Join("u", "bots", "other"); !errors.Is(err, errTaken) {
		t.Errorf("a second one of the same name: %v", err)
	}
	u.Close()
	if _, err := u.Write([]byte("<message to='a@x'/>")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write after the end: %v", err)
	}
	if _, _, err := c.Join("u", "bots", "r"); err != nil {
		t.Errorf("after the first has gone: %v", err)
	}
}

// Bad XML ends the connection of who wrote it, and reaches nobody.
func TestBadXML(t *testing.T) {
	p := &paper{}
	c := New(p, wire.NSComponent)
	u, _, _ := c.Join("u", "bots", "r")
	if _, err := u.Write([]byte("<message to='a@x'></wrong>")); err == nil || p.take() != "" {
		t.Errorf("written as if it were XML: %v", err)
	}
}

// The end of the shared stream is the end of every user's.
func TestEnd(t *testing.T) {
	c := New(&paper{}, wire.NSComponent)
	u, _, _ := c.Join("u", "bots", "r")
	done := make(chan error)
	go func() {
		_, err := u.Read(make([]byte, 10))
		done <- err
	}()
	c.End()
	if err := <-done; err != io.EOF {
		t.Errorf("read %v, want io.EOF", err)
	}
}
