package target

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp"
)

// onStartable runs a test on all drivers that start a server, at once.
func onStartable(t *testing.T, test func(t *testing.T, name string, spec Spec)) {
	onEach(t, append(realServers(t), "loopback"), func(t *testing.T, name string) {
		spec := Spec{Driver: name, Domain: "rig.test", Users: accounts(100)}
		if name == "loopback" {
			spec = loopbackSpec(t)
		}
		test(t, name, spec)
	})
}

func TestRestartAfterKill(t *testing.T) {
	dir := cleanTemp(t)
	onStartable(t, func(t *testing.T, name string, spec Spec) {
		s := start(t, spec)
		before, first := s.Endpoint(), s.PID()
		for round := 1; round <= 2; round++ {
			held := hold(t, before, spec.Users) // its port lies in TIME_WAIT or the like after the kill
			exited, mark := s.Exited(), s.LogMark()
			if err := s.Kill(); err != nil {
				t.Fatal(err)
			}
			<-exited
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := held.Abort(); err != nil {
				t.Error(err)
			}
			if s.Exited() == exited || s.PID() == first || s.ExitError() != nil {
				t.Errorf("after a restart: pid %d after %d, exit error %v", s.PID(), first, s.ExitError())
			}
			for i, mode := range []xmpp.TLSMode{xmpp.StartTLS, xmpp.DirectTLS} {
				if err := login(t.Context(), before, spec.Users, 98+i, mode, "SCRAM-SHA-256"); err != nil {
					t.Errorf("%s: %v", mode, err)
				}
			}
			c := s.Crashes()
			if len(c) != round || !strings.HasSuffix(c[round-1].Text, "signal: killed") {
				t.Errorf("crashes after %d kills: %q", round, c)
			}
			if name != "loopback" && len(s.LogSince(mark)) == 0 {
				t.Error("the logs are not followed any more")
			}
		}
		if after := s.Endpoint(); after != before {
			t.Errorf("endpoint %+v, before %+v", after, before)
		}
		stop(t, s)
		noProcessIn(t, dir, name)
		if err := s.Restart(t.Context()); !errors.Is(err, ErrStopped) {
			t.Errorf("restart after Stop: %v", err)
		}
	})
}

// hold logs in and stays.
func hold(t *testing.T, e Endpoint, u Users) *xmpp.Conn {
	t.Helper()
	user, password := u.User(0)
	d := xmpp.Dialer{Addr: e.Addr, Domain: e.Domain, AllowPlainWithoutTLS: true, TLS: xmpp.NoTLS}
	conn, _, err := loginAnew(t.Context(), &d, xmpp.Account{Local: user, Password: password}) // a resource of the server's choice
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// A server that runs is ended in order, one that hangs is killed; neither counts
// as a crash.
func TestRestartOfTheLiving(t *testing.T) {
	onStartable(t, func(t *testing.T, name string, spec Spec) {
		s := start(t, spec)
		used, err := s.Usage()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.people().signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if now, err := s.Usage(); err != nil || now.CPU < used.CPU {
			t.Errorf("usage %+v, %v; before %+v", now, err, used)
		}
		if err := login(t.Context(), s.Endpoint(), spec.Users, 5, xmpp.StartTLS, "SCRAM-SHA-256"); err != nil {
			t.Error(err)
		}
		if c := s.Crashes(); len(c) > 0 {
			t.Errorf("crashes %q", c)
		}
	})
}

func TestRestartThatFails(t *testing.T) {
	dir := cleanTemp(t)
	s := start(t, loopbackSpec(t))
	aside := s.site.path("aside.pem")
	if err := os.Rename(s.site.path("all.pem"), aside); err != nil {
		t.Fatal(err)
	}
	err := s.Restart(t.Context())
	if e, ok := errors.AsType[*StartError](err); !ok || !strings.Contains(strings.Join(e.Log, "\n"), "all.pem") {
		t.Fatalf("error %v", err)
	}
	if c := s.Crashes(); len(c) != 1 || s.ExitError() == nil {
		t.Errorf("crashes %q, exit error %v", c, s.ExitError())
	}
	if err := os.Rename(aside, s.site.path("all.pem")); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Restart(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled restart: %v", err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Errorf("restart after failed ones: %v", err)
	}
	stop(t, s)
	noProcessIn(t, dir, "loopback")
}

// Stop does not wait for a Restart, nor leave what it starts.
func TestStopEndsRestart(t *testing.T) {
	dir := cleanTemp(t)
	s := start(t, loopbackSpec(t))
	s.launch.awaited = []string{"never said"}
	restarted := make(chan error)
	go func() { restarted <- s.Restart(t.Context()) }()
	first := s.PID()
	waitFor(t, func() bool { return s.PID() != first })
	stop(t, s)
	if err := <-restarted; !errors.Is(err, ErrStopped) {
		t.Errorf("restart: %v", err)
	}
	noProcessIn(t, dir, "loopback")
}

func TestRestartOfRemote(t *testing.T) {
	s := start(t, Spec{Driver: "remote", Domain: "rig.test", Addr: "127.0.0.1:1", PID: os.Getpid()})
	if err := s.Restart(t.Context()); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v", err)
	}
	if c, err := s.Cost(); err != nil || c.LogBytes != 0 || c.RSS == 0 || s.LogSince(s.LogMark()) != nil {
		t.Errorf("cost %+v, %v", c, err)
	}
}

