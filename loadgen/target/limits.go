package target

import (
	"fmt"
	"syscall"
)

// spareFiles is what a server opens besides its sessions: libraries, logs,
// databases, listeners, epoll.
const spareFiles = 256

// openFiles returns the soft limit on open files a server for so many sessions
// is started with: room for them and then some, but no more than a VM that
// allocates tables by the limit can bear, and never above the hard limit.
func openFiles(software string, sessions int) (int, error) {
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		return 0, fmt.Errorf("read the limit on open files: %w", err)
	}
	need := sessions + spareFiles
	if uint64(need) > uint64(lim.Max) {
		return 0, &LimitError{Software: software, Sessions: sessions, Need: need, Limit: int(lim.Max)}
	}
	return int(min(uint64(max(2*need, 65536)), uint64(lim.Max))), nil
}
