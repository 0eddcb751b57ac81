package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Restart starts the server again, with its configuration, accounts, addresses,
// certificates and directory; what it kept only in memory is gone. A server
// that still runs is asked to end, and killed after two seconds. Endpoint stays
// what it was, Crashes and the logs go on, Exited returns another channel.
//
// ctx bounds the restart only. An error is ErrNotStarted, ErrStopped or a
// *StartError; after the last the server is down, to be restarted or stopped.
func (s *Server) Restart(ctx context.Context) error {
	if s.people() == nil {
		return ErrNotStarted
	}
	s.life.Lock()
	defer s.life.Unlock()
	ctx, done, err := s.revive(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := s.restart(ctx); err != nil {
		return &StartError{Software: s.driver.title, Err: fmt.Errorf("again: %w", err), Log: s.lastWords()}
	}
	return nil
}

// revive lets Stop end the restart.
func (s *Server) revive(ctx context.Context) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, nil, ErrStopped
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s.revival = cancel
	return ctx, func() {
		s.mu.Lock()
		s.revival = nil
		s.mu.Unlock()
		cancel(nil)
	}, nil
}

func (s *Server) restart(ctx context.Context) error {
	if err := s.end(ctx, haste); err != nil {
		return err
	}
	s.people().sweep(time.Second)
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	s.logs.poll() // the last words of the old process are no sign of the new one
	s.logs.renew()
	s.notes.renew()
	if err := s.bear(ctx); err != nil {
		return err
	}
	if err := s.awaitReady(ctx); err != nil {
		now, cancel := context.WithCancel(ctx)
		cancel()
		return errors.Join(err, s.end(now, 0))
	}
	return nil
}

// renew removes what a dead process left for once, such as a crash dump: the
// next one begins anew and may be of any length.
func (f *follower) renew() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range f.files {
		if file.dump && os.Remove(file.path) == nil {
			file.offset, file.partial, file.lines = 0, nil, 0
		}
	}
}
