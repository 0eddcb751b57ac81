package loadgen

import (
	"bytes"
	"math"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"xmpprig/results"
)

// environment describes this machine.
func environment() results.Environment {
	env := results.Environment{
		OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), CPUQuota: cpuQuota(),
		Kernel: firstLine("/proc/sys/kernel/osrelease"), CPUModel: field("/proc/cpuinfo", "model name"),
		MemoryBytes: kilobytes("/proc/meminfo", "MemTotal"),
	}
	if soft, _, err := fileLimit(); err == nil {
		env.OpenFiles = int64(soft)
	}
	return env
}

// cpuQuota is how many CPUs this process may use: those it may run on, or
// less where a control group (cgroup v2, cpu.max) says so.
func cpuQuota() float64 {
	quota := float64(min(runtime.NumCPU(), runtime.GOMAXPROCS(0)))
	_, group, ok := strings.Cut(firstLine("/proc/self/cgroup"), "::")
	for ; ok && group != ""; group = path.Dir(group) {
		if limit, ok := parseCPUMax(firstLine(path.Join("/sys/fs/cgroup", group, "cpu.max"))); ok {
			quota = min(quota, limit)
		}
		if group == "/" || group == "." {
			break
		}
	}
	return quota
}

// parseCPUMax reads "150000 100000", 1.5 CPUs; false for "max 100000".
func parseCPUMax(text string) (float64, bool) {
	quota, period, _ := strings.Cut(text, " ")
	q, err1 := strconv.ParseFloat(quota, 64)
	p, err2 := strconv.ParseFloat(period, 64)
	return q / p, err1 == nil && err2 == nil && p > 0 && q > 0 && !math.IsInf(q/p, 0)
}

// fileLimit is the limit of open files: now, and as far as it may be raised.
func fileLimit() (soft, hard uint64, err error) {
	var r syscall.Rlimit
	err = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r)
	return r.Cur, r.Max, err
}

func openFiles() int64 {
	d, err := os.Open("/proc/self/fd")
	if err != nil {
		return 0
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	return int64(len(names))
}

// ownRSS is the memory of this process that is in RAM.
func ownRSS() int64 {
	fields := strings.Fields(firstLine("/proc/self/statm"))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

func firstLine(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(line)
}

// field finds "name : value" in a file of /proc.
func field(file, name string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func kilobytes(file, name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(field(file, name), " kB"), 10, 64)
	return n * 1024
}
