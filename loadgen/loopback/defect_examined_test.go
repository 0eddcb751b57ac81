package loopback

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// whole makes the site one of a server that has SASL2, FAST, EXTERNAL, archives and a component, with the same defects.
func (x *site) whole() *site {
	x.t.Helper()
	o := Options{Users: UserPattern("user{n}", "pw{n}", 0), Log: x.log, Iterations: 1, PlainWithoutTLS: true, SASL2: true, FAST: true, Archive: 10,
		Mechanisms: append(DefaultMechanisms(), "EXTERNAL"), Components: map[string]string{"bots.localhost": "word"}}
	if x.s.planted != nil {
		o.Defects = slices.Collect(maps.Keys(x.s.planted.on))
	}
	s, err := New(o)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { s.Close() })
	x.s = s
	return x
}

// inlineAuth asks for authentication by SASL2.
func inlineAuth(mechanism, message, inline string) string {
	return "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='" + mechanism + "'><initial-response>" + base64.StdEncoding.EncodeToString([]byte(message)) +
		"</initial-response><user-agent id='agent'/>" + inline + "</authenticate>"
}

const (
	inlineBind = "<bind xmlns='urn:xmpp:bind:0'/>"
	byToken    = "<fast xmlns='urn:xmpp:fast:0'/>"
)

// inline is a connection under TLS whose stream is open.
func (x *site) inline(from string) *client {
	c := x.dialTCP(true)
	c.put(strings.Replace(header, " to=", from+" to=", 1))
	c.expect("<stream:stream")
	c.expect("<stream:features>")
	return c
}

// heard is what comes back when text is said, as far as the first answer.
func (c *client) heard(text string) string {
	c.put(text)
	got, _ := c.next()
	return got
}

// tokenOf logs user0 in and returns its token.
func (x *site) tokenOf() string {
	got := x.inline("").heard(inlineAuth("PLAIN", "\x00user0\x00pw0", "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"))
	_, token, _ := strings.Cut(got, " token='")
	token, _, _ = strings.Cut(token, "'")
	return token
}

// tokenMessage is that of a login by token.
func tokenMessage(user, token string) string {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("Initiator"))
	return user + "\x00" + string(m.Sum(nil))
}

// inlineCases are those of inlineDefects.
var inlineCases = map[string]func(*site) bool{
	"inline-after-failure": func(x *site) bool {
		c := x.whole().inline("")
		c.put(inlineAuth("PLAIN", "\x00user0\x00wrong", inlineBind))
		return strings.HasPrefix(c.expect("<failure"), "<failure") && strings.Contains(c.says("<iq type='get' id='1'>"+ping+"</iq>"), "type='result'")
	},
	"inline-authenticate-twice": func(x *site) bool {
		c := x.whole().inline("")
		c.put(inlineAuth("PLAIN", "\x00user0\x00pw0", ""))
		c.expect("<success")
		c.expect("<stream:features>")
		return strings.Contains(c.heard(inlineAuth("PLAIN", "\x00user1\x00pw1", "")), "user1@localhost")
	},
	"inline-from-ignored": func(x *site) bool {
		return strings.HasPrefix(x.whole().inline(" from='user1@localhost'").heard(inlineAuth("PLAIN", "user0@localhost\x00user0\x00pw0", "")), "<success")
	},
	"inline-no-mechanism-crash": func(x *site) bool {
		x.whole().inline("").heard("<authenticate xmlns='urn:xmpp:sasl:2'/>")
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	},
	"token-unchecked": func(x *site) bool {
		return strings.HasPrefix(x.whole().inline("").heard(inlineAuth("HT-SHA-256-NONE", "user1\x00x", byToken)), "<success")
	},
	"token-of-another": func(x *site) bool {
		token := x.whole().tokenOf()
		return strings.HasPrefix(x.inline("").heard(inlineAuth("HT-SHA-256-NONE", tokenMessage("user1", token), byToken)), "<success")
	},
	"token-stays-good": func(x *site) bool {
		message := tokenMessage("user0", x.whole().tokenOf())
		got := x.inline("").heard(inlineAuth("HT-SHA-256-NONE", message, "<fast xmlns='urn:xmpp:fast:0' invalidate='true'/>"))
		if !strings.HasPrefix(got, "<success") {
			x.t.Errorf("a token is refused: %s", got)
		}
		return strings.HasPrefix(x.inline("").heard(inlineAuth("HT-SHA-256-NONE", message, byToken)), "<success")
	},
}

