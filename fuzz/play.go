package fuzz

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"xmpprig/fuzz/program"
)

// play is one run of one program.
type play struct {
	site         *Site
	start        time.Time
	peers        map[program.Actor]*peer
	offered      map[string]bool // namespaces of all features so far, of all actors
	events       program.Transcript
	names        map[string]string // that were learned
	marked       bool
	syncs        int
	asked        int // for services
	parked       []*peer
	legacy       map[program.Actor]*legacy   // of those that negotiate TLS anew
	logins       map[program.Actor]*onlooker // that were made in one operation
	kept         *onlookers
	quiet        bool                               // nothing but what was learned is recorded
	salted       map[salted][]byte                  // passwords, as SCRAM has them
	certificates map[program.Actor]*tls.Certificate // that are shown
	lessons      map[program.Actor][]program.Lesson // of those that have any
	booth        *booth                             // where the authority waits; nil: it has no part
	greetings    int                                // that it sent
}

// Play runs a program and returns what happened. An error is a *NotOfferedError, a *StepError where the program did not
// come to its mark, or that of ctx; the transcript then tells what happened until there.
func Play(ctx context.Context, site *Site, p *program.Program) (program.Transcript, error) {
	return playBeside(ctx, site, p, nil)
}

// playBeside plays with what sessions are kept, and keeps those that it can.
func playBeside(ctx context.Context, site *Site, p *program.Program, kept *onlookers) (program.Transcript, error) {
	d := newPlay(site)
	d.kept = kept
	kept.prepare(d, p)
	defer d.rest(ctx)
	defer d.leave()
	d.learn("", "domain", site.Domain)
	if site.Component.Domain != "" {
		d.learn("", "component.domain", site.Component.Domain)
	}
	d.introduce(p)
	for _, a := range program.Actors() {
		if a == program.Authority {
			continue // it has no account
		}
		name, _ := site.user(a)
		d.learn(a, "local", name)
		d.learn(a, "bare", name+"@"+site.Domain)
	}
	err := d.perform(ctx, p)
	d.dismiss()
	return d.events, err
}

// rest leaves the server alone for as long as it needs.
func (d *play) rest(ctx context.Context) {
	if d.site.Rest > 0 {
		_ = freeze(ctx, d.site.Rest) // the end of ctx is seen by who goes on
	}
}

func newPlay(site *Site) *play {
	return &play{site: site, start: time.Now(), peers: map[program.Actor]*peer{}, offered: map[string]bool{}, names: map[string]string{}, logins: map[program.Actor]*onlooker{}, salted: map[salted][]byte{}, certificates: map[program.Actor]*tls.Certificate{}}
}

