package crowd

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Carrier takes stanzas to those who are not of the crowd.
type Carrier interface {
	// Send sends whole stanzas of a user of one domain to somebody of another, with from and to in them. It is called from many
	// goroutines, and must not keep the bytes.
	Send(from, to string, stanzas []byte) error
}

// Crowd is the users that are there. Its methods may be called from any goroutine.
type Crowd struct {
	carrier   Carrier
	namespace string

	mu    sync.RWMutex
	lines map[string]*line  // by bare address
	home  map[string]int    // users of each domain
	asked map[string][]byte // requests for subscription of users who have not come yet, by bare address

	bounced atomic.Int64
}

// New makes a crowd without users, whose carrier speaks in a content namespace.
func New(carrier Carrier, namespace string) *Crowd {
	return &Crowd{carrier: carrier, namespace: namespace, lines: map[string]*line{}, home: map[string]int{}, asked: map[string][]byte{}}
}

// errTaken says that there is such a user already.
var errTaken = errors.New("the user is there already")

// Join adds a user, until the connection is closed, and returns the full address.
func (c *Crowd) Join(local, domain, resource string) (net.Conn, string, error) {
	l := newLine(c, local+"@"+domain, domain, resource)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines[l.bare] != nil {
		return nil, "", fmt.Errorf("join as %s: %w", l.bare, errTaken)
	}
	c.lines[l.bare] = l
	c.home[domain]++
	l.in = c.asked[l.bare]
	delete(c.asked, l.bare)
	return l, l.full, nil
}

// End takes every user's connection away: the stream that they share is gone.
func (c *Crowd) End() {
	c.mu.Lock()
	all := c.lines
	c.lines, c.home = map[string]*line{}, map[string]int{}
	c.mu.Unlock()
	for _, l := range all {
		l.end()
	}
}

// Bounced is how many stanzas came for nobody.
func (c *Crowd) Bounced() int64 { return c.bounced.Load() }

func (c *Crowd) leave(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines[l.bare] == l {
		delete(c.lines, l.bare)
		c.home[l.domain]--
	}
}

// find returns the user of a bare or full address; nil if there is none.
func (c *Crowd) find(jid []byte) *line {
	n := len(jid)
	for i, b := range jid {
		if b == '/' {
			n = i
			break
		}
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.lines[string(jid[:n])]
}

// local reports whether a domain has users here.
func (c *Crowd) local(domain []byte) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.home[string(domain)] > 0
}

// Deliver takes a stanza that came for a user of the crowd.
func (c *Crowd) Deliver(e *wire.Element, _ time.Time) {
	to := e.Attr("to")
	l := c.find(to)
	switch {
	case l == nil && isSubscribe(e):
		c.keep(to, e)
	case l == nil || isRequest(e) && !hasResource(to):
		c.answerFor(e)
	case string(e.Local()) == "presence" && string(e.Attr("type")) == "probe":
		l.answerProbe(e.Attr("from"))
	default:
		if string(e.Local()) == "presence" {
			l.noteState(e)
		}
		l.hear(e)
	}
}

func isRequest(e *wire.Element) bool {
	t := string(e.Attr("type"))
	return string(e.Local()) == "iq" && (t == "get" || t == "set")
}

func isSubscribe(e *wire.Element) bool {
	return string(e.Local()) == "presence" && string(e.Attr("type")) == "subscribe"
}

// mostAsked bounds what is kept for users who have not come.
const mostAsked = 100_000

// keep keeps a request for subscription until the user comes (RFC 6121 §3.1.3).
func (c *Crowd) keep(to []byte, e *wire.Element) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if bare := bareOf(to); len(c.asked) < mostAsked && len(c.asked[bare]) < mostUnread {
		c.asked[bare] = wire.AppendRehomed(c.asked[bare], e, wire.Addressing{})
	}
}

func hasResource(jid []byte) bool {
	for _, b := range jid {
		if b == '/' {
			return true
		}
	}
	return false
}

// domainOf is the domain of an address.
func domainOf(jid []byte) []byte {
	for i, b := range jid {
		if b == '/' {
			jid = jid[:i]
			break
		}
	}
	for i, b := range jid {
		if b == '@' {
			return jid[i+1:]
		}
	}
	return jid
}

// bareOf is an address without its resource.
func bareOf(jid []byte) string {
	bare, _, _ := strings.Cut(string(jid), "/")
	return bare
}
