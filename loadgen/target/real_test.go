package target

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// stop stops s and checks that nothing is left.
func stop(t *testing.T, s *Server) {
	t.Helper()
	family := map[int]uint64{}
	if s.proc != nil && s.meter.sample() == nil {
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

func TestRealServersStart(t *testing.T) {
	for _, name := range realServers(t) {
		t.Run(name, func(t *testing.T) {
			s := start(t, Spec{Driver: name, Domain: "rig.test", Users: accounts(10000)})
			software, version := s.Software()
			u, err := s.Usage()
			t.Log(software, version, s.Accounts(), u, err, s.Endpoint())
			for _, l := range s.LogTail(10) {
				t.Log(l)
			}
			if software == "" || version == "" {
				t.Errorf("Software() = %q, %q", software, version)
			}
			if c := s.Crashes(); len(c) > 0 {
				t.Errorf("crashes of a healthy server: %v", c)
			}
		})
	}
}
