package loopback

import (
	"testing"
	"testing/synctest"
)

func TestLoginAndMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		if c[0].jid != "user0@localhost/r" {
			t.Fatalf("bound %s", c[0].jid)
		}
		c[0].send("<message to='%s' id='1' type='chat'><body>a &lt; b</body></message>", c[1].jid)
		c[1].expect("from='user0@localhost/r'", "id='1'", "<body>a &lt; b</body>")
		c[0].send("</stream:stream>")
		c[0].expectEnd()
		s.Close()
		if got := s.Tally(); got.Logins != 2 || got.Routed != 1 || got.Delivered != 1 || got.Sessions != 0 || got.Discarded != 0 {
			t.Errorf("tally %+v", got)
		}
	})
}