// scrambled does SCRAM for user0 with a first message, and a last that is made of the challenge.
func scrambled(first string, last func(x *scramExchange, nonce string) string) func(*site) bool {
	return func(x *site) bool {
		c := x.whole().inline("")
		got := c.heard("<auth mechanism='SCRAM-SHA-256'" + sasl + ">" + base64.StdEncoding.EncodeToString([]byte(first)) + "</auth>")
		_, got, _ = strings.Cut(strings.TrimSuffix(got, "</challenge>"), ">")
		challenge, err := base64.StdEncoding.DecodeString(got)
		if err != nil || len(challenge) == 0 {
			return false
		}
		_, _, bare := cut3(first)
		e := &scramExchange{bare: []byte(bare), first: challenge, hash: scramSHA256}
		e.keys, _ = x.s.scramKeys(scramSHA256, "user0")
		nonce, _, _ := strings.Cut(strings.TrimPrefix(string(challenge), "r="), ",")
		return strings.HasPrefix(c.heard("<response"+sasl+">"+base64.StdEncoding.EncodeToString([]byte(last(e, nonce)))+"</response>"), "<success")
	}
}

func cut3(s string) (a, b, c string) {
	parts := strings.SplitN(s, ",", 3)
	return parts[0], parts[1], parts[2]
}

// proven is a last message with the proof of user0's password.
func proven(x *scramExchange, text string) string {
	salted, err := pbkdf2.Key(x.hash.new, "pw0", x.keys.salt, x.keys.iterations, x.hash.new().Size())
	if err != nil {
		panic(err) // the keys are the server's own
	}
	key := x.hash.mac(salted, []byte("Client Key"))
	for i, b := range x.hash.mac(x.keys.stored, []byte(string(x.bare)+","+string(x.first)+","+text)) {
		key[i] ^= b
	}
	return text + ",p=" + base64.StdEncoding.EncodeToString(key)
}

// scramCases are those of scramDefects.
var scramCases = map[string]func(*site) bool{
	"scram-proof-unchecked":    scrambled("n,,n=user0,r=abc", func(x *scramExchange, nonce string) string { return "c=biws,r=" + nonce + ",p=eHh4" }),
	"scram-nonce-unchecked":    scrambled("n,,n=user0,r=abc", func(x *scramExchange, nonce string) string { return proven(x, "c=biws,r="+nonce+"x") }),
	"scram-binding-unchecked":  scrambled("n,,n=user0,r=abc", func(x *scramExchange, nonce string) string { return proven(x, "c=eSws,r="+nonce) }),
	"scram-downgrade-accepted": scrambled("y,,n=user0,r=abc", func(x *scramExchange, nonce string) string { return proven(x, "c=eSws,r="+nonce) }),
}

// certificate is a client's, with a subject and addresses.
func (x *site) certificate(subject pkix.Name, addresses ...string) *tls.Certificate {
	t := &x509.Certificate{Subject: subject, NotBefore: notBefore, NotAfter: notAfter, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if len(addresses) > 0 {
		t.ExtraExtensions = []pkix.Extension{x.names(addresses)}
	}
	cert, err := x.s.authority.issue(t)
	if err != nil {
		x.t.Fatal(err)
	}
	return cert
}

// names is subjectAltName with addresses (RFC 6120 §13.7.1.4).
func (x *site) names(addresses []string) pkix.Extension {
	var names []asn1.RawValue
	for _, address := range addresses {
		text, err1 := asn1.MarshalWithParams(address, "utf8")
		id, err2 := asn1.Marshal(oidXMPPAddr)
		value, err3 := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: text})
		if err := errors.Join(err1, err2, err3); err != nil {
			x.t.Fatal(err)
		}
		names = append(names, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: append(id, value...)})
	}
	all, err := asn1.Marshal(names)
	if err != nil {
		x.t.Fatal(err)
	}
	return pkix.Extension{Id: oidSubjectAltName, Value: all}
}

