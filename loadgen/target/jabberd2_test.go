package target

import (
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

func startJabberd(t *testing.T) *Server {
	t.Helper()
	if skipped(t, "jabberd2") {
		return nil
	}
	return start(t, Spec{Driver: "jabberd2", Domain: "rig.test", Users: accounts(10)})
}

// The death of any of the four processes is the server's, and says whose it was.
func TestEachProcessIsWatched(t *testing.T) {
	s := startJabberd(t)
	if s == nil {
		return
	}
	if u, err := s.Usage(); err != nil || u.Processes != 4 || u.Threads < 4 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if c, err := s.Cost(); err != nil || c.RSS < 8<<20 || c.FDs < 20 || c.Threads < 4 || c.LogBytes == 0 {
		t.Errorf("cost %+v, %v", c, err)
	}
	for i, name := range jabberdParts() {
		exited := s.Exited()
		if err := s.people().all[i].signal(syscall.SIGSEGV); err != nil {
			t.Fatal(err)
		}
		<-exited
		c := s.Crashes()
		if len(c) != i+1 || c[i].Title() != "SIGSEGV in "+name || c[i].Process != name {
			t.Fatalf("crashes after %s: %q", name, c)
		}
		if err := s.ExitError(); err == nil || !strings.Contains(err.Error(), "jabberd2 ended by itself: "+name+": signal: seg") {
			t.Errorf("exit error %v", err)
		}
		if _, err := s.Usage(); err == nil {
			t.Errorf("usage without %s, and no error", name)
		}
		if _, err := s.Cost(); err == nil {
			t.Errorf("cost without %s, and no error", name)
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := login(t.Context(), s.Endpoint(), accounts(10), 3, xmpp.StartTLS, "SCRAM-SHA-256"); err != nil {
		t.Error(err)
	}
}

// Without the router the others give up in the end, which is no crash of theirs.
func TestGivingUpIsNoCrash(t *testing.T) {
	s := startJabberd(t)
	if s == nil {
		return
	}
	all := s.people().all
	for _, p := range all {
		if err := p.signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	<-s.people().gone
	if c := s.Crashes(); len(c) != 1 || c[0].Kind != "ended" || !strings.Contains(c[0].Title(), " in "+c[0].Process) {
		t.Errorf("crashes %q", c)
	}
}

// What its log says about itself is noticed; what clients do wrong is not.
func TestStorageErrorIsNoticed(t *testing.T) {
	s := startJabberd(t)
	if s == nil {
		return
	}
	conn := hold(t, s.Endpoint(), accounts(10)) // before the tables change under the server
	sqlite, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(sqlite, s.site.path("sqlite.db"), `CREATE TRIGGER planted BEFORE INSERT ON "private" BEGIN SELECT RAISE(ABORT, 'planted'); END;`).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	request := wire.AppendIQ(nil, wire.Addressing{ID: "1", Type: "set"}, []byte("<query xmlns='jabber:iq:private'><a xmlns='b'/></query>"))
	if err := errors.Join(conn.Send([]byte("<iq id='0' type='strange' to='user1@rig.test'><ping xmlns='urn:xmpp:ping'/></iq>")), conn.Send(request)); err != nil {
		t.Fatal(err)
	}
	c := awaitCrashes(t, s, 1)
	if len(c) != 1 || !strings.HasPrefix(c[0].Title(), "storage error: ") || !strings.Contains(c[0].Text, "[error] sqlite: sql ") {
		t.Errorf("crashes %q", c)
	}
	if err := conn.Abort(); err != nil {
		t.Error(err)
	}
}

func TestJabberdSpecsThatCannotWork(t *testing.T) {
	if skipped(t, "jabberd2") {
		return
	}
	for field, spec := range map[string]Spec{
		"mechanism":               {Mechanism: "SCRAM-SHA-512"},
		"shortcut authentication": {ShortcutAuth: true},
		"configuration":           {Config: "<c2s/>"},
	} {
		spec.Driver, spec.Users = "jabberd2", accounts(1)
		_, err := Start(t.Context(), spec)
		if e, ok := errors.AsType[*SpecError](err); !ok || e.Field != field {
			t.Errorf("%s: error %v", field, err)
		}
	}
}
