package xmpp

import (
	"errors"
	"net"
	"strings"
	"testing"
)

// The example of RFC 2831 §4.
func TestDigestExample(t *testing.T) {
	for _, c := range []struct{ method, want string }{
		{"AUTHENTICATE", "d388dad90d4bbd760a152321f2143af7"},
		{"", "ea40f60335c427b5527b84dbabcdfffd"},
	} {
		if got := digestOf("chris", "elwood.innosoft.com", "secret", "", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk", "00000001", c.method, "imap/elwood.innosoft.com"); got != c.want {
			t.Errorf("%q: %s, want %s", c.method, got, c.want)
		}
	}
	if latin1("J\u00fcrgen") != "J\xfcrgen" || latin1("\u0416") != "\u0416" {
		t.Error("characters of ISO 8859-1 are hashed in it, and others are not")
	}
}

// TestDigest takes an exchange through what servers may say, good and bad.
func TestDigest(t *testing.T) {
	const good = `realm="example.com",nonce="OA6MG9tEQGm2hh",qop="auth,auth-int",charset=utf-8,algorithm=md5-sess`
	for _, c := range []struct {
		name       string
		challenges []string
		success    string
		want       error
	}{
		{"two challenges", []string{good, "rspauth=PROOF"}, "", nil},
		{"proof in the success", []string{good}, "rspauth=PROOF", nil},
		{"two realms, spaces", []string{` realm="example.com" , realm="other",nonce="OA6MG9tEQGm2hh",algorithm=md5-sess`}, "rspauth=PROOF", nil},
		{"escapes", []string{strings.Replace(good, `"example.com"`, `"ex\ample\.com"`, 1)}, "rspauth=PROOF", nil},
		{"proof is wrong", []string{good}, "rspauth=ea40f60335c427b5527b84dbabcdfffd", BadResponded},
		{"proof of the client", []string{good}, "rspauth=ECHO", BadResponded},
		{"no proof", []string{good}, "", EarlySuccess},
		{"success at once", nil, "", EarlySuccess},
		{"proof and more", []string{good, "rspauth=PROOF"}, "rspauth=PROOF", Unexpected},
		{"a third challenge", []string{good, "rspauth=PROOF", "rspauth=PROOF"}, "", Unexpected},
		{"empty", []string{""}, "", BadDigest},
		{"no nonce", []string{`realm="example.com",algorithm=md5-sess`}, "", BadDigest},
		{"two nonces", []string{good + `,nonce="x"`}, "", BadDigest},
		{"no algorithm", []string{`nonce="x"`}, "", BadDigest},
		{"only with a layer", []string{`nonce="x",algorithm=md5-sess,qop="auth-conf"`}, "", BadDigest},
		{"open quotes", []string{good + `,x="`}, "", BadDigest},
		{"backslash at the end", []string{good + `,x="\`}, "", BadDigest},
		{"no value", []string{good + `,x=,y`}, "", BadDigest},
		{"no name", []string{`="x"`}, "", BadDigest},
		{"text behind a value", []string{`nonce="x"y`}, "", BadDigest},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &negotiation{dialer: &Dialer{Domain: "example.com", nonce: func() string { return "OA6MHXh6VqTrRk" }}, account: Account{Local: "chris", Password: "secret"}}
			x, err := beginDigest(n, mechanism{})
			if err != nil || x.start() != nil || !serverFirst(x) {
				t.Fatal(err)
			}
			of := func(method string) string {
				return digestOf("chris", "example.com", "secret", "", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk", "00000001", method, "xmpp/example.com")
			}
			filled := strings.NewReplacer("PROOF", of(""), "ECHO", of("AUTHENTICATE"))
			for i, challenge := range c.challenges {
				var answer []byte
				if answer, err = x.next([]byte(filled.Replace(challenge))); err != nil {
					break
				}
				if want := `response=` + of("AUTHENTICATE"); i == 0 && !strings.Contains(string(answer), want) {
					t.Errorf("answer %s without %s", answer, want)
				}
			}
			if err == nil {
				err = x.finish([]byte(filled.Replace(c.success)))
			}
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

// TestBearer plays OAUTHBEARER, and its refusal in two steps (RFC 7628 §3.2.3).
func TestBearer(t *testing.T) {
	const head = "C: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>\n" +
		"S: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.com' id='s1' version='1.0'>" +
		"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>OAUTHBEARER</mechanism></mechanisms></stream:features>\n" +
		"C: <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='OAUTHBEARER'>bixhPXVzZXJAZXhhbXBsZS5jb20sAWF1dGg9QmVhcmVyIHBlbmNpbAEB</auth>\n"
	const why = "S: <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=</challenge>\nC: <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AQ==</response>\n"
	for _, c := range []struct {
		name, script string
		want         error
	}{
		{"refused", why + "S: <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>\n", &SASLError{"OAUTHBEARER", "not-authorized", ""}},
		{"let in after all", why + "S: <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>\n", EarlySuccess},
		{"told twice", why + "S: <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>eyJ9</challenge>\n", Unexpected},
	} {
		t.Run(c.name, func(t *testing.T) {
			dial, wait := peer(t, func(p net.Conn) error { return play(p, parseScript(t, head+c.script)) })
			d := &Dialer{Dial: dial, Domain: "example.com", Mechanism: "OAUTHBEARER", AllowPlainWithoutTLS: true}
			_, _, err := d.Login(t.Context(), Account{Local: "user", Password: "pencil", Resource: "r"}, nil)
			if played := wait(); played != nil {
				t.Fatalf("peer: %v (login: %v)", played, err)
			}
			checkLoginError(t, err, SASL, c.want)
		})
	}
	n := &negotiation{dialer: &Dialer{}, account: Account{Local: "user", Password: "p"}, offer: offer{mechanisms: []string{"OAUTHBEARER"}}}
	if _, err := choose(n); err != NoMechanism {
		t.Errorf("a password is taken for a token: %v", err)
	}
	n.dialer.Mechanism = "OAUTHBEARER"
	if _, err := choose(n); err != PlainWithoutTLS {
		t.Errorf("a token is shown unencrypted: %v", err)
	}
}
