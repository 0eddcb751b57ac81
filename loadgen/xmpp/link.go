package xmpp

import (
	"crypto/tls"
	"time"
)

// link is a transport connection, encrypted or not.
type link struct {
	socket socket
	tls    *tls.Conn // nil: unencrypted
	clear  *buffer   // decrypted bytes being read, of an encrypted one
}

// write writes bytes as they are, encrypted if the connection is.
func (l *link) write(b []byte) (int, error) {
	if l.tls != nil {
		return l.tls.Write(b)
	}
	return l.socket.Write(b)
}

// nextBytes waits for bytes. They are valid until release.
func (l *link) nextBytes(deadline time.Time) ([]byte, error) {
	if l.tls == nil {
		err := l.socket.wait(deadline)
		return l.socket.data, err
	}
	for {
		if data, err := l.decrypt(); len(data) > 0 || err != nil {
			return data, err
		}
		if err := l.socket.wait(deadline); err != nil {
			return nil, err
		}
	}
}

// decrypt returns the content of the next TLS record that is here, if any.
func (l *link) decrypt() ([]byte, error) {
	s := &l.socket
	if l.tls == nil || s.records.ended == 0 && len(s.data) == 0 {
		return nil, nil
	}
	l.clear = s.buffers.borrow()
	n, err := l.tls.Read(l.clear[:])
	if n > 0 { // a record at most: an error comes again with the next call
		s.records.ended--
		return l.clear[:n], nil
	}
	l.release()
	if _, ok := err.(wouldBlock); ok {
		s.records.ended = 0
		err = nil
	}
	return nil, err
}

// release gives back the buffer of the bytes that nextBytes or decrypt returned.
func (l *link) release() {
	if l.tls == nil {
		l.socket.release()
	} else if l.clear != nil {
		l.socket.buffers.giveBack(l.clear)
		l.clear = nil
	}
}

// close closes the connection in good order.
func (l *link) close() {
	if l.tls != nil {
		l.tls.Close() // the alert that may fail here is a courtesy
	}
	l.socket.Close() // again with TLS, to no effect
}
