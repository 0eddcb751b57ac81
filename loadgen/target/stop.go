package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Kill ends the main process with SIGKILL, as a crash would.
func (s *Server) Kill() error {
	p := s.process()
	if p == nil {
		return ErrUnobserved
	}
	return p.signal(syscall.SIGKILL)
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
	if s.process() != nil {
		err = s.end(ctx, stopPatience)
	}
	s.finish.Do(func() { s.finished = s.cleanUp() })
	return errors.Join(err, s.finished)
}

// lookAtFamily finds the helper processes while their parent still leads to them.
func (s *Server) lookAtFamily(p *process) {
	if m := s.gauge(); m.sample() == nil {
		p.sawFamily(m.members())
	}
}

// ask notes that the main process is to end, and whether it was noted before.
func (s *Server) ask() (p *process, before bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, before = s.proc, s.proc.asked
	p.asked = true
	return p, before
}

// end brings the main process and its group to an end.
func (s *Server) end(ctx context.Context, patience time.Duration) error {
	s.noteExit()
	p, asked := s.ask()
	var err error
	if !asked {
		s.lookAtFamily(p)
		if ctx.Err() == nil {
			err = p.signal(syscall.SIGTERM)
		}
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.exited:
		return err
	case <-ctx.Done():
	case <-timer.C:
	}
	err = errors.Join(err, p.signal(syscall.SIGKILL))
	giveUp := time.NewTimer(killPatience)
	defer giveUp.Stop()
	select {
	case <-p.exited:
		return err
	case <-giveUp.C:
		return errors.Join(err, fmt.Errorf("stop %s: process %d survived SIGKILL", s.driver.title, p.pid()))
	}
}

func (s *Server) cleanUp() error {
	if p := s.process(); p != nil {
		p.sweep(sweepPatience)
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
