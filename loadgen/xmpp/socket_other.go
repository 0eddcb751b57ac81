//go:build !unix

package xmpp

import "net"

const canAttempt = false

func (s *socket) tryRead(uintptr) bool { return true }

func bare(c net.Conn) net.Conn { return c }
