package target

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/procfs"
)

// A server with one thread that works is full when that thread is, however many CPUs are idle beside it, and threads that are
// ready and wait for a CPU say that the machine is what is short. Both are in /proc/PID/task/TID/schedstat: nanoseconds that
// the thread ran, and that it stood in a run queue.

// mostThreads is how many threads are looked at: at 5 µs each their reading takes a hundredth of a second's CPU time at the most.
const mostThreads = 2000

// threads follows the threads of process trees from sample to sample.
type threads struct {
	seen map[int]schedule // by thread
	at   time.Time
}

type schedule struct{ ran, waited time.Duration }

// sample returns the share of a CPU that the busiest thread used since the sample before, and for how long all of them waited.
// Threads that began since then are counted from the next on. It returns false where the kernel does not tell, and the first time.
func (t *threads) sample(pids []int, now time.Time) (busiest float64, waited time.Duration, ok bool) {
	fresh := make(map[int]schedule, len(t.seen))
	elapsed := now.Sub(t.at)
	var most time.Duration
	for _, pid := range pids {
		for _, tid := range threadsOf(pid, mostThreads-len(fresh)) {
			s, err := scheduleOf(pid, tid)
			if err != nil {
				continue // it ended
			}
			if old, known := t.seen[tid]; known && s.ran >= old.ran {
				most, waited, ok = max(most, s.ran-old.ran), waited+max(0, s.waited-old.waited), true
			}
			fresh[tid] = s
		}
	}
	t.seen, t.at = fresh, now
	if !ok || elapsed <= 0 {
		return 0, 0, false
	}
	return min(1, most.Seconds()/elapsed.Seconds()), waited, true
}

// threadsOf lists the threads of a process, up to most.
func threadsOf(pid, most int) (all []int) {
	if most <= 0 {
		return nil
	}
	dir, err := os.Open(procfs.DefaultMountPoint + "/" + strconv.Itoa(pid) + "/task")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(most) // what was read before an error is as good
	for _, name := range names {
		if tid, err := strconv.Atoi(name); err == nil {
			all = append(all, tid)
		}
	}
	return all
}

func scheduleOf(pid, tid int) (schedule, error) {
	f, err := os.Open(procfs.DefaultMountPoint + "/" + strconv.Itoa(pid) + "/task/" + strconv.Itoa(tid) + "/schedstat")
	if err != nil {
		return schedule{}, err
	}
	defer f.Close()
	var buf [96]byte
	n, err := f.Read(buf[:])
	if err != nil {
		return schedule{}, err
	}
	return parseSchedule(buf[:n])
}

// parseSchedule reads the first two of the three numbers.
func parseSchedule(text []byte) (schedule, error) {
	ran, rest, _ := bytes.Cut(text, []byte(" "))
	waited, _, _ := bytes.Cut(rest, []byte(" "))
	r, err := strconv.ParseInt(string(ran), 10, 64)
	if err != nil {
		return schedule{}, err
	}
	w, err := strconv.ParseInt(string(waited), 10, 64)
	return schedule{time.Duration(r), time.Duration(w)}, err
}
