package fuzz

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// session is what a peer over BOSH keeps (XEP-0124).
type session struct {
	*exchanges
	in, out    *oracle.Unwrapper // of both directions
	text, told wrapper           // what is sent, and as what it is recorded
	sid        string
	rid        int64          // of the next request
	said       map[int64]bool // numbers from that one on that were used already
	keys       *keys          // nil: none
	left       bool           // this side has ended it
	terminated bool           // the server has
	posted     time.Time      // when the last request was made
	lost       bool           // a request had no answer, and so may not have been taken
}

// dialBOSH makes the first connection of a session.
func (d *play) dialBOSH(ctx context.Context, op program.Op) error {
	if err := d.reach(ctx, op.Actor, d.site.bosh(), "BOSH", true); err != nil {
		if !d.marked && ctx.Err() == nil {
			return &NotOfferedError{What: "BOSH"}
		}
		return err
	}
	p := d.peers[op.Actor]
	_ = p.conn.SetDeadline(time.Time{}) // a connection that takes none fails when it is used
	p.bosh = &session{exchanges: newExchanges(d.site, p.conn), in: oracle.NewUnwrapper(false), out: oracle.NewUnwrapper(true), rid: 1 + rand.Int64N(1<<32)}
	if op.Arg == program.KeySequence {
		p.bosh.keys = newKeys()
	}
	p.conn = p.bosh
	d.record(op.Actor, program.Wrapped, nil)
	d.restart(p)
	return nil
}

// sendBOSH sends what would go over TCP as requests: one, and more where a stream begins or ends.
func (d *play) sendBOSH(ctx context.Context, p *peer, text, recorded string, by int) error {
	return d.postAll(ctx, p, p.bosh.text.wrap(text), p.bosh.told.wrap(recorded), by)
}

// flushBOSH sends what was held back.
func (d *play) flushBOSH(ctx context.Context, p *peer) error {
	return d.postAll(ctx, p, p.bosh.text.flush(), p.bosh.told.flush(), 0)
}

func (d *play) postAll(ctx context.Context, p *peer, all, told []wrap, by int) error {
	for i, w := range all {
		recorded := w
		if i < len(told) {
			recorded = told[i]
		}
		if err := d.room(ctx, p); err != nil {
			return err
		}
		if err := d.postOne(p, w.attrs, w.content, recorded.content, by); err != nil {
			return err
		}
	}
	return nil
}

// room waits until there is a session, and less than two requests are under way (XEP-0124 §11).
func (d *play) room(ctx context.Context, p *peer) error {
	b := p.bosh
	for deadline := d.deadline(); b.under() > 0 && !b.terminated && (b.sid == "" || b.under() >= 2); {
		if err := d.read(ctx, p, deadline); err != nil {
			return err
		}
	}
	if by := b.posted.Add(overtaking); b.under() > 0 && !b.terminated && time.Now().Before(by) {
		if err := d.read(ctx, p, by); err != nil && err != errPatience {
			return err
		}
	}
	return nil
}

// overtaking is how long a request may be on its way: the next one, which goes over another connection, is not to come before it.
const overtaking = 10 * time.Millisecond

// postOne sends one request, and counts it.
func (d *play) postOne(p *peer, attrs []program.Value, content, recorded string, by int) error {
	own := p.bosh.attributes(attrs)
	body := wrapped(own, content)
	p.bosh.left = p.bosh.left || slices.Contains(own, program.Value{Name: "type", Text: "terminate"})
	d.record(p.actor, program.Sent, []byte(wrapped(own, recorded)))
	bits, _ := p.bosh.out.Take([]byte(body)) // what is no <body/> is none of the stream
	for _, b := range bits {
		if b.Restart {
			p.out.Reset(oracle.Limits())
		}
		p.speak(b.Text)
	}
	p.unheard, p.bosh.posted = true, time.Now()
	return p.bosh.post([]byte(body), by)
}

// attributes are those of the next request: what is usual, but for what is said otherwise.
func (b *session) attributes(said []program.Value) (all []program.Value) {
	rid := program.Value{Name: "rid", Text: strconv.FormatInt(b.rid, 10)}
	own := slices.IndexFunc(said, func(v program.Value) bool { return v.Name == "rid" })
	switch {
	case own < 0:
	case said[own].Not:
		rid.Text = ""
	default:
		rid.Text = said[own].Text
		if n, err := strconv.ParseInt(rid.Text, 10, 32); err == nil && strings.ContainsAny(rid.Text[:1], "+-") {
			rid.Text = strconv.FormatInt(b.rid+n, 10)
		}
	}
	if !slices.ContainsFunc(said, func(v program.Value) bool { return v.Name == "sid" }) { // else it is another session's
		b.use(rid.Text)
	}
	usual := append([]program.Value{rid, {Name: "sid", Text: b.sid}}, b.keys.next()...)
	for _, v := range usual {
		if v.Text != "" && (v.Name == "rid" || !slices.ContainsFunc(said, func(s program.Value) bool { return s.Name == v.Name })) {
			all = append(all, v)
		}
	}
	for _, v := range said {
		if v.Name != "rid" && !v.Not {
			all = append(all, v)
		}
	}
	return all
}

