package target

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// stop stops s and checks that nothing is left.
func stop(t *testing.T, s *Server) {
	t.Helper()
	family := map[int]uint64{}
	if s.crew != nil && s.meter.sample() == nil {
		family = s.meter.members()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Errorf("Stop: %v", err)
	}
	for pid, start := range family {
		if alive(pid, start) {
			t.Errorf("process %d outlives Stop", pid)
		}
	}
	if s.site != nil {
		if _, err := os.Stat(s.site.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("directory after Stop: %v", err)
		}
	}
}

// features returns what a plain stream is offered.
func features(t *testing.T, e Endpoint) string {
	t.Helper()
	conn, err := net.Dial("tcp", e.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	header := wire.AppendHeader(nil, wire.StreamHeader{To: e.Domain, Version: "1.0", Namespace: wire.NSClient})
	if _, err := conn.Write(header); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if err := awaitFeatures(readRecorder{conn, &said}); err != nil {
		t.Fatal(err)
	}
	return said.String()
}

type readRecorder struct {
	net.Conn
	said *bytes.Buffer
}

func (r readRecorder) Read(b []byte) (int, error) { return io.TeeReader(r.Conn, r.said).Read(b) }

func TestRealServersStart(t *testing.T) {
	onEach(t, realServers(t), func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: accounts(10000)})
		software, version := s.Software()
		t.Log(software, version, "-", s.Accounts())
		if software == "" || version == "" {
			t.Errorf("Software() = %q, %q", software, version)
		}
		if offer := features(t, s.Endpoint()); !strings.Contains(offer, "<starttls") || !strings.Contains(offer, "<mechanism>SCRAM-SHA-256<") {
			t.Errorf("features %s", offer)
		}
		for _, i := range []int{0, 9999} {
			if err := login(t.Context(), s.Endpoint(), accounts(10000), i, xmpp.DirectTLS, "SCRAM-SHA-256"); err != nil {
				t.Errorf("user %d: %v", i, err)
			}
		}
		if c := s.Crashes(); len(c) > 0 {
			t.Errorf("crashes of a healthy server: %v", c)
		}
	})
}
