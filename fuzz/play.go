package fuzz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// play is one run of one program.
type play struct {
	site   *Site
	start  time.Time
	peers  map[program.Actor]*peer
	events program.Transcript
	marked bool
	syncs  int
}

// Play runs a program and returns what happened. An error is a *NotOfferedError, a *StepError where the program did not
// come to its mark, or that of ctx; the transcript then tells what happened until there.
func Play(ctx context.Context, site *Site, p *program.Program) (program.Transcript, error) {
	d := &play{site: site, start: time.Now(), peers: map[program.Actor]*peer{}}
	defer d.leave()
	d.learn("", "domain", site.Domain)
	for _, a := range program.Actors() {
		name, _ := site.user(a)
		d.learn(a, "local", name)
		d.learn(a, "bare", name+"@"+site.Domain)
	}
	for _, op := range p.Ops {
		if op.Verb == program.Mark {
			if err := d.mark(p); err != nil {
				return d.events, err
			}
			continue
		}
		if err := d.do(ctx, op); err != nil {
			if quit := d.failed(ctx, op, err); quit != nil {
				return d.events, quit
			}
		}
	}
	return d.events, nil
}

// mark begins what is judged.
func (d *play) mark(p *program.Program) error {
	for _, name := range p.Unless {
		for _, one := range d.peers {
			if slices.Contains(one.offers.mechanisms, name) {
				return &NotOfferedError{"mechanism " + name, true}
			}
		}
	}
	d.marked = true
	d.record("", program.Marked, nil)
	return nil
}

// failed says whether a failed operation ends the program: before the mark each does. After it, the transcript has what the
// server did, and the oracle the word.
func (d *play) failed(ctx context.Context, op program.Op, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if bad, ok := errors.AsType[*NotOfferedError](err); ok && !d.marked {
		return bad
	}
	if _, unknown := errors.AsType[*program.UnknownError](err); unknown || !d.marked {
		return &StepError{op, err}
	}
	if errors.Is(err, errPatience) {
		what := string(op.Verb)
		if op.Verb == program.Await {
			what = op.Arg
		}
		d.record(op.Actor, program.TimedOut, []byte(what))
	}
	return nil
}

func (d *play) record(a program.Actor, what program.What, data []byte) {
	at := time.Since(d.start).Truncate(time.Microsecond)
	d.events = append(d.events, program.Event{At: at, Actor: a, What: what, Data: data})
}

func (d *play) learn(a program.Actor, name, value string) {
	if a != "" {
		name = string(a) + "." + name
	} else {
		a = program.Attacker // who knows what all know
	}
	d.record(a, program.Learned, []byte(name+"="+value))
}

// leave ends all connections. Streams in good order are closed in good order, so that sessions are gone from the server.
func (d *play) leave() {
	for _, p := range d.peers {
		if p.conn == nil {
			continue
		}
		if p.bound && !p.over() {
			_ = p.conn.SetDeadline(time.Now().Add(d.site.patience()))
			_, _ = p.conn.Write(wire.AppendFooter(nil))
		}
		_ = p.conn.Close()
	}
}

// expand fills a template in, once for the wire and once for the record.
func (d *play) expand(template string) (text, recorded string, err error) {
	text, err = program.Expand(template, func(name string) (string, bool) {
		if actor, ok := strings.CutSuffix(name, ".password"); ok {
			_, password := d.site.user(program.Actor(actor))
			return password, true
		}
		return d.events.Known(name)
	})
	if err != nil {
		return "", "", err
	}
	recorded, err = program.Expand(template, func(name string) (string, bool) {
		if strings.HasSuffix(name, ".password") {
			return "***", true
		}
		return d.events.Known(name)
	})
	return text, recorded, err
}

// send writes a template.
func (d *play) send(p *peer, template string) error {
	text, recorded, err := d.expand(template)
	if err != nil {
		return err
	}
	if p == nil || p.conn == nil {
		return errEnd
	}
	d.record(p.actor, program.Sent, []byte(recorded))
	_ = p.conn.SetWriteDeadline(time.Now().Add(d.site.patience())) // a connection that takes none fails in Write
	if _, err := p.conn.Write([]byte(text)); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}
