package loopback

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// roster asks for the roster, so that pushes come.
func (c *client) roster() string {
	c.t.Helper()
	c.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>")
	return c.expect("type='result'", "id='roster'")
}

func (c *client) expectPush(jid, state string) {
	c.t.Helper()
	c.expect("type='set'", "to='"+c.jid+"'", "<item jid='"+jid+"' subscription='"+state)
}

func (c *client) setItem(item string) {
	c.t.Helper()
	c.send("<iq type='set' id='set'><query xmlns='jabber:iq:roster'>%s</query></iq>", item)
}

func TestRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := loginAs(t, s, 0)
		if got := c.roster(); !strings.Contains(got, "<query xmlns='jabber:iq:roster'></query>") {
			t.Errorf("the first roster is %s", got)
		}
		c.setItem("<item jid='B@Example.ORG' name='&lt;b&gt;'><group>g &amp; h</group></item>")
		c.expect("<item jid='b@example.org' name='&lt;b&gt;' subscription='none'><group>g &amp; h</group></item>")
		c.expect("type='result'", "id='set'")
		c.setItem("<item jid='user1@localhost'/>")
		c.expectPush("user1@localhost", "none'/>")
		c.expect("id='set'")
		again := loginAs(t, s, 0) // the roster stays
		if got := again.roster(); strings.Count(got, "<item ") != 2 {
			t.Errorf("the roster is %s", got)
		}
		again.setItem("<item jid='b@example.org' subscription='remove'/>")
		again.expect("subscription='remove'", "jid='b@example.org'")
		again.expect("id='set'")
		if got := again.roster(); strings.Count(got, "<item ") != 1 {
			t.Errorf("the roster is %s", got)
		}
	})
}

// TestSubscription goes through RFC 6121 §3: request, approval, presence, and the end of it.
func TestSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		a, b := c[0], c[1]
		a.roster()
		b.roster()
		a.available()
		b.available()

		a.send("<presence to='USER1@localhost/any' type='subscribe' id='s'><status>hi</status></presence>")
		a.expectPush("user1@localhost", "none' ask='subscribe'")
		b.expect("<presence to='user1@localhost' from='user0@localhost'", "type='subscribe'", "<status>hi</status>")
		a.send("<presence to='user1@localhost' type='subscribe'/>") // asked already
		a.expectNothing()
		b.expectNothing()

		b.send("<presence to='user0@localhost' type='subscribed'/>")
		b.expectPush("user0@localhost", "from'")
		a.expect("from='user1@localhost'", "type='subscribed'")
		a.expectPush("user1@localhost", "to'")
		a.expect("<presence to='user0@localhost' from='user1@localhost/r'")
		b.send("<presence><show>away</show></presence>")
		b.expect("<show>away</show>")
		a.expect("to='user0@localhost'", "from='user1@localhost/r'", "<show>away</show>")
		a.send("<presence to='user1@localhost' type='probe'/>")
		a.expect("from='user1@localhost/r'", "<show>away</show>")
		a.send("<iq to='user1@localhost/r' type='get' id='v'><x xmlns='urn:example:x'/></iq>")
		b.expect("from='user0@localhost/r'", "id='v'")
		b.send("<iq to='user0@localhost/r' type='result' id='v'/>")
		a.expect("from='user1@localhost/r'", "id='v'", "type='result'")

		b.send("</stream:stream>")
		b.expectEnd()
		a.expect("from='user1@localhost/r'", "type='unavailable'")
		b = loginAs(t, s, 1)
		b.available()
		a.expect("from='user1@localhost/r'")
		a.send("<presence to='user1@localhost' type='unsubscribe'/>")
		a.expectPush("user1@localhost", "none'")
		a.expect("from='user1@localhost/r'", "type='unavailable'")
		b.expect("from='user0@localhost'", "type='unsubscribe'")
		b.send("<presence/>")
		b.expect("<presence")
		a.expectNothing()
	})
}

// TestRequestWaits has a request that came while its recipient was away told at the next initial presence, until it is
// answered.
func TestRequestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		a := loginAs(t, s, 0)
		a.available()
		a.send("<presence to='user1@localhost' type='subscribe'/>")
		a.send("<presence to='nobody@localhost' type='subscribe'/>")
		a.expectNothing()
		for range 2 {
			b := loginAs(t, s, 1)
			b.available()
			b.expect("from='user0@localhost'", "type='subscribe'")
			b.send("</stream:stream>")
			b.expectEnd()
		}
		b := loginAs(t, s, 1)
		b.send("<presence to='user0@localhost' type='unsubscribed'/>")
		a.expect("from='user1@localhost'", "type='unsubscribed'")
		b.available()
		b.expectNothing()
	})
}

// TestUnsolicitedApproval has an approval that nobody asked for go nowhere.
func TestUnsolicitedApproval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		c[0].available()
		c[1].available()
		for _, kind := range []string{"subscribed", "unsubscribed"} {
			c[1].send("<presence to='user0@localhost' type='%s'/>", kind)
		}
		c[1].send("<presence><show>xa</show></presence>")
		c[1].expect("<show>xa</show>")
		c[0].expectNothing()
	})
}

func TestRemovedContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := friends(t, s, 2)
		c[0].setItem("<item jid='user1@localhost' subscription='remove'/>")
		c[1].expect("from='user0@localhost'", "type='unsubscribe'")
		c[1].expect("from='user0@localhost'", "type='unsubscribed'")
		c[1].expect("from='user0@localhost/r'", "type='unavailable'")
		c[0].expect("id='set'")
		c[1].send("<presence/>")
		c[1].expect("<presence")
		c[0].expectNothing()
	})
}

// friends logs in n users of which each is subscribed to each, and available.
func friends(t testing.TB, s *Server, n int) []*client {
	t.Helper()
	c := logins(t, s, n)
	for _, kind := range []string{"subscribe", "subscribed"} {
		for i, a := range c {
			for j := range n {
				if j != i {
					a.send("<presence to='user%d@localhost' type='%s'/>", j, kind)
				}
			}
		}
		for _, a := range c {
			a.expectNothing() // as none is available; and the server has done with what they said
		}
	}
	for i, a := range c {
		a.available()
		for j := range i {
			a.expect("<presence", fmt.Sprintf("from='user%d@localhost/r'", j))
			c[j].expect("<presence", "from='"+a.jid+"'")
		}
	}
	return c
}

// TestGoneWithoutAWord has contacts told when a connection just ends, by their subscriptions and by directed presence.
func TestGoneWithoutAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := friends(t, s, 3)
		stranger := loginAs(t, s, 7)
		c[0].send("<presence to='%s'><status>psst</status></presence>", stranger.jid)
		stranger.expect("from='user0@localhost/r'", "<status>psst</status>")
		stranger.send("<iq to='user0@localhost/r' type='get' id='1'><x xmlns='urn:example:x'/></iq>") // now it may
		c[0].expect("id='1'")
		c[0].conn.Close()
		for _, other := range []*client{c[1], c[2], stranger} {
			other.expect("from='user0@localhost/r'", "type='unavailable'")
			other.expectNothing()
		}
	})
}

func TestUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := friends(t, s, 2)
		c[0].send("<presence type='unavailable'><status>bye</status></presence>")
		c[0].expect("type='unavailable'")
		c[1].expect("from='user0@localhost/r'", "type='unavailable'", "<status>bye</status>")
		c[1].send("<message to='user0@localhost'/>")
		c[1].expect("<service-unavailable ")
		c[1].send("<message to='user0@localhost/r'/>")
		c[0].expect("<message ")
		c[0].send("</stream:stream>")
		c[0].expectEnd()
		c[1].expectNothing() // it knew already
	})
}

func TestRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{Register: true})
		c := dial(t, s)
		if f := c.open(); !strings.Contains(f, "<register xmlns='http://jabber.org/features/iq-register'/>") {
			t.Errorf("features %s", f)
		}
		register := func(name, password, want string) {
			t.Helper()
			c.send("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>%s</username><password>%s</password></query></iq>", name, password)
			c.expect("id='r'", want)
		}
		c.send("<iq type='get' id='g'><query xmlns='jabber:iq:register'/></iq>")
		c.expect("<username/>", "<password/>")
		register("new", "", "<not-acceptable ")
		register("n@w", "secret", "<not-acceptable ")
		register("user0", "secret", "<conflict ")
		register("New", "secret", "type='result'")
		register("new", "other", "<conflict ")
		c.send("%s", plainAuth("new", "secret"))
		c.expect("<success ")
		c.open()
		c.bind("r")
		c.send("<iq type='get' id='g'><query xmlns='jabber:iq:register'/></iq>")
		c.expect("<registered/>", "<username>new</username>")
		c.send("<iq type='set' id='p'><query xmlns='jabber:iq:register'><username>new</username><password>changed</password></query></iq>")
		c.expect("type='result'", "id='p'")
		c.send("<iq type='set' id='p'><query xmlns='jabber:iq:register'><username>user0</username><password>changed</password></query></iq>")
		c.expect("<not-allowed ")
		c.send("<iq type='set' id='d'><query xmlns='jabber:iq:register'><remove/></query></iq>")
		c.expect("type='result'", "id='d'")
		c.expect("<not-authorized ")
		c.expectEnd()

		c = loginAs(t, s, 0) // an account that was there from the start can go, too
		c.send("<iq type='set' id='d'><query xmlns='jabber:iq:register'><remove/></query></iq>")
		c.expect("type='result'")
		c.expect("<not-authorized ")
		for _, auth := range []string{plainAuth("user0", "pw0"), plainAuth("new", "changed")} {
			c = dial(t, s)
			c.open()
			c.send("%s", auth)
			c.expect("<failure ")
		}
		if got := s.Tally().Registered; got != 1 {
			t.Errorf("%d registered", got)
		}
	})
}
