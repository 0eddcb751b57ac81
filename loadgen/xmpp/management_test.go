package xmpp

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// managedLogin is the script of a login up to the features that offer resource
// binding and stream management.
var managedLogin = `C: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>
S: ` + fixtureAuth + `
C: <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHVzZXIAcGVuY2ls</auth>
S: <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
C: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>
S: ` + fixtureHeader + `<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>
`

const boundScript = `C: <iq id='bind' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>
S: <iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq>
`

const enabling = boundScript + `C: <enable xmlns='urn:xmpp:sm:3' resume='true'/>
`

// managedDialer is for peers that play a script.
func managedDialer(t *testing.T, script string) (*Dialer, func() error) {
	dial, wait := peer(t, func(p net.Conn) error { return play(p, parseScript(t, script)) })
	return &Dialer{Dial: dial, Domain: "example.com", Mechanism: "PLAIN", StreamManagement: &StreamManagement{Resume: true, AckEvery: 2}}, wait
}

func manageScript(t *testing.T, script string) (*Conn, func() error) {
	t.Helper()
	d, wait := managedDialer(t, managedLogin+script)
	c, _, err := d.Login(t.Context(), fixtureUser, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, wait
}

func TestEnableErrors(t *testing.T) {
	d, _ := managedDialer(t, managedLogin+enabling+"S: <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text>no</text></failed>\n")
	_, _, err := d.Login(t.Context(), fixtureUser, nil)
	failed, ok := errors.AsType[*ManagementError](err)
	if !ok || *failed != (ManagementError{"enable", "unexpected-request", "no"}) {
		t.Error(err)
	}
	d, _ = managedDialer(t, strings.ReplaceAll(managedLogin+boundScript, "<sm xmlns='urn:xmpp:sm:3'/>", ""))
	_, _, err = d.Login(t.Context(), fixtureUser, nil)
	checkLoginError(t, err, Manage, NoManagement)
}

// TestManagement plays a session with acknowledgements, its end, and its
// resumption: what was not acknowledged is sent again, and nothing else.
func TestManagement(t *testing.T) {
	c, wait := manageScript(t, enabling+`S: <message id='early'/><enabled xmlns='urn:xmpp:sm:3' id='x1' resume='1' max='7'/>
C: <message id='1'/>
C: <message id='2'/><presence id='3'/><r xmlns='urn:xmpp:sm:3'/>
S: <message id='a'/><a xmlns='urn:xmpp:sm:3' h='2'/><r xmlns='urn:xmpp:sm:3'/><presence/>
C: <a xmlns='urn:xmpp:sm:3' h='1'/>
C: <message id='4'/>
`)
	var acked strings.Builder
	c.WhenAcked(func(stanza []byte) { acked.Write(stanza) })
	for _, s := range []string{"<message id='1'/>", "<message id='2'/><presence id='3'/>"} {
		if err := c.Send([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := ids(c, 5); got != "earlya" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if err := c.Send([]byte("<message id='4'/>")); err != nil {
		t.Fatal(err)
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if want := "<message id='1'/><message id='2'/>"; acked.String() != want || c.Unacked() != 2 {
		t.Errorf("acknowledged %q, want %q; %d are not", &acked, want, c.Unacked())
	}
	c.Abort()
	r := c.Resumption()
	if r == nil || r.Max() != 7*time.Second || lost(r) != "<presence id='3'/><message id='4'/>" {
		t.Fatalf("%+v", r)
	}
	d, wait := managedDialer(t, managedLogin+`C: <resume xmlns='urn:xmpp:sm:3' h='2' previd='x1'/>
S: <resumed xmlns='urn:xmpp:sm:3' previd='x1' h='3'/><message id='b'/>
C: <message id='4'/><r xmlns='urn:xmpp:sm:3'/>
S: <a xmlns='urn:xmpp:sm:3' h='4'/>
`)
	c, _, err := d.Resume(t.Context(), fixtureUser, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ids(c, 2); got != "b" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if resumed, why := c.Resumed(); !resumed || why != nil || c.JID() != "user@example.com/r" || c.Unacked() != 0 {
		t.Errorf("%v %v %q %d", resumed, why, c.JID(), c.Unacked())
	}
	if want := "<message id='1'/><message id='2'/><presence id='3'/><message id='4'/>"; acked.String() != want {
		t.Errorf("acknowledged %q, want %q", &acked, want)
	}
}

func lost(r *Resumption) (all string) {
	for stanza := range r.Unacknowledged() {
		all += string(stanza)
	}
	return all
}

// TestResumeRefused binds a resource where the session is gone.
func TestResumeRefused(t *testing.T) {
	m := newManagement(&StreamManagement{})
	m.id = "x1"
	m.keep([]byte("<message id='1'/><message id='2'/>"))
	d, wait := managedDialer(t, managedLogin+`C: <resume xmlns='urn:xmpp:sm:3' h='0' previd='x1'/>
S: <failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
`+enabling+`S: <enabled xmlns='urn:xmpp:sm:3'/>
`)
	r := &Resumption{"user@example.com/old", m}
	c, _, err := d.Resume(t.Context(), fixtureUser, r, nil)
	if err := errors.Join(err, wait()); err != nil {
		t.Fatal(err)
	}
	resumed, why := c.Resumed()
	if want := (&ManagementError{Condition: "item-not-found"}); resumed || !errors.Is(why, want) || c.JID() != "user@example.com/r" {
		t.Errorf("%v %v %q", resumed, why, c.JID())
	}
	if c.Resumption() != nil {
		t.Error("can be resumed, though the server did not say so")
	}
	if lost(r) != "<message id='2'/>" {
		t.Errorf("lost %q", lost(r))
	}
}

// TestCountersGoRound passes 2^32 in both directions (XEP-0198 §4).
func TestCountersGoRound(t *testing.T) {
	m := newManagement(&StreamManagement{AckEvery: 3})
	m.in, m.out, m.acked, m.due = 1<<32-1, 1<<32-2, 1<<32-2, 1
	for i, want := range []bool{false, false, true, false, false, true} {
		ask, err := m.keep([]byte("<iq/>"))
		if err != nil || ask != want {
			t.Errorf("stanza %d: ask %v, %v", i, ask, err)
		}
	}
	if err := m.acknowledge(2); err != nil || m.out-m.acked != 2 {
		t.Errorf("%v, %d left", err, m.out-m.acked)
	}
	c := &Conn{sm: m}
	for range 3 {
		c.managed(&wire.Element{Kind: wire.Stanza})
	}
	if got := string(m.appendAck(nil)); got != "<a xmlns='urn:xmpp:sm:3' h='2'/>" {
		t.Error(got)
	}
	for _, h := range []uint32{5, 1, 1 << 31} {
		if err := m.acknowledge(h); err != BadAcknowledgement {
			t.Errorf("h %d: %v", h, err)
		}
	}
}

func TestUnacknowledgedIsBounded(t *testing.T) {
	m := newManagement(&StreamManagement{})
	big := []byte("<message><body>" + strings.Repeat("x", 1<<20) + "</body></message>")
	var err error
	for n := 0; err == nil; n++ {
		if n > maxUnacked>>20 {
			t.Fatal("no end")
		}
		_, err = m.keep(big)
	}
	if err != Unacknowledged {
		t.Error(err)
	}
}

// TestManagedAllocs: stream management allocates nothing per stanza.
func TestManagedAllocs(t *testing.T) {
	m := newManagement(&StreamManagement{})
	h := uint32(0)
	allocs := testing.AllocsPerRun(2000, func() {
		for range 5 {
			m.keep(chat)
		}
		h += 5
		if err := m.acknowledge(h); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 && !raced() {
		t.Errorf("%v allocations for five stanzas", allocs)
	}
}
