package loopback

import (
	"fmt"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// TestMessageAllocations keeps the routing of a message, from its bytes to the outbox of its recipient, free of allocations.
func TestMessageAllocations(t *testing.T) {
	s := newServer(t, Options{})
	conns := make([]*conn, 2)
	for i := range conns {
		c := &conn{srv: s}
		c.out.writing = true // nobody writes: the test empties the outbox
		local := fmt.Sprint("user", i)
		s.enter(newSession(c, s.open(local), "r"), nil)
		conns[i] = c
	}
	from, to := conns[0], &conns[1].out
	header, _, err := from.scanner.Next([]byte(header))
	if err != nil || header.Kind != wire.Header {
		t.Fatal(header.Kind, err)
	}
	message := []byte("<message to='user1@localhost/r' id='1' type='chat'><body>hello</body></message>")
	from.scratch, to.buf = make([]byte, 0, 1024), make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(1000, func() {
		e, _, err := from.scanner.Next(message)
		if err != nil {
			t.Fatal(err)
		}
		if err := from.checkStanza(e); err != nil {
			t.Fatal(err)
		}
		to.buf, to.messages = to.buf[:0], 0
		from.stanza(e)
		if to.messages != 1 {
			t.Fatal("the message did not arrive")
		}
	}); n != 0 {
		t.Errorf("routing a message allocates %v times", n)
	}
	for _, c := range conns {
		c.session.bound = false // there is no connection to end
	}
}
