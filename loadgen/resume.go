package loadgen

import (
	"bytes"
	"context"
	"errors"

	"xmpprig/loadgen/xmpp"
)

// seriesResume is the series of resumptions where no step names one.
const seriesResume = "resume"

// errNothingKept says that a session cannot be resumed at all.
var errNothingKept = errors.New("the server has not offered to keep the session")

// resume drops the connection, if there is one, and resumes the session (XEP-0198
// section 5). Where the server has not kept it, the step fails, and the session
// has logged in anew and done its start again.
type resume struct{ login }

func (o *resume) run(ctx context.Context, s *session) error {
	s.drop()
	if s.left == nil {
		return errNothingKept
	}
	refused, err := s.enter(ctx, &o.login, s.left)
	if err != nil || refused == nil {
		return err
	}
	return errors.Join(refused, s.startAgain(ctx))
}

// startAgain does what the scenario's start does behind its login.
func (s *session) startAgain(ctx context.Context) error {
	behind := s.program.start[s.program.loginAt()+1:]
	again := s.back.returning
	s.back.returning = true
	defer func() { s.back.returning = again }()
	return s.all(ctx, behind)
}

// comeIn brings a session back whose connection was lost: by resuming where the
// server may have kept it, else by the steps of the scenario's start.
func (s *session) comeIn(ctx context.Context) error {
	if s.left == nil {
		return s.all(ctx, s.program.start)
	}
	o := &login{series: s.program.resumed}
	if first, ok := s.program.start[s.program.loginAt()].(*login); ok {
		o.mechanism = first.mechanism
	}
	refused, err := s.enter(ctx, o, s.left)
	if err != nil || refused == nil {
		return err
	}
	s.erred(refused, s.now())
	return s.startAgain(ctx)
}

// regain brings a session back that the end of the phases found away, so that
// what the server keeps for it is not taken for lost.
func (s *session) regain(ctx context.Context) {
	if s.left == nil || s.conn.Load() != nil || s.stage.Load() != stageDrain || ctx.Err() != nil {
		return
	}
	s.begin(s.now())
	s.back.returning = true
	err := s.comeIn(ctx)
	s.back.returning = false
	if err != nil && !errors.Is(err, errStopped) && ctx.Err() == nil {
		s.erred(err, s.now())
	}
}

// began takes note of a new connection, and of whether the session is an old one.
// The error says why it is not, where it was to be.
func (s *session) began(c *xmpp.Conn, r *xmpp.Resumption) (refused error) {
	s.left = nil
	if r != nil {
		var ok bool
		if ok, refused = c.Resumed(); ok {
			s.resumes.Add(1)
			s.resumed = true
			s.copies.Store(s.kept)
			s.sentAgain(r)
			return nil
		}
		s.resumesFailed.Add(1)
		s.vacate(true)
	}
	if c.Managed() {
		c.WhenAcked(s.acked)
	}
	return refused
}

// acked takes a stanza that the server has acknowledged.
func (s *session) acked(stanza []byte) {
	if st, ok := s.stamped(stanza); ok {
		s.ledger.acknowledge(st)
	}
}

// sentAgain notes the messages that a resumption has sent again: those that the
// server had not handled.
func (s *session) sentAgain(r *xmpp.Resumption) {
	for stanza := range r.Unacknowledged() {
		if st, ok := s.stamped(stanza); ok {
			s.ledger.resend(st)
		}
	}
}

// stamped reads the stamp of a message as this side wrote it.
func (s *session) stamped(stanza []byte) (stamp, bool) {
	if !bytes.HasPrefix(stanza, []byte("<message ")) {
		return stamp{}, false
	}
	_, rest, _ := bytes.Cut(stanza, []byte(" id='"))
	id, _, _ := bytes.Cut(rest, []byte("'"))
	st, ok := parseStamp(id)
	return st, ok && st.kind == 'm' && st.run == s.ledger.run && int(st.from) == s.n
}

// settleAcks waits until the server has acknowledged all that was sent, so that
// the account of it is whole.
func (s *session) settleAcks(ctx context.Context) {
	c := s.conn.Load()
	if c == nil || c.Unacked() == 0 {
		return
	}
	if err := c.AskAck(); err != nil {
		s.lose(err)
		return
	}
	limit := s.now() + s.timeout
	for c.Unacked() > 0 && s.hold(ctx, limit) == nil {
	}
}
