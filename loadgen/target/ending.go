package target

import (
	"path/filepath"
	"slices"
	"syscall"
)

// crashes are the ends of processes that were not told yet, in that order. One
// that gives up because another is gone has not failed. Guarded by Server.mu.
func (c *crew) crashes() []Crash {
	var ended []*process
	for _, p := range c.all {
		if p.hasEnded() && !p.noted {
			ended = append(ended, p)
		}
	}
	slices.SortFunc(ended, func(a, b *process) int { return a.at.Compare(b.at) })
	var all []Crash
	for _, p := range ended {
		follows := c.anyNoted()
		p.noted = true
		if crash := p.crash(); crash.Kind != "ended" || !follows {
			all = append(all, crash)
		}
	}
	return all
}

// anyNoted reports whether the end of a process was a crash. Guarded by Server.mu.
func (c *crew) anyNoted() bool {
	return slices.ContainsFunc(c.all, func(p *process) bool { return p.noted })
}

// crash describes an end that nobody asked for, after exited. Its kind is
// "ended", or the signal where that tells of a failure inside.
func (p *process) crash() Crash {
	c := Crash{At: p.at, Source: "exit", Process: p.name, Kind: "ended", Text: p.ended()}
	if w, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		if name := faultSignal(w.Signal()); name != "" {
			c.Kind = name
		}
	}
	cores, _ := filepath.Glob(filepath.Join(p.cmd.Dir, "core*")) // the pattern is good
	for _, core := range cores {
		c.Text += "\nleft " + filepath.Base(core)
	}
	return c
}

// faultSignal names the signals whose default is to end a program with a core
// (signal(7)), which none sends another to be rid of it.
func faultSignal(s syscall.Signal) string {
	switch s {
	case syscall.SIGSEGV:
		return "SIGSEGV"
	case syscall.SIGABRT:
		return "SIGABRT"
	case syscall.SIGBUS:
		return "SIGBUS"
	case syscall.SIGFPE:
		return "SIGFPE"
	case syscall.SIGILL:
		return "SIGILL"
	case syscall.SIGTRAP:
		return "SIGTRAP"
	case syscall.SIGSYS:
		return "SIGSYS"
	}
	return ""
}
