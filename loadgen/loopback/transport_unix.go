//go:build unix

package loopback

import "syscall"

const canReadWithoutWaiting = true

// readWithoutWaiting reads from a socket that does not block; again tells that there is nothing to read yet.
func readWithoutWaiting(fd uintptr, p []byte) (n int, again bool, err error) {
	for {
		n, err = syscall.Read(int(fd), p)
		switch err {
		case nil:
			return n, false, nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, true, nil
		}
		return 0, false, err
	}
}
