package loopback

import "testing"

func TestCarbons(t *testing.T) {
	s := newServer(t, Options{})
	a, b := loginAs(t, s, 0), loginAs(t, s, 1)
	b2, a2 := dial(t, s), dial(t, s)
	b2.authenticate(1)
	b2.bind("second")
	a2.authenticate(0)
	a2.bind("second")
	for _, c := range []*client{a2, b2} {
		c.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
		c.expect("type='result'", "id='c'")
	}
	a.send("<message to='%s' id='1' type='chat'><body>x</body></message>", b.jid)
	b.expect("<message ", "id='1'")
	b2.expect("<received xmlns='urn:xmpp:carbons:2'>", "id='1'", "from='"+a.jid+"'", "from='user1@localhost'")
	a2.expect("<sent xmlns='urn:xmpp:carbons:2'>", "id='1'", "to='"+b.jid+"'")
	a.send("<message to='%s' id='2' type='chat'><private xmlns='urn:xmpp:carbons:2'/></message>", b.jid)
	b.expect("id='2'")
	a.send("<message to='%s' id='3'/>", b.jid) // of type normal, and without a body
	b.expect("id='3'")
	b2.send("<inactive xmlns='urn:xmpp:csi:0'/>")
	b2.expectNothing()
	a2.send("<iq type='set' id='d'><disable xmlns='urn:xmpp:carbons:2'/></iq>")
	a2.expect("type='result'", "id='d'")
	a.send("<message to='%s' id='4' type='chat'/>", b.jid)
	b.expect("id='4'")
	a2.expectNothing()
	if n := s.Tally().Carbons; n != 3 {
		t.Errorf("%d copies", n)
	}
}