// external is what is answered to EXTERNAL with a certificate and a message.
func (x *site) external(cert *tls.Certificate, message string) string {
	if x.s.TLSAddr() == nil {
		if err := x.s.ListenTLS("127.0.0.1:0"); err != nil {
			x.t.Fatal(err)
		}
	}
	c := dialTCP(x.t, x.s.TLSAddr()).patient()
	c.conn = tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{*cert}})
	c.open()
	if message != "=" {
		message = base64.StdEncoding.EncodeToString([]byte(message))
	}
	got := c.heard("<auth mechanism='EXTERNAL'" + sasl + ">" + message + "</auth>")
	if !strings.HasPrefix(got, "<success") {
		return got
	}
	c.open()
	c.bind("r")
	return c.jid
}

// externalCases are those of externalDefects.
var externalCases = map[string]func(*site) bool{
	"external-authzid-takeover": func(x *site) bool {
		x.whole()
		return x.external(x.certificate(pkix.Name{CommonName: "user0"}, "user0@localhost"), "user1@localhost") == "user1@localhost/r"
	},
	"external-name-by-pattern": func(x *site) bool {
		x.whole()
		names := []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 3}, Value: "user0"}, {Type: []int{2, 5, 4, 11}, Value: "CN=user1"}}
		return x.external(x.certificate(pkix.Name{ExtraNames: names}), "=") == "user1@localhost/r"
	},
	"external-first-of-several": func(x *site) bool {
		x.whole()
		return x.external(x.certificate(pkix.Name{}, "user0@localhost", "user1@localhost"), "=") == "user0@localhost/r"
	},
}

// component is a connection to the port of components whose stream is open, with the handshake that is right.
func (x *site) component() (c *client, handshake string) {
	x.whole()
	if err := x.s.ListenComponents("127.0.0.1:0"); err != nil {
		x.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", x.s.ComponentAddr().String())
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	c = (&client{t: x.t, conn: conn}).patient()
	c.scanner.Reset(wire.Limits{})
	h := c.heard("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='bots.localhost'>")
	_, id, _ := strings.Cut(h, " id='")
	id, _, _ = strings.Cut(id, "'")
	sum := sha1.Sum([]byte(id + "word"))
	return c, "<handshake>" + hex.EncodeToString(sum[:]) + "</handshake>"
}

// componentSays is what the witness gets of what a component says, and what the server tells that.
func (x *site) componentSays(text string) (witness, told string) {
	c, handshake := x.component()
	w := x.session(1, "w")
	c.put(handshake)
	c.expect("<handshake")
	c.put(text + "<iq type='get' id='sync' from='bots.localhost' to='localhost'>" + ping + "</iq>")
	told, _ = c.next()
	all, _ := w.drain()
	return strings.Join(all, ""), told
}

// componentCases are those of componentDefects.
var componentCases = map[string]func(*site) bool{
	"component-handshake-unchecked": func(x *site) bool {
		c, _ := x.component()
		return strings.HasPrefix(c.heard("<handshake>0</handshake>"), "<handshake")
	},
	"component-foreign-from": func(x *site) bool {
		witness, _ := x.componentSays("<message from='user2@localhost' to='user1@localhost/w'/>")
		return strings.Contains(witness, "from='user2@localhost'")
	},
	"component-unaddressed-crash": func(x *site) bool {
		x.componentSays("<message to='user1@localhost/w'/>")
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	},
}

// claimsInArchive is about the archive of a room.
func claimsInArchive(x *site) bool {
	x.whole()
	c := x.session(0, "r")
	c.says("<presence to='room@conference.localhost/a'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
	c.says("<message type='groupchat' to='room@conference.localhost'><body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='forged'/></x></message>")
	got := c.says("<iq type='set' id='1' to='room@conference.localhost'><query xmlns='urn:xmpp:mam:2'/></iq>")
	if !strings.Contains(got, "<body>x</body>") {
		x.t.Errorf("nothing is in the archive: %s", got)
	}
	return strings.Contains(got, "forged")
}
