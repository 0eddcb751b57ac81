package target

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A shell that runs what it is told is a process tree under control.
type tree struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newTree(t *testing.T) *tree {
	cmd := exec.Command("/bin/sh")
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Error(err)
		}
	})
	r := &tree{t, cmd, in, bufio.NewReader(out)}
	r.do("") // it is up
	return r
}

// do runs a command in the shell and waits until the shell has done with it.
func (r *tree) do(command string) {
	r.t.Helper()
	if _, err := io.WriteString(r.in, command+"\necho done\n"); err != nil {
		r.t.Fatal(err)
	}
	if line, err := r.out.ReadString('\n'); err != nil || line != "done\n" {
		r.t.Fatalf("%q: %q, %v", command, line, err)
	}
}

func usageOf(t *testing.T, m *meter) Usage {
	t.Helper()
	if err := m.sample(); err != nil {
		t.Fatal(err)
	}
	return m.usage()
}

const burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"

func TestUsageFollowsTheTree(t *testing.T) {
	r := newTree(t)
	m := newMeter(r.cmd.Process.Pid)
	alone := usageOf(t, m)
	if alone.Processes != 1 || alone.RSS == 0 || alone.Threads != 1 || alone.FDs < 3 {
		t.Errorf("the shell alone: %+v", alone)
	}
	r.do("sh -c 'sleep 600 & wait' >/dev/null & sleep 601 >/dev/null &")
	r.do("")
	waitFor(t, func() bool { return usageOf(t, m).Processes == 4 })
	grown := usageOf(t, m)
	if grown.RSS <= alone.RSS || grown.Threads != 4 || grown.FDs <= alone.FDs {
		t.Errorf("with three children: %+v, alone: %+v", grown, alone)
	}
	for pid, start := range m.members() {
		if pid != r.cmd.Process.Pid {
			killExactly(pid, start)
		}
	}
	r.do("wait")
	waitFor(t, func() bool { return usageOf(t, m).Processes == 1 })
}

func TestCPUOfChildrenThatCameAndWent(t *testing.T) {
	r := newTree(t)
	m := newMeter(r.cmd.Process.Pid)
	last := usageOf(t, m)
	for range 3 { // unseen children, seen only in what their parent waited for
		r.do("sh -c '" + burn + "'")
		now := usageOf(t, m)
		if now.Processes != 1 || now.CPU < last.CPU+10*time.Millisecond {
			t.Errorf("CPU %v after %v", now.CPU, last.CPU)
		}
		last = now
	}
	// A child that is seen at work, then ends.
	r.do("sh -c '" + burn + burn + "' >/dev/null &")
	for range 200 {
		now := usageOf(t, m)
		if now.CPU < last.CPU {
			t.Fatalf("CPU fell from %v to %v", last.CPU, now.CPU)
		}
		last = now
	}
	r.do("wait")
}

// An orphan stays in the sum while it lives, and the sum never falls.
func TestCPUNeverFalls(t *testing.T) {
	r := newTree(t)
	m := newMeter(r.cmd.Process.Pid)
	r.do("sh -c '(" + burn + "; exec sleep 600) & exec sleep 601' >/dev/null &")
	waitFor(t, func() bool { return usageOf(t, m).Processes == 3 })
	before := usageOf(t, m)
	ended := 0
	for pid, start := range m.members() {
		if p := m.tree[pid]; p.stat.PPID == r.cmd.Process.Pid {
			killExactly(pid, start)
			ended++
		}
	}
	r.do("wait")
	if after := usageOf(t, m); ended != 1 || after.Processes != 2 || after.CPU < before.CPU {
		t.Errorf("after %d ends %+v, before %+v", ended, after, before)
	}
	for pid, start := range m.members() {
		if pid != r.cmd.Process.Pid {
			killExactly(pid, start)
		}
	}
	waitFor(t, func() bool { return usageOf(t, m).Processes == 1 })
	if after := usageOf(t, m); after.CPU < before.CPU {
		t.Errorf("CPU fell from %v to %v", before.CPU, after.CPU)
	}
}

func TestUsageOfTheDead(t *testing.T) {
	cmd := exec.Command("/bin/true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if err := newMeter(cmd.Process.Pid).sample(); err == nil {
		t.Error("a dead process is sampled")
	}
}

func waitFor(t *testing.T, came func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !came(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come true")
		}
	}
}

func BenchmarkUsage(b *testing.B) {
	m := newMeter(os.Getpid())
	for b.Loop() {
		if err := m.sample(); err != nil {
			b.Fatal(err)
		}
	}
}
