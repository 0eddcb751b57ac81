package oracle

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// What SASL2 says (XEP-0388, XEP-0484).
const (
	nsSASL2    = "urn:xmpp:sasl:2"
	inlineHead = head + "<stream:features><authentication xmlns='" + nsSASL2 + "'><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-256</mechanism>" +
		"<inline><fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication></stream:features>"
	wrongToken2 = "identity O-65 MUST a token is accepted that is not good for this"
	otherBound  = "identity O-63 MUST a session of another user or host is bound"
)

func authenticates(mechanism, message, inline string) string {
	return "<authenticate xmlns='" + nsSASL2 + "' mechanism='" + mechanism + "'><initial-response>" + b64(message) + "</initial-response><user-agent id='u'/>" + inline + "</authenticate>"
}

func succeeds(jid, more string) string {
	return "<success xmlns='" + nsSASL2 + "'><authorization-identifier>" + jid + "</authorization-identifier>" + more + "</success>"
}

func tokenGiven(token, expiry string) string {
	return "<token xmlns='urn:xmpp:fast:0' token='" + token + "' expiry='" + expiry + "'/>"
}

func withToken(name, token, fast string) string {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("Initiator"))
	return authenticates("HT-SHA-256-NONE", name+"\x00"+string(m.Sum(nil)), "<fast xmlns='urn:xmpp:fast:0'"+fast+"/>")
}

const wantToken = "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"

