package loadgen

import (
	"context"

	"xmpprig/loadgen/xmpp"
)

// loginSeries is the series of a login and of its parts.
type loginSeries struct{ all, connect, tls, resumed, upgrade, sasl, fast, bind int }

// login connects, secures, authenticates and binds.
type login struct {
	mechanism string
	series    loginSeries
}

func (o *login) run(ctx context.Context, s *session) error {
	s.drop()
	s.left = nil
	s.vacate(true)
	_, err := s.enter(ctx, o, nil)
	return err
}

// enter logs in, and goes on with a session that r stands for where that is not
// nil; why the server refused that is no error of the login.
func (s *session) enter(ctx context.Context, o *login, r *xmpp.Resumption) (refused, err error) {
	if s.phase == 0 || s.back.returning {
		if err := s.takeTurn(ctx); err != nil {
			return nil, err
		}
		defer func() { <-s.turns }()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.loginLimit, errTimeout)
	defer cancel()
	started := max(s.now(), s.due)
	s.board.sent(s.phase, o.series.all, started-max(s.due, s.free))
	c, took, err := s.connect(ctx, o.mechanism, s.credentials(), r)
	now := s.now()
	if err == nil {
		s.parts(o, took, c.Means())
	}
	if err != nil {
		s.loginsFailed.Add(1)
		s.lost()
		return nil, err
	}
	refused = s.began(c, r)
	s.conn.Store(c)
	s.back.wanted = false
	s.came()
	s.board.answered(s.phase, o.series.all, s.due, started, now-took.Derivation)
	s.due, s.free = now, now
	return refused, nil
}

// credentials are what the session logs in with.
func (s *session) credentials() xmpp.Account {
	return xmpp.Account{Local: s.users.local(s.user), Password: s.users.password(s.user), Resource: s.resource(), Device: s.keptDevice()}
}

func (s *session) connect(ctx context.Context, mechanism string, a xmpp.Account, r *xmpp.Resumption) (*xmpp.Conn, xmpp.Timings, error) {
	if r == nil {
		return s.dialer(s.user, mechanism).Login(ctx, a, s.source(s.n))
	}
	return s.dialer(s.user, mechanism).Resume(ctx, a, r, s.source(s.n))
}

// atOnce bounds the logins under way while the sessions come up, so that a
// server which takes longer than the scenario's pace gets a queue that it can
// work off rather than thousands of logins that time out together. Waiting
// for a turn is part of the response time. So it is with sessions that come
// back after a loss; logins in the work of a phase are not held back.
const atOnce = 100

func (s *session) takeTurn(ctx context.Context) error {
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		return errStopped
	}
	if s.stage.Load() >= stageCut {
		<-s.turns
		return errStopped
	}
	s.free = max(s.free, s.now())
	return nil
}

func (o *login) rehearse(*rehearsal) {}

// reconnect drops the connection, if there is one, and logs in again.
type reconnect struct{ login }

// logout closes the stream in good order (RFC 6120 section 4.4).
type logout struct{ series int }

func (o logout) run(ctx context.Context, s *session) error {
	c := s.conn.Swap(nil)
	if c == nil {
		return errNoConnection
	}
	s.away = !s.leaving
	s.gone(c)
	s.vacate(true)
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeout)
	defer cancel()
	due := max(s.due, s.free)
	sent := max(s.now(), due)
	s.board.sent(s.phase, o.series, sent-due)
	s.reading = c
	err := c.CloseTaking(ctx, s.overhear)
	if !s.leaving && s.program.messages >= 0 {
		s.ends = append(s.ends, ending{from: sent, to: s.now()})
	}
	if err != nil {
		if !broken(err) && s.now()-sent >= s.timeout { // the connection's own limit may be reached first
			return errTimeout
		}
		return err
	}
	now := s.now()
	s.board.answered(s.phase, o.series, due, sent, now)
	s.due, s.free = now, now
	return nil
}

func (o logout) rehearse(*rehearsal) {}

// disconnect drops the connection without a word.
type disconnect struct{}

func (disconnect) run(_ context.Context, s *session) error {
	if s.conn.Load() == nil {
		return errNoConnection
	}
	s.drop()
	return nil
}

func (disconnect) rehearse(*rehearsal) {}
