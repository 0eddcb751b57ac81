package xmpp

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

const (
	boshBody   = "<body xmlns='http://jabber.org/protocol/httpbind' xmlns:stream='http://etherx.jabber.org/streams'"
	boshHello  = "<message xmlns='jabber:client' id='1'/>"
	boshHello2 = "<message id='2'/>" // as many servers write it
)

// manager is the server's end of one session: net/http, and a script.
type manager struct {
	mu     sync.Mutex
	rids   []string
	said   []string
	script []func(w http.ResponseWriter) // of the requests after the login; afterwards they are held
	done   chan struct{}
}

var ridOf = regexp.MustCompile(` rid='(\d+)'`)

func (m *manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	all, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	if id := ridOf.FindSubmatch(all); id != nil {
		m.rids = append(m.rids, string(id[1]))
	}
	m.said = append(m.said, string(all))
	n := len(m.said) - 1
	m.mu.Unlock()
	features := func(s string) string { return boshBody + "><stream:features>" + s + "</stream:features></body>" }
	login := []string{
		strings.Replace(features("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"), "<body ", "<body sid='s1' requests='2' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' ", 1),
		boshBody + "><success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></body>",
		features("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"),
		boshBody + "><iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq></body>",
	}
	switch {
	case n < len(login):
		io.WriteString(w, login[n])
	case n-len(login) < len(m.script):
		m.script[n-len(login)](w)
	default:
		<-m.done
	}
}

// underManager logs in to a manager.
func underManager(t *testing.T, script ...func(http.ResponseWriter)) (*manager, *Conn) {
	m := &manager{script: script, done: make(chan struct{})}
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(m.done) })
	d := &Dialer{Addr: s.Listener.Addr().String(), Domain: "example.com", BOSH: bosh.DefaultPath, AllowPlainWithoutTLS: true, Timeout: 5 * time.Second}
	c, _, err := d.Login(t.Context(), fixtureUser, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Abort() })
	return m, c
}

func says(content string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if content != "" && content[0] != '<' { // attributes
			content = boshBody + " " + content
		}
		io.WriteString(w, content)
	}
}

func status(n int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(n) }
}

// breaks ends the connection without an answer.
func breaks(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
}

// TestBOSHResponses: what becomes of what a connection manager answers, and which requests it takes.
func TestBOSHResponses(t *testing.T) {
	hello := says(boshBody + ">" + boshHello + boshHello2 + "</body>")
	for _, c := range []struct {
		name   string
		script []func(http.ResponseWriter)
		want   string // elements
		err    error  // nil: the session goes on
		rids   string // of requests after the login, from 0
	}{
		{"elements", []func(http.ResponseWriter){hello}, "message message", nil, "0 1"},
		{"empty", []func(http.ResponseWriter){says("/>"), says("></body>\n"), hello}, "message message", nil, "0 1 2 3"},
		{"asked again", []func(http.ResponseWriter){says("type='error'/>"), hello}, "message message", nil, "0 0 1"},
		{"asked again and again", []func(http.ResponseWriter){says("type='error'/>"), says("type='error'/>"), says("type='error'/>")}, "", &bosh.RecoverableError{}, "0 0 0"},
		{"broken off", []func(http.ResponseWriter){breaks, hello}, "message message", nil, "0 0 1"},
		{"broken off for good", []func(http.ResponseWriter){breaks, breaks, breaks}, "", &bosh.RecoverableError{}, "0 0 0"},
		{"terminal", []func(http.ResponseWriter){says("type='terminate' condition='policy-violation'/>")}, "", &bosh.TerminalError{Condition: "policy-violation"}, "0"},
		{"terminal with last words", []func(http.ResponseWriter){says("type='terminate' condition='system-shutdown'>" + boshHello + "</body>")}, "message", &bosh.TerminalError{Condition: "system-shutdown"}, "0"},
		{"stream error", []func(http.ResponseWriter){says("type='terminate' condition='remote-stream-error'><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>")}, "", &StreamError{Condition: "conflict"}, "0"},
		{"the end", []func(http.ResponseWriter){says("type='terminate'/>")}, "", io.EOF, "0"},
		{"status of old", []func(http.ResponseWriter){status(404)}, "", &bosh.TerminalError{Condition: "item-not-found"}, "0"},
		{"another status", []func(http.ResponseWriter){status(502)}, "", bosh.StatusError(502), "0"},
		{"no body", []func(http.ResponseWriter){says(""), hello}, "", bosh.NoBody, "0 1"},
		{"half a body", []func(http.ResponseWriter){says(">" + boshHello), hello}, "message", bosh.NoBody, "0 1"},
		{"no XML", []func(http.ResponseWriter){says("<html><body></html>")}, "", wire.SyntaxError{}, "0"},
		{"in chunks", []func(http.ResponseWriter){func(w http.ResponseWriter) {
			for piece := range strings.SplitSeq(boshBody+">"+boshHello+"</body>", " ") {
				io.WriteString(w, piece+" ")
				w.(http.Flusher).Flush()
			}
		}}, "message", nil, "0 1"},
		{"on connections that close", []func(http.ResponseWriter){func(w http.ResponseWriter) { w.Header().Set("Connection", "close"); hello(w) }, hello}, "message message message message", nil, "0 1 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, conn := underManager(t, c.script...)
			var got []string
			var err error
			all := func() string { return strings.Join(got, " ") }
			for end := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(end) && !(c.err == nil && all() == c.want && m.asked() > len(c.script)); {
				_, err = conn.Receive(time.Now().Add(20*time.Millisecond), func(e *wire.Element) error { got = append(got, string(e.Local())); return nil })
			}
			same := errors.Is(err, c.err)
			switch c.err.(type) {
			case *bosh.RecoverableError:
				e, ok := errors.AsType[*bosh.RecoverableError](err)
				same = ok && e.Times == 3
			case wire.SyntaxError:
				same = sameError(err, c.err)
			}
			if rids := m.counted(); all() != c.want || !same || rids != c.rids {
				t.Errorf("%q, %v, requests %s", all(), err, rids)
			}
			if _, again := conn.Receive(time.Unix(1, 0), nil); err != nil && again == nil {
				t.Error("the error does not come again")
			}
		})
	}
}

