package loopback

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// enable turns stream management on and returns the name of the session.
func (c *client) enable() string {
	c.t.Helper()
	c.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
	got := c.expect("<enabled ", "resume='true'")
	_, id, _ := strings.Cut(got, " id='")
	id, _, _ = strings.Cut(id, "'")
	return id
}

// resume asks for a session on a new connection of user n.
func resume(t *testing.T, s *Server, n int, id, h string) *client {
	t.Helper()
	c := dial(t, s)
	c.authenticate(n)
	c.send("<resume xmlns='urn:xmpp:sm:3' previd='%s' h='%s'/>", id, h)
	return c
}

func TestAcknowledgements(t *testing.T) {
	s := newServer(t, Options{StreamManagement: StreamManagement{AckEvery: 2}})
	a, b := loginAs(t, s, 0), loginAs(t, s, 1)
	a.send("<message to='%s'/>", a.jid) // before the session is managed, so it does not count
	a.expect("<message ")
	a.enable()
	a.send("<r xmlns='urn:xmpp:sm:3'/>")
	a.expect("<a ", "h='0'")
	a.send("<message to='%s' id='1'/><presence to='%s'/>", b.jid, b.jid)
	a.send("<r xmlns='urn:xmpp:sm:3'/>")
	a.expect("<a ", "h='2'")
	b.send("<message to='%s' id='2'/><message to='%s' id='3'/>", a.jid, a.jid)
	a.expect("id='2'")
	a.expect("id='3'")
	a.expect("<r ")
	a.send("<a xmlns='urn:xmpp:sm:3' h='2'/>")
	a.expectNothing()
	a.send("<enable xmlns='urn:xmpp:sm:3'/>")
	a.expect("<failed ", "unexpected-request")
	a.send("<a xmlns='urn:xmpp:sm:3' h='9'/>")
	a.expect("<stream:error>", "undefined-condition")
	a.expectEnd()
}

func TestResume(t *testing.T) {
	s := newServer(t, Options{})
	a, b := loginAs(t, s, 0).available(), loginAs(t, s, 1)
	id := a.enable()
	b.send("<message to='%s' id='1'/>", a.jid)
	a.expect("id='1'")
	a.conn.Close()
	b.send("<message to='%s' id='2' type='chat'/>", a.jid) // waits for the client
	b.expectNothing()
	other := resume(t, s, 1, id, "0")
	other.expect("<failed ", "item-not-found") // the session of somebody else
	a2 := resume(t, s, 0, id, "0")
	a2.expect("<resumed ", "previd='"+id+"'", "h='0'")
	a2.expect("id='1'") // not acknowledged
	a2.expect("id='2'")
	a2.jid = a.jid
	a2.send("<message to='%s' id='3'/>", b.jid)
	b.expect("id='3'", "from='"+a.jid+"'")
	a3 := resume(t, s, 0, id, "2") // while the server takes the old connection for alive
	a3.expect("<resumed ", "h='1'")
	a2.expectClosed()
	b.send("<message to='%s' id='4'/>", a.jid)
	a3.expect("id='4'")
	a3.send("<presence type='unavailable'/>")
	a3.expect("<presence ", "type='unavailable'")
	a3.send("</stream:stream>")
	a3.expectEnd()
	resume(t, s, 0, id, "0").expect("<failed ", "item-not-found") // the stream was closed
	tally := s.Tally()
	if tally.Resumed != 2 || tally.ResumesFailed != 2 || tally.Redelivered != 2 || tally.Delivered != 3 {
		t.Errorf("%+v", tally)
	}
}

// TestResumeExpires has a client come back too late, and checks that contacts
// saw it leave only then.
func TestResumeExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{StreamManagement: StreamManagement{KeepFor: 10 * time.Second}})
		a := loginAs(t, s, 0)
		id := a.enable()
		b := loginAs(t, s, 1)
		a.send("<presence to='%s'/>", b.jid)
		b.expect("<presence ")
		a.conn.Close()
		time.Sleep(9 * time.Second)
		b.send("<message to='%s' id='1'/>", a.jid)
		b.expectNothing()
		time.Sleep(3 * time.Second)
		b.expect("<presence ", "type='unavailable'")
		b.send("<message to='%s' id='2'/>", a.jid)
		b.expect("type='error'", "service-unavailable")
		resume(t, s, 0, id, "0").expect("<failed ", "item-not-found")
		s.Close()
		if tally := s.Tally(); tally.ResumesExpired != 1 || tally.Unacked != 1 || tally.Sessions != 0 {
			t.Errorf("%+v", tally)
		}
	})
}

func TestStreamManagementOff(t *testing.T) {
	s := newServer(t, Options{StreamManagement: StreamManagement{Off: true}})
	a := dial(t, s)
	a.open()
	a.send(auth, "PLAIN", b64("\x00user0\x00pw0"))
	a.expect("<success ")
	if features := a.open(); strings.Contains(features, "urn:xmpp:sm") {
		t.Error(features)
	}
	a.bind("r")
	a.send("<enable xmlns='urn:xmpp:sm:3'/>")
	a.expect("<stream:error>", "unsupported-stanza-type")
	b := newServer(t, Options{StreamManagement: StreamManagement{NoResume: true}})
	c := loginAs(t, b, 0)
	c.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
	if got := c.expect("<enabled "); strings.Contains(got, "id=") {
		t.Error(got)
	}
}
