//go:build unix && !linux

package target

import (
	"syscall"
	"time"
)

// attributes puts a child into a process group of its own, under the owner's
// ids. There is no parent death signal here.
func attributes(o owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if !o.isZero() {
		a.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return a
}

// awaitEnd leaves the waiting to the caller's Wait: the group is then not swept
// when the server ends by itself, but before Stop waits.
func awaitEnd(int) {}

func killGroup(int) {}

// processCPU cannot tell here.
func processCPU(int) (time.Duration, error) { return 0, ErrUnobserved }

func countThreads(string) (int, error) { return 0, ErrUnobserved }
