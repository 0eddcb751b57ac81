package target

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/procfs"
)

// Usage is what the server's processes use together.
type Usage struct {
	CPU       time.Duration // user and system time since the start, through every Restart, never falling; 10 ms steps
	RSS       int64         // resident memory, bytes; pages two processes share count twice
	Threads   int
	FDs       int // open file descriptors
	Processes int

	ThreadsSeen bool          // whether the next two are known: on Linux, from the second sample on
	Busiest     float64       // share of a CPU that the busiest thread used since the sample before
	Waited      time.Duration // that threads were ready and had no CPU, all together, since the start
}

// Usage samples the process trees of the server: ErrUnobserved if they cannot be
// seen, another error once a process of it ended, with the last values before.
func (s *Server) Usage() (Usage, error) {
	s.mu.Lock()
	m, c := s.meter, s.crew
	s.mu.Unlock()
	if m == nil {
		return Usage{}, ErrUnobserved
	}
	err := m.sample()
	if c != nil && err == nil {
		c.sawFamily(m.members())
	}
	return m.usage(), err
}

// userHZ is the unit of the times in /proc/PID/stat.
const userHZ = 100

// A meter sums up process trees. Its cost is kept down by reading
// /proc/PID/stat only of its members and of processes not seen before.
type meter struct {
	roots  []int
	before time.Duration // CPU time of the processes before a Restart

	mu        sync.Mutex
	tree      map[int]member
	strangers map[int]struct{} // processes that are none of ours
	threads   threads
	last      Usage
}

type member struct {
	start uint64 // when it started: with the pid, its identity
	stat  procfs.ProcStat
}

func newMeter(roots ...int) *meter {
	return &meter{roots: roots, tree: map[int]member{}, strangers: map[int]struct{}{}}
}

func (m *meter) usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// members returns pid and start time of every process in the tree.
func (m *meter) members() map[int]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[int]uint64, len(m.tree))
	for pid, p := range m.tree {
		all[pid] = p.start
	}
	return all
}

func (m *meter) sample() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return fmt.Errorf("sample the server: %w", err)
	}
	if err := m.refresh(fs); err != nil {
		return fmt.Errorf("sample the server: %w", err)
	}
	if err := m.adopt(fs); err != nil {
		return fmt.Errorf("sample the server: %w", err)
	}
	m.sum(fs)
	return nil
}

// refresh reads the members again and drops those that ended.
func (m *meter) refresh(fs procfs.FS) error {
	roots := make(map[int]member, len(m.roots))
	for _, pid := range m.roots {
		root, err := stat(fs, pid)
		if err != nil {
			return err
		}
		if root.State == "Z" {
			return os.ErrProcessDone
		}
		if old, ok := m.tree[pid]; ok && old.start != root.Starttime {
			return os.ErrProcessDone
		}
		roots[pid] = member{root.Starttime, root}
	}
	for pid, p := range m.tree {
		now, err := stat(fs, pid)
		if err != nil || now.Starttime != p.start {
			delete(m.tree, pid)
			continue
		}
		m.tree[pid] = member{p.start, now}
	}
	maps.Copy(m.tree, roots)
	return nil
}

// adopt looks at processes not seen before: ours are the descendants of the
// roots and what is in a group that one leads. (The kernel lists a task's children only where
// it was built to, so the parents are asked for.)
func (m *meter) adopt(fs procfs.FS) error {
	present, err := pids()
	if err != nil {
		return err
	}
	fresh := map[int]procfs.ProcStat{}
	strangers := make(map[int]struct{}, len(present))
	for _, pid := range present {
		if _, ok := m.tree[pid]; ok {
			continue
		}
		if _, ok := m.strangers[pid]; ok {
			strangers[pid] = struct{}{}
			continue
		}
		if st, err := stat(fs, pid); err == nil {
			fresh[pid] = st
		}
	}
	for found := true; found; {
		found = false
		for pid, st := range fresh {
			if _, child := m.tree[st.PPID]; child || slices.Contains(m.roots, st.PGRP) {
				m.tree[pid] = member{st.Starttime, st}
				delete(fresh, pid)
				found = true
			}
		}
	}
	for pid := range fresh {
		strangers[pid] = struct{}{}
	}
	m.strangers = strangers
	return nil
}

// sum adds the members up. A child that ended counts through its parent's
// waited-for children, so CPU time is not lost with it; in the moment between
// its end and its parent's wait, or if it was orphaned, the sum falls and the
// last value stands.
func (m *meter) sum(fs procfs.FS) {
	u := Usage{Processes: len(m.tree)}
	ticks := uint(0)
	for pid, p := range m.tree {
		ticks += p.stat.UTime + p.stat.STime + uint(max(0, p.stat.CUTime)) + uint(max(0, p.stat.CSTime))
		u.RSS += int64(p.stat.ResidentMemory())
		u.Threads += p.stat.NumThreads
		if proc, err := fs.Proc(pid); err == nil {
			if n, err := proc.FileDescriptorsLen(); err == nil {
				u.FDs += n
			}
		}
	}
	u.CPU = max(m.last.CPU, m.before+time.Duration(ticks)*time.Second/userHZ)
	var waited time.Duration
	u.Busiest, waited, u.ThreadsSeen = m.threads.sample(slices.Collect(maps.Keys(m.tree)), time.Now())
	u.Waited = m.last.Waited + waited
	m.last = u
}

func stat(fs procfs.FS, pid int) (procfs.ProcStat, error) {
	p, err := fs.Proc(pid)
	if err != nil {
		return procfs.ProcStat{}, err
	}
	return p.Stat()
}

// pids lists the processes there are.
func pids() ([]int, error) {
	dir, err := os.Open(procfs.DefaultMountPoint)
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return nil, err
	}
	all := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			all = append(all, pid)
		}
	}
	return all, nil
}

// dwellers returns pid and start time of the processes that work in dir. It is
// a directory of our own making, so they are the server's: also those that came
// after the last sample of its tree.
func dwellers(dir string) map[int]uint64 {
	found := map[int]uint64{}
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return found
	}
	all, _ := pids() // none: then the last sample has to do
	for _, pid := range all {
		cwd, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
		if err != nil || cwd != dir && !strings.HasPrefix(cwd, dir+"/") {
			continue
		}
		if st, err := stat(fs, pid); err == nil {
			found[pid] = st.Starttime
		}
	}
	return found
}

// alive reports whether the process that started at start still runs.
func alive(pid int, start uint64) bool {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return false
	}
	st, err := stat(fs, pid)
	return err == nil && st.Starttime == start && st.State != "Z"
}
