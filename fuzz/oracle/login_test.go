package oracle

import (
	"strings"
	"testing"
)

// secured is a connection of the attacker's under TLS, on which nobody is authenticated; what follows is judged.
func secured(lines ...any) []string {
	return join("W login", "A dialled", "A secured", "A stream", "A> "+head, "A< "+head+offers, "mark", join(lines...))
}

func TestAuthenticated(t *testing.T) {
	const (
		wrong   = "identity O-59 MUST somebody is authenticated without the password"
		authzid = "identity O-58 MUST an authorization identity of somebody else is accepted"
		syntax  = "answer O-54 MUST a message that PLAIN does not know is accepted"
		base    = "answer O-52 MUST what is no Base64 is accepted"
		other   = "identity O-63 MUST a session of another user or host is bound"
		offer   = "order O-51 MUST a mechanism succeeds that was not offered"
		again   = "order O-46 MUST an authentication succeeds after another"
		unasked = "order O-42 MUST an authentication succeeds that was not asked for on this stream"
		proceed = "order O-46 MUST TLS is begun where it was not offered"
	)
	right := b64("\x00a\x00***")
	as := func(message string) []string { return secured("A> "+auth(message), "A< "+success) }
	then := func(lines []string, jid string) []string {
		return join(lines, "A stream", "A> "+head, "A< "+head+bindable, "A> "+binds, "A< "+bound(jid))
	}
	for _, h := range []heard{
		{"right", as(right), nil, nil},
		{"with one's own authzid", as(b64("a@d\x00a\x00***")), nil, nil},
		{"with a full authzid", as(b64("a@d/r\x00a\x00***")), nil, nil},
		{"in another case", then(as(b64("\x00A\x00***")), "a@d/1"), nil, nil},
		{"with what SASLprep maps to nothing", then(as(b64("a@d\x00a\u00ad\x00***\u00ad")), "a@d/1"), nil, nil},
		{"in wide letters", then(as(b64("\x00\uff41\x00***")), "a@d/1"), nil, nil},
		{"wrong password", as(b64("\x00a\x00other")), []string{wrong}, []string{success}},
		{"wrong password that is part of it", as(b64("\x00a\x00**")), []string{wrong}, nil},
		{"nothing", as("="), []string{wrong}, nil},
		{"more than three parts", as(b64("\x00a\x00***\x00x")), []string{syntax}, nil},
		{"no padding", as(strings.TrimRight(b64("a\x00a\x00***"), "=")), []string{base}, nil},
		{"a line end in the middle", as(right[:4] + "\n" + right[4:]), []string{base}, nil},
		{"white space around it", as("\n" + right + " "), nil, nil},
		{"authzid of somebody else", as(b64("w@d\x00a\x00***")), []string{authzid}, nil},
		{"takeover", then(as(b64("w@d\x00a\x00***")), "w@d/1"), []string{authzid, other}, nil},
		{"of another host", then(as(right), "a@e/1"), []string{other}, nil},
		{"as the witness with its password", then(as(b64("\x00w\x00***")), "w@d/1"), nil, nil},
		{"in the second message", secured("A> <auth xmlns='"+nsSASL+"' mechanism='PLAIN'/>", "A< <challenge xmlns='"+nsSASL+"'/>", "A> <response xmlns='"+nsSASL+"'>"+right+"</response>", "A< "+success), nil, nil},
		{"refused", secured("A> "+auth(b64("\x00a\x00x")), "A< <failure xmlns='"+nsSASL+"'><not-authorized/></failure>"), nil, nil},
		{"refused, and then right", secured("A> "+auth(b64("\x00a\x00x")), "A< <failure xmlns='"+nsSASL+"'><not-authorized/></failure>", "A> "+auth(right), "A< "+success), nil, nil},
		{"refused, and then behind an instruction", secured("A> "+auth(b64("\x00a\x00x")), "A< <failure xmlns='"+nsSASL+"'><not-authorized/></failure>", "A> "+strings.Replace(auth(right), ">", "><?a b?>", 1), "A< "+success), nil, nil},
		{"not offered", secured("A> <auth xmlns='"+nsSASL+"' mechanism='ANONYMOUS'/>", "A< "+success), []string{offer}, nil},
		{"offered in capitals", secured("A> "+strings.Replace(auth(right), "PLAIN", "plain", 1), "A< "+success), nil, nil},
		{"twice", secured("A> "+auth(right), "A< "+success, "A stream", "A> "+head, "A< "+head+offers, "A> "+auth(right), "A< "+success), []string{again}, nil},
		{"on the next connection", secured("A> "+auth(right), "A< "+success, "A dialled", "A secured", "A stream", "A> "+head, "A< "+head+offers, "A> "+auth(right), "A< "+success), nil, nil},
		{"not asked for", secured("A< " + success), []string{unasked}, nil},
		{"said before TLS", join("A dialled", "A stream", "A> "+head, "A< "+head+strings.Replace(offers, "</stream", "<x/></stream", 1), "mark", "A> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"+auth(right),
			"A< <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "A secured", "A stream", "A> "+head, "A< "+head+offers+success), []string{unasked}, nil},
		{"TLS in TLS", secured("A> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "A< <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), []string{proceed}, nil},
	} {
		h.check(t)
	}
}

func TestReached(t *testing.T) {
	const (
		served  = "pre-auth O-49 MUST a stanza is served before authentication"
		routed  = "pre-auth O-49 MUST a stanza is routed before authentication"
		unbound = "order O-68 MUST a stanza is routed before a resource is bound"
		before  = "order O-42 MUST what was sent before TLS is acted on under it"
	)
	ping := "<iq type='get' id='1' to='d'><ping xmlns='urn:xmpp:ping'/></iq>"
	pong := "<iq type='result' id='1' from='d'/>"
	register := "<iq type='set' id='1'><query xmlns='jabber:iq:register'><username>n</username><password>p</password></query></iq>"
	canRegister := "<stream:features><register xmlns='http://jabber.org/features/iq-register'/></stream:features>"
	login := []string{"A> " + auth(b64("\x00a\x00***")), "A< " + success, "A stream", "A> " + head, "A< " + head + bindable}
	for _, h := range []heard{
		{"a ping", secured("A> "+ping, "A< "+pong), []string{served}, []string{pong}},
		{"an error", secured("A> "+ping, "A< <iq type='error' id='1'><error type='auth'/></iq>"), nil, nil},
		{"the form of registration", secured("A> <iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>", "A< <iq type='result' id='1'><query xmlns='jabber:iq:register'><username/></query></iq>"), nil, nil},
		{"registration that is offered", join("A dialled", "A stream", "A> "+head, "A< "+head+canRegister, "mark", "A> "+register, "A< "+pong), nil, nil},
		{"registration that is not", secured("A> "+register, "A< "+pong), []string{served}, nil},
		{"authentication without SASL", secured("A> <iq type='set' id='1'><query xmlns='jabber:iq:auth'><username>a</username></query></iq>", "A< "+pong), nil, nil},
		{"binding offered", secured("A< " + bindable), []string{served}, nil},
		{"routed", secured("A> "+sentM, "W< "+gotM), []string{routed}, []string{sentM, gotM}},
		{"routed after a failure", secured("A> "+auth("="), "A< <failure xmlns='"+nsSASL+"'><not-authorized/></failure>", "A> "+sentM, "W< "+gotM), []string{routed}, nil},
		{"before binding", secured(login, "A> "+sentM, "W< "+gotM), []string{unbound}, nil},
		{"behind a request to bind in the same packet", secured(login, "A> "+binds+sentM, "A< "+bound("a@d/1"), "W< <message id='1' from='a@d/1'><body>x</body></message>"), nil, nil},
		{"early and refused, then again", secured("A> "+sentM, "A< <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>", "A ended EOF", "C login", "C> "+sentM, "W< <message id='1' from='a@d/c'><body>x</body></message>"), nil, nil},
		{"the same of another", secured("B login", "A> <message to='w@d/w'/>", "B> <message to='w@d/w'/>", "W< <message from='b@d/b'/>"), nil, nil},
		{"early presence", secured("A> <presence/>", "W< <presence from='b@d/b'/>"), nil, nil},
		{"before TLS", join("A dialled", "A stream", "A> "+head, "A< "+head+offers, "mark", "A> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"+ping, "A< <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
			"A secured", "A stream", "A> "+head, "A< "+head+offers+"<iq type='error' id='1'/>"), []string{before}, nil},
		{"a header before TLS", join("A dialled", "A stream", "A> "+head, "A< "+head+offers, "mark", "A> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"+head, "A< <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
			"A secured", "A stream", "A< "+head+offers), []string{"order O-42 MUST a stream is opened that was not asked for under TLS"}, nil},
		{"a document type before the header", join("A dialled", "A secured", "A stream", "mark", "A> <!DOCTYPE x []>"+head, "A< "+head+"<stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>", "A ended EOF"), nil, nil},
		{"the same id again under TLS", join("A dialled", "A stream", "A> "+head, "A< "+head+offers, "A> "+ping, "A login", "mark", "A> "+ping, "A< "+pong), nil, nil},
		{"the same id on another connection", join("A dialled", "A stream", "A> "+head+ping, "A< "+head, "A login", "mark", "A< <iq type='result' id='1' from='w@d/w'/>"), nil, nil},
	} {
		h.check(t)
	}
}
