package loopback

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const lounge = "lounge@conference.localhost"

// join enters the room and takes all that comes until the subject.
func (c *client) join(nick, history string) (got []string) {
	c.t.Helper()
	c.send("<presence to='%s/%s'><x xmlns='http://jabber.org/protocol/muc'>%s</x></presence>", lounge, nick, history)
	for {
		got = append(got, c.expect())
		if last := got[len(got)-1]; strings.Contains(last, "<subject") {
			return got
		}
	}
}

// wantAll checks one stanza after the other.
func wantAll(t *testing.T, got []string, want ...[]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d stanzas, want %d: %q", len(got), len(want), got)
	}
	for i, parts := range want {
		for _, part := range parts {
			if !strings.Contains(got[i], part) {
				t.Errorf("stanza %d is %s, want %q in it", i, got[i], part)
			}
		}
	}
}

// TestRoom goes through XEP-0045 §7: join, history, subject, talk, change of nick, leave.
func TestRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 3)
		a, b := c[0], c[1]
		wantAll(t, a.join("ann", ""), []string{"from='" + lounge + "/ann'", "code='110'", "code='201'", "affiliation='owner' role='moderator'"},
			[]string{"type='groupchat'", "from='" + lounge + "'", "<subject/>"})
		a.send("<message to='%s' type='groupchat' id='1'><body>first</body></message>", lounge)
		a.expect("from='"+lounge+"/ann'", "to='"+a.jid+"'", "id='1'", "<body>first</body>")
		a.send("<message to='%s' type='groupchat' id='2'><body>second</body></message>", lounge)
		a.expect("id='2'")
		a.send("<message to='%s' type='groupchat' id='3'><subject>news</subject></message>", lounge)
		a.expect("<subject>news</subject>")
		wantAll(t, b.join("bob", "<history maxstanzas='1'/>"), []string{"from='" + lounge + "/ann'", "jid='" + a.jid + "'"}, []string{"from='" + lounge + "/bob'", "code='110'", "role='participant'"},
			[]string{"<body>second</body>", "<delay xmlns='urn:xmpp:delay' from='" + lounge + "' stamp='"}, []string{"from='" + lounge + "/ann'", "<subject>news</subject>"})
		if got := a.expect("from='"+lounge+"/bob'", "jid='"+b.jid+"'"); strings.Contains(got, "code=") {
			t.Errorf("others are told %s", got)
		}
		b.send("<message to='%s' type='groupchat'><body>hello</body></message>", lounge)
		a.expect("from='"+lounge+"/bob'", "<body>hello</body>")
		b.expect("from='"+lounge+"/bob'", "<body>hello</body>")
		b.send("<message to='%s/ann' type='chat'><body>psst</body></message>", lounge)
		a.expect("from='"+lounge+"/bob'", "type='chat'", "<body>psst</body>")
		b.send("<presence to='%s/rob'/>", lounge)
		a.expect("type='unavailable'", "nick='rob'", "code='303'")
		a.expect("from='" + lounge + "/rob'")
		b.expect("type='unavailable'", "code='303'", "code='110'")
		b.expect("from='"+lounge+"/rob'", "code='110'")
		b.send("<presence to='%s/rob'><show>away</show></presence>", lounge)
		a.expect("from='"+lounge+"/rob'", "<show>away</show>")
		b.expect("<show>away</show>", "code='110'")
		b.send("<iq type='get' id='self' to='%s/rob'><ping xmlns='urn:xmpp:ping'/></iq>", lounge)
		b.expect("type='result'", "id='self'")
		b.send("<presence type='unavailable' to='%s/rob'/>", lounge)
		a.expect("type='unavailable'", "from='"+lounge+"/rob'", "role='none'")
		b.expect("type='unavailable'", "code='110'")
		wantAll(t, b.join("bob", "<history maxstanzas='0'/>")[2:], []string{"<subject>news</subject>"})
		a.expect("from='" + lounge + "/bob'")
		b.conn.Close()
		a.expect("type='unavailable'", "from='"+lounge+"/bob'")
	})
}

