package fuzz

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// wrong is a way to be a bad server.
type wrong string

const (
	silent   wrong = "accepts everything without a word"
	dropping wrong = "drops the connection"
	reset    wrong = "answers everything with the stream error reset"
	echoing  wrong = "sends everything back, and to the witness"
	lax      wrong = "grants everything"
)

// responder does what leads up to a probe as it should, knowing it by the very bytes, and is wrong about all else.
type responder struct {
	how     wrong
	cert    tls.Certificate
	serves  string // features of whatever is asked
	wg      sync.WaitGroup
	mu      sync.Mutex
	witness net.Conn
}

// visit is one connection to the responder.
type visit struct {
	*responder
	conn                  net.Conn
	secure, opened, asked bool
	managed               bool
	user                  string
}

var (
	canonicalHeader    = string(wire.AppendHeader(nil, wire.StreamHeader{To: "localhost", Version: "1.0", Lang: "en", Namespace: wire.NSClient}))
	canonicalSubscribe = strings.Repeat("<presence type='subscribe' to='user2@localhost'/>", 5)
	canonicalService   = regexp.MustCompile(`^<iq type='get' id='(service-[0-9]+)' to='([^']+)'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`)
	canonicalSync      = regexp.MustCompile(`<iq type='get' id='(sync-[0-9]+)' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`)
)

const (
	canonicalStartTLS  = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	canonicalBind      = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
	canonicalEnable    = "<enable xmlns='urn:xmpp:sm:3'/>"
	canonicalResumable = "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"
	emptyAuth          = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>"
)

// handshake is the first byte of a TLS handshake (RFC 8446 §5.1).
const handshake = 22

// tasted is a connection of which something has been read.
type tasted struct {
	net.Conn
	first []byte
}

func (b *tasted) Read(p []byte) (int, error) {
	if len(b.first) == 0 {
		return b.Conn.Read(p)
	}
	n := copy(p, b.first)
	b.first = b.first[n:]
	return n, nil
}

// respond starts a responder, which ends with the test.
func respond(t *testing.T, how wrong, cert tls.Certificate, p *program.Program) *Site {
	t.Helper()
	r := &responder{how: how, cert: cert}
	for _, s := range p.Serves {
		r.serves += "<feature var='" + s.Feature + "'/>"
	}
	t.Cleanup(r.wg.Wait) // after the listeners are closed
	plain, direct := r.listen(t, false), r.listen(t, true)
	return &Site{Addr: plain, DirectTLSAddr: direct, Domain: "localhost", TLS: &tls.Config{InsecureSkipVerify: true}, Users: account, Patience: 300 * time.Millisecond,
		Settings: map[program.Setting]string{program.Addresses: "20"}}
}

func (r *responder) listen(t *testing.T, secure bool) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return ""
	}
	r.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.wg.Go(func() { r.serve(conn, secure) })
		}
	})
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func (r *responder) serve(conn net.Conn, secure bool) {
	v := &visit{responder: r, conn: conn, secure: secure}
	if secure {
		v.conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{r.cert}})
	}
	defer func() { v.conn.Close() }()
	var b [64 << 10]byte
	for {
		n, err := v.conn.Read(b[:])
		if err != nil {
			return
		}
		probe := string(b[:n])
		for before := ""; before != probe; {
			before, probe = probe, v.right(probe)
		}
		if probe != "" && !v.wrong(probe) {
			return
		}
	}
}

