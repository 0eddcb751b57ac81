package loopback

import (
	"net"
	"strconv"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Bounds are limits on what one address or one session may do. The zero value has none of them.
type Bounds struct {
	// Idle is how long a session may say nothing before it is pinged; where as much goes by again, it ends with connection-timeout
	// (RFC 6120 §4.6). Sessions over BOSH have limits of their own.
	Idle time.Duration
	// Attempts is how many connections an IP address may make in a row (XEP-0205 §4.2). It may make another every 50 ms; those beyond
	// are closed without a word, and count too.
	Attempts int
	// Recipients is to how many addresses a session may send within a minute (XEP-0205 §4.6), its own and the server's aside. Stanzas
	// beyond come back with unexpected-request.
	Recipients int
	// Unacked is how many stanzas may wait for an acknowledgement (XEP-0198); a session beyond that is cut off without a word.
	Unacked int
}

const nsStreamLimits = "urn:xmpp:stream-limits:0"

// appendStreamLimits tells the limits of the stream (XEP-0478).
func (l *login) appendStreamLimits(b []byte) []byte {
	o := &l.srv.options
	b = append(b, "<limits xmlns='"+nsStreamLimits+"'><max-bytes>"...)
	b = append(strconv.AppendInt(b, int64(o.Limits.Bytes), 10), "</max-bytes>"...)
	if idle := o.Bounds.Idle; idle > 0 && l.account != nil && l.t.bosh == nil {
		b = append(b, "<idle-seconds>"...)
		b = append(strconv.AppendInt(b, int64((idle+time.Second-1)/time.Second), 10), "</idle-seconds>"...)
	}
	return append(b, "</limits>"...)
}

// listen waits for bytes of a stream whose session may not be silent for ever.
func (c *conn) listen() (err error) {
	idle := c.srv.overstated(c.srv.options.Bounds.Idle)
	if idle == 0 || c.session == nil || c.t.bosh != nil {
		c.rest, err = c.t.read()
		return err
	}
	for asked := false; ; asked = true {
		_ = c.t.raw.SetReadDeadline(time.Now().Add(idle)) // a connection that takes none is closed already
		if c.ending() {                                   // and its own deadline may have been overwritten just now
			_ = c.t.raw.SetReadDeadline(time.Now())
		}
		if c.rest, err = c.t.read(); !isTimeout(err) || c.ending() {
			return err
		}
		switch {
		case c.srv.bug("idle-session-kept"):
		case asked:
			return streamError{wire.ConnectionTimeout, "nothing came for too long"}
		default:
			c.srv.emit(c.session, wire.AppendIQ(nil, wire.Addressing{From: c.srv.options.Domain, To: c.session.full, ID: "alive", Type: "get"}, []byte("<ping xmlns='"+wire.NSPing+"'/>")), time.Time{})
		}
	}
}

// attemptCost is how long an address pays for one connection.
const attemptCost = 50 * time.Millisecond

// attempts counts the connections of each address.
type attempts struct {
	mu   sync.Mutex
	paid map[string]time.Time // when all that an address did is paid for
}

// mayConnect reports whether an address may make a connection now, and counts it.
func (s *Server) mayConnect(from net.Addr, now time.Time) bool {
	most := s.options.Bounds.Attempts
	if most == 0 || s.bug("attempts-unbounded") {
		return true
	}
	host, _, err := net.SplitHostPort(from.String())
	if err != nil { // in memory there are no addresses
		return true
	}
	a := &s.attempts
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.paid == nil {
		a.paid = map[string]time.Time{}
	}
	for other, until := range a.paid {
		if until.Before(now) {
			delete(a.paid, other)
		}
	}
	until := a.paid[host]
	if until.Before(now) {
		until = now
	}
	until = until.Add(attemptCost)
	limit := now.Add(time.Duration(most) * attemptCost)
	a.paid[host] = until
	if worst := limit.Add(time.Duration(most) * attemptCost / 4); until.After(worst) { // so that it is forgiven some time
		a.paid[host] = worst
	}
	return !until.After(limit)
}

// tooMuch reports whether more waits for an acknowledgement than may.
func (s *Server) tooMuch(m *managed) bool {
	if s.bug("unacked-unbounded") {
		return m.bytes > unboundedQueue
	}
	most := s.options.Bounds.Unacked
	return m.bytes > s.options.Queue || most > 0 && len(m.unacked) > most
}

// recipients are those that a session has sent to since a moment.
type recipients struct {
	since time.Time
	to    map[string]struct{}
}

// tooMany reports whether a session sends to more addresses than it may, and counts this one.
func (c *conn) tooMany(to address, now time.Time) bool {
	most := int(c.srv.overstated(time.Duration(c.srv.options.Bounds.Recipients)))
	own := to.local == nil && string(to.domain) == c.srv.options.Domain || c.session.owns(address{local: to.local, domain: to.domain})
	if most == 0 || own || to.domain == nil || c.srv.bug("recipients-unbounded") {
		return false
	}
	if c.sentTo == nil || now.Sub(c.sentTo.since) >= time.Minute {
		c.sentTo = &recipients{now, map[string]struct{}{}}
	}
	key := string(to.local) + "@" + string(to.domain)
	if _, known := c.sentTo.to[key]; known {
		return false
	}
	if len(c.sentTo.to) >= most {
		return true
	}
	c.sentTo.to[key] = struct{}{}
	return false
}

// refuseMany answers a stanza to one recipient too many (XEP-0205 §4.6).
func (c *conn) refuseMany(e *wire.Element) {
	name, kind := string(e.Local()), string(e.Attr("type"))
	if kind == "error" || kind == "result" && name == "iq" { // which have no answer (RFC 6120 §8.3.1, §8.2.3)
		return
	}
	b := wire.AppendStart(c.scratch[:0], name, wire.Addressing{From: string(e.Attr("to")), To: c.session.full, ID: string(e.Attr("id")), Type: "error"})
	b = append(b, "<error type='wait'><unexpected-request xmlns='"+wire.NSStanzas+"'/><too-many-stanzas xmlns='urn:xmpp:errors'/></error>"...)
	c.scratch = wire.AppendEnd(b, name)
	c.reply(c.scratch)
}

// troubled is the condition by which an account cannot log in; empty: it can.
func (s *Server) troubled(name string) saslError {
	user, err := normalLocal([]byte(name))
	if err != nil {
		return ""
	}
	for _, t := range [...]struct {
		accounts  []string
		condition saslError
	}{{s.options.Disabled, "account-disabled"}, {s.options.Unavailable, "temporary-auth-failure"}} {
		for _, a := range t.accounts {
			if a == string(user) {
				return t.condition
			}
		}
	}
	return ""
}