// asked is how many requests came after the login.
func (m *manager) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.said) - 4
}

// counted are the rids of the requests after the login, from 0.
func (m *manager) counted() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var first int64
	fmt.Sscan(m.rids[4], &first)
	var all []string
	for _, rid := range m.rids[4:] {
		var n int64
		fmt.Sscan(rid, &n)
		all = append(all, fmt.Sprint(n-first))
	}
	return strings.Join(all, " ")
}

// TestBOSHAllocs: beyond what HTTP brings, a message costs a session no allocation.
func TestBOSHAllocs(t *testing.T) {
	f := &fixture{mode: NoTLS, bosh: newHolding()}
	f.serve(t)
	c := f.dialer(t).login(t)
	handle := func(*wire.Element) error { return nil }
	if err := c.Send(chat); err != nil { // it is held, and answered when the next one comes
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() {
		if err := c.Send(chat); err != nil {
			t.Fatal(err)
		}
		for got := 0; got == 0; {
			n, err := c.Receive(time.Time{}, handle)
			if got = n; err != nil {
				t.Fatal(err)
			}
		}
	}); n > 0 && !raced() {
		t.Errorf("%v allocations to send and receive a message", n)
	}
}

// holding is the server of a fixture over BOSH: it holds the request that came last of each session, and answers the one
// before it with a message. It allocates nothing for that.
type holding struct {
	mu       sync.Mutex
	held     map[string]*net.Conn
	created  int
	answered []byte
}

func newHolding() *holding {
	return &holding{held: map[string]*net.Conn{}, answered: bosh.AppendResponse(nil, &bosh.Body{Payload: chat})}
}

func (h *holding) serve(f *fixture, c net.Conn) {
	if f.mode == DirectTLS {
		c = tls.Server(c, f.config)
	}
	buf, n := make([]byte, 4096), 0
	for {
		k, err := c.Read(buf[n:])
		if n += k; err != nil || n == len(buf) {
			return
		}
		if request := buf[:n]; bytes.HasSuffix(request, []byte("</body>")) || bytes.Contains(request, []byte("<body")) && bytes.HasSuffix(request, []byte("/>")) && !bytes.Contains(request, []byte("'>")) {
			n = 0
			if !h.answer(c, request) {
				return
			}
		}
	}
}

// answer answers a whole request.
func (h *holding) answer(c net.Conn, request []byte) bool {
	has := func(s string) bool { return bytes.Contains(request, []byte(s)) }
	stream := func(content string) []byte {
		return bosh.AppendResponse(nil, &bosh.Body{Payload: []byte("<features xmlns='http://etherx.jabber.org/streams'>" + content + "</features>")})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var said []byte
	switch {
	case has("hold='1'"):
		h.created++
		said = bosh.AppendResponse(nil, &bosh.Body{SID: fmt.Sprint("s", h.created), Create: &wire.StreamHeader{}, Payload: []byte("<features xmlns='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></features>")})
	case has("</auth>"):
		said = bosh.AppendResponse(nil, &bosh.Body{Payload: []byte("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")})
	case has("restart="):
		said = stream("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
	case has("xmpp-bind'"):
		said = bosh.AppendResponse(nil, &bosh.Body{Payload: []byte("<iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq>")})
	default:
		_, sid, _ := bytes.Cut(request, []byte(" sid='"))
		sid, _, _ = bytes.Cut(sid, []byte("'"))
		if before := h.held[string(sid)]; before != nil {
			(*before).Write(h.answered)
			*before = c
			return true
		}
		first := c // only this one escapes
		h.held[string(sid)] = &first
		return true
	}
	_, err := c.Write(said)
	return err == nil
}
