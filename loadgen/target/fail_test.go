package target

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// failing returns a driver whose server fails inside as the modules in testdata say.
func failing(t *testing.T, name string) driver {
	d, err := driverNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	prepare := d.prepare
	d.prepare = func(ctx context.Context, st *site) (*launch, error) {
		l, err := prepare(ctx, st)
		if err != nil {
			return nil, err
		}
		if name == "prosody" {
			return l, errors.Join(plantLua(st), st.give())
		}
		l.args = append(l.args, "-s", "xmpprig_fail", "boot")
		return l, errors.Join(plantErlang(st), st.give())
	}
	return d
}

func plantLua(st *site) error {
	module, err1 := os.ReadFile("testdata/mod_xmpprig_fail.lua")
	config, err2 := os.ReadFile(st.path("prosody.cfg.lua"))
	changed := strings.Replace(string(config), `"disco", `, `"xmpprig_fail", "disco", `, 1)
	return errors.Join(err1, err2, st.write("modules/mod_xmpprig_fail.lua", module), st.write("prosody.cfg.lua", []byte(changed)))
}

func plantErlang(st *site) error {
	source, err := os.ReadFile("testdata/xmpprig_fail.erl")
	if err := errors.Join(err, st.write("beams/xmpprig_fail.erl", source)); err != nil {
		return err
	}
	cmd := exec.Command("erlc", "xmpprig_fail.erl")
	cmd.Dir = st.path("beams")
	return cmd.Run()
}

// provoke sends first-level elements to a server on an unauthenticated stream.
func provoke(t *testing.T, e Endpoint, elements ...string) {
	t.Helper()
	conn, err := net.Dial("tcp", e.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	header := wire.AppendHeader(nil, wire.StreamHeader{To: e.Domain, Version: "1.0", Namespace: wire.NSClient})
	if _, err := conn.Write(append(header, strings.Join(elements, "")...)); err != nil {
		t.Fatal(err)
	}
	if err := awaitFeatures(conn); err != nil {
		t.Fatal(err)
	}
}

// awaitCrashes waits until there are n crashes, and returns what there is then.
func awaitCrashes(t *testing.T, s *Server, n int) []Crash {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(10 * time.Millisecond) {
		if c := s.Crashes(); len(c) >= n {
			return c
		}
	}
	t.Fatalf("crashes: %v, want %d; log:\n%s", s.Crashes(), n, strings.Join(s.LogTail(60), "\n"))
	return nil
}

func TestRealCrashesAreNoticed(t *testing.T) {
	want := map[string][]string{ // kind and a text it must hold
		"prosody":  {"traceback|planted in a handler", "timer error|planted in a timer"},
		"ejabberd": {"process error|planted_in_a_process", "process terminated|planted_in_a_server", "crash report|planted_in_a_server", "hook crashed|planted_in_a_hook"},
	}
	servers := slices.DeleteFunc(realServers(t), func(name string) bool {
		return name == "jabberd2" // it takes no modules of ours: TestEachProcessIsWatched
	})
	onEach(t, servers, func(t *testing.T, name string) {
		s, err := startWith(t.Context(), Spec{Driver: name, Domain: "rig.test", Users: accounts(1)}, failing(t, name), findPlace)
		if err != nil {
			t.Fatal(err)
		}
		defer stop(t, s)
		provoke(t, s.Endpoint(), "<handler xmlns='urn:xmpprig:fail'/>", "<timer xmlns='urn:xmpprig:fail'/>", "<log xmlns='urn:xmpprig:fail'/>")
		got := awaitCrashes(t, s, len(want[name]))
		for _, w := range want[name] {
			kind, text, _ := strings.Cut(w, "|")
			if !holds(got, kind, text) {
				t.Errorf("no %s with %q among %q", kind, text, got)
			}
		}
		for _, c := range got {
			if !strings.Contains(c.Text, "planted") {
				t.Errorf("not a crash: %q", c)
			}
		}
	})
}

func holds(crashes []Crash, kind, text string) bool {
	for _, c := range crashes {
		if c.Kind == kind && strings.Contains(c.Text, text) {
			return true
		}
	}
	return false
}
