package pace

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// descriptor is a timer of the kernel that the runtime's poller watches. The
// poller itself sleeps in whole milliseconds, and so do timers of package
// time in a process with nothing to do; a descriptor that becomes readable
// wakes it within some ten microseconds.
type descriptor struct{ file *os.File }

const clockMonotonic = 1

// NewAlarm returns the most exact alarm this system has.
func NewAlarm() Alarm {
	fd, _, errno := syscall.Syscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return NewTimer()
	}
	return descriptor{os.NewFile(fd, "timer")}
}

func (a descriptor) Set(d time.Duration) {
	var spec struct{ interval, value syscall.Timespec }
	spec.value = syscall.NsecToTimespec(max(d, 1).Nanoseconds()) // zero would turn it off
	raw, err := a.file.SyscallConn()
	if err != nil {
		return
	}
	// An error means that the alarm is off already; Wait tells.
	_ = raw.Control(func(fd uintptr) {
		syscall.Syscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	})
}

func (a descriptor) Wait() bool {
	var rings [8]byte
	_, err := a.file.Read(rings[:])
	return err == nil
}

func (a descriptor) Off() { _ = a.file.Close() }
