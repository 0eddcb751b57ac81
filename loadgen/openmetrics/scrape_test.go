package openmetrics

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func plain(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

func TestScrape(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/metrics":
			w.Write([]byte("sessions 12\n"))
		case "/away":
			http.Redirect(w, r, "http://192.0.2.1/metrics", http.StatusFound)
		case "/endless":
			for range mostText/1024 + 2 {
				w.Write([]byte(strings.Repeat("x", 1024)))
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	for _, c := range []struct{ path, want string }{
		{"/metrics", ""}, {"/none", "404"}, {"/away", "302"}, {"/endless", "longer than"},
	} {
		s, err := New(srv.URL+c.path, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Scrape(t.Context())
		s.Close()
		if c.want == "" && (err != nil || len(got) != 1 || got[0] != Figure{"sessions", Gauge, 12}) {
			t.Errorf("%s: %v, %v", c.path, got, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, %v, want an error with %q", c.path, got, err, c.want)
		}
	}
}

// TestNewRefuses what could not be asked; whom to connect to is for the dialer to say.
func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1/", "http:///metrics", "https://127.0.0.1/", "http://[::1/"} {
		if _, err := New(address, plain); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	refused := errors.New("refused")
	s, err := New("http://192.0.2.1/metrics", func(context.Context, string) (net.Conn, error) { return nil, refused })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Scrape(t.Context()); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
}
