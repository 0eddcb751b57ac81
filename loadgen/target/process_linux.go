package target

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// attributes puts a child into a process group of its own, under the owner's
// ids without supplementary groups, to die with the rig.
func attributes(o owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if !o.isZero() {
		a.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return a
}

// awaitEnd waits until the child has ended, and leaves it a zombie.
func awaitEnd(pid int) {
	const pPID = 1 // P_PID of waitid(2)
	var info [128]byte
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, pPID, uintptr(pid), uintptr(unsafe.Pointer(&info)),
			syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

func killGroup(pgid int) { _ = syscall.Kill(-pgid, syscall.SIGKILL) } // often only the zombie is left

// processCPU reads the CPU-time clock of a process (clock_getcpuclockid(3)).
func processCPU(pid int) (time.Duration, error) {
	const clockSched = 2 // CPUCLOCK_SCHED, of a whole process
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(^pid<<3|clockSched), uintptr(unsafe.Pointer(&t)), 0)
	if errno == syscall.EINVAL {
		return 0, os.ErrProcessDone
	} else if errno != 0 {
		return 0, fmt.Errorf("read the process clock: %w", errno)
	}
	return time.Duration(t.Nano()), nil
}

// countThreads counts the entries of a process's task directory, which has a
// link for each besides its own two.
func countThreads(dir string) (int, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, err
	}
	return int(info.Sys().(*syscall.Stat_t).Nlink) - 2, nil
}
