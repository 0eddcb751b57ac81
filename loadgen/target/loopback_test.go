package target

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
)

// serve is what the driver expects of "xmpprig serve", and two ways to fail.
func serve(args []string) int {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	listen, listenTLS := flags.String("listen", "", ""), flags.String("listen-tls", "", "")
	domain, users := flags.String("domain", "", ""), flags.Int("users", 0, "")
	user, password := flags.String("user", "", ""), flags.String("password", "", "")
	mechanism, fault := flags.String("mechanism", "SCRAM-SHA-256", ""), flags.String("fault", "", "")
	var defects []string
	flags.Func("defect", "", func(name string) error { defects = append(defects, name); return nil })
	certificate := flags.String("certificate", "", "")
	if err := flags.Parse(args); err != nil || *fault == "exit" {
		fmt.Fprintln(os.Stderr, "cannot serve")
		return 4
	}
	chain, err := tls.LoadX509KeyPair(*certificate, *certificate)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := loopback.New(loopback.Options{Domain: *domain, Users: loopback.UserPattern(*user, *password, *users), Mechanisms: []string{*mechanism}, Certificate: &chain,
		Defects: defects, Log: os.Stderr})
	if err == nil {
		err = errors.Join(s.Listen(*listen), s.ListenTLS(*listenTLS))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGTERM, syscall.SIGUSR1)
	if <-done == syscall.SIGUSR1 {
		panic("planted")
	}
	if err := errors.Join(s.Close(), json.NewEncoder(os.Stdout).Encode(s.Tally())); err != nil {
		return 1
	}
	return 0
}

func loopbackSpec(t *testing.T, faults ...string) Spec {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Spec{Driver: "loopback", Domain: "rig.test", Users: accounts(100), Exe: exe, Mechanism: "SCRAM-SHA-256", Faults: faults}
}

func TestLoopback(t *testing.T) {
	cleanTemp(t)
	spec := loopbackSpec(t)
	s := start(t, spec)
	for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.StartTLS, xmpp.DirectTLS} {
		if err := login(t.Context(), s.Endpoint(), spec.Users, 7, mode, spec.Mechanism); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
	if u, err := s.Usage(); err != nil || u.RSS == 0 || u.Processes != 1 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if name, _ := s.Software(); name != "xmpprig loopback" || s.PID() == 0 {
		t.Errorf("software %q, pid %d", name, s.PID())
	}
	stop(t, s)
	var tally loopback.Tally
	if err := json.Unmarshal(s.Output(), &tally); err != nil || tally.Logins != 3 {
		t.Errorf("output %q: %v", s.Output(), err)
	}
}

func TestLoopbackPanicIsNoticed(t *testing.T) {
	cleanTemp(t)
	s := start(t, loopbackSpec(t))
	if err := s.crew.signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	<-s.Exited()
	c := s.Crashes()
	if !holds(c, "panic", "goroutine 1 [running]") || !holds(c, "ended", "exit status 2") || len(c) != 2 {
		t.Errorf("crashes %q", c)
	}
}

// TestLoopbackDefects finds, in the log, what a defect writes there while the server lives on.
func TestLoopbackDefects(t *testing.T) {
	cleanTemp(t)
	spec := loopbackSpec(t)
	spec.Defects = []string{"lang-crash", "log-flood"}
	s := start(t, spec)
	conn, err := net.Dial("tcp", s.Endpoint().Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='rig.test' version='1.0' xml:lang='a%s'>",
		strings.Repeat("-b", 20))
	if _, err := conn.Read(make([]byte, 1)); err != nil { // it answers after it has logged
		t.Fatal(err)
	}
	c := s.Crashes()
	if len(c) != 1 || !strings.Contains(c[0].Title(), "index out of range in loopback.(*login).misopen") {
		t.Errorf("crashes %q", c)
	}
	if err := login(t.Context(), s.Endpoint(), spec.Users, 7, xmpp.StartTLS, spec.Mechanism); err != nil {
		t.Error(err)
	}
}

func TestLoopbackThatCannotStart(t *testing.T) {
	cleanTemp(t)
	_, err := Start(t.Context(), loopbackSpec(t, "exit"))
	if e, ok := errors.AsType[*StartError](err); !ok || !strings.Contains(err.Error(), "exit status 4") || !strings.Contains(strings.Join(e.Log, "\n"), "cannot serve") {
		t.Errorf("error %v", err)
	}
	missing := loopbackSpec(t)
	missing.Exe = "/nowhere/xmpprig"
	if _, err := Start(t.Context(), missing); err == nil || !strings.Contains(err.Error(), "/nowhere/xmpprig") {
		t.Errorf("error %v", err)
	}
}

// rig starts a server as a process of its own, and waits to be killed.
func rig() int {
	exe, err := os.Executable()
	if err != nil {
		return 1
	}
	s, err := Start(context.Background(), Spec{Driver: "loopback", Domain: "rig.test", Users: accounts(1), Exe: exe, Mechanism: "SCRAM-SHA-256"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.PID())
	select {}
}

func TestServerDiesWithTheRig(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	dir := t.TempDir()
	cmd.Env = append(os.Environ(), "XMPPRIG_TEST_RIG=1", "TMPDIR="+dir)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	m := newMeter(pid)
	if err := m.sample(); err != nil {
		t.Fatal(err)
	}
	start := m.members()[pid]
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the rig was killed without an error")
	}
	for deadline := time.Now().Add(20 * time.Second); alive(pid, start); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			killExactly(pid, start)
			t.Fatal("the server outlives the rig")
		}
	}
}
