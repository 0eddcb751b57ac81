package fuzz

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBusyIsNotDead stops a server for a while: alone it counts as dead then, and under load, which may be why, only if that lasts.
func TestBusyIsNotDead(t *testing.T) {
	srv, site := child(t)
	site.Patience = 200 * time.Millisecond
	for shared, pause := range map[bool]time.Duration{true: 2 * time.Second, false: time.Minute} {
		b, err := setUp(t.Context(), srv, site, shared)
		if err != nil {
			t.Fatal(err)
		}
		defer b.end()
		if b.dead(t.Context()) {
			t.Fatal("it is dead before it was stopped")
		}
		halt(t, srv.PID())
		going := time.AfterFunc(pause, func() { _ = syscall.Kill(srv.PID(), syscall.SIGCONT) })
		dead := b.dead(t.Context())
		if going.Stop() {
			if err := syscall.Kill(srv.PID(), syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
		}
		if dead == shared {
			t.Errorf("under load %t: dead %t", shared, dead)
		}
		if err := b.restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b.dead(t.Context()) {
			t.Error("it is dead after it was started again")
		}
	}
}

// halt stops a process, and waits until it stands still.
func halt(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, _ := strings.Cut(string(text), ") "); strings.HasPrefix(rest, "T") {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it does not stand still")
}

// TestDeadUnderLoad kills it: that its process is gone is known at once.
func TestDeadUnderLoad(t *testing.T) {
	srv, site := child(t)
	site.Patience = 200 * time.Millisecond
	b, err := setUp(t.Context(), srv, site, true)
	if err != nil {
		t.Fatal(err)
	}
	defer b.end()
	if err := syscall.Kill(srv.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-srv.Exited()
	if !b.dead(t.Context()) {
		t.Error("it is not dead")
	}
}
