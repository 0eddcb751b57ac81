package loopback

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// TestStreamErrors holds what ends a stream against RFC 6120 §4.8, §4.9 and §11.
func TestStreamErrors(t *testing.T) {
	start := func(attributes string) string { return "<stream:stream " + attributes + ">" }
	const usual = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
	for _, test := range []struct {
		name, say string
		want      wire.Condition
	}{
		{"HTTP", "GET / HTTP/1.1\r\n\r\n", wire.NotWellFormed},
		{"other root", "<a xmlns='b'>", wire.InvalidNamespace},
		{"other content namespace", start("xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'"), wire.InvalidNamespace},
		{"other prefix", "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' to='localhost' version='1.0'>", wire.BadNamespacePrefix},
		{"further namespace", start(usual + "xmlns:x='y' to='localhost' version='1.0'"), wire.InvalidNamespace},
		{"unknown host", start(usual + "to='example.org' version='1.0'"), wire.HostUnknown},
		{"malformed host", start(usual + "to='a@@b' version='1.0'"), wire.HostUnknown},
		{"no version", start(usual + "to='localhost'"), wire.UnsupportedVersion},
		{"old version", start(usual + "to='localhost' version='0.9'"), wire.UnsupportedVersion},
		{"odd version", start(usual + "to='localhost' version='one'"), wire.UnsupportedVersion},
		{"malformed from", start(usual + "to='localhost' from='@' version='1.0'"), wire.InvalidFrom},
		{"UTF-16", "\xff\xfe<\x00", wire.UnsupportedEncoding},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := listening(t, Options{})
			c := dialTCP(t, s.Addr()).patient()
			c.send("%s", test.say)
			c.expect("<stream:stream ", "from='localhost'", "version='1.0'", "id='")
			c.expect("<stream:error>", "<"+string(test.want)+" ")
			c.expectEnd()
			if got := s.Tally().StreamErrors; got != 1 {
				t.Errorf("%d stream errors counted", got)
			}
		})
	}
}

func TestStreamErrorsWithin(t *testing.T) {
	ns := func(n string) string { return "<message xmlns='" + n + "' to='user0@localhost'/>" }
	for _, test := range []struct {
		name, say string
		bound     bool
		want      wire.Condition
	}{
		{"stanza before authentication", "<message to='user0@localhost'/>", false, wire.NotAuthorized},
		{"iq before authentication", "<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>", false, wire.NotAuthorized},
		{"unknown element before authentication", "<enable xmlns='urn:xmpp:sm:3'/>", false, wire.NotAuthorized},
		{"comment", "<!-- -->", true, wire.RestrictedXML},
		{"processing instruction", "<?a b?>", true, wire.RestrictedXML},
		{"entity", "<message><body>&foo;</body></message>", true, wire.RestrictedXML},
		{"not well-formed", "<message></presence>", true, wire.NotWellFormed},
		{"bad UTF-8", "<message><body>\xc0\x80</body></message>", true, wire.UnsupportedEncoding},
		{"unbound prefix", "<message><x:y/></message>", true, wire.NotWellFormed},
		{"text", "hello", true, wire.BadFormat},
		{"second header", header[len("<?xml version='1.0'?>"):], true, wire.BadFormat},
		{"second declaration and header", header, true, wire.RestrictedXML},
		{"unknown element", "<foo/>", true, wire.UnsupportedStanzaType},
		{"stanza in another namespace", ns("urn:example:x"), true, wire.UnsupportedStanzaType},
		{"server's stanza", ns("jabber:server"), true, wire.InvalidNamespace},
		{"prefixed stanza", "<c:message xmlns:c='jabber:client' to='user0@localhost'/>", true, wire.BadNamespacePrefix},
		{"foreign from", "<message from='user1@localhost' to='user0@localhost'/>", true, wire.InvalidFrom},
		{"other resource in from", "<message from='user0@localhost/other' to='user0@localhost'/>", true, wire.InvalidFrom},
		{"malformed from", "<message from='@' to='user0@localhost'/>", true, wire.InvalidFrom},
		{"authentication again", "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>", true, wire.UnsupportedStanzaType},
		{"too long", "<message><body>" + strings.Repeat("x", 300<<10), true, wire.PolicyViolation},
		{"too deep", strings.Repeat("<message>", 65), true, wire.PolicyViolation},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dialTCP(t, listening(t, Options{}).Addr()).patient()
			if test.bound {
				c.authenticate(0)
				c.bind("r")
				c.available()
			} else {
				c.open()
			}
			c.send("%s", test.say)
			c.expect("<stream:error>", "<"+string(test.want)+" ")
			c.expectEnd()
		})
	}
}

