//go:build unix

package xmpp

import (
	"io"
	"syscall"
)

const canAttempt = true

// tryRead reads what is there, as syscall.RawConn wants it: false asks to be
// called again once there is something.
func (s *socket) tryRead(fd uintptr) bool {
	s.buf = s.buffers.borrow()
	n, err := syscall.Read(int(fd), s.buf[:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), s.buf[:])
	}
	switch {
	case n > 0:
		s.data, s.err = s.buf[:n], nil
		return true
	case err == syscall.EAGAIN:
		s.release()
		s.err = errIdle
		return s.poll
	case err == nil:
		err = io.EOF
	}
	s.data, s.err = nil, err
	return true
}
