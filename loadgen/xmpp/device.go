package xmpp

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"time"
)

// Device is what one installation of a client keeps from one login to the next:
// the id that servers know it by (XEP-0388 §2.3), and what they give it for the
// next login. The zero value is a new one. It is used by one session at a time.
type Device struct {
	ID string // a UUID of version 4; empty: made when it is first needed

	token  token
	ticket *tls.ClientSessionState // of TLS
	config *tls.Config             // a copy of the Dialer's that uses it
	origin *tls.Config             // what it is a copy of
}

// id returns the id, made now if there is none yet.
func (d *Device) id() string {
	if d.ID == "" {
		var b [16]byte
		rand.Read(b[:])
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // RFC 9562 §5.4
		d.ID = fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	}
	return d.ID
}

// HasToken reports whether a login may use a token of FAST (XEP-0484).
func (d *Device) HasToken() bool { return d != nil && d.token.usable(time.Now()) }

// Forget drops the token, so that the next login begins anew.
func (d *Device) Forget() { d.token = token{} }

// Get and Put make the device a [tls.ClientSessionCache] of one entry.
func (d *Device) Get(string) (*tls.ClientSessionState, bool) { return d.ticket, d.ticket != nil }

// Put keeps the newest ticket; nil: what there was is no good.
func (d *Device) Put(_ string, s *tls.ClientSessionState) { d.ticket = s }

// resuming returns a copy of a configuration that resumes the device's TLS sessions.
func (d *Device) resuming(c *tls.Config) *tls.Config {
	if d.origin != c {
		d.origin, d.config = c, c.Clone()
		d.config.ClientSessionCache = d
	}
	return d.config
}
