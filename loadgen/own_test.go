package loadgen

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/openmetrics"
	"xmpprig/results"
)

// TestOwnFigures plants figures: only what changed is written down, and only measured seconds count.
func TestOwnFigures(t *testing.T) {
	f := &ownFigures{courses: map[string]*course{}, asked: 1}
	var written []string
	for i, second := range []struct {
		total, queue float64
		measured     bool
	}{
		{100, 5, false}, {110, 5, true}, {130, 9, true}, {130, 2, true}, {7, 2, true}, {900, 800, false},
	} {
		f.came([]openmetrics.Figure{{Name: "total", Kind: openmetrics.Counter, Value: second.total}, {Name: "queue", Kind: openmetrics.Gauge, Value: second.queue}}, nil)
		var names []string
		for _, m := range f.take(time.Duration(i+1)*time.Second, second.measured) {
			names = append(names, m.Name)
		}
		written = append(written, strings.Join(names, "+"))
	}
	if got := strings.Join(written, " "); got != "own:total+own:queue own:total own:total+own:queue own:queue own:total own:total+own:queue" {
		t.Errorf("written: %s", got)
	}
	f.came(nil, errors.New("dead"))
	var s results.Server
	f.account(&s)
	if len(s.Own) != 2 || s.OwnAsked != 8 || s.OwnFailed != 1 || s.OwnError != "dead" {
		t.Fatalf("%+v", s)
	}
	if q := s.Own[0]; q.Name != "queue" || q.Low != 2 || q.High != 9 || q.Last != 2 || q.PerSecond != nil {
		t.Errorf("%+v", q)
	}
	if c := s.Own[1]; c.PerSecond == nil || *c.PerSecond != 9 { // 20 + 0 + 7 in 3 s: the server started anew
		t.Errorf("%+v", c)
	}
}

// TestAskOwn refuses a server that tells nothing, before any load.
func TestAskOwn(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			w.Write([]byte("up 1\n"))
		}
	}))
	defer srv.Close()
	for path, ok := range map[string]bool{"/metrics": true, "/nothing": false} {
		s, err := openmetrics.New(srv.URL+path, func(ctx context.Context, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := askOwn(t.Context(), s)
		if (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
		if ok {
			f.begin(t.Context())
			f.end()
		}
	}
	none, err := askOwn(t.Context(), nil)
	if none != nil || err != nil {
		t.Errorf("of nobody: %v, %v", none, err)
	}
	none.begin(t.Context())
	none.end()
}
