package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

var errForeign = errors.New("elsewhere")

// guarded connects to this machine alone; the engine's own guard is looked at in its tests.
func guarded(ctx context.Context, addr string, laddr net.Addr) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		return nil, errForeign
	}
	return (&net.Dialer{LocalAddr: laddr}).DialContext(ctx, "tcp", addr)
}

func slotOf(t *testing.T, iq string) (Slot, error) {
	t.Helper()
	var s wire.Scanner
	s.Reset(wire.Limits{})
	data := []byte("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" + iq)
	for {
		e, n, err := s.Next(data)
		if err != nil {
			t.Fatal(err)
		}
		if data = data[n:]; e.Kind == wire.Stanza {
			return ParseSlot(e)
		}
	}
}

func TestParseSlot(t *testing.T) {
	slot, err := slotOf(t, "<iq type='result' id='q1'><slot xmlns='urn:xmpp:http:upload:0'><put url='https://127.0.0.1:1/a?b=c'>"+
		"<header name='authorization'>Basic&#13;&#10; x</header><header name='Host'>evil</header><header name='Cookie'>a=b</header></put>"+
		"<get url='http://[::1]/a'/></slot></iq>")
	if err != nil || slot.Put != "https://127.0.0.1:1/a?b=c" || slot.Get != "http://[::1]/a" || len(slot.Header) != 2 {
		t.Fatalf("%+v, %v", slot, err)
	}
	if h := slot.Header[0]; h.Name != "Authorization" || h.Value != "Basic x" {
		t.Errorf("header %q", h)
	}
	for _, url := range []string{"", "ftp://127.0.0.1/", "file:///etc/passwd", "https:///x", "https://a:b@127.0.0.1/", "http://127.0.0.1:port/", "http://" + strings.Repeat("a", 9000)} {
		var bad *URLError
		if _, err := slotOf(t, "<iq type='result'><slot xmlns='urn:xmpp:http:upload:0'><put url='"+url+"'/><get url='https://127.0.0.1/'/></slot></iq>"); !errors.As(err, &bad) {
			t.Errorf("%.40q: %v", url, err)
		}
	}
}

// A server over HTTPS keeps the file, and gives it back, or something else.
func TestPutAndGet(t *testing.T) {
	kept, sent := []byte(nil), http.Header{}
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut:
			kept, _ = io.ReadAll(r.Body)
			sent = r.Header.Clone()
			w.WriteHeader(http.StatusCreated)
		case r.URL.Path == "/short":
			w.Write(kept[:len(kept)-1])
		case r.URL.Path == "/long":
			w.Write(append(bytes.Clone(kept), 0))
		case r.URL.Path == "/other":
			kept[len(kept)/2]++
			w.Write(kept)
			kept[len(kept)/2]--
		default:
			w.Write(kept)
		}
	}))
	defer srv.Close()
	c := Client{Dial: guarded, TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig}
	for _, size := range []int{1, 4092, 4093, 100_000} {
		slot := Slot{Put: srv.URL + "/put", Get: srv.URL + "/get", Header: []Field{{"Authorization", "a token"}}}
		if err := c.Put(t.Context(), slot, nil, size); err != nil || len(kept) != size || sent.Get("Authorization") != "a token" {
			t.Fatalf("put %d: %v, %d kept, %q", size, err, len(kept), sent)
		}
		for path, want := range map[string]error{"/get": nil, "/short": ErrAltered, "/long": ErrAltered, "/other": ErrAltered} {
			if err := c.Get(t.Context(), srv.URL+path, nil, size); !errors.Is(err, want) {
				t.Errorf("get %s of %d: %v, want %v", path, size, err, want)
			}
		}
	}
	if err := (&Client{Dial: guarded}).Put(t.Context(), Slot{Put: srv.URL}, nil, 1); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
}

// What a hostile server can do to a client: send it elsewhere, keep it waiting, never stop.
func TestHostileServers(t *testing.T) {
	asked := 0
	victim := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++ }))
	defer victim.Close()
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, victim.URL, http.StatusTemporaryRedirect)
		case "/refuse":
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case "/ok":
			w.WriteHeader(http.StatusOK)
		case "/endless":
			for r.Context().Err() == nil {
				w.Write(block)
			}
		case "/head":
			for i := range 100 {
				w.Header().Set("X-"+strings.Repeat("x", i), strings.Repeat("y", 1000))
			}
			w.WriteHeader(http.StatusCreated)
		case "/silent":
			<-stop
		}
	}))
	defer srv.Close()
	defer close(stop)
	c := Client{Dial: guarded}
	var status *StatusError
	for path, code := range map[string]int{"/redirect": 307, "/refuse": 413, "/ok": 200} {
		if err := c.Put(t.Context(), Slot{Put: srv.URL + path}, nil, 100); !errors.As(err, &status) || status.Code != code {
			t.Errorf("%s: %v", path, err)
		}
	}
	if asked > 0 {
		t.Error("a redirect was followed")
	}
	if err := c.Get(t.Context(), srv.URL+"/endless", nil, 10_000); !errors.Is(err, ErrAltered) {
		t.Errorf("without end: %v", err)
	}
	if err := c.Put(t.Context(), Slot{Put: srv.URL + "/head"}, nil, 1); err == nil || errors.As(err, &status) {
		t.Errorf("a head without end: %v", err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, io.ErrNoProgress)
	defer cancel()
	if err := c.Put(ctx, Slot{Put: srv.URL + "/silent"}, nil, 1); err != io.ErrNoProgress {
		t.Errorf("no answer: %v", err)
	}
	for _, url := range []string{"http://192.0.2.1/x", "https://169.254.169.254/latest", "http://[2001:db8::1]:80/", "http://0.0.0.0:1/"} {
		if err := c.Put(t.Context(), Slot{Put: url}, nil, 1); !errors.Is(err, errForeign) {
			t.Errorf("%s: %v", url, err)
		}
		if err := c.Get(t.Context(), url, nil, 1); !errors.Is(err, errForeign) {
			t.Errorf("get %s: %v", url, err)
		}
	}
}