// use counts a number as used: what is next stands behind all that were used without a gap.
func (b *session) use(rid string) {
	n, err := strconv.ParseInt(rid, 10, 64)
	if err != nil || n < b.rid {
		return
	}
	if b.said == nil {
		b.said = map[int64]bool{}
	}
	for b.said[n] = true; b.said[b.rid]; b.rid++ {
		delete(b.said, b.rid)
	}
}

// wrapped is a <body/>.
func wrapped(attrs []program.Value, content string) string {
	b := []byte("<body xmlns='" + wire.NSBOSH + "'")
	for _, v := range attrs {
		b = wire.AppendAttr(b, v.Name, v.Text)
	}
	if content == "" {
		return string(append(b, "/>"...))
	}
	return string(b) + ">" + content + "</body>"
}

// request sends one request as the program has it, however many are under way. Its answer is read also where the session has ended.
func (d *play) request(p *peer, op program.Op) error {
	if p.bosh == nil {
		return errNoRequests
	}
	content, recorded, err := d.expand(op.Arg)
	if err != nil {
		return err
	}
	attrs := op.Attributes()
	for i := range attrs {
		if attrs[i].Text, _, err = d.expand(attrs[i].Text); err != nil {
			return err
		}
	}
	p.footer, p.ended, p.broken = false, false, false
	return d.postOne(p, attrs, content, recorded, 0)
}

// takeBOSH takes a <body/> that came.
func (d *play) takeBOSH(p *peer, data []byte) {
	bits, err := p.bosh.in.Take(data)
	if m := sessionID.FindSubmatch(data); m != nil && p.bosh.sid == "" {
		p.bosh.sid = string(m[1])
		d.learn(p.actor, "sid", p.bosh.sid)
	}
	for _, b := range bits {
		if b.Restart {
			p.scanner.Reset(oracle.Limits())
			p.pending = nil
		}
		p.pending = append(p.pending, b.Text...)
		if b.Terminated != "" {
			p.bosh.terminated, p.ended = true, true
		}
		p.bosh.terminated = p.bosh.terminated || strings.HasPrefix(string(b.Text), "</stream:stream")
	}
	p.broken = p.broken || err != nil
}

// receiveBOSH waits for an answer. While there is a session one request is always under way, which is empty if need be.
func (d *play) receiveBOSH(p *peer) (data []byte, err error) {
	if b := p.bosh; b.under() == 0 {
		if b.sid == "" || b.terminated || b.left {
			return nil, errNothingAsked
		}
		if err := d.postOne(p, nil, "", "", 0); err != nil {
			return nil, err
		}
	}
	a, err := p.bosh.next()
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		p.bosh.lost = true
	}
	if err == nil && a.status != 200 {
		return nil, &refusedError{a.status}
	}
	return a.body, err
}

// leaveBOSH ends a session in good order, so that it is gone from the server, also where the actor has left it to itself.
func (d *play) leaveBOSH(b *session) {
	if b.sid == "" || b.terminated || b.left {
		return
	}
	b.reopen()
	_ = b.SetReadDeadline(time.Now().Add(min(d.site.patience(), time.Second)))
	last := []program.Value{{Name: "type", Text: "terminate"}}
	if b.lost { // so that the server waits for a number that does not come: one beyond the window ends a session, too (XEP-0124 §14.2)
		last = append(last, program.Value{Name: "rid", Text: "+1000"})
	}
	if b.post([]byte(wrapped(b.attributes(last), "")), 0) == nil {
		for b.under() > 0 {
			if _, err := b.next(); err != nil { // whatever is said, it was heard
				return
			}
		}
	}
}

var (
	errNoRequests   = errors.New("there are requests over BOSH only")
	errNothingAsked = errors.New("no request is under way")
)

// refusedError is an HTTP status other than 200.
type refusedError struct{ status int }

func (e *refusedError) Error() string { return fmt.Sprintf("the server answered %d", e.status) }
