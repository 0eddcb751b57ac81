package target

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// withLimits raises the soft limit on open files to its first argument, turns
// core dumps off and becomes the program. A shell does it because a limit must
// be set between fork and exec: the Erlang VM reads it as it starts.
const withLimits = `ulimit -S -n "$1" && ulimit -S -c 0 && shift && exec "$@"`

// A process is one of those a server consists of, leader of a process group of
// its own.
type process struct {
	name   string // among several; empty: there is but one
	cmd    *exec.Cmd
	exited chan struct{} // closed once it ended and its group is killed
	err    error         // after exited: as from exec.Cmd.Wait
	at     time.Time     // after exited: when it ended
	noted  bool          // its end, as a crash: guarded by Server.mu
}

// startProcess starts a part in dir with its output added to stdout.log and
// stderr.log. ended is called when it has ended.
func startProcess(part part, env []string, dir string, user owner, files int, ended func(*process)) (*process, error) {
	args := append([]string{"-c", withLimits, "sh", strconv.Itoa(files)}, part.args...)
	p := &process{name: part.name, cmd: exec.Command("/bin/sh", args...), exited: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + dir, "LANG=C.UTF-8"}, env...)
	p.cmd.SysProcAttr = attributes(user)
	stdout, err := openOutput(dir + "/stdout.log")
	if err != nil {
		return nil, fmt.Errorf("make its output file: %w", err)
	}
	defer stdout.Close()
	stderr, err := openOutput(dir + "/stderr.log")
	if err != nil {
		return nil, fmt.Errorf("make its output file: %w", err)
	}
	defer stderr.Close()
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	started := make(chan error)
	go p.run(started, ended)
	return p, <-started
}

func openOutput(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
}

// run starts the process and stays until it ended. The kernel sends the parent
// death signal when the thread that forked goes, not the program, so that
// thread must not go: it is kept here, waiting.
func (p *process) run(started chan<- error, ended func(*process)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	// Until it is reaped its pid, which is also its group's, cannot be given to
	// another process: the one moment to kill the group without hitting others.
	awaitEnd(p.cmd.Process.Pid)
	killGroup(p.cmd.Process.Pid)
	p.at = time.Now()
	p.err = p.cmd.Wait()
	close(p.exited)
	ended(p)
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) hasEnded() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// ended describes how it ended, after exited.
func (p *process) ended() string {
	if p.name == "" {
		return p.cmd.ProcessState.String()
	}
	return p.name + ": " + p.cmd.ProcessState.String()
}

// signal is without effect once the process was reaped.
func (p *process) signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal the server: %w", err)
	}
	return nil
}

// killExactly kills the process only if it is the one that started at start. On
// Linux FindProcess takes a pidfd, so nothing can slip in between.
func killExactly(pid int, start uint64) {
	h, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	defer h.Release()
	if alive(pid, start) {
		_ = h.Signal(syscall.SIGKILL) // it may have just ended
	}
}
