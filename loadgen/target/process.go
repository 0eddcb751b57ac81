package target

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// withLimits raises the soft limit on open files to its first argument, turns
// core dumps off and becomes the program. A shell does it because a limit must
// be set between fork and exec: the Erlang VM reads it as it starts.
const withLimits = `ulimit -S -n "$1" && ulimit -S -c 0 && shift && exec "$@"`

// A process is the main process of a server we started, leader of a process
// group of its own.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed once it ended and its group is killed
	err    error         // after exited: as from exec.Cmd.Wait
	at     time.Time     // after exited: when it ended

	asked, noted bool // to end; its end, as a crash: guarded by Server.mu

	mu     sync.Mutex
	family map[int]uint64 // helpers last seen: pid and start time
}

// startProcess starts args in dir with its output added to stdout.log and
// stderr.log.
func startProcess(l *launch, dir string, user owner, files int) (*process, error) {
	args := append([]string{"-c", withLimits, "sh", strconv.Itoa(files)}, l.args...)
	p := &process{cmd: exec.Command("/bin/sh", args...), exited: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + dir, "LANG=C.UTF-8"}, l.env...)
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
	go p.run(started)
	return p, <-started
}

func openOutput(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
}

// run starts the process and stays until it ended. The kernel sends the parent
// death signal when the thread that forked goes, not the program, so that
// thread must not go: it is kept here, waiting.
func (p *process) run(started chan<- error) {
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
func (p *process) ended() string { return p.cmd.ProcessState.String() }

// signal is without effect once the process was reaped.
func (p *process) signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal the server: %w", err)
	}
	return nil
}

// sawFamily remembers the helper processes there are, so that sweep knows them
// when their parent no longer leads to them.
func (p *process) sawFamily(members map[int]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.family = members
	delete(p.family, p.pid())
}

// sweep waits until the helpers that left the process group (each port program
// of the Erlang VM leads a session of its own) are gone, and kills those that
// stay. It must follow exited. A helper is known by pid and start time.
func (p *process) sweep(patience time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.family == nil {
		p.family = map[int]uint64{}
	}
	maps.Copy(p.family, dwellers(p.cmd.Dir))
	deadline := time.Now().Add(patience)
	for pid, start := range p.family {
		for alive(pid, start) {
			if time.Now().After(deadline) {
				killExactly(pid, start)
			}
			<-time.After(5 * time.Millisecond)
		}
	}
	clear(p.family)
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