// TestRoomRefuses holds the room to what it must not do (XEP-0045 §7.2.1, §7.2.8, §7.4, §7.5).
func TestRoomRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		a, b := c[0], c[1]
		a.join("ann", "")
		for _, tt := range []struct{ send, condition string }{
			{"<presence to='" + lounge + "'><x xmlns='http://jabber.org/protocol/muc'/></presence>", "jid-malformed"},
			{"<presence to='" + lounge + "/ann'><x xmlns='http://jabber.org/protocol/muc'/></presence>", "conflict"},
			{"<presence to='" + lounge + "/bob'/>", "not-acceptable"},
			{"<message to='" + lounge + "' type='groupchat'><body>x</body></message>", "not-acceptable"},
			{"<message to='nowhere@conference.localhost' type='groupchat'><body>x</body></message>", "item-not-found"},
			{"<iq type='set' id='o' to='" + lounge + "'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>", "forbidden"},
			{"<iq type='get' id='i' to='nowhere@conference.localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "item-not-found"},
		} {
			b.send("%s", tt.send)
			b.expect("type='error'", "<"+tt.condition+" ")
		}
		b.join("bob", "")
		a.expect("/bob'")
		expel := "<iq type='set' id='x' to='" + lounge + "'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='%s' role='none'/></query></iq>"
		b.send(expel, "ann")
		b.expect("type='error'", "<forbidden ")
		a.send(expel, "ann")
		a.expect("type='error'", "<not-allowed ")
		a.send(expel, "bob")
		a.expect("type='unavailable'", "/bob'", "code='307'")
		a.expect("type='result'", "id='x'")
		b.expect("type='unavailable'", "code='307'", "code='110'")
		a.send("<iq type='get' id='l' to='%s'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='owner'/></query></iq>", lounge)
		a.expect("type='result'", "jid='user0@localhost'")
		b.join("bob", "")
		a.expect("/bob'")
		for _, tt := range []struct{ send, condition string }{
			{"<message to='" + lounge + "/ann' type='groupchat'><body>x</body></message>", "bad-request"},
			{"<message to='" + lounge + "/zoe' type='chat'><body>x</body></message>", "item-not-found"},
		} {
			b.send("%s", tt.send)
			b.expect("type='error'", "<"+tt.condition+" ")
		}
	})
}

// TestRoomIsFound asks the server for its rooms as a client does that knows nothing (XEP-0045 §6), and lets them vanish.
func TestRoomIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		a := loginAs(t, s, 0)
		ask := func(to, what string, want ...string) {
			t.Helper()
			a.send("<iq type='get' id='d' to='%s'><query xmlns='http://jabber.org/protocol/disco#%s'/></iq>", to, what)
			a.expect(append([]string{"type='result'"}, want...)...)
		}
		ask("localhost", "items", "jid='conference.localhost'")
		ask("conference.localhost", "info", "category='conference' type='text'", "var='http://jabber.org/protocol/muc'")
		a.join("ann", "")
		ask("conference.localhost", "items", "jid='"+lounge+"'")
		ask(lounge, "info", "var='muc_nonanonymous'", "name='lounge'")
		a.send("<iq type='set' id='o' to='%s'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>", lounge)
		a.expect("type='result'", "id='o'")
		a.send("<presence type='unavailable' to='%s/ann'/>", lounge)
		a.expect("type='unavailable'", "code='110'")
		if rooms := s.rooms.list(); len(rooms) != 0 {
			t.Errorf("rooms without occupants: %v", rooms)
		}
		none := newServer(t, Options{NoRooms: true})
		b := loginAs(t, none, 0)
		b.send("<iq type='get' id='d' to='conference.localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
		b.expect("type='error'", "<remote-server-not-found ")
	})
}

// A room forgets what is older than its history is long, and who asks for the last seconds gets no more.
func TestRoomHistoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		c[0].join("ann", "")
		for i := range roomHistory + 5 {
			c[0].send("<message to='%s' type='groupchat' id='%d'><body>x</body></message>", lounge, i)
			c[0].expect("<body>x</body>")
			time.Sleep(time.Second)
		}
		for history, want := range map[string]int{"": roomHistory, "<history maxstanzas='1000'/>": roomHistory, "<history seconds='3'/>": 3, "<history maxchars='0'/>": 0} {
			replayed := 0
			for _, e := range c[1].join("bob", history) {
				replayed += strings.Count(e, "<delay ")
			}
			if replayed != want {
				t.Errorf("%d messages were replayed to %q, want %d", replayed, history, want)
			}
			c[0].expect("/bob'")
			c[1].send("<presence type='unavailable' to='%s/bob'/>", lounge)
			c[1].expect("type='unavailable'")
			c[0].expect("type='unavailable'")
		}
	})
}

// Each copy of a message is one to the faults.
func TestRoomFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "lose=3")
		c := logins(t, s, 3)
		for i, c := range c {
			c.join([]string{"ann", "bob", "cat"}[i], "")
		}
		c[0].expect("/bob'")
		c[0].expect("/cat'")
		c[1].expect("/cat'")
		c[0].send("<message to='%s' type='groupchat'><body>x</body></message>", lounge)
		c[0].expect("<body>x</body>")
		c[1].expect("<body>x</body>")
		if n := s.Tally(); n.Routed != 3 || n.Lost != 1 {
			t.Errorf("routed %d, lost %d; want 3 and 1", n.Routed, n.Lost)
		}
	})
}