func TestBeforeBinding(t *testing.T) {
	for _, test := range []struct{ say, want string }{
		{"<message to='user0@localhost'/>", "<not-authorized "},
		{"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", "<not-authorized "},
		{"<iq type='get' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "<bad-request "},
		{"<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#x85;</resource></bind></iq>", "<bad-request "},
		{"<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource/></bind></iq>", "<jid>user0@localhost/"},
		{"<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "<jid>user0@localhost/"},
		{"<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>a b</resource></bind></iq>", "<jid>user0@localhost/a b</jid>"},
	} {
		c := dial(t, newServer(t, Options{}))
		c.authenticate(0)
		c.send("%s", test.say)
		c.expect(test.want)
	}
}

func TestHeaderAfterAuthentication(t *testing.T) {
	for from, want := range map[string]string{"USER0@localhost": "<stream:features>", "user1@localhost": "<invalid-from "} {
		c := dial(t, newServer(t, Options{}))
		c.open()
		c.send("%s", plainAuth("User0", "pw0"))
		c.expect("<success ")
		c.scanner.Reset(wire.Limits{})
		c.send("%s", strings.Replace(header, " to=", " from='"+from+"' to=", 1))
		c.expect("to='" + from + "'")
		c.expect(want)
	}
}

func TestConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		old := loginAs(t, s, 0)
		second := dial(t, s)
		second.authenticate(0)
		second.bind("r")
		old.expect("<stream:error>", "<conflict ")
		old.expectEnd()
		other := loginAs(t, s, 1)
		say(other, second, 1, 1)
		heard(second, 1)
		synctest.Wait()
		if got := s.Tally(); got.Logins != 3 || got.Sessions != 2 {
			t.Errorf("tally %+v", got)
		}
	})
}

// stanzaAnswer is what one stanza of user0 is answered.
type stanzaAnswer struct {
	name, say string
	want      []string // parts of the one answer; none: no answer
}

