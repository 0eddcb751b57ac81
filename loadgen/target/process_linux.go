package target

import (
	"syscall"
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