// perform does the operations.
func (d *play) perform(ctx context.Context, p *program.Program) error {
	end := d.start.Add(d.site.longest())
	d.legacy, d.lessons = legacies(p), lessons(p)
	if err := d.set(p); err != nil {
		return err
	}
	from, left := 0, 0 // of the repeat that is under way
	for i := 0; i < len(p.Ops); i++ {
		var err error
		switch op := p.Ops[i]; {
		case op.Verb == program.Repeat:
			from, left = i, op.Times
		case op.Verb == program.End:
			if left--; left > 0 && time.Now().Before(end) {
				i = from
			}
		case op.Verb == program.Mark:
			if err = d.served(ctx, p); err == nil {
				err = d.mark(p)
			}
		default:
			if err = d.do(ctx, op); err != nil {
				err = d.failed(ctx, op, err)
				if lacks := d.lacks(p); err != nil && !d.marked && lacks != nil && len(d.offered) > 0 {
					err = lacks // what it waited for in vain is not offered
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lacks is what a program needs and the server has not offered; nil: nothing.
func (d *play) lacks(p *program.Program) error {
	for _, name := range p.Offers {
		if !slices.ContainsFunc(slices.Collect(maps.Values(d.peers)), func(one *peer) bool { return one.offers.mechanism(name) || slices.Contains(one.agreed, name) }) {
			return &NotOfferedError{What: "mechanism " + name}
		}
	}
	for _, space := range p.Needs {
		if !d.offered[space] {
			return &NotOfferedError{What: "feature " + space}
		}
	}
	return nil
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
	for _, name := range p.Lacks {
		for _, one := range d.peers {
			if slices.Contains(one.offers.spaces, name) {
				return &NotOfferedError{"feature " + name, true}
			}
		}
	}
	if lacks := d.lacks(p); lacks != nil {
		return lacks
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
	if bad, ok := errors.AsType[*NotOfferedError](err); ok { // behind the mark: there is no such port
		return bad
	}
	unknown, ok := errors.AsType[*program.UnknownError](err)
	if ok && strings.HasSuffix(unknown.Name, ".previd") {
		return &NotOfferedError{What: "resumption"}
	}
	if ok && d.mayLearn(unknown.Name) {
		return &NotOfferedError{What: unknown.Name}
	}
	if _, size := errors.AsType[*program.NumberError](err); size {
		return &NotOfferedError{What: "a limit that a text fits: " + err.Error()}
	}
	if ok || !d.marked {
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
	if d.quiet && what != program.Learned {
		return
	}
	at := time.Since(d.start).Truncate(time.Microsecond)
	d.events = append(d.events, program.Event{At: at, Actor: a, What: what, Data: data})
}

func (d *play) learn(a program.Actor, name, value string) {
	if a != "" {
		name = string(a) + "." + name
	} else {
		a = program.Attacker // who knows what all know
	}
	d.names[name] = value
	d.record(a, program.Learned, []byte(name+"="+value))
}

// known looks a name up in what was learned.
func (d *play) known(name string) (string, bool) {
	value, ok := d.names[name]
	return value, ok
}

// offer notes what features were offered.
func (d *play) offer(spaces []string) {
	for _, space := range spaces {
		d.offered[space] = true
	}
}

// leave ends all connections but those that are kept. Streams in good order are closed in good order, so that sessions are gone from
// the server.
func (d *play) leave() {
	d.kept.keep(d)
	for _, p := range d.peers {
		d.end(p)
	}
	for _, p := range d.parked {
		d.end(p)
	}
}

func (d *play) end(p *peer) {
	if p.bosh != nil {
		d.leaveBOSH(p.bosh)
		_ = p.bosh.Close()
		return
	}
	if p.conn == nil {
		return
	}
	if p.bound && !p.over() {
		_ = p.conn.SetDeadline(time.Now().Add(d.site.patience()))
		_, _ = p.conn.Write(p.farewell())
	}
	if p.unheard && !p.over() {
		d.linger(p)
	}
	_ = p.conn.Close()
}

// lingering is how long a server may take over what was sent to it last, and not waited for.
const lingering = 50 * time.Millisecond

// linger lets the server take what was sent last, so that what comes of it is seen with this program and not with the next. It is no
// part of the transcript.
func (d *play) linger(p *peer) {
	conn := p.conn
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingering))
	_, _ = io.Copy(io.Discard, conn) // until the server has closed, too
}

// expand fills a template in, once for the wire and once for the record.
func (d *play) expand(template string) (text, recorded string, err error) {
	text, err = program.Expand(template, d.value)
	if err != nil {
		return "", "", err
	}
	recorded, err = program.Expand(template, d.shown)
	return text, recorded, err
}

// send writes a template, so many bytes at a time; 0: all at once.
func (d *play) send(ctx context.Context, p *peer, template string, by int) error {
	text, recorded, err := d.expand(template)
	if err != nil {
		return err
	}
	if p == nil || p.conn == nil {
		return errEnd
	}
	if p.renewed && isHeader(text) { // where the program authenticated by hand
		d.restart(p)
	}
	if p.bosh != nil {
		return d.sendBOSH(ctx, p, text, recorded, by)
	}
	if p.web != nil {
		return d.write(p, p.frame(text, recorded), by)
	}
	if p.packed != nil {
		return d.write(p, p.pack(text, recorded), by)
	}
	p.speak([]byte(text))
	return d.write(p, parcel{[]byte(text), []byte(recorded)}, by)
}

// parcel is what goes out, and as what it is recorded.
type parcel struct{ data, recorded []byte }

// write writes a parcel, so many bytes at a time; 0: all at once.
func (d *play) write(p *peer, what parcel, by int) error {
	d.record(p.actor, program.Sent, what.recorded)
	_ = p.conn.SetWriteDeadline(time.Now().Add(d.site.patience())) // a connection that takes none fails in Write
	if by <= 0 {
		by = max(len(what.data), 1)
	}
	for piece := range slices.Chunk(what.data, by) {
		p.unheard = true
		if _, err := p.conn.Write(piece); errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("send: %w", errPatience)
		} else if err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
	return nil
}

func isHeader(text string) bool {
	return strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<stream:")
}