// stanzaAnswers are the answers of RFC 6120 §8 and RFC 6121 §8.
func stanzaAnswers() []stanzaAnswer {
	iq := func(kind, to, payload string) string {
		return fmt.Sprintf("<iq id='q' type='%s'%s>%s</iq>", kind, to, payload)
	}
	const ping = "<ping xmlns='urn:xmpp:ping'/>"
	to := func(jid string) string { return " to='" + jid + "'" }
	return []stanzaAnswer{
		{"ping", iq("get", to("localhost"), ping), []string{"type='result'", "id='q'", "from='localhost'"}},
		{"ping without to", iq("get", "", ping), []string{"type='result'"}},
		{"ping to oneself", iq("get", to("user0@localhost"), ping), []string{"type='result'", "from='user0@localhost'"}},
		{"ping with a set", iq("set", "", ping), []string{"<service-unavailable "}},
		{"disco", iq("get", to("LOCALHOST."), "<query xmlns='http://jabber.org/protocol/disco#info'/>"), []string{"category='server'", "urn:xmpp:ping", "jabber:iq:roster"}},
		{"disco items", iq("get", to("localhost"), "<query xmlns='http://jabber.org/protocol/disco#items'/>"), []string{"type='result'"}},
		{"version", iq("get", to("localhost"), "<query xmlns='jabber:iq:version'/>"), []string{"<name>xmpprig loopback</name>"}},
		{"session", iq("set", "", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"), []string{"type='result'"}},
		{"second bind", iq("set", "", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"), []string{"<not-allowed "}},
		{"unknown iq", iq("get", "", "<x xmlns='urn:example:x'/>"), []string{"type='error'", "<error type='cancel'>", "<service-unavailable "}},
		{"registration that is off", iq("get", "", "<query xmlns='jabber:iq:register'/>"), []string{"<service-unavailable "}},
		{"iq without id", "<iq type='get'>" + ping + "</iq>", []string{"type='error'", "<bad-request "}},
		{"iq without type", "<iq id='q'>" + ping + "</iq>", []string{"<bad-request "}},
		{"iq of odd type", iq("put", "", ping), []string{"<bad-request "}},
		{"iq without payload", iq("get", "", ""), []string{"<bad-request "}},
		{"iq with two", iq("get", "", ping+ping), []string{"<bad-request "}},
		{"iq result", iq("result", "", ""), nil},
		{"iq error", iq("error", to("user1@localhost/nobody"), "<error/>"), nil},
		{"malformed to", iq("get", to("a@@b"), ping), []string{"<jid-malformed ", "from='a@@b'"}},
		{"empty to", "<message to='' id='q'/>", []string{"<jid-malformed "}},
		{"empty resource", "<message to='user1@localhost/' id='q'/>", []string{"<jid-malformed "}},
		{"long part", "<message to='" + strings.Repeat("a", 1024) + "@localhost' id='q'/>", []string{"<jid-malformed "}},
		{"excluded character", "<message to='us&amp;er@localhost' id='q'/>", []string{"<jid-malformed "}},
		{"full-width at", "<message to='user1\uff20localhost' id='q'/>", []string{"<jid-malformed "}},
		{"malformed to in an error", "<message type='error' to='@' id='q'/>", nil},
		{"iq to another's bare JID", iq("get", to("user1@localhost"), ping), []string{"<service-unavailable ", "from='user1@localhost'"}},
		{"iq to nobody", iq("get", to("nobody@localhost"), ping), []string{"<service-unavailable "}},
		{"iq to a stranger's session", iq("get", to("user1@localhost/r"), ping), []string{"<service-unavailable "}},
		{"iq to a resource that is not", iq("get", to("user1@localhost/x"), ping), []string{"<service-unavailable "}},
		{"iq to a resource of the server", iq("get", to("localhost/x"), ping), []string{"<service-unavailable "}},
		{"roster of another", iq("set", to("user1@localhost"), "<query xmlns='jabber:iq:roster'/>"), []string{"<forbidden "}},
		{"iq elsewhere", iq("get", to("example.org"), ping), []string{"<remote-server-not-found "}},
		{"message elsewhere", "<message to='a@example.org' id='q'/>", []string{"<remote-server-not-found ", "to='user0@localhost/r'", "from='a@example.org'"}},
		{"message to nobody", "<message to='nobody@localhost' id='q' type='chat'/>", []string{"<service-unavailable ", "id='q'"}},
		{"message to somebody offline", "<message to='user9@localhost' id='q' type='chat'/>", []string{"<service-unavailable "}},
		{"message to somebody unavailable", "<message to='user1@localhost' id='q'/>", []string{"<service-unavailable "}},
		{"groupchat", "<message to='user1@localhost' type='groupchat' id='q'/>", []string{"<service-unavailable "}},
		{"headline to nobody", "<message to='nobody@localhost' type='headline'/>", nil},
		{"error to nobody", "<message to='nobody@localhost' type='error'/>", nil},
		{"message to the server", "<message to='localhost' id='q'/>", []string{"<service-unavailable "}},
		{"normal to a resource that is not", "<message to='user1@localhost/x' id='q'/>", []string{"<service-unavailable "}},
		{"message to oneself", "<message id='q'><body/></message>", []string{"<message from='user0@localhost/r'", "id='q'"}},
		{"odd presence", "<presence type='away' id='q'/>", []string{"<bad-request "}},
		{"priority out of range", "<presence id='q'><priority>128</priority></presence>", []string{"<bad-request "}},
		{"two priorities", "<presence id='q'><priority>1</priority><priority>1</priority></presence>", []string{"<bad-request "}},
		{"presence elsewhere", "<presence to='a@example.org' id='q'/>", []string{"<remote-server-not-found "}},
		{"presence to nobody", "<presence to='nobody@localhost'/>", nil},
		{"roster set of two", iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@b'/><item jid='b@b'/></query>"), []string{"<bad-request "}},
		{"roster set of none", iq("set", "", "<query xmlns='jabber:iq:roster'/>"), []string{"<bad-request "}},
		{"roster item without JID", iq("set", "", "<query xmlns='jabber:iq:roster'><item/></query>"), []string{"<bad-request "}},
		{"same group twice", iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@b'><group>g</group><group>g</group></item></query>"), []string{"<bad-request "}},
		{"empty group", iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@b'><group/></item></query>"), []string{"<not-acceptable "}},
		{"long name", iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@b' name='"+strings.Repeat("n", 1024)+"'/></query>"), []string{"<not-acceptable "}},
		{"remove what is not", iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@b' subscription='remove'/></query>"), []string{"<item-not-found "}},
	}
}

// TestStanzaAnswers holds the answers against what they must be; user1 is connected.
func TestStanzaAnswers(t *testing.T) {
	for _, test := range stanzaAnswers() {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := logins(t, newServer(t, Options{Session: true}), 2)
				c[0].available()
				c[0].send("%s", test.say)
				if test.want != nil {
					c[0].expect(test.want...)
				}
				c[0].expectNothing()
				c[1].expectNothing()
			})
		})
	}
}

// TestBareJID has messages to a bare JID reach every available session of non-negative priority.
func TestBareJID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		from := loginAs(t, s, 0)
		var to []*client
		for _, r := range []string{"a", "b", "low", "unavailable"} {
			c := dial(t, s)
			c.authenticate(1)
			c.bind(r)
			to = append(to, c)
		}
		to[0].available()
		to[1].available()
		to[0].expect("<presence", "/b")
		to[1].expect("<presence", "/a")
		to[2].send("<presence><priority>-1</priority></presence>")
		for range 3 {
			to[2].expect("<presence")
		}
		to[0].expect("<presence", "/low")
		to[1].expect("<presence", "/low")
		for _, address := range []string{"user1@localhost", "USER1@localhost/gone"} {
			from.send("<message to='%s' id='1' type='chat' xml:lang='de'><body>x</body><x xmlns='urn:example:x' a='1'/></message>", address)
			for _, c := range to[:2] {
				c.expect("to='"+address+"'", "<body>x</body><x xmlns='urn:example:x' a='1'/></message>", "xml:lang='de'")
			}
		}
		from.send("<message to='user1@localhost/low'/>")
		to[2].expect("<message ")
		from.send("<message to='user1@localhost/unavailable'/>")
		to[3].expect("<message ")
		for _, c := range to {
			c.expectNothing()
		}
		if got := s.Tally(); got.Routed != 4 || got.Delivered != 6 {
			t.Errorf("tally %+v", got)
		}
	})
}

// TestLanguage has a stanza without a language take that of its sender's stream.
func TestLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := dial(t, s)
		c.open()
		c.send("%s", plainAuth("user0", "pw0"))
		c.expect("<success ")
		c.scanner.Reset(wire.Limits{})
		c.send("%s", strings.Replace(header, " to=", " xml:lang='fr' to=", 1))
		c.expect("xml:lang='fr'")
		c.expect("<stream:features>")
		c.bind("r")
		c.send("<presence/>")
		c.expect("xml:lang='fr'")
		c.send("<presence xml:lang='it'/>")
		c.expect("xml:lang='it'")
	})
}

