package target

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
)

const token = "a token that is long enough"

// nowhere takes every address for one of another machine.
func nowhere(netip.Addr) bool { return false }

func TestConsent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		token  string
		answer http.HandlerFunc
		proven bool
	}{
		{"the token", token, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, token) }, true},
		{"another token", token, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, token+"!") }, false},
		{"no such page", token, http.NotFound, false},
		{"sent elsewhere", token, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, false},
		{"too short to mean it", "ok", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }, false},
		{"endless", token, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s%10000s", token, "x") }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			paths := http.NewServeMux()
			paths.HandleFunc(ConsentPath, tt.answer)
			web := httptest.NewServer(paths)
			defer web.Close()
			_, port, _ := net.SplitHostPort(web.Listener.Addr().String())
			c := Consent{Token: tt.token}
			c.Port, _ = strconv.Atoi(port)
			xmpp, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer xmpp.Close()
			dial, err := dialProven(t.Context(), xmpp.Addr().String(), c, nowhere)
			if !tt.proven {
				refusal, ok := errors.AsType[*ConsentError](err)
				if !ok || refusal.Hint() == "" {
					t.Fatalf("got %v, want a ConsentError", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			conn, err := dial(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		})
	}
}

func TestLoopbackNeedsNoConsent(t *testing.T) {
	if _, err := DialWithConsent(t.Context(), "127.0.0.1:1", Consent{}); err != nil {
		t.Error(err)
	}
}