func TestCost(t *testing.T) {
	onStartable(t, func(t *testing.T, name string, spec Spec) {
		s := start(t, spec)
		before, err := s.Cost()
		if err != nil {
			t.Fatal(err)
		}
		var held []*xmpp.Conn
		for range 10 { // more than probes that the server has yet to close
			held = append(held, hold(t, s.Endpoint(), spec.Users))
		}
		after, err := s.Cost()
		if err != nil || after.CPU <= before.CPU || after.RSS < 1<<20 || after.FDs < before.FDs+5 || after.Threads < 1 {
			t.Errorf("before %+v, with ten sessions %+v, %v", before, after, err)
		}
		if name != "loopback" { // which logs nothing
			waitFor(t, func() bool { c, err := s.Cost(); return err == nil && c.LogBytes > before.LogBytes })
		}
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
		<-s.Exited()
		for _, conn := range held {
			if err := conn.Abort(); err != nil {
				t.Error(err)
			}
		}
		if c, err := s.Cost(); err == nil {
			t.Errorf("a dead process costs %+v", c)
		}
	})
}

func TestLogSince(t *testing.T) {
	dir := t.TempDir()
	s := &Server{logs: follow(dir, []string{"own.log", "crash.dump"}, processRules, func(string) {})}
	defer s.logs.close()
	say := func(text string) {
		t.Helper()
		f, err := openOutput(dir + "/own.log")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	say("one\ntw")
	mark := s.LogMark()
	if got := s.LogSince(mark); got != nil {
		t.Errorf("nothing was said since: %q", got)
	}
	say("o\nthree\n")
	if got := s.LogSince(mark); !slices.Equal(got, []string{"own: two", "own: three"}) {
		t.Errorf("since the mark %q", got)
	}
	say(strings.Repeat("more\n", logKept+100))
	got := s.LogSince(mark)
	if len(got) != logKept+1 || got[0] != "[102 lines before these are not kept]" || got[1] != "own: more" {
		t.Errorf("since the mark %d lines, the first %q", len(got), got[0])
	}
	mark = s.LogMark()
	if err := os.WriteFile(dir+"/crash.dump", []byte(strings.Repeat("memory\n", 1<<16)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.LogSince(mark); len(got) != dumpLines {
		t.Errorf("%d lines of a dump", len(got))
	}
	const said = 6 + 8 + 5*(logKept+100)
	if n := s.logs.bytes(); n != said {
		t.Errorf("%d bytes logged, want %d", n, said)
	}
	if err := os.Truncate(dir+"/own.log", 3); err != nil {
		t.Fatal(err)
	}
	if n := s.logs.bytes(); n != said+3 {
		t.Errorf("%d bytes logged after the file was cut, want %d", n, said+3)
	}
}

func BenchmarkCost(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	s, err := Start(b.Context(), Spec{Driver: "loopback", Domain: "rig.test", Users: accounts(1), Exe: exe, Mechanism: "SCRAM-SHA-256"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Cost(); err != nil {
			b.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		b.Error(err)
	}
}
