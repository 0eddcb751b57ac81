//go:build unix

package xmpp

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
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
	default:
		err = os.NewSyscallError("read", err)
	}
	s.data, s.err = nil, err
	return true
}

// descriptor is a TCP connection as a bare descriptor. Unlike net.TCPConn it
// ends a wait at its deadline without an allocation, and a load generator
// waits for deadlines all the time.
type descriptor struct {
	*os.File
	raw           syscall.RawConn
	local, remote net.Addr
}

// bare takes the connection out of c, where it can, and closes what is left.
func bare(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	f, err := tcp.File()
	if err != nil {
		return c
	}
	raw, err := f.SyscallConn()
	if err != nil || f.SetDeadline(time.Time{}) != nil { // it cannot be waited on
		f.Close()
		return c
	}
	d := &descriptor{f, raw, c.LocalAddr(), c.RemoteAddr()}
	tcp.Close()
	return d
}

func (d *descriptor) LocalAddr() net.Addr  { return d.local }
func (d *descriptor) RemoteAddr() net.Addr { return d.remote }

// SetLinger says what becomes of bytes not yet sent when the connection is closed.
func (d *descriptor) SetLinger(sec int) error {
	var err error
	control := d.raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptLinger(int(fd), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1, Linger: int32(sec)})
	})
	return errors.Join(control, err)
}
