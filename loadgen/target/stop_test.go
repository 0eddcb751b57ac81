package target

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cleanTemp points TMPDIR at a fresh directory and checks in the end that
// nothing was left in it.
func cleanTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "xmpprig-test-") // t.TempDir is for its owner alone
	if err := errors.Join(err, os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left in the temporary directory: %v, %v", left, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// noProcessIn checks that no process of a server is left behind in a directory for temporary files.
func noProcessIn(t *testing.T, dir, name string) {
	t.Helper()
	all, err := pids()
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range all {
		cwd, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
		if err == nil && strings.HasPrefix(cwd, dir+"/xmpprig-"+name+"-") {
			t.Errorf("process %d still runs in %s", pid, cwd)
		}
	}
}

func TestKillIsNoticed(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: accounts(10)})
		if err := s.ExitError(); err != nil {
			t.Errorf("ExitError while it runs: %v", err)
		}
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		<-s.Exited()
		if err := s.ExitError(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("ExitError = %v", err)
		}
		if c := s.Crashes(); !holds(c, "ended", "signal: killed") {
			t.Errorf("crashes %q", c)
		}
		if _, err := s.Usage(); err == nil {
			t.Error("Usage of a dead process without an error")
		}
		stop(t, s)
		noProcessIn(t, dir, name)
		if err := s.ExitError(); err == nil {
			t.Error("Stop made ExitError forget")
		}
	})
}

func TestStopAsksAndIsIdempotent(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: accounts(10)})
		stop(t, s)
		stop(t, s)
		noProcessIn(t, dir, name)
		if !s.crew.all[0].cmd.ProcessState.Success() {
			t.Errorf("it did not end in order: %s", s.crew.end())
		}
		if c, err := s.Crashes(), s.ExitError(); len(c) > 0 || err != nil {
			t.Errorf("crashes %q, exit error %v", c, err)
		}
		if tail := s.LogTail(5); len(tail) != 5 {
			t.Errorf("log after Stop: %q", tail)
		}
	})
}

// A second interrupt: ctx is done before the server has ended.
func TestStopWithoutPatience(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: accounts(10)})
		if err := s.crew.signal(syscall.SIGSTOP); err != nil { // it cannot obey SIGTERM
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		first := make(chan error)
		go func() { first <- s.Stop(ctx) }()
		now, cancelNow := context.WithCancel(context.Background())
		cancelNow()
		if err := s.Stop(now); err != nil {
			t.Error(err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		cancel()
		noProcessIn(t, dir, name)
	})
}

// Cancelling Start at any moment leaves nothing.
func TestCancelledStartLeavesNothing(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		for _, after := range []time.Duration{0, 30 * time.Millisecond, 400 * time.Millisecond, time.Second} {
			d, err := driverNamed(name)
			if err != nil {
				t.Fatal(err)
			}
			prepare := d.prepare
			d.prepare = func(ctx context.Context, st *site) (*launch, error) {
				l, err := prepare(ctx, st)
				if l != nil {
					l.endpoint = func() (Endpoint, bool, error) { return Endpoint{}, false, nil } // it never gets ready
				}
				return l, err
			}
			cause := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			timer := time.AfterFunc(after, func() { cancel(cause) })
			_, err = startWith(ctx, Spec{Driver: name, Domain: "rig.test", Users: accounts(10000)}, d, findPlace)
			timer.Stop()
			if _, ok := errors.AsType[*StartError](err); !ok || !errors.Is(err, cause) {
				t.Errorf("after %v: error %v", after, err)
			}
			noProcessIn(t, dir, name)
		}
	})
}

func TestStartOnATakenPortLeavesNothing(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		p, err := findPlace()
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", p.TLSAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		d, err := driverNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = startWith(t.Context(), Spec{Driver: name, Domain: "rig.test", Users: accounts(1)}, d, func() (place, error) { return p, nil })
		if e, ok := errors.AsType[*StartError](err); !ok || len(e.Log) == 0 || !strings.Contains(err.Error(), "5223") {
			t.Errorf("error %v", err)
		}
		noProcessIn(t, dir, name)
	})
}

func TestBadConfigurationLeavesNothing(t *testing.T) {
	dir := cleanTemp(t)
	onEach(t, realServers(t), func(t *testing.T, name string) {
		d, err := driverNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		prepare := d.prepare
		d.prepare = func(ctx context.Context, st *site) (*launch, error) {
			l, err := prepare(ctx, st)
			return l, errors.Join(err, st.write("prosody.cfg.lua", []byte("this is = not lua")),
				st.write("ejabberd.yml", []byte("hosts: [}")), st.write("sm.xml", []byte("<sm>")), st.give())
		}
		_, err = startWith(t.Context(), Spec{Driver: name, Domain: "rig.test", Users: accounts(1)}, d, findPlace)
		if e, ok := errors.AsType[*StartError](err); !ok || len(e.Log) == 0 {
			t.Errorf("error %v", err)
		} else {
			t.Log(err)
		}
		noProcessIn(t, dir, name)
	})
}

// What is known before anything is started leaves nothing either.
func TestFailedStartLeavesNothing(t *testing.T) {
	for _, name := range realServers(t) {
		t.Run(name+"/no temporary directory", func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
			_, err := Start(t.Context(), Spec{Driver: name, Domain: "rig.test", Users: accounts(1)})
			if _, ok := errors.AsType[*StartError](err); !ok || !errors.Is(err, os.ErrNotExist) {
				t.Errorf("error %v", err)
			}
		})
		t.Run(name+"/not installed", func(t *testing.T) {
			t.Setenv("PATH", t.TempDir())
			// The system directories are searched as well; these servers are elsewhere.
			dir := cleanTemp(t)
			_, err := Start(t.Context(), Spec{Driver: name, Domain: "rig.test", Users: accounts(1)})
			if e, ok := errors.AsType[*NotInstalledError](err); !ok || !strings.HasPrefix(e.Hint(), "apt-get install "+name) {
				t.Errorf("error %v", err)
			}
			noProcessIn(t, dir, name)
		})
		t.Run(name+"/too many sessions", func(t *testing.T) {
			var lim syscall.Rlimit
			if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
				t.Fatal(err)
			}
			cleanTemp(t)
			_, err := Start(t.Context(), Spec{Driver: name, Domain: "rig.test", Sessions: int(lim.Max), Users: accounts(1)})
			if e, ok := errors.AsType[*LimitError](err); !ok || e.Limit != int(lim.Max) || e.Need <= e.Limit {
				t.Errorf("error %v", err)
			}
		})
	}
}