// right does what stands first in text, if that is canonical, and returns what is left.
func (v *visit) right(text string) string {
	if m := canonicalSync.FindStringSubmatchIndex(text); m != nil {
		// The probe before it comes first, as on every stream.
		if m[0] > 0 && !v.wrong(text[:m[0]]) {
			return ""
		}
		fmt.Fprintf(v.conn, "<iq type='result' id='%s' from='localhost'/>", text[m[2]:m[3]])
		return text[m[1]:]
	}
	if m := canonicalService.FindStringSubmatch(text); m != nil {
		fmt.Fprintf(v.conn, "<iq type='result' id='%s' from='%s'><query xmlns='http://jabber.org/protocol/disco#info'>%s</query></iq>", m[1], m[2], v.serves)
		return text[len(m[0]):]
	}
	switch {
	case strings.HasPrefix(text, canonicalHeader):
		v.header("localhost", v.id())
		return text[len(canonicalHeader):]
	case text == canonicalStartTLS && !v.secure:
		fmt.Fprint(v.conn, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		var first [1]byte
		if _, err := v.conn.Read(first[:]); err != nil || first[0] != handshake {
			return string(first[:])
		}
		v.conn, v.secure, v.opened = tls.Server(&tasted{v.conn, first[:]}, &tls.Config{Certificates: []tls.Certificate{v.cert}}), true, false
		return ""
	case text == canonicalSubscribe:
		return ""
	case text == emptyAuth && !v.asked && v.secure && v.how != reset:
		v.asked = true // and what comes now is judged, unless it is this again
		fmt.Fprint(v.conn, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
		return ""
	case text == canonicalBind && v.user != "":
		fmt.Fprintf(v.conn, "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>%s@localhost/r</jid></bind></iq>", v.user)
		if v.user == "user1" {
			v.mu.Lock()
			v.witness = v.conn
			v.mu.Unlock()
		}
		return ""
	case (text == canonicalEnable || text == canonicalResumable) && v.user != "" && !v.managed && v.how != reset:
		v.managed = true // and what comes now is judged, unless it is another
		fmt.Fprint(v.conn, "<enabled xmlns='urn:xmpp:sm:3' id='some-id' resume='true'/>")
		return ""
	case text == "<presence/>":
		return ""
	}
	for i := range Accounts {
		name, password := account(i)
		token := base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00" + password))
		if text == "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"+token+"</auth>" && !v.asked {
			v.user, v.opened = name, false
			fmt.Fprint(v.conn, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			return ""
		}
	}
	return text
}

// id is a new stream id, as it should be, but that of who grants everything.
func (v *visit) id() string {
	if v.how == lax {
		return "mine"
	}
	return rand.Text()
}

func (v *visit) header(from, id string) {
	v.opened = true
	fmt.Fprintf(v.conn, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='%s' id='%s' version='1.0' xml:lang='en'>", from, id)
	v.features()
}

func (v *visit) features() {
	offer := "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	if v.user != "" {
		offer = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>" +
			"<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>"
	} else if v.secure {
		offer = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
	}
	fmt.Fprintf(v.conn, "<stream:features>%s</stream:features>", offer)
}

// wrong does the wrong thing with a probe, and reports whether the connection goes on.
func (v *visit) wrong(probe string) bool {
	switch v.how {
	case dropping:
		return false
	case reset:
		if !v.opened {
			fmt.Fprint(v.conn, "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>")
		}
		v.conn.Write(wire.AppendFooter(wire.AppendStreamError(nil, "reset", "")))
		return false
	case echoing:
		fmt.Fprint(v.conn, probe)
		v.toWitness(probe)
	case lax:
		v.grant(probe)
	}
	return true
}

func (v *visit) toWitness(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.witness != nil {
		fmt.Fprint(v.witness, text)
	}
}

// grant answers a probe as if all were well with it.
func (v *visit) grant(probe string) {
	switch {
	case strings.Contains(probe, "<message"):
		v.toWitness("<message from='user0@localhost/r' to='user1@localhost/r'><body>granted</body></message>")
	case strings.Contains(probe, "<iq"):
		fmt.Fprint(v.conn, "<iq type='result' id='probe' from='localhost'/>")
	case strings.Contains(probe, "<auth"), strings.Contains(probe, "<response"), strings.Contains(probe, "<abort"):
		fmt.Fprint(v.conn, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
	case !v.opened:
		v.opened = true
		fmt.Fprint(v.conn, "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='you' id='mine' version='9.9'>")
		v.features()
	}
}

// TestEveryRowCanFail plays every program on every bad server. Each must fail on one of them or more, and every one of
// these must be found out by many.
func TestEveryRowCanFail(t *testing.T) {
	cert := httptest.NewTLSServer(nil)
	cert.Close()
	ways := []wrong{silent, dropping, reset, echoing, lax}
	caught := map[wrong]*atomic.Int32{}
	for _, how := range ways {
		caught[how] = new(atomic.Int32)
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, 32) // the programs mostly wait, so more of them than processors
	for _, p := range rows(t) {
		if beyond(p) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			flips, applies := 0, false
			for _, how := range ways {
				outcome := outcomeOn(t, respond(t, how, cert.TLS.Certificates[0], p), p, how)
				applies = applies || outcome != oracle.NotApplicable
				if outcome == oracle.Deviation {
					flips++
					caught[how].Add(1)
				}
			}
			if flips == 0 && applies {
				t.Errorf("%s: none of the bad servers deviates", p.Name())
			}
		})
	}
	wg.Wait()
	for how, n := range caught {
		t.Logf("a server that %s deviates in %d rows", how, n.Load())
		if n.Load() < 40 {
			t.Errorf("a server that %s deviates in %d rows only", how, n.Load())
		}
	}
}

// beyond reports whether a row is about what the bad servers do not speak, though they may seem to: other transports than TCP and TLS,
// compression, services but that for many, renegotiation, limits. That these rows can fail is for planted defects to show, as it is of rows
// that are not applicable to any of the bad servers.
func beyond(p *program.Program) bool {
	return ofLimits(p) || len(p.Serves) > 0 && p.Row != 148 || p.Only == program.WSS || slices.ContainsFunc(p.Ops, func(op program.Op) bool {
		return op.Verb == program.Again || op.Verb == program.Compress
	})
}

// outcomeOn is that of a program on a bad server; where it does not come to its mark on one that resets everything, the row does not apply.
func outcomeOn(t *testing.T, site *Site, p *program.Program, how wrong) oracle.Outcome {
	var r Row
	var err error
	for range 5 { // what leads up to the probe can be late on a busy machine, and is not what is judged
		r, err = judge(t.Context(), site, p)
		if _, early := errors.AsType[*StepError](err); early && how == reset {
			return oracle.NotApplicable
		} else if !early {
			break
		}
	}
	if err != nil {
		t.Errorf("%s on a server that %s: %v\n%s", p.Name(), how, err, r.Transcript)
	}
	return r.Judgement.Outcome
}
