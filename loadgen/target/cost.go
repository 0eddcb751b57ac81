package target

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Cost is what the processes that a server consists of use, without their helpers.
// It takes some tens of microseconds each to read, so that a single exchange can be put between two.
type Cost struct {
	CPU          time.Duration // user and system time of these processes, to the nanosecond; from 0 again after a Restart
	RSS          int64         // resident memory, bytes
	FDs, Threads int
	LogBytes     int64 // all its logs and output hold, through every Restart; 0 for a remote server
}

// Cost reads the processes: ErrUnobserved if they cannot be seen, another error
// once one ended. It needs Linux. For the whole process tree see Usage.
func (s *Server) Cost() (Cost, error) {
	m := s.gauge()
	if m == nil {
		return Cost{}, ErrUnobserved
	}
	var c Cost
	for _, pid := range m.roots {
		one, err := costOf(pid)
		if err != nil {
			return Cost{}, fmt.Errorf("read what the server costs: %w", err)
		}
		c.CPU, c.RSS, c.FDs, c.Threads = c.CPU+one.CPU, c.RSS+one.RSS, c.FDs+one.FDs, c.Threads+one.Threads
	}
	if s.logs != nil {
		c.LogBytes = s.logs.bytes()
	}
	return c, nil
}

func costOf(pid int) (Cost, error) {
	cpu, err := processCPU(pid)
	if err != nil {
		return Cost{}, err
	}
	proc := "/proc/" + strconv.Itoa(pid)
	c := Cost{CPU: cpu}
	if c.RSS, err = residentMemory(proc + "/statm"); err != nil {
		return Cost{}, err
	}
	if c.RSS == 0 { // ended, but not waited for
		return Cost{}, os.ErrProcessDone
	}
	if c.Threads, err = countThreads(proc + "/task"); err != nil {
		return Cost{}, err
	}
	c.FDs, err = countFiles(proc + "/fd")
	return c, err
}

// residentMemory reads the second figure of statm, which is in pages.
func residentMemory(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var buf [128]byte
	n, err := f.Read(buf[:])
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(buf[:n])
	if len(fields) < 2 {
		return 0, fmt.Errorf("%s holds %q", path, buf[:n])
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// countFiles counts the entries of a process's fd directory: its size, which
// Linux tells since 6.2; before that it was 0 and the names have to be read.
func countFiles(dir string) (int, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, err
	}
	if info.Size() > 0 {
		return int(info.Size()), nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	return len(names), err
}