func TestInlineLogins(t *testing.T) {
	connection := []string{"A dialled", "A secured", "A stream", "A> " + head, "A< " + inlineHead}
	begin := join("W login", connection, "mark")
	failed := "A< <failure xmlns='" + nsSASL2 + "'><not-authorized xmlns='" + nsSASL + "'/></failure>"
	bound2 := "<bound xmlns='urn:xmpp:bind:0'/>"
	given := join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", wantToken), "A< "+succeeds("a@d", tokenGiven("one", "2030")))
	for _, h := range []heard{
		{"right", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", ""), "A< "+succeeds("a@d", "")), nil, nil},
		{"right and bound", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", "<bind xmlns='urn:xmpp:bind:0'/>"), "A< "+succeeds("a@d/r", bound2), sync("A", 1)), nil, nil},
		{"as somebody else", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", ""), "A< "+succeeds("w@d", "")), []string{otherBound}, nil},
		{"wrong password", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00x", ""), "A< "+succeeds("a@d", "")), []string{"identity O-59 MUST somebody is authenticated without the password"}, nil},
		{"not offered", join(begin, "A> "+authenticates("EXTERNAL", "", ""), "A< "+succeeds("a@d", "")), []string{"identity O-59 MUST somebody is authenticated without the password", "order O-51 MUST a mechanism succeeds that was not offered"}, nil},
		{"twice", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", ""), "A< "+succeeds("a@d", ""), "A> "+authenticates("PLAIN", "\x00a\x00***", ""), "A< "+succeeds("a@d", "")), []string{"order O-46 MUST an authentication succeeds after another"}, nil},
		{"two at once, of which one is right", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00***", "")+authenticates("PLAIN", "\x00a\x00x", ""), "A< "+succeeds("a@d", "")), nil, nil},
		{"served after a failure", join(begin, "A> "+authenticates("PLAIN", "\x00a\x00x", "<bind xmlns='urn:xmpp:bind:0'/>"), failed, sync("A", 1)), []string{"pre-auth O-49 MUST a stanza is served before authentication"}, nil},
		{"by token", join(given, connection, "A> "+withToken("a", "one", ""), "A< "+succeeds("a@d", "")), nil, nil},
		{"by a token that is made up", join(begin, "A> "+withToken("a", "one", ""), "A< "+succeeds("a@d", "")), []string{"identity O-59 MUST somebody is authenticated without the password"}, nil},
		{"by the token of another", join(given, connection, "A> "+withToken("w", "one", ""), "A< "+succeeds("w@d", "")), []string{wrongToken2}, nil},
		{"by a token that was given up", join(given, connection, "A> "+withToken("a", "one", " invalidate='true'"), "A< "+succeeds("a@d", ""), connection, "A> "+withToken("a", "one", ""), "A< "+succeeds("a@d", "")), []string{wrongToken2}, nil},
		{"by one that was not, as that failed", join(given, connection, "A> "+withToken("a", "one", " invalidate='true'"), failed, connection, "A> "+withToken("a", "one", ""), "A< "+succeeds("a@d", "")), nil, nil},
		{"by an older token", join(given, connection, "A> "+authenticates("PLAIN", "\x00a\x00***", wantToken), "A< "+succeeds("a@d", tokenGiven("two", "2031")), connection, "A> "+withToken("a", "two", ""), "A< "+succeeds("a@d", ""),
			connection, "A> "+withToken("a", "one", ""), "A< "+succeeds("a@d", "")), []string{wrongToken2}, nil},
	} {
		h.check(t)
	}
}

func TestSCRAMLogins(t *testing.T) {
	const (
		proof     = "identity O-59 MUST somebody is authenticated without the password"
		nonce     = "answer O-54 MUST SCRAM succeeds with another nonce than that of the exchange"
		binding   = "answer O-54 MUST SCRAM succeeds with another channel binding than that of the exchange"
		downgrade = "answer O-54 MUST SCRAM succeeds though somebody has hidden channel binding from the client"
		authzid   = "identity O-58 MUST an authorization identity of somebody else is accepted"
	)
	scram := func(mechanism, first, final string) []string {
		offers := strings.Replace(offers, "<mechanism>PLAIN", "<mechanism>SCRAM-SHA-1-PLUS</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN", 1)
		return join("W login", "A dialled", "A secured", "A stream", "A> "+head, "A< "+head+offers, "mark", "A> <auth xmlns='"+nsSASL+"' mechanism='"+mechanism+"'>"+b64(first)+"</auth>",
			"A< <challenge xmlns='"+nsSASL+"'>"+b64("r=fy7,s=QQ==,i=1")+"</challenge>", "A> <response xmlns='"+nsSASL+"'>"+b64(final)+"</response>", "A< "+success)
	}
	for _, h := range []heard{
		{"right", scram("SCRAM-SHA-1", "n,,n=a,r=fy", "c=biws,r=fy7,p=***a"), nil, nil},
		{"bound to the channel", scram("SCRAM-SHA-1-PLUS", "p=tls-exporter,,n=a,r=fy", "c="+b64("p=tls-exporter,,xyz")+",r=fy7,p=***a"), nil, nil},
		{"with one's own authzid", scram("SCRAM-SHA-1", "n,a=a@d,n=a,r=fy", "c="+b64("n,a=a@d,")+",r=fy7,p=***a"), nil, nil},
		{"a proof that is made up", scram("SCRAM-SHA-1", "n,,n=a,r=fy", "c=biws,r=fy7,p=eHh4"), []string{proof}, nil},
		{"a proof of another", scram("SCRAM-SHA-1", "n,,n=w,r=fy", "c=biws,r=fy7,p=***a"), []string{proof}, nil},
		{"no proof", scram("SCRAM-SHA-1", "n,,n=a,r=fy", "c=biws,r=fy7"), []string{proof}, nil},
		{"another nonce", scram("SCRAM-SHA-1", "n,,n=a,r=fy", "c=biws,r=fy8,p=***a"), []string{nonce}, nil},
		{"another header", scram("SCRAM-SHA-1", "n,,n=a,r=fy", "c="+b64("n,a=w,")+",r=fy7,p=***a"), []string{binding}, nil},
		{"bound without the mechanism", scram("SCRAM-SHA-1", "p=tls-exporter,,n=a,r=fy", "c="+b64("p=tls-exporter,,xyz")+",r=fy7,p=***a"), []string{binding}, nil},
		{"kept from binding", scram("SCRAM-SHA-1", "y,,n=a,r=fy", "c="+b64("y,,")+",r=fy7,p=***a"), []string{downgrade}, nil},
		{"authzid of another", scram("SCRAM-SHA-1", "n,a=w@d,n=a,r=fy", "c="+b64("n,a=w@d,")+",r=fy7,p=***a"), []string{authzid}, nil},
	} {
		h.check(t)
	}
}

func TestCertificates(t *testing.T) {
	const (
		without = "identity O-59 MUST somebody is authenticated without the password"
		authzid = "identity O-58 MUST an authorization identity of somebody else is accepted"
		several = "answer O-64 SHOULD a server chooses among the addresses of a certificate"
	)
	external := func(claims, message string) []string {
		offers := strings.Replace(offers, "PLAIN", "EXTERNAL", 1)
		return join("A learned domain=d", "W login", "A shows "+claims, "A dialled", "A secured", "A stream", "A> "+head, "A< "+head+offers, "mark", "A> <auth xmlns='"+nsSASL+"' mechanism='EXTERNAL'>"+message+"</auth>", "A< "+success)
	}
	as := func(lines []string, jid string) []string {
		return join(lines, "A stream", "A> "+head, "A< "+head+bindable, "A> "+binds, "A< "+bound(jid))
	}
	for _, h := range []heard{
		{"one address", as(external("cn=x\nxmpp=a@d", "="), "a@d/1"), nil, nil},
		{"its authzid", as(external("xmpp=a@d\nxmpp=b@d", b64("a@d")), "a@d/1"), nil, nil},
		{"several", external("xmpp=a@d\nxmpp=b@d", "="), []string{several}, nil},
		{"several, of which one is of the server", as(external("xmpp=a@d\nxmpp=b@e", "="), "a@d/1"), nil, nil},
		{"another authzid", external("xmpp=a@d", b64("w@d")), []string{authzid}, nil},
		{"another authzid than the name", external("cn=a", b64("w@d")), []string{authzid}, nil},
		{"the name", as(external("cn=a", "="), "a@d/1"), nil, nil},
		{"a name in another", as(external("cn=a\nou=CN=w", "="), "w@d/1"), []string{otherBound}, nil},
		{"expired", external("xmpp=a@d\nexpired", "="), []string{without}, nil},
		{"of a stranger", external("stranger\nxmpp=a@d", "="), []string{without}, nil},
		{"none", external("", "="), []string{without}, nil},
	} {
		h.check(t)
	}
}

func TestComponents(t *testing.T) {
	const (
		opens  = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='c.d'>"
		opened = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='c.d' id='7'>"
		forged = "identity O-75 MUST a stanza is delivered with a forged from"
	)
	sum := sha1.Sum([]byte("7***"))
	component := func(handshake string, lines ...any) []string {
		return join("W login", "B login", "A dialled", "A stream", "A component c.d", "A> "+opens, "A< "+opened, "mark", "A> <handshake>"+handshake+"</handshake>", "A< <handshake/>", join(lines...))
	}
	right := hex.EncodeToString(sum[:])
	sends := func(from, got string) []string {
		return component(right, "A> <message from='"+from+"' to='w@d/w' id='1'><body>x</body></message>", "W< <message from='"+got+"' to='w@d/w' id='1'><body>x</body></message>")
	}
	for _, h := range []heard{
		{"right", component(right), nil, nil},
		{"in capitals", component(strings.ToUpper(right)), nil, nil},
		{"wrong", component("0"), []string{"identity O-135 MUST a component is let in without the secret"}, nil},
		{"a user of its own", sends("x@c.d", "x@c.d"), nil, nil},
		{"a user of its own, and the same of somebody who has not authenticated", join("C dialled", "C stream", "C> "+head+"<message from='x@c.d' to='w@d/w' id='1'><body>x</body></message>", sends("x@c.d", "x@c.d")), nil, nil},
		{"a user of the server", sends("b@d", "b@d"), []string{forged}, nil},
		{"the server", sends("d", "d"), []string{forged}, nil},
	} {
		h.check(t)
	}
}
