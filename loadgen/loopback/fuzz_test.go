package loopback

import (
	"io"
	"testing"
)

// FuzzSession says arbitrary things, before or after login, next to a witness who must be able to go on. The witness is sent
// no stanza that the speaker's session could not have sent.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		header,
		plainAuth("user0", "pw0") + header + "<iq id='b' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
		"<presence/><presence to='user1@localhost' type='subscribe'/><presence to='user1@localhost' type='unsubscribe'/>",
		"<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='user1@localhost' subscription='remove'/></query></iq>",
		"<message to='user1@localhost/r'><body>x</body></message></stream:stream>",
		"<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>",
		"<presence to='@'/><iq/><message to='a/b@c/d' from=''/>",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, say string, bound bool) {
		s := newServer(t, Options{Register: true, Mechanisms: append(DefaultMechanisms(), "ANONYMOUS")})
		witness := loginAs(t, s, 1)
		c := dial(t, s)
		if bound {
			c.authenticate(0)
			c.bind("r")
		} else {
			c.open()
		}
		go io.WriteString(c.conn, say)
		go io.Copy(io.Discard, c.conn)
		witness.send("<iq type='get' id='sync'><ping xmlns='urn:xmpp:ping'/></iq>")
		for {
			got, err := witness.next()
			if err != nil {
				t.Fatalf("the witness was cut off: %v", err)
			}
			if got == "<iq to='user1@localhost/r' id='sync' type='result'></iq>" {
				break
			}
		}
		c.conn.Close()
		witness.conn.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
