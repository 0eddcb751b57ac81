package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Kill ends the server's processes with SIGKILL, as a crash would.
func (s *Server) Kill() error {
	c := s.people()
	if c == nil {
		return ErrUnobserved
	}
	return c.signal(syscall.SIGKILL)
}

// Stop asks the server to end, waits 15 seconds at most, kills what is left of
// it and removes its directory. When ctx is done it kills at once. Stopping a
// stopped server does nothing; two calls at a time both wait, and either's ctx
// can cut the waiting short. A Restart under way is given up.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	if s.revival != nil {
		s.revival(ErrStopped)
	}
	s.mu.Unlock()
	s.life.RLock()
	defer s.life.RUnlock()
	var err error
	if s.people() != nil {
		err = s.end(ctx, stopPatience)
	}
	s.finish.Do(func() { s.finished = s.cleanUp() })
	return errors.Join(err, s.finished)
}

// lookAtFamily finds the helper processes while their parents still lead to them.
func (s *Server) lookAtFamily(c *crew) {
	if m := s.gauge(); m.sample() == nil {
		c.sawFamily(m.members())
	}
}

// ask notes that the processes are to end, and whether it was noted before.
func (s *Server) ask() (c *crew, before bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, before = s.crew, s.crew.asked
	c.asked = true
	return c, before
}

// end brings the processes and their groups to an end.
func (s *Server) end(ctx context.Context, patience time.Duration) error {
	s.noteExit()
	c, asked := s.ask()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	ended := func(of <-chan struct{}) bool {
		select {
		case <-of:
			return true
		case <-ctx.Done():
		case <-timer.C:
			timer.Reset(0) // it is over for all that follow
		}
		return false
	}
	var err error
	if !asked {
		s.lookAtFamily(c)
		if ctx.Err() == nil {
			err = c.askToEnd(ended)
		}
	}
	if ended(c.gone) {
		return err
	}
	err = errors.Join(err, c.signal(syscall.SIGKILL))
	giveUp := time.NewTimer(killPatience)
	defer giveUp.Stop()
	select {
	case <-c.gone:
		return err
	case <-giveUp.C:
		return errors.Join(err, fmt.Errorf("stop %s: of processes %v some survived SIGKILL", s.driver.title, c.pids()))
	}
}

// askToEnd asks all processes but the first to end (SIGTERM), and the first, which
// they need, when they have. ended waits for one.
func (c *crew) askToEnd(ended func(<-chan struct{}) bool) error {
	var err error
	for _, p := range c.all[1:] {
		err = errors.Join(err, p.signal(syscall.SIGTERM))
	}
	for _, p := range c.all[1:] {
		if !ended(p.exited) {
			return err
		}
	}
	return errors.Join(err, c.all[0].signal(syscall.SIGTERM))
}

func (s *Server) cleanUp() error {
	if c := s.people(); c != nil {
		c.sweep(sweepPatience)
	}
	if s.logs != nil {
		s.logs.close()
	}
	if s.site == nil {
		return nil
	}
	printed := output(s.site.path("stdout.log"), 1<<20)
	s.mu.Lock()
	s.output = append([]byte{}, printed...)
	s.mu.Unlock()
	if err := os.RemoveAll(s.site.dir); err != nil {
		return fmt.Errorf("remove the server's directory: %w", err)
	}
	return nil
}
