package loopback

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

func listening(t testing.TB, o Options) *Server {
	t.Helper()
	s := newServer(t, o)
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if err := s.ListenTLS("127.0.0.2:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStartTLS(t *testing.T) {
	s := listening(t, Options{RequireTLS: true})
	c := dialTCP(t, s.Addr()).patient()
	if f := c.open(); !strings.Contains(f, "<required/>") || strings.Contains(f, "mechanism") {
		t.Errorf("features before TLS: %s", f)
	}
	c.send(auth, "PLAIN", b64("\x00user0\x00pw0"))
	c.expect("<failure ", "<encryption-required/>")
	c.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.expect("<proceed ")
	c.secure(s, nil)
	if f := c.open(); strings.Contains(f, "starttls") || !strings.Contains(f, "<channel-binding type='tls-exporter'/>") {
		t.Errorf("features after TLS: %s", f)
	}
	c.send(auth, "PLAIN", b64("\x00user0\x00pw0"))
	c.expect("<success ")
	c.open()
	c.bind("r")
	c.available()
	c.send("</stream:stream>")
	c.expectEnd()
}

func TestDirectTLS(t *testing.T) {
	s := listening(t, Options{})
	for _, name := range []string{"localhost", "127.0.0.2"} {
		c := dialTCP(t, s.TLSAddr()).patient()
		c.secure(s, &tls.Config{ServerName: name})
		c.authenticate(3)
		c.bind("")
	}
}

func TestExternal(t *testing.T) {
	s := listening(t, Options{Mechanisms: append(DefaultMechanisms(), "EXTERNAL")})
	for _, test := range []struct{ user, authzid, want string }{
		{"user7", "=", "<success "},
		{"user7", b64("user7@localhost"), "<success "},
		{"user7", b64("user8@localhost"), "<invalid-authzid/>"},
		{"nobody", "=", "<not-authorized/>"},
	} {
		cert, err := s.ClientCertificate(test.user)
		if err != nil {
			t.Fatal(err)
		}
		c := dialTCP(t, s.TLSAddr()).patient()
		c.secure(s, &tls.Config{Certificates: []tls.Certificate{*cert}})
		c.open()
		c.send(auth, "EXTERNAL", test.authzid)
		c.expect(test.want)
	}
	c := dialTCP(t, s.TLSAddr()).patient()
	c.secure(s, nil)
	if f := c.open(); strings.Contains(f, "EXTERNAL") {
		t.Errorf("EXTERNAL is offered without a certificate: %s", f)
	}
}

func TestBytesAfterStartTLSAreNotTakenForTLS(t *testing.T) {
	s := listening(t, Options{})
	c := dialTCP(t, s.Addr()).patient()
	c.open()
	c.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><presence/>")
	c.expect("<failure ")
	c.expectEnd()
}

func TestTLSGarbage(t *testing.T) {
	s := listening(t, Options{})
	c := dialTCP(t, s.TLSAddr()).patient()
	c.send(header)
	got := make([]byte, 64)
	n, _ := c.conn.Read(got) // at most a TLS alert
	if strings.Contains(string(got[:n]), "stream") {
		t.Errorf("answered %q outside TLS", got[:n])
	}
}

func TestAnonymous(t *testing.T) {
	s := newServer(t, Options{Mechanisms: []string{"ANONYMOUS"}})
	c := dial(t, s)
	c.open()
	c.send(auth, "ANONYMOUS", "")
	c.expect("<challenge ")
	c.send("<response xmlns='%s'/>", wire.NSSASL)
	c.expect("<success ")
	c.open()
	c.bind("")
	if !strings.HasPrefix(c.jid, "anonymous-") {
		t.Errorf("bound %s", c.jid)
	}
}

// TestSASLAnswers holds the answers to faulty SASL against RFC 6120 §6.5.
func TestSASLAnswers(t *testing.T) {
	response := "<response xmlns='" + wire.NSSASL + "'>%s</response>"
	for _, test := range []struct {
		name string
		say  []string
		want []string
	}{
		{"wrong password", []string{plainAuth("user0", "wrong")}, []string{"<not-authorized/>"}},
		{"unknown user", []string{plainAuth("nobody", "pw0")}, []string{"<not-authorized/>"}},
		{"unknown mechanism", []string{saslAuth("X-NONE", "")}, []string{"<invalid-mechanism/>"}},
		{"no mechanism", []string{"<auth xmlns='" + wire.NSSASL + "'/>"}, []string{"<invalid-mechanism/>"}},
		{"mechanism not offered here", []string{saslAuth("SCRAM-SHA-256-PLUS", b64("p=tls-exporter,,n=user0,r=x"))}, []string{"<encryption-required/>"}},
		{"not base64", []string{saslAuth("PLAIN", "!!!!")}, []string{"<incorrect-encoding/>"}},
		{"white space in base64", []string{saslAuth("PLAIN", "AHVz\nZXIwAHB3MA==")}, []string{"<incorrect-encoding/>"}},
		{"padding inside", []string{saslAuth("PLAIN", "AHVzZ=XIwAHB3MA")}, []string{"<incorrect-encoding/>"}},
		{"stray bits", []string{saslAuth("PLAIN", "AHVzZXIwAHB3MB==")}, []string{"<incorrect-encoding/>"}},
		{"empty", []string{saslAuth("PLAIN", "=")}, []string{"<malformed-request/>"}},
		{"too few parts", []string{saslAuth("PLAIN", b64("user0\x00pw0"))}, []string{"<malformed-request/>"}},
		{"foreign authzid", []string{saslAuth("PLAIN", b64("user1@localhost\x00user0\x00pw0"))}, []string{"<invalid-authzid/>"}},
		{"full authzid", []string{saslAuth("PLAIN", b64("user0@localhost/r\x00user0\x00pw0"))}, []string{"<invalid-authzid/>"}},
		{"own authzid", []string{saslAuth("PLAIN", b64("User0@LOCALHOST.\x00user0\x00pw0"))}, []string{"<success "}},
		{"response first", []string{strings.Replace(response, "%s", "=", 1)}, []string{"<malformed-request/>"}},
		{"challenge from the client", []string{"<challenge xmlns='" + wire.NSSASL + "'/>"}, []string{"<malformed-request/>"}},
		{"abort", []string{saslAuth("PLAIN", ""), "<abort xmlns='" + wire.NSSASL + "'/>"}, []string{"<challenge ", "<aborted/>"}},
		{"another auth", []string{saslAuth("SCRAM-SHA-1", ""), plainAuth("user0", "pw0")}, []string{"<challenge ", "<success "}},
		{"SCRAM syntax", []string{saslAuth("SCRAM-SHA-1", b64("n,,x"))}, []string{"<malformed-request/>"}},
		{"SCRAM with a binding but no -PLUS", []string{saslAuth("SCRAM-SHA-1", b64("p=tls-exporter,,n=user0,r=x"))}, []string{"<not-authorized/>"}},
		{"too many failures", []string{plainAuth("user0", "x"), plainAuth("user0", "y"), plainAuth("user0", "z")},
			[]string{"<not-authorized/>", "<not-authorized/>", "<not-authorized/>", "<policy-violation ", "</stream:stream>"}},
		{"long token", []string{saslAuth("PLAIN", strings.Repeat("AAAA", 2000))}, []string{"<malformed-request/>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, newServer(t, Options{}))
			c.open()
			for i, say := range test.say {
				c.send("%s", say)
				c.expect(test.want[i])
			}
			for _, want := range test.want[len(test.say):] {
				c.expect(want)
			}
		})
	}
}

func saslAuth(mechanism, data string) string {
	return "<auth xmlns='" + wire.NSSASL + "' mechanism='" + mechanism + "'>" + data + "</auth>"
}

func plainAuth(user, password string) string {
	return saslAuth("PLAIN", b64("\x00"+user+"\x00"+password))
}

func TestPlainNeedsTLS(t *testing.T) {
	s, err := New(Options{Users: UserPattern("user{n}", "pw", 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // after the client
	c := dial(t, s)
	if f := c.open(); strings.Contains(f, ">PLAIN<") || !strings.Contains(f, ">SCRAM-SHA-256<") {
		t.Errorf("features %s", f)
	}
	c.send("%s", plainAuth("user0", "pw"))
	c.expect("<encryption-required/>")
}

func TestUserPattern(t *testing.T) {
	users := UserPattern("u{n}x", "p{n}", 12)
	for _, test := range []struct {
		local, password string
		ok              bool
	}{{"u0x", "p0", true}, {"u11x", "p11", true}, {"u12x", "", false}, {"u01x", "", false}, {"u-1x", "", false}, {"ux", "", false}, {"v1x", "", false}} {
		if password, ok := users(test.local); ok != test.ok || ok && password != test.password {
			t.Errorf("%s: %q, %v", test.local, password, ok)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{Domain: "a b"}, {Mechanisms: []string{"SCRAM"}}, {NoStartTLS: true, RequireTLS: true}, {Faults: Faults{Lose: -1}},
	} {
		if s, err := New(o); err == nil {
			s.Close()
			t.Errorf("%+v is taken", o)
		}
	}
	if !slices.Contains(DefaultMechanisms(), "PLAIN") {
		t.Error("PLAIN is no default")
	}
}
