package xmpp

import (
	"bytes"
	"context"
	"iter"
	"net"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Resumption is a session that outlives its connection (XEP-0198 §5).
type Resumption struct {
	jid string
	sm  *management
}

// Resumption returns what [Dialer.Resume] goes on with once the connection is
// lost or aborted, and is not used any more; nil where the server does not keep
// the session.
func (c *Conn) Resumption() *Resumption {
	if c.sm == nil || c.sm.id == "" || c.closed || c.ended {
		return nil
	}
	return &Resumption{c.jid, c.sm}
}

// Max returns how long the server said that it would keep the session; zero
// where it did not say.
func (r *Resumption) Max() time.Duration { return r.sm.max }

// Unacked returns how many stanzas would be sent again.
func (r *Resumption) Unacked() int { return int(r.sm.out - r.sm.acked) }

// Unacknowledged ranges over these stanzas, each valid until the next.
func (r *Resumption) Unacknowledged() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if q := r.sm.unacked; q != nil {
			for i := q.first; i < len(q.ends) && yield(q.at(i)); i++ {
			}
		}
	}
}

// Resume is Login that goes on with a session where the server still has it, and
// sends again what that has not handled. Where it has not, it is a Login:
// [Conn.Resumed] tells. After an error r can be tried again, else it is used up.
func (d *Dialer) Resume(ctx context.Context, a Account, r *Resumption, laddr net.Addr) (*Conn, Timings, error) {
	return d.negotiate(ctx, &negotiation{dialer: d, account: a, resumption: r}, laddr)
}

// Resumed reports whether the connection goes on with an earlier session. Where
// Resume was asked for and the server refused, the error says why: a
// *ManagementError, or NoManagement.
func (c *Conn) Resumed() (bool, error) { return c.resumed, c.refused }

// enable turns stream management on (XEP-0198 §3).
func (n *negotiation) enable() error {
	o := n.dialer.StreamManagement
	if o == nil || n.conn.sm != nil {
		return nil
	}
	n.stage = Manage
	if !n.offer.management {
		return NoManagement
	}
	request := "<enable xmlns='" + wire.NSSM + "'/>"
	if o.Resume {
		request = "<enable xmlns='" + wire.NSSM + "' resume='true'/>"
	}
	if err := n.send([]byte(request)); err != nil {
		return err
	}
	m := newManagement(o)
	for {
		e, err := n.element()
		switch {
		case err != nil:
			return err
		case e.Is(wire.NSSM, "enabled"):
			m.enabled(e)
			n.conn.sm = m
			return nil
		case e.Is(wire.NSSM, "failed"):
			return parseManagementError("enable", e)
		case e.Kind != wire.Stanza:
			return UnexpectedAnswer
		}
		// The resource is bound, so stanzas may come before the answer. They are
		// Receive's, and none that is counted.
		n.early = append(n.early, e.Raw()...)
		m.in--
	}
}

func (m *management) enabled(e *wire.Element) {
	if v := string(e.Attr("resume")); v == "true" || v == "1" {
		m.id = string(e.Attr("id"))
	}
	if seconds, err := strconv.ParseUint(string(e.Attr("max")), 10, 31); err == nil {
		m.max = time.Duration(seconds) * time.Second
	}
}

// resume asks for the old session in place of binding a resource (XEP-0198 §5);
// false where a resource has to be bound after all.
func (n *negotiation) resume() (bool, error) {
	r := n.resumption
	if r == nil {
		return false, nil
	}
	if !n.offer.management {
		n.conn.refused = NoManagement
		return false, nil
	}
	n.stage = Manage
	request := []byte("<resume xmlns='" + wire.NSSM + "' h='")
	request = append(strconv.AppendUint(request, uint64(r.sm.in), 10), '\'')
	request = append(wire.AppendAttr(request, "previd", r.sm.id), "/>"...)
	e, err := n.request(request)
	switch {
	case err != nil:
		return false, err
	case e.Is(wire.NSSM, "resumed"):
		return true, n.resumed(e, r)
	case !e.Is(wire.NSSM, "failed"):
		return false, UnexpectedAnswer
	}
	n.conn.refused = parseManagementError("resume", e)
	if h, err := parseHandled(e.Attr("h")); err == nil { // it says how far it came with the old session
		return false, r.sm.acknowledge(h)
	}
	return false, nil
}

// resumed takes the old session over, and sends again what was not handled.
func (n *negotiation) resumed(e *wire.Element, r *Resumption) error {
	h, err := parseHandled(e.Attr("h"))
	if err == nil {
		err = r.sm.acknowledge(h)
	}
	if err != nil {
		return err
	}
	c := n.conn
	r.sm.begin() // a stanza may have been cut off
	r.sm.due = r.sm.out + r.sm.every
	c.jid, c.sm, c.resumed = r.jid, r.sm, true
	n.state |= bound | established
	if q := r.sm.unacked; q != nil {
		return c.sendOut(append(bytes.Clone(q.rest()), smRequest...))
	}
	return nil
}
