package loadgen

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
	"xmpprig/scenarios"
)

const accountRemoval = "<query xmlns='" + wire.NSRegister + "'><remove/></query>"

// errNoAccount says that a session has made no account that it could remove.
var errNoAccount = errors.New("the session has made no account")

// register makes an account and has the session use it (XEP-0077 section 3.1).
type register struct {
	scenarios.Register
	series, account int
}

func (o *register) run(ctx context.Context, s *session) error {
	if s.users.made[s.user].Load() != nil {
		if s.back.returning {
			return nil // who comes back has an account already
		}
		s.clearAccount(ctx) // of an iteration that failed
	}
	a := s.nextAccount(&o.Register)
	ctx, cancel := context.WithTimeoutCause(ctx, s.loginLimit, errTimeout)
	defer cancel()
	sent := max(s.now(), s.due)
	s.board.sent(s.phase, o.series, sent-max(s.due, s.free))
	took, err := s.dialer(s.user, "").Register(ctx, xmpp.Account{Local: a.local, Password: a.password}, s.source(s.n))
	now := s.now()
	if err != nil {
		s.enrolment.refused(err)
		return err
	}
	s.adopt(a)
	s.enrolment.made.Add(1)
	s.board.answered(s.phase, o.series, s.due, sent, now)
	s.board.gauges[s.phase][o.account].service.Record(int64(took.Account))
	s.due, s.free = now, now
	return nil
}

func (o *register) rehearse(*rehearsal) {}

// nextAccount names the session's next account.
func (s *session) nextAccount(r *scenarios.Register) *made {
	password := r.Password
	if password == "" {
		password = s.users.users.Password
	}
	fill := strings.NewReplacer("{n}", strconv.Itoa(s.user), "{seq}", strconv.Itoa(int(s.enrolled)), "{run}", s.enrolment.word)
	s.enrolled++
	a := &made{local: fill.Replace(r.Name), password: fill.Replace(password)}
	a.jid = a.local + "@" + s.users.domain
	return a
}

// adopt has the session be another user; nil: its own again.
func (s *session) adopt(a *made) {
	s.users.made[s.user].Store(a)
	s.device = nil // what a device keeps is of one user
	s.left = nil
}

// unregister removes the session's account, which ends the session (XEP-0077
// section 3.2).
type unregister struct{ series int }

func (o unregister) run(ctx context.Context, s *session) error {
	if s.users.made[s.user].Load() == nil {
		return errNoAccount
	}
	sent := max(s.now(), s.due)
	s.board.sent(s.phase, o.series, sent-max(s.due, s.free))
	if err := s.removeAccount(ctx); err != nil {
		return err
	}
	s.board.answered(s.phase, o.series, s.due, sent, max(s.answer.at, sent))
	s.due = max(s.answer.at, sent)
	s.free = s.now()
	return nil
}

func (o unregister) rehearse(*rehearsal) {}

// removeAccount asks for the end of the session's account, and waits until the
// server has said that it is gone. That the stream ends with it is no loss.
func (s *session) removeAccount(ctx context.Context) error {
	s.parting = true
	defer func() { s.parting = false }()
	buf := s.beginRequest("set", "")
	buf.b = append(append(buf.b, accountRemoval...), "</iq>"...)
	s.answer = answer{waiting: true}
	if err := s.transmit(buf); err != nil {
		s.answer.waiting = false
		return err
	}
	if err := s.await(ctx, s.now()+s.timeout); err != nil {
		return err
	}
	s.away = !s.leaving
	s.part(ctx)
	s.adopt(nil)
	s.enrolment.removed.Add(1)
	return nil
}

// partingPatience is how long a server may take to end the stream of a user who is
// gone.
const partingPatience = time.Second

// part lets the stream end, by the server if it does that.
func (s *session) part(ctx context.Context) {
	c := s.conn.Swap(nil)
	if c == nil {
		return
	}
	s.gone(c)
	s.vacate(true)
	ctx, cancel := context.WithTimeout(ctx, partingPatience)
	defer cancel()
	s.reading = c
	_ = c.CloseTaking(ctx, s.overhear) // it may be closed already, and need not be closed well
}

// clearAccount removes an account that the session still has, outside of all
// measures; it logs in for that where it has to. What it cannot remove is named in
// the record.
func (s *session) clearAccount(ctx context.Context) {
	a := s.users.made[s.user].Load()
	if a == nil {
		return
	}
	leaving := s.leaving
	s.leaving = true
	defer func() { s.leaving = leaving }()
	err := s.enterQuietly(ctx)
	if err == nil {
		err = s.removeAccount(ctx)
	}
	if err != nil {
		s.enrolment.leave(a.jid)
		s.drop()
		s.adopt(nil)
	}
}

// enterQuietly logs in where the session is not, and records no time of it.
func (s *session) enterQuietly(ctx context.Context) error {
	if s.conn.Load() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeout)
	defer cancel()
	c, _, err := s.connect(ctx, "", s.credentials(), nil)
	if err != nil {
		return err
	}
	s.conn.Store(c)
	s.came()
	return nil
}

// enrolment is the account of accounts that a run made.
type enrolment struct {
	word                  string // {run}
	made, removed, failed atomic.Int64

	mu   sync.Mutex
	left []string // addresses of those that could not be removed
	more int64
}

// mostLeft bounds the names in the record.
const mostLeft = 10_000

func (e *enrolment) leave(jid string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.left) >= mostLeft {
		e.more++
		return
	}
	e.left = append(e.left, jid)
}

// refused counts what the server refused by a stanza error.
func (e *enrolment) refused(err error) {
	if isStanzaError(err) {
		e.failed.Add(1)
	}
}

// account is for the record; nil where no accounts are made.
func (e *enrolment) account() *results.Enrolment {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return &results.Enrolment{Run: e.word, Made: e.made.Load(), Refused: e.failed.Load(), Removed: e.removed.Load(),
		Left: slices.Clone(e.left), LeftMore: e.more}
}
