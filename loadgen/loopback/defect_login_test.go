package loopback

import (
	"encoding/base64"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

const bindIQ = "<iq id='b' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"

// loginCases are those of loginDefects.
var loginCases = map[string]func(*site) bool{
	"long-username-crash":   earlyTraceback(plainText("\x00" + strings.Repeat("a", 257) + "\x00x")),
	"scram-escape-crash":    earlyTraceback(scramText("n,,n=a=,r=x")),
	"mechanism-not-offered": early("<auth mechanism='ANONYMOUS'"+sasl+">=</auth>", "<success"),
	"plain-without-tls":     plainWithoutTLS,
	"authzid-takeover": func(x *site) bool {
		c := x.dial()
		c.open()
		c.put(plainText("user1@localhost\x00user0\x00pw0"))
		if got, _ := c.next(); !strings.HasPrefix(got, "<success") {
			return false
		}
		c.open()
		c.bind("r")
		return c.jid == "user1@localhost/r"
	},
	"preauth-routing": func(x *site) bool {
		witness := x.session(1, "w")
		c := x.dial()
		c.open()
		c.says("<message to='user1@localhost/w' from='user2@localhost'/>")
		got, _ := witness.drain()
		return strings.Contains(strings.Join(got, ""), "from='user2@localhost'")
	},
	"preauth-iq-answered": early("<iq type='get' id='1'>"+ping+"</iq>", "type='result'"),
	"preauth-bind":        early(bindIQ, "<jid>"),
	"prebind-routing": func(x *site) bool {
		witness := x.session(1, "w")
		c := x.dial()
		c.authenticate(0)
		c.says("<message to='user1@localhost/w'/>")
		got, _ := witness.drain()
		return len(got) == 1
	},
	"second-auth-accepted": func(x *site) bool {
		c := x.dial()
		c.authenticate(0)
		c.put(plainText("\x00user1\x00pw1"))
		got, _ := c.next()
		return strings.HasPrefix(got, "<success")
	},
	"starttls-twice": func(x *site) bool {
		c := x.dialTCP(true)
		c.open()
		c.put("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		got, _ := c.next()
		return strings.HasPrefix(got, "<proceed")
	},
	"starttls-injection": func(x *site) bool {
		c := x.dialTCP(false)
		c.open()
		c.put("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + header)
		if got, _ := c.next(); !strings.HasPrefix(got, "<proceed") {
			return false
		}
		c.secure(x.s, nil)
		c.scanner.Reset(x.s.options.Limits)
		got, _ := c.next() // though nothing was said
		return strings.HasPrefix(got, "<stream:stream")
	},
	"register-not-offered": early("<iq type='set' id='1'><query xmlns='jabber:iq:register'><username>new</username><password>p</password></query></iq>",
		"type='result'"),
	"no-stream-close": func(x *site) bool {
		got := x.session(0, "r").says("<a></b>")
		return strings.Contains(got, "<stream:error") && !strings.Contains(got, "</stream:stream>")
	},
	"goes-on-after-error": reaches("<a></b><message to='W'><body>after</body></message>", "after"),
}

// earlyTraceback reports whether text after the first header leaves a panic in the log, and the server lives on.
func earlyTraceback(text string) func(*site) bool {
	return func(x *site) bool {
		c := x.dial()
		c.open()
		c.says(text)
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	}
}

// plainWithoutTLS is about servers that do not offer it.
func plainWithoutTLS(x *site) bool {
	var defects []string
	if x.s.planted != nil {
		defects = []string{"plain-without-tls"}
	}
	s, err := New(Options{Users: UserPattern("user{n}", "pw{n}", 0), Defects: defects})
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { s.Close() })
	x.s = s
	c := x.dial()
	if strings.Contains(c.open(), "PLAIN<") {
		x.t.Error("PLAIN is offered")
	}
	c.put(plainText("\x00user0\x00pw0"))
	got, _ := c.next()
	return strings.HasPrefix(got, "<success")
}

// identityCases are those of identityDefects.
var identityCases = map[string]func(*site) bool{
	"host-migration": func(x *site) bool {
		c := x.dial()
		c.open()
		c.put(plainText("\x00user0\x00pw0"))
		c.expect("<success")
		c.scanner.Reset(wire.Limits{})
		c.put(strings.Replace(header, "to='localhost'", "to='other.example'", 1) + bindIQ)
		var all string
		for !strings.HasPrefix(all, "<iq") {
			got, err := c.next()
			if err != nil {
				return false
			}
			all = got
		}
		return strings.Contains(all, "user0@other.example/")
	},
	"forged-from-relayed":   reaches("<message from='user2@localhost/x' to='W'/>", "from='user2@localhost/x'"),
	"forged-from-on-errors": reaches("<message type='error' from='user2@localhost' to='W'/>", "from='user2@localhost'"),
	"first-stanza-id-only": reaches("<message to='W'>"+stanzaID+"<body/>"+stanzaID+"</message>",
		"<stanza-id"),
	"password-of-another": func(x *site) bool {
		x.session(0, "r").says("<iq type='set' id='1'><query xmlns='jabber:iq:register'><username>user1</username><password>new</password></query></iq>")
		c := x.dial()
		c.open()
		c.put(plainText("\x00user1\x00new"))
		got, _ := c.next()
		return strings.HasPrefix(got, "<success")
	},
	"roster-of-another": func(x *site) bool {
		attacker, witness := x.pair()
		witness.says("<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='friend@localhost'/></query></iq>")
		return strings.Contains(attacker.says("<iq type='get' id='1' to='user1@localhost'><query xmlns='jabber:iq:roster'/></iq>"), "friend@localhost")
	},
	"resource-takeover": func(x *site) bool {
		witness := x.session(1, "w")
		x.session(0, "w")
		_, err := witness.drain()
		return err != nil
	},
	"jid-not-normalised": func(x *site) bool {
		got, _ := x.witness("<message to='USER1@localhost/w'/>")
		return got == ""
	},
	"map-before-split": reaches("<message to='user1\uff20localhost/w'/>", "<message"),
	"resource-cut": func(x *site) bool {
		c := x.dial()
		c.authenticate(0)
		c.put(strings.Replace(bindIQ, "/></iq>", "><resource>x"+strings.Repeat("é", 33)+"</resource></bind></iq>", 1))
		_, err := c.next()
		return err != nil
	},
	"non-ascii-crash": tracebacks("<message to='ñ@localhost'/>"),
}

const stanzaID = "<stanza-id xmlns='urn:xmpp:sid:0' by='localhost' id='x'/>"

// TestStanzaIDs holds the correct server to XEP-0359 §3: stanza-ids that claim to be its own do not pass, others do.
func TestStanzaIDs(t *testing.T) {
	s := newServer(t, Options{})
	c := logins(t, s, 2)
	c[0].send("<message to='%s'><body>a</body>%s<![CDATA[%s]]><x xmlns='y'>%s</x><z:stanza-id xmlns:z='urn:xmpp:sid:0' by='USER1@localhost'/>"+
		"<stanza-id xmlns='urn:xmpp:sid:0' by='other.example' id='x'/></message>", c[1].jid, stanzaID, stanzaID, stanzaID)
	got := c[1].expect("<message")
	want := "<body>a</body><![CDATA[" + stanzaID + "]]><x xmlns='y'>" + stanzaID + "</x><stanza-id xmlns='urn:xmpp:sid:0' by='other.example' id='x'/></message>"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
}

func passwordLogged(x *site) bool {
	x.session(0, "r")
	return strings.Contains(x.log.String(), "pw0")
}

func enumerable(known, unknown func(string) string) func(*site) bool {
	return func(x *site) bool {
		tell := func(text string) string {
			c := x.dial()
			c.open()
			c.put(text)
			got, _ := c.next()
			return got
		}
		return tell(known("user0")) != tell(unknown("nobody"))
	}
}

func wrongPassword(user string) string { return plainText("\x00" + user + "\x00wrong") }

// iterationsOf reports whether SCRAM tells users there are from others.
func iterationsOf(x *site) bool {
	tell := func(user string) string {
		c := x.dial()
		c.open()
		c.put(scramText("n,,n=" + user + ",r=x"))
		got, _ := c.next()
		_, got, _ = strings.Cut(strings.TrimSuffix(got, "</challenge>"), ">")
		text, err := base64.StdEncoding.DecodeString(got)
		if err != nil {
			x.t.Fatal(err)
		}
		_, iterations, _ := strings.Cut(string(text), ",i=")
		return iterations
	}
	return tell("user0") != tell("nobody")
}
