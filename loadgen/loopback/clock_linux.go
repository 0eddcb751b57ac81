package loopback

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// fdAlarm rings by a timer descriptor of the kernel, which the runtime's poller watches: it rings within
// some ten microseconds of its moment where a timer of package time may be a millisecond late.
type fdAlarm struct{ file *os.File }

const (
	clockMonotonic = 1
	timerNonblock  = syscall.O_NONBLOCK
	timerCloexec   = syscall.O_CLOEXEC
)

// newFineAlarm returns the most exact alarm this system has.
func newFineAlarm() alarm {
	fd, _, errno := syscall.Syscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, timerNonblock|timerCloexec, 0)
	if errno != 0 {
		return newTimerAlarm()
	}
	return fdAlarm{os.NewFile(fd, "timer")}
}

func (a fdAlarm) set(d time.Duration) {
	var spec struct{ interval, value syscall.Timespec }
	spec.value = syscall.NsecToTimespec(max(d, 1).Nanoseconds()) // zero would turn it off
	raw, err := a.file.SyscallConn()
	if err != nil {
		return
	}
	// An error means that the alarm is off already; wait tells.
	_ = raw.Control(func(fd uintptr) {
		syscall.Syscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	})
}

func (a fdAlarm) wait() bool {
	var rings [8]byte
	_, err := a.file.Read(rings[:])
	return err == nil
}

func (a fdAlarm) off() { _ = a.file.Close() }
