package oracle

import (
	"strings"
	"testing"
)

const (
	sentM  = "<message id='1' to='w@d/w'><body>x</body></message>"
	gotM   = "<message id='1' from='a@d/a' to='w@d/w'><body>x</body></message>"
	forgeM = "<message id='1' from='b@d/b' to='w@d/w'><body>x</body></message>"
	pushed = "<iq type='set' id='p' from='a@d' to='a@d/a'><query xmlns='jabber:iq:roster'><item jid='w@d' subscription='none'/></query></iq>"
	delay  = "<delay xmlns='urn:xmpp:delay' from='d' stamp='2026-01-01T00:00:00Z'/>"
	kicked = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
)

func TestWitness(t *testing.T) {
	const (
		smuggled = "witness O-103 MUST a session receives a stanza that was not sent as one"
		passed   = "witness O-25 MUST what is not well-formed is passed on"
		twice    = "witness O-102 MUST a stanza is delivered twice"
		order    = "witness O-102 MUST stanzas are delivered in another order"
		altered  = "witness O-103 MUST a stanza is altered on its way: "
		ended    = "witness O-103 MUST a session of somebody else is ended"
		garbage  = "witness O-103 MUST a session receives what is not well-formed"
	)
	second := "<message id='2' from='a@d/a' to='w@d/w'><body>y</body></message>"
	for _, h := range []heard{
		{"as it was sent", both("A> "+sentM, "W< "+gotM), nil, nil},
		{"nested", both("A> <message to='w@d/w'><x xmlns='urn:x'>"+sentM+"</x></message>", "W< "+gotM), []string{smuggled}, []string{gotM}},
		{"behind what is in the same packet", both("A> "+sentM, "W< <presence from='a@d/a'/>"+second), []string{smuggled}, []string{second}},
		{"of another namespace", both("A> <message xmlns='jabber:server' id='1' to='w@d/w'><body>x</body></message>", "W< "+gotM), []string{smuggled}, nil},
		{"not well-formed", both("A> <message id='1' to='w@d/w'><body>\xc3<</body></message>", "W< <message id='1' from='a@d/a'/>"), []string{passed}, nil},
		{"behind a comment, which a server may pass over", both("A> <!-- c -->"+sentM, "W< "+gotM), nil, nil},
		{"to somebody else", both("A> <message id='1' to='a@d/w@d'><body>x</body></message>", "W< "+gotM), []string{"witness O-103 MUST a stanza is delivered to somebody else"}, []string{"<message id='1' to='a@d/w@d'><body>x</body></message>", gotM}},
		{"the same to somebody else and to this one", both("A> <message id='1' to='b@d/b'><body>x</body></message>"+sentM, "W< "+gotM), nil, nil},
		{"to several", both("A> <message id='1' to='b@d'><addresses xmlns='http://jabber.org/protocol/address'><address type='to' jid='w@d'/></addresses></message>", "W< <message id='1' from='a@d/a'><addresses xmlns='http://jabber.org/protocol/address'><address type='to' jid='w@d'/></addresses></message>"), nil, nil},
		{"twice", both("A> "+sentM, "W< "+gotM+gotM), []string{twice}, []string{gotM, sentM}},
		{"sent twice", both("A> "+sentM+sentM, "W< "+gotM+gotM), nil, nil},
		{"again on the next stream", both("A> "+sentM, "W< "+gotM, "W stream", "W< "+head+gotM), nil, nil},
		{"another order", both("A> "+sentM+"<message id='2' to='w@d/w'><body>y</body></message>", "W< "+second+gotM), []string{order}, nil},
		{"another order of two streams", both("C login", "A> "+sentM, "C> <message id='2' to='w@d/w'><body>y</body></message>", "W< <message id='2' from='a@d/c' to='w@d/w'><body>y</body></message>"+gotM), nil, nil},
		{"another order of bare and full", both("A> <message id='1' to='w@d'><body>x</body></message><message id='2' to='w@d/w'><body>y</body></message>", "W< "+second+gotM), nil, nil},
		{"the first was dropped, the same again came", both("A> "+sentM+"<message id='2' to='w@d/w'><body>y</body></message>"+sentM, "W< "+second+gotM), nil, nil},
		{"a child is changed", both("A> "+sentM, "W< <message id='1' from='a@d/a'><body>z</body></message>"), []string{altered + "a child is changed"}, nil},
		{"one of two children of one name is lost", both("A> <message id='1' to='w@d/w'><thread>a</thread><thread>b</thread></message>", "W< <message id='1' from='a@d/a'><thread>b</thread></message>"), []string{altered + "a child is lost"}, nil},
		{"a child is lost", both("A> "+sentM, "W< <message id='1' from='a@d/a'/>"), []string{altered + "a child is lost"}, nil},
		{"an attribute is lost, and there is no id", both("A> <message ns='j' to='w@d/w'/>", "W< <message from='a@d/a' to='w@d/w'/>"), []string{altered + "an attribute"}, nil},
		{"nested, and there are no ids", both("A> <message to='w@d/w'><x xmlns='urn:x'><message xmlns='jabber:client' to='w@d/w'/></x></message>", "W< <message from='a@d/a' to='w@d/w'><x xmlns='urn:x'><message xmlns='jabber:client' to='w@d/w'/></x></message><message from='a@d/a' to='w@d/w'/>"), []string{smuggled}, nil},
		{"a line end in the id is not escaped", both("A> <message id='&#10;' to='w@d/w'/>", "W< <message id='\n' from='a@d/a' to='w@d/w'/>"), []string{altered + "an attribute"}, nil},
		{"a child is added", both("A> "+sentM, "W< <message id='1' from='a@d/a'><body>x</body><subject/></message>"), []string{altered + "a child is added"}, nil},
		{"an attribute", both("A> "+sentM, "W< <message id='1' from='a@d/a' type='chat'><body>x</body></message>"), []string{altered + "an attribute"}, nil},
		{"a line end in an attribute is not escaped", both("A> <message id='1' to='w@d/w'><x xmlns='u' a='&#10;'/></message>", "W< <message id='1' from='a@d/a'><x xmlns='u' a='\n'/></message>"), []string{altered + "a child is changed"}, nil},
		{"what servers add", both("A> "+sentM, "W< <message id='1' from='a@d/a' to='w@d/w' xml:lang='en' type='normal'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='w@d' id='7'/>"+delay+"<x xmlns='jabber:x:delay' stamp='1'/></message>"), nil, nil},
		{"what servers take away", both("A> <message id='1' to='w@d/w'><body>x</body><private xmlns='urn:xmpp:carbons:2'/></message>", "W< "+gotM), nil, nil},
		{"an unknown type", both("A> <message id='1' to='w@d/w' type='odd'><body>x</body></message>", "W< "+gotM), nil, nil},
		{"other prefixes", both("A> <message id='1' to='w@d/w'><p:x p:a='1' b='2'>t<p:y/></p:x></message>", "W< <message id='1' from='a@d/a'><x xmlns='urn:p' b='2' xmlns:q='urn:p' q:a='1'>t<q:y/></x></message>"), nil, nil},
		{"another order of children", both("A> <message id='1' to='w@d/w'><body>x</body><x xmlns='u'/></message>", "W< <message id='1' from='a@d/a'><x xmlns='u'/><body>x</body></message>"), nil, nil},
		{"another order of children of one name", both("A> <message id='1' to='w@d/w'><body>x</body><body>y</body></message>", "W< <message id='1' from='a@d/a'><body>y</body><body>x</body></message>"), []string{altered + "a child is changed"}, nil},
		{"one id for all", both("A> "+sentM+"<message id='1' to='w@d/w'><body>y</body></message>", "W< "+gotM+"<message id='1' from='a@d/a'><body>y</body></message>"), nil, nil},
		{"presence", both("A> <presence/>", "W< <presence from='a@d/a'/><presence from='a@d/old' type='unavailable'/><presence type='probe' from='a@d'/>"), nil, nil},
		{"an error of the server in the name of the attacker", both("W< <message type='error' id='z' from='a@d/a'><error type='cancel'/></message>"), nil, nil},
		{"of more than are judged", both("A> "+strings.Repeat("<message to='w@d/w'/>", 3000)+sentM, "W< "+gotM), nil, nil},
		{"kept from an earlier program", both("W< <message from='a@d/old' to='w@d'><body>long ago</body>" + delay + "</message>"), nil, nil},
		{"pushed to oneself", both("A< " + pushed), nil, nil},
		{"pushed to another", both("W< <iq type='set' id='p' from='w@d' to='w@d/w'><query xmlns='jabber:iq:roster'><item jid='a@d' subscription='from'/></query></iq>"), nil, nil},
		{"asked for what one can do", both("A< <iq type='get' from='a@d' id='disco' to='a@d/a'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "W< <iq type='get' from='a@d' id='disco' to='w@d/w'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"), nil, nil},
		{"published", both("W< <message from='a@d' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>"), nil, nil},
		{"a copy for the other session", both("C login", "C> "+sentM, "W< <message id='1' from='a@d/c' to='w@d/w'><body>x</body></message>",
			"A< <message from='a@d' to='a@d/a'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"+gotM+"</forwarded></sent></message>"), nil, nil},
		{"to all of one's resources", both("C login", "A> <message id='1' to='a@d'><body>x</body></message>", "A< <message id='1' from='a@d/a' to='a@d'><body>x</body></message>", "C< <message id='1' from='a@d/a' to='a@d'><body>x</body></message>"), nil, nil},
		{"behind an authentication in one packet with what follows", both("A dialled", "A stream", "A> "+head+auth(b64("\x00a\x00***"))+"<?xml version='1.0'?>"+head+binds+sentM, "A< "+head+offers+success+head+bindable+bound("a@d/2"),
			"W< <message id='1' from='a@d/2' to='w@d/w'><body>x</body></message>"), nil, nil},
		{"a session of somebody else", both("A> <presence/>", "W< "+kicked, "W ended EOF"), []string{ended}, []string{"</stream:stream>"}},
		{"without a word", both("A> <presence/>", "W ended EOF"), []string{ended}, nil},
		{"that had ended its stream", join("A login", "W login", "W> </stream:stream>", "mark", "A> <presence/>", "W< </stream:stream>", "W ended EOF"), nil, nil},
		{"that had hung up", join("A login", "W login", "W dropped", "mark", "A> <presence/>", "W ended EOF"), nil, nil},
		{"that sent no XML", join("A login", "W login", "W> <a></b>", "mark", "W< "+kicked, "W ended EOF"), nil, nil},
		{"that was over before", join("A login", "W login", "W< "+kicked, "W ended EOF", "mark", "A> <presence/>"), nil, nil},
		{"that did something of its own", both("W> <presence/>", "W< "+kicked), nil, nil},
		{"one's own is replaced by the accomplice's", both("C login", "A< "+kicked, "A ended EOF"), nil, nil},
		{"a session receives garbage", both("A> "+sentM, "W< <message id='1' from='a@d/a'><x:y/></message>"), []string{garbage}, nil},
	} {
		h.check(t)
	}
}

// TestTheEndOfTheServerIsOneFinding has the witness lose its stream with everybody else.
func TestTheEndOfTheServerIsOneFinding(t *testing.T) {
	h := heard{"", both("A> <presence/>", "W ended EOF", "A ended EOF"), []string{"crash  MUST the server opens no stream any more"}, nil}
	h.checkWith(t, Facts{Ended: true})
}

func TestForged(t *testing.T) {
	const forged = "identity O-75 MUST a stanza is delivered with a forged from"
	for _, h := range []heard{
		{"of somebody else", both("A> "+forgeM, "W< "+forgeM), []string{forged}, []string{forgeM, forgeM}},
		{"of who has no account here", both("A> <message from='x@e' to='w@d/w'/>", "W< <message from='x@e' to='w@d/w'/>"), []string{forged}, nil},
		{"of the server", both("A> <message from='d' id='1' to='w@d/w'><body>x</body></message>", "W< <message from='d' id='1' to='w@d/w'><body>x</body></message>"), []string{forged}, nil},
		{"of a session of one's own that never was", both("A> <message from='a@d/z' id='1' to='w@d/w'><body>x</body></message>", "W< <message from='a@d/z' id='1' to='w@d/w'><body>x</body></message>"), []string{forged}, nil},
		{"an error", both("A> <message type='error' from='b@d/b' id='1' to='w@d/w'><error/></message>", "W< <message type='error' from='b@d/b' id='1' to='w@d/w'><error/></message>"), []string{forged}, nil},
		{"that nobody sent", both("W< " + forgeM), []string{forged}, nil},
		{"stamped", both("A> "+forgeM, "W< "+gotM), nil, nil},
		{"one's own", both("A> <message from='a@d/a' id='1' to='w@d/w'/><message from='a@d' id='2' to='w@d/w'/>", "W< <message from='a@d/a' id='1'/><message from='a@d/a' id='2'/>"), nil, nil},
		{"an earlier session's", both("A learned attacker.jid=a@d/old", "A learned attacker.jid=a@d/a", "W< <message type='error' from='a@d/old'><error/></message>"), nil, nil},
		{"sent before the mark", join("A login", "W login", "B login", "B> <message id='1' to='w@d/w'><body>x</body></message>", "mark", "W< "+forgeM), nil, nil},
		{"of a room", both("W< <message from='room@conference.d/b' type='groupchat'><body>x</body></message>"), nil, nil},
		{"presence", both("W< <presence from='b@d/b'/><presence from='b@d' type='subscribed'/>"), nil, nil},
		{"kept", both("W< <message from='b@d/b'><body>x</body>" + delay + "</message>"), nil, nil},
		{"a bounce", both("W> <message id='5' to='b@d/b'><body>x</body></message>", "W< <message type='error' id='5' from='b@d/b'><error type='cancel'/></message>"), nil, nil},
		{"the roster of one's own", both("W< <iq type='set' from='w@d' id='7'><query xmlns='jabber:iq:roster'/></iq><iq type='set' id='8'><query xmlns='jabber:iq:roster'/></iq>"), nil, nil},
		{"the copy of one's own", both("W< <message from='w@d' to='w@d/w'><received xmlns='urn:xmpp:carbons:2'/></message>"), nil, nil},
		{"a question of the contact's server", both("W< <iq type='get' from='b@d' id='disco' to='w@d/w'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"), nil, nil},
		{"who took the account with its password", both("A dialled", "A stream", "A> "+head, "A< "+head+offers, "A> "+auth(b64("\x00b\x00***")), "A< "+success, "A stream", "A> "+head, "A< "+head+bindable, "A> "+binds, "A< "+bound("b@d/2"),
			"A> <message id='1' to='w@d/w'><body>x</body></message>", "W< <message id='1' from='b@d/2' to='w@d/w'><body>x</body></message>"), nil, nil},
	} {
		h.check(t)
	}
}

func TestHalfForged(t *testing.T) {
	id := func(id string) string { return "<stanza-id xmlns='urn:xmpp:sid:0' by='w@d' id='" + id + "'/>" }
	const half = "identity O-142 MUST one of several forged stanza-ids is delivered"
	for _, h := range []heard{
		{"one of two", both("A> <message id='1' to='w@d/w'>"+id("x")+id("y")+"</message>", "W< <message id='1' from='a@d/a'>"+id("y")+id("z")+"</message>"), []string{half}, nil},
		{"none", both("A> <message id='1' to='w@d/w'>"+id("x")+id("y")+"</message>", "W< <message id='1' from='a@d/a'>"+id("z")+"</message>"), nil, nil},
		{"all: the server knows none", both("A> <message id='1' to='w@d/w'>"+id("x")+id("y")+"</message>", "W< <message id='1' from='a@d/a'>"+id("x")+id("y")+"</message>"), nil, nil},
	} {
		h.check(t)
	}
}