func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{Queue: 10000})
		c := logins(t, s, 2)
		body := strings.Repeat("x", 900)
		for range 30 { // user1 reads nothing; the writer may have taken ten before it stalled
			c[0].send("<message to='%s' type='headline'><body>%s</body></message>", c[1].jid, body)
		}
		c[0].expectNothing()
		synctest.Wait()
		got := s.Tally()
		if got.SlowReaders != 1 || got.Sessions != 1 || got.Delivered != 0 || got.Routed+got.Ignored+got.Bounced != 30 || got.Routed != got.Discarded {
			t.Errorf("tally %+v", got)
		}
	})
}

func TestLoginTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{LoginTimeout: 20 * time.Second})
		start := time.Now()
		c := dial(t, s)
		c.open()
		c.expect("<policy-violation ")
		c.expectEnd()
		if took := time.Since(start); took != 20*time.Second {
			t.Errorf("ended after %v", took)
		}
		bound := loginAs(t, s, 0)
		time.Sleep(time.Hour)
		bound.expectNothing()
	})
}

func TestCloseWithSilentPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		dial(t, s) // says nothing
		logins(t, s, 3)
		s.Close()
		if got := s.Tally(); got.Sessions != 0 || got.Logins != 3 {
			t.Errorf("tally %+v", got)
		}
		if _, err := s.Dial(); err == nil {
			t.Error("a closed server takes connections")
		}
		if err := s.Listen("127.0.0.1:0"); err == nil {
			t.Error("a closed server listens")
		}
	})
}
