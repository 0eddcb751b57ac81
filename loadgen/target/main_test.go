package target

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary play the programs the tests start: our own as
// "serve", one that spawns helpers, and a rig that is killed.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "serve":
		os.Exit(serve(os.Args[2:]))
	case os.Getenv("XMPPRIG_TEST_RIG") != "":
		os.Exit(rig())
	}
	os.Exit(m.Run())
}

// skipped reports whether XMPPRIG_SKIP_SERVERS names the server. Where it does
// not, a server that is not installed fails the tests that need it.
func skipped(t *testing.T, name string) bool {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("XMPPRIG_SKIP_SERVERS"), ","), name) {
		t.Logf("NOT TESTED: %s, because XMPPRIG_SKIP_SERVERS names it", name)
		return true
	}
	return false
}

// realServers are the drivers of other projects' servers that are to be tested.
func realServers(t *testing.T) []string {
	return slices.DeleteFunc([]string{"prosody", "ejabberd", "jabberd2"}, func(name string) bool { return skipped(t, name) })
}

// onEach runs a test on each of some servers, at once, as a server that starts or ends has others wait most of the time. What they share,
// such as the environment, is to be set before.
func onEach(t *testing.T, servers []string, test func(t *testing.T, name string)) {
	for _, name := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, name)
		})
	}
}

// start starts a server with n accounts and stops it when the test ends.
func start(t *testing.T, spec Spec) *Server {
	t.Helper()
	if spec.Log == nil {
		spec.Log = t.Output()
	}
	s, err := Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func accounts(n int) Users { return Users{Count: n, Name: "user{n}", Password: "secret"} }
